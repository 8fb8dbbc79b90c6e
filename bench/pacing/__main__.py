"""`python -m bench.pacing` measures, `python -m bench.pacing --quick` takes about two minutes."""

from bench.pacing.command import main

main()
