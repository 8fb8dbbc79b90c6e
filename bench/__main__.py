"""Every figure, one after the other: `python -m bench` (or `make bench`)."""

from bench import ami_throughput, connect_delay
from bench.pacing import command as pacing

ami_throughput.main()
connect_delay.main()
pacing.main(["--quick"])
