"""Lists of leads: read from CSV, row by row, and imported so that nothing is lost or doubled."""
