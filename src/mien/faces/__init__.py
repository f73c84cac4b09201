"""Pixels to readings: faces are found, aligned and classified, and followed over time."""
