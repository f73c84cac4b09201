"""Data preparation, networks, training, evaluation and export; needs the extra `training`."""
