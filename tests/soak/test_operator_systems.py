"""The operator's own systems are dead, slow, lying or not there: every caller is served in time.

From the last key, or the end of what was being said, to the next thing a caller hears that is not
"one moment, please" it takes no longer than the asked service has declared.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backoffice.example.moods import Lie, Mood, MoodName
from bench.ivr.ear import Catalogue
from bench.ivr.exchange import Exchange
from bench.ivr.listener import Listener
from calls.events import TicketOpened
from linea800.demo.stage import Stage
from linea800.web import free_tcp_port
from tests.soak.operator_scenes import (
    LANGUAGES,
    PROOF,
    Line,
    Person,
    Script,
    example_systems,
    open_line,
)
from tests.system.scene import LogWatch, until

#: the systems in every mood; None: nothing listens at their address
MOODS: Mapping[str, Mood | None] = {
    "dead": Mood(mood=MoodName.DEAD),
    "slow": Mood(mood=MoodName.SLOW, seconds=60),
    "lying": Mood(mood=MoodName.LYING, lie=Lie.EACH_IN_TURN),
    "lying without end": Mood(mood=MoodName.LYING, lie=Lie.TRICKLE),
    "not there": None,
}
#: on top of what a service declares
_MORE_SECONDS = 1.0
#: so long a caller listens before the first key
_LISTENS_SECONDS = 1.0
_PATIENCE_SECONDS = 40.0

_SOMEBODY = Person()
_CANCELS = "cancels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A caller who needs a service of the operator's."""

    name: str
    service: str
    #: the keys in front of it, and those pressed when `then` was heard; "": in one go
    keys: str
    then: str = ""
    last: str = ""
    who: Person = _SOMEBODY
    #: one of these is what is heard instead
    hears: frozenset[str]
    #: what is heard when a lie could not be told from the truth, and the key that then asks for
    #: a person; "": every lie is seen through
    believed: str = ""
    objects: str = ""
    #: "": the caller goes on without a person
    queue: str = ""


def _soon() -> str:
    day = datetime.now(UTC).astimezone(ZoneInfo("America/Bogota")) + timedelta(days=3)
    return f"{day:%d%m}"


ASKING = (
    Asks(
        name="balance", service="balance", keys="11" + PROOF, queue="facturacion",
        hears=frozenset({"systems_away"}),
    ),
    Asks(
        name="balance that was told before", service="balance", keys="11" + PROOF,
        who=Person(balance="2021.01"), hears=frozenset({"balance_as_of"}),
    ),
    Asks(
        name="promise", service="promise_payment", keys="12" + PROOF, then="balance_is",
        last="{soon}1", who=Person(balance="2021.01"), hears=frozenset({"systems_away"}),
        queue="facturacion",
    ),
    Asks(
        name="signal", service="refresh_signal", keys="21", then="refresh_warning",
        # any answer with status 200 is a "yes, sent": the picture tells, and the caller is asked
        hears=frozenset({"systems_away"}), believed="see_now", objects="2", queue="soporte",
    ),
)  # fmt: skip


@contextlib.asynccontextmanager
async def _systems(mood: Mood | None) -> AsyncIterator[str]:
    if mood is None:
        yield f"http://127.0.0.1:{free_tcp_port()}"
    else:
        async with example_systems(mood) as address:
            yield address


@cache
def _catalogue(sounds: Path) -> Catalogue:
    return Catalogue(sounds)


