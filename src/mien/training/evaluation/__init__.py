"""Figures of a model, on a data set and on whole pictures, and the reports that show them."""
