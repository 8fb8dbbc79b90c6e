"""A pretended Asterisk with a busy floor: agents who sign in, calls that come, talk and end."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Sequence

from tests.scripted_peer import Action, ScriptedPeer, Session

#: what a live stream shows of a call after each event
Shown = tuple[str, str]
_GONE = "gone"


class Floor:
    """Answers as Asterisk would, and tells of calls; `told` has when each event was written."""

    def __init__(self, peer: ScriptedPeer, queue: str, agents: Sequence[str]) -> None:
        self.told: dict[Shown, float] = {}
        self.signed_in: set[str] = set()
        self._peer = peer
        self._queue = queue
        self._free = list(agents)
        peer.replies |= {
            "CoreShowChannels": _empty("CoreShowChannelsComplete"),
            "QueueStatus": _empty("QueueStatusComplete"),
            "Agents": _empty("AgentsComplete"),
            "DBGetTree": _empty("DBGetTreeComplete"),
            "Originate": self._ring,
            "QueueAdd": self._add,
            "QueuePause": self._pause,
        }

    def _ring(self, session: Session, action: Action) -> None:
        session.answer(action)
        agent = action["CallerID"]
        session.event("AgentLogin", Agent=agent, Channel=f"PJSIP/{agent}-1", Uniqueid=agent)

    def _add(self, session: Session, action: Action) -> None:
        session.answer(action)
        agent = action["MemberName"]
        self.signed_in.add(agent)
        self._member(session, "QueueMemberAdded", agent, action.get("Paused") == "true")

    def _pause(self, session: Session, action: Action) -> None:
        session.answer(action)
        agent = action["Interface"].removeprefix("Local/").removesuffix("@agents")
        self._member(session, "QueueMemberPause", agent, action.get("Paused") == "true")

    def _member(self, session: Session, event: str, agent: str, paused: bool) -> None:
        session.event(
            event, Queue=self._queue, MemberName=agent, Status="1", Paused=str(int(paused))
        )

    async def work(self, calls_per_second: float, seconds: float, rng: random.Random) -> None:
        """So many calls, each with a free agent, for so long; all have ended at the end."""
        ends = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for number in itertools.count(1):
                if time.monotonic() > ends:
                    break
                if self._free:
                    group.create_task(self._call(number, self._free.pop(0), rng))
                await asyncio.sleep(rng.expovariate(calls_per_second))

    async def _call(self, number: int, agent: str, rng: random.Random) -> None:
        call = f"pbx1-{int(time.time())}.{number}"
        channel = {
            "Channel": f"PJSIP/trunk-{number:08x}", "Uniqueid": call, "ChannelStateDesc": "Ring",
            "CallerIDNum": f"5730{number:08d}", "Context": "from-trunk", "Exten": "08001234567",
        }  # fmt: skip
        member = {"Queue": self._queue, "MemberName": agent, "Interface": f"Local/{agent}@agents"}
        steps: tuple[tuple[str, dict[str, str], str], ...] = (
            ("Newchannel", {}, "arriving"),
            ("Newstate", {"ChannelStateDesc": "Up", "ChannelState": "6"}, "answered"),
            ("QueueCallerJoin", {"Queue": self._queue, "Position": "1", "Count": "1"}, "queued"),
            ("AgentConnect", member, "talking"),
            ("Hangup", {"Cause": "16"}, _GONE),
        )
        for event, headers, shown in steps:
            self.told[call, shown] = time.time()
            self._peer.session.event(event, **(channel | headers))
            await asyncio.sleep(rng.uniform(1.0, 4.0))
        self._free.append(agent)


def _empty(complete: str) -> Callable[[Session, Action], None]:
    def answer(session: Session, action: Action) -> None:
        session.answer_list(action, complete, ())

    return answer