@pytest.mark.parametrize("name", MOODS)
async def test_callers_are_served_in_time(
    name: str, the_stage: Stage, tmp_path: Path, asterisk_log: LogWatch
) -> None:
    # every other mood in the other language
    language = LANGUAGES[list(MOODS).index(name) % 2]
    # before there is a house: it takes seconds, and a house that stands still leads nobody
    catalogue = _catalogue(the_stage.settings.sounds_folder)
    async with (
        _systems(MOODS[name]) as systems,
        open_line(the_stage, tmp_path / "home", tmp_path, systems=systems) as line,
    ):
        await line.scene.sign_in("1001")
        await line.scene.house.desk.pause("1001", "descanso")
        callers = [*((each.name, each.who) for each in ASKING), (_CANCELS, _SOMEBODY)]
        scripts = [Script(name=name, keys="", path="", who=who) for name, who in callers]
        numbers = await line.customers(scripts, (language,))
        port = the_stage.caller_ports[0]
        async with (
            Exchange(port, the_stage.sip_port).open() as exchange,
            asyncio.TaskGroup() as group,
        ):
            caller = _Caller(line, catalogue, exchange, language)
            asking = [
                group.create_task(caller.asks(each, numbers[language, each.name]))
                for each in ASKING
            ]
            group.create_task(caller.cancels(numbers[language, _CANCELS]))
        took = {each.name: task.result() for each, task in zip(ASKING, asking, strict=True)}
        services = line.scene.house.back_office.services()
        late = {
            each.name: took[each.name]
            for each in ASKING
            if took[each.name] > services[each.service].most_seconds + _MORE_SECONDS
        }
        assert not late, f"{name}: {late}"


@dataclass(frozen=True, slots=True)
class _Caller:
    line: Line
    catalogue: Catalogue
    exchange: Exchange
    language: str

    async def asks(self, what: Asks, number: str) -> float:
        """How long it took until the service's answer, or that there is none, was heard."""
        call = self.exchange.call(self.line.numbers[self.language], number)
        listener = Listener(call, self.catalogue)
        try:
            assert await call.is_up()
            await asyncio.sleep(_LISTENS_SECONDS)
            asked = (await call.press(what.keys)).ended_at
            if what.then:
                asked = await self._further(what, listener)
            if what.last:
                asked = (await call.press(what.last.format(soon=_soon()))).ended_at
            at, heard = await self._answer(what, listener, asked)
            if heard == what.believed:
                await call.press(what.objects)
            told = await self.line.arrival(number)
            if what.queue:
                await until(lambda: told.queues == [what.queue], f"{what.name}: a person", 20)
            return at - asked
        finally:
            listener.close()
            call.hang_up()

    async def _further(self, what: Asks, listener: Listener) -> float:
        """The moment when that is over which leads to the service."""
        ends = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while (left := ends - asyncio.get_running_loop().time()) > 0:
            begun = await listener.next(left)
            if begun is not None and begun.prompt.name == what.then:
                return begun.at + self.catalogue.seconds(begun.prompt) - begun.into_seconds
        raise AssertionError(f"{what.name}: {what.then} was not heard")

    async def _answer(self, what: Asks, listener: Listener, asked: float) -> tuple[float, str]:
        """When the answer was heard, and which; before it only that one has to wait."""
        before: list[str] = []
        ends = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while (left := ends - asyncio.get_running_loop().time()) > 0:
            begun = await listener.next(left, after=asked)
            if begun is None:
                break
            heard = {prompt.name for prompt in begun.prompts} & (what.hears | {what.believed})
            if heard:
                return begun.at, heard.pop()
            before.append(begun.prompt.name)
        raise AssertionError(f"{what.name}: after the question only {before} was heard")

    async def cancels(self, number: str) -> None:
        """A ticket needs nobody's system; from there to a person it is one key."""
        call = self.exchange.call(self.line.numbers[self.language], number)
        try:
            assert await call.is_up()
            await asyncio.sleep(_LISTENS_SECONDS)
            await call.press("4410")
            pressed = time.time()
            told = await self.line.arrival(number)
            await until(lambda: told.of(TicketOpened), "a ticket")
            (opened,) = told.of(TicketOpened)
            assert opened.at.timestamp() - pressed < _MORE_SECONDS
            await until(lambda: told.queues == ["soporte"], "a person", _PATIENCE_SECONDS)
        finally:
            call.hang_up()
