"""How far the expected wait is off, in a simulated queue, beside what others tell callers."""
