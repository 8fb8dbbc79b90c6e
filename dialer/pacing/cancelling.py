"""Which ringing attempts are hung up when more people may answer than agents can take. Pure.

Those that may be hung up go one by one, the longest ringing first, until the risk of who answered
now is bearable. That is several times what a new attempt may risk, so nobody is dialed and hung up
in turns: what pays in between is to wait.
"""

from __future__ import annotations

from dataclasses import replace

from dialer.pacing.lognormal import Floats
from dialer.pacing.outlook import Outlook, Sum
from dialer.pacing.risk import Risk

#: measured with 5 and with 20 agents: at four it pays no more and hangs up over half as many again
MARGIN = 6.0
#: so many in one decision at most, for the switch's sake; the next one goes on
MOST_AT_ONCE = 50
#: whatever the price: one that almost surely meets nobody is not left to ring
_HIGHEST = 0.9


def bearable(price: float, cap: float) -> float:
    """The risk that an attempt which rings may carry, when a new one may carry `price`.

    An answer of less risk than the cap makes the account better, so it is never hung up.
    """
    return min(max(MARGIN * price, cap), _HIGHEST)


def risks(outlook: Outlook, old: Floats, most: float) -> list[float]:
    """The risk of who answered now, with all ringing, without the first of `old`, and so on.

    `old` has the chances of those that may be hung up, one a row. The list ends where the risk is
    `most` or less, or where all are hung up: it is longer by one than those who are.
    """
    answering = outlook.answering
    found = [Risk(outlook).at_once()]
    for chances in old:
        if found[-1] <= most:
            break
        spread = chances * (1.0 - chances)
        answering = Sum(
            answering.mean - chances,
            answering.variance - spread,
            answering.third - spread * (1.0 - 2.0 * chances),
        )
        found.append(Risk(replace(outlook, answering=answering)).at_once())
    return found
