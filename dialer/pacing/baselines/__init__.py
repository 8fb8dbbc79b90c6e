"""What other dialers do, from their published sources: to be compared with, and to be chosen."""
