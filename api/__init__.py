"""HTTP: the floor's state, its records and its commands, for those who have a token."""
