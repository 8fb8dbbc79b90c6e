"""All sound callers, called people and agents hear: what is said, and how it becomes a file."""
