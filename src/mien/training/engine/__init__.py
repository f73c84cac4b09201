"""Training runs: settings, the loop, run folders, several processes, hyper-parameter search."""
