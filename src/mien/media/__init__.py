"""Bytes to pixels: pictures, films, cameras, and the newest frame of what is live."""
