"""Bytes to pixels: pictures, films, cameras, and the newest frame of live sources."""
