"""Pixels to readings: faces are detected, aligned and classified, and followed over time."""
