"""An operator's systems as an example: accounts in memory, and every way to misbehave."""
