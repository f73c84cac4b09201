"""mien reads a face the way ten people would."""
