"""SQL: the database, the stores of calls, campaigns and tokens, and the local journal."""
