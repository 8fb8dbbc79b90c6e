"""`python -m bench.amd [COUNT]` measures the chosen set; `--help` tells what else there is."""

from bench.amd.command import main

main()
