"""Whole films annotated: the command `mien watch`, its video, its table and its report."""
