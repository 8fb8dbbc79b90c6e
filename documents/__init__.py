"""Documents people write: read safely, refused with line and reason."""
