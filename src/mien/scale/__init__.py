"""Many cores and machines: archives by Ray Data, live sessions by Ray Serve (extra `scale`)."""
