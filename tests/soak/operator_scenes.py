"""The operator's line in front of a real Asterisk: a number for each language, and who calls it.

The menus are copies of the shipped one with other hours, limits and seconds, and with the other
language first for the second number: the nodes and their ways are the shipped ones.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import yaml

from backoffice.example.moods import Mood
from backoffice.example.server import create_example
from calls.errors import CallGoneError
from ivr.menu_file import MENUS, read_menu
from linea800.demo.stage import Stage
from linea800.main import built, run
from linea800.web import free_tcp_port, listening, serve_http
from storage.tokens import Role
from tests.soak.operator_log import no_errors
from tests.soak.operator_witness import Told, Witness, answers_noted
from tests.system.scene import Scene, settings_for, until
from traffic import roles
from traffic.roles import Digits
from traffic.scenario import Step

LANGUAGES = ("es", "en")
SHIPPED = MENUS / "operator.yaml"
#: what customers prove themselves by
PROOF = "1234"
#: after the last key a caller stays for so long, and is hung up on when all was seen
_HOLD_MS, _PATIENCE_SECONDS = 45_000, 60.0
#: what is said before the first menu keeps the keys that come meanwhile
_FIRST_KEY_MS, _NEXT_KEY_MS = 800, 250
_ALL_DAY = "00:00-24:00"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STRANGER = ("welcome", "who", "incidents_everywhere")
_CUSTOMER = ("welcome", "who", "their_language", "hello", "incidents_there", "at_hand")


#: what is filled into keys, the same in every language or not
Words: TypeAlias = Mapping[str, str | Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer; those of the same `name` are one person with several telephones."""

    name: str = ""
    #: the beginning and the end of the account's number: the example of billing goes by them
    head: str = "1"
    tail: str = "1"
    status: str = "active"
    proof: str = PROOF
    decoder: bool = True
    accounts: int = 1
    balance: str = ""
    due_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A call: what is pressed, where it leads, and how it ends.

    `keys`: a key each, `~2.5` waits; `{…}` is filled in. `path` is what follows the greeting.
    """

    name: str
    keys: str
    path: str
    who: Person | None = None
    #: the last queue; "": none
    queue: str = ""
    #: how often the caller comes to wait in a queue
    joins: int = 1
    tasks: str = ""
    #: the caller was told so far: there is nothing more to wait for
    left: bool = False
    #: nobody could find out who calls
    unknown: bool = False

    @property
    def nodes(self) -> list[str]:
        """Where the caller comes to, one after the other."""
        greeting = _STRANGER if self.who is None or self.unknown else _CUSTOMER
        return [*greeting, *self.path.split()]

    @property
    def is_contained(self) -> bool:
        """Whether the caller got something done, and nobody else was needed."""
        return not self.queue and any(task.endswith(" done") for task in self.tasks.split(", "))

    def is_done(self, told: Told) -> bool:
        """Whether all was seen, or it went another way."""
        nodes = told.nodes
        if told.over or nodes != self.nodes[: len(nodes)]:
            return True
        if len(nodes) < len(self.nodes):
            return False
        return self.left or (bool(self.queue) and len(told.queues) >= self.joins)

    def fault(self, told: Told) -> str:
        """What went otherwise than it should; "": nothing."""
        tasks = dict(pair.split() for pair in self.tasks.split(", ") if pair)
        queue = told.queues[-1] if told.queues else ""
        if told.nodes != self.nodes:
            wrong = f"came by {' '.join(told.nodes)}\n  not by {' '.join(self.nodes)}"
        elif queue != self.queue:
            wrong = f"waited in {told.queues}, not in {self.queue!r}"
        elif told.tasks != tasks:
            wrong = f"did {told.tasks}, not {tasks}"
        else:
            return ""
        return f"{told.number} {self.name}: {wrong}; chose {' '.join(told.choices)}"


@dataclass(frozen=True, slots=True)
class Line:
    """A running house with a number for each language, and what was seen of its calls."""

    scene: Scene
    witness: Witness
    api: httpx.AsyncClient
    numbers: Mapping[str, str]
    ports: asyncio.Queue[int]
    #: customers that were made, by language and name
    accounts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    phones: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _callers: list[str] = field(default_factory=list)

    async def get(self, path: str) -> Any:
        """What the API answers."""
        return (await self.api.get(path)).raise_for_status().json()

    async def change_menus(self, *changes: Mapping[str, Any]) -> None:
        """Other menus from now on; read beside the house, as the API does, for it has to live."""
        await asyncio.to_thread(write_menus, self.scene.house.settings.home, *changes)
        await asyncio.to_thread(self.scene.house.parts.menus.reload)

    def caller_number(self, language: str) -> str:
        """One that nobody called from before."""
        number = f"5730{LANGUAGES.index(language)}{len(self._callers):07d}"
        self._callers.append(number)
        return number

    async def customers(
        self, scripts: Iterable[Script], languages: Sequence[str] = LANGUAGES
    ) -> dict[tuple[str, str], str]:
        """Make the customers of these scripts; the number of each call, by language and script."""
        numbers, changed = {}, dict[tuple[str, str], Person]()
        for language in languages:
            for script in scripts:
                number = numbers[language, script.name] = self.caller_number(language)
                if script.who is not None:
                    key = language, script.who.name or script.name
                    self.phones.setdefault(key, []).append(number)
                    changed[key] = script.who
        rows = [_COLUMNS]
        for key, one in changed.items():
            if key not in self.accounts:
                self.accounts[key] = [
                    f"{one.head}{len(self.accounts):04d}{turn}{one.tail}"
                    for turn in range(one.accounts)
                ]
            rows.append(_row(key[0], one, self.accounts[key], self.phones[key]))
        if changed:
            answer = await self.api.post(
                "/customers/file", content="\n".join(rows) + "\n",
                headers={"Content-Type": "text/csv"},
            )  # fmt: skip
            report = answer.raise_for_status().json()
            assert not report["refused"], report
        return numbers

    async def play(
        self, scripts: Sequence[Script], words: Words | None = None
    ) -> dict[tuple[str, str], Told]:
        """All the calls, as many at a time as there are ports; fails with all that went wrong."""
        assert len({script.name for script in scripts}) == len(scripts)
        numbers = await self.customers(scripts)
        async with asyncio.TaskGroup() as group:
            calls = {
                (language, script.name): group.create_task(
                    self._call(language, script, numbers[language, script.name], words or {})
                )
                for script in scripts
                for language in LANGUAGES
            }
        told = {key: task.result() for key, task in calls.items()}
        faults = [
            f"{language}: {fault}"
            for (language, name), one in told.items()
            for script in scripts
            if script.name == name and (fault := script.fault(one))
        ]
        assert not faults, "\n".join(faults)
        return told

    async def _call(self, language: str, script: Script, number: str, words: Words) -> Told:
        filled = {name: value if isinstance(value, str) else value[language]
                  for name, value in words.items()}  # fmt: skip
        port = await self.ports.get()
        told = Told(number, "")
        try:
            async with self.calling(language, number, script.keys.format(**filled), port):
                # one that never ends is told as one that came by too few nodes
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PATIENCE_SECONDS):
                        told = await self.arrival(number)
                        while not script.is_done(told):
                            told.changed.clear()
                            await told.changed.wait()
        finally:
            self.ports.put_nowait(port)
        return told

    @contextlib.asynccontextmanager
    async def calling(
        self, language: str, number: str, keys: str, port: int
    ) -> AsyncIterator[None]:
        """SIPp calls and presses the keys; at the end of the block the call is ended."""
        sipp = await asyncio.to_thread(
            roles.callers,
            self.scene.stage.sipp,
            self.scene.folder / f"caller-{number}",
            asterisk_port=self.scene.stage.sip_port,
            port=port,
            number=self.numbers[language],
            caller_numbers=(number,),
            steps=_steps(keys),
            hold_ms=_HOLD_MS,
            digits=Digits.RFC4733,
        )
        await asyncio.to_thread(sipp.start)
        try:
            yield
        finally:
            told = self.witness.calls.get(number)
            if told is not None and not told.over:
                with contextlib.suppress(CallGoneError):
                    await self.scene.house.switch.hang_up(told.call_id)
                await until(lambda: told.over, f"the call of {number} to end")
            # it would go on to the end of what it had to say
            await asyncio.to_thread(sipp.stop, patience_seconds=0.3)

    async def arrival(self, number: str) -> Told:
        """The call of that number, as soon as there is one."""
        while number not in self.witness.calls:
            self.witness.came.clear()
            await self.witness.came.wait()
        return self.witness.calls[number]


_COLUMNS = (
    "external_id,name,first_name,phones,accounts,status,area,decoder,language,proof,"
    "balance,currency,due_on"
)


def _row(language: str, one: Person, accounts: Sequence[str], phones: Sequence[str]) -> str:
    decoder = f"K{accounts[0]}" if one.decoder and one.accounts == 1 else ""
    currency = "ARS" if one.balance else ""
    return (
        f"T-{accounts[0]},Ana Prueba,Ana,{'|'.join(phones)},{'|'.join(accounts)},{one.status},"
        f"norte,{decoder},{language},{one.proof},{one.balance},{currency},{one.due_on}"
    )


def _steps(keys: str) -> list[Step]:
    """Keys as fingers go; `~2.5` waits before the next one."""
    steps: list[Step] = []
    pause = _FIRST_KEY_MS
    for part in keys.split():
        if part.startswith("~"):
            pause += round(float(part[1:]) * 1000)
            continue
        for key in part:
            steps.append(Step(pause, key))
            pause = _NEXT_KEY_MS
    return steps


def write_menus(home: Path, *changes: Mapping[str, Any]) -> None:
    """The shipped menu for each language, that language first, always open, with these changes."""
    for language in LANGUAGES:
        menu = read_menu(SHIPPED).model_dump(mode="json", exclude_none=True)
        menu["language"] = language
        menu["schedules"]["office"] |= {
            "days": {day: [_ALL_DAY] for day in _DAYS},
            "holidays": [_ALL_DAY],
            "dates": {},
        }
        for change in changes:
            _merge(menu, change)
        (home / f"operator-{language}.yaml").write_text(
            yaml.safe_dump(menu, allow_unicode=True, sort_keys=False)
        )


def _merge(part: dict[Any, Any], change: Mapping[Any, Any]) -> None:
    for name, value in change.items():
        if isinstance(value, Mapping) and value:
            _merge(part[name], value)
        else:
            part[name] = value


@contextlib.asynccontextmanager
async def example_systems(mood: Mood) -> AsyncIterator[str]:
    """The example of an operator's systems in this mood; its address."""
    listener = listening("127.0.0.1", free_tcp_port())
    example = create_example(mood)
    serving = asyncio.create_task(serve_http(example, listener))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        example.state.moods.change(Mood())  # who is kept waiting is so no longer
        serving.cancel()
        await asyncio.wait({serving})
        listener.close()


