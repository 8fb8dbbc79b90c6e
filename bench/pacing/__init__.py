"""Our pacing policy beside every published one, on worlds that a seed repeats."""
