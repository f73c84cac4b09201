"""Words, drawings, tables, HTML and result files made of readings."""
