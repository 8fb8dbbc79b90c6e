"""`python -m bench.blended` plays the simulated house; `--asterisk` a smaller scene, once."""

from bench.blended.command import main

main()