@contextlib.asynccontextmanager
async def open_line(
    stage: Stage,
    home: Path,
    folder: Path,
    *changes: Mapping[str, Any],
    systems: str | None = None,
    but: tuple[str, ...] = (),
) -> AsyncIterator[Line]:
    """A house whose numbers are answered by the operator's menu, one for each language.

    `but` is how errors begin that it may tell.
    """
    settings = settings_for(stage, home)
    floor = yaml.safe_load((settings.floor or home).read_text())
    for number, language in zip(floor["numbers"], LANGUAGES, strict=True):
        number["menu"] = f"operator-{language}.yaml"
    (home / "floor.yaml").write_text(yaml.safe_dump(floor, allow_unicode=True))
    write_menus(home, *changes)
    settings = settings.model_copy(update={"floor": home / "floor.yaml", "backoffice_url": systems})
    ports = asyncio.Queue[int]()
    for port in stage.caller_ports:
        ports.put_nowait(port)
    witness = Witness()
    async with built(settings) as house:
        house.feed.fold(witness.fold)
        service = asyncio.create_task(run(house))
        scene = Scene(house, stage, folder)
        try:
            await until(lambda: scene.linked or service.done(), "the link")
            if service.done():
                await service
            now = datetime.now(UTC)
            _, token = await house.tokens.create("test", Role.ADMIN, None, now=now)
            numbers = {
                language: number["number"]
                for number, language in zip(floor["numbers"], LANGUAGES, strict=True)
            }
            address = f"http://127.0.0.1:{settings.http_port}"
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=address, headers=headers) as api:
                with answers_noted(witness), no_errors(but):
                    yield Line(scene, witness, api, numbers, ports)
            if service.done():
                await service
            for agent in house.roster.all():
                await house.desk.sign_out(agent.number)
            await until(lambda: scene.channels() == 0, "every channel to end")
            await house.recorder.ship_now()
            assert not house.parts.tracker.open_calls(), "a call was left open"
            await until(lambda: not house.recorder.backlog, "everything to be in SQL")
        finally:
            service.cancel()
            await asyncio.wait({service})
    await until(lambda: scene.channels() == 0, "Asterisk to have no channel left")
