"""Calling rules as data: whether a person may be called now, why not, and by which preset."""
