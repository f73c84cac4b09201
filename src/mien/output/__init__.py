"""Readings to words, drawings, tables, HTML and files that are whole or absent."""
