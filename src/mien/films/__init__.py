"""Annotation of whole films: work of the command `mien watch`, its video, table and report."""
