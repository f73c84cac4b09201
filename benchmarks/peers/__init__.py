"""mien beside fer and face-api, measured in one run: see `__main__.py`."""
