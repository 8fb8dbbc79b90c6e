"""Every figure, one after the other: `python -m bench` (or `make bench`)."""

from bench import ami_throughput, connect_delay, hanging_up, simulated_against_asterisk
from bench.amd import command as amd
from bench.blended import command as blended
from bench.ivr import capacity, hostile, reaction, reloads
from bench.pacing import command as pacing

ami_throughput.main()
connect_delay.main()
simulated_against_asterisk.main()
amd.main([])
blended.main(["--quick"])
blended.main(["--asterisk"])
reaction.main([])
capacity.main([])
hostile.main(["--calls", "2000"])
reloads.main(["--reloads", "200"])
hanging_up.main()
pacing.main(["--quick"])
