"""What anybody may look up about days: the holidays of countries."""
