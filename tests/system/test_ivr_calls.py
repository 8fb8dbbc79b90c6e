"""The shipped menu on the telephone: every branch by real keys, and every prompt as it sounds.

What should be heard comes from the menu's file, what was heard from RTP: the recording of a prompt
must be more like this prompt's file than like that of any other prompt of the catalogue.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache

import pytest

from bench.ivr.ear import Catalogue, Match, Prompt
from bench.ivr.exchange import Exchange
from bench.ivr.menu_map import Leads, MenuMap, Stop, Way
from bench.ivr.rtp import MULAW, audio
from ivr.menu_file import MENUS
from linea800.demo.stage import Stage
from monitoring.record import CallRecord
from tests.system.ivr_caller import (
    HearsOut,
    Presses,
    Script,
    Waits,
    blind,
    call,
)
from tests.system.scene import Scene, until
from traffic import roles
from traffic.roles import Digits

#: the stage's first number and the menu that answers it (see `conftest.py`)
LINE, MENU = 0, MenuMap.read(MENUS / "simple.yaml")
LANGUAGES = ("es", "en")
#: one SIPp for each branch, so many at a time: each needs a port that the trunk knows
AT_ONCE = 8
#: G.711 alone costs no more than this
ALIKE, SIGNAL_TO_NOISE_DB = 0.99, 25.0
#: by so much the next best prompt must be less alike
APART = 0.05


@dataclass(frozen=True, slots=True)
class Branch:
    """A key of a menu node, the keys that lead there, and what the record will say."""

    language: str
    path: tuple[Way, ...]
    stop: Stop
    way: Way

    @property
    def name(self) -> str:
        """For the test's words."""
        return f"{self.language}: {self.stop.name} {self.way.key}"

    @property
    def ways(self) -> tuple[Way, ...]:
        """All that is chosen, one after the other."""
        first = () if self.language == MENU.language else (_other_language(),)
        return (*first, *self.path, self.way)

    @property
    def choices(self) -> list[str]:
        """The same as the record should have it."""
        return [way.name for way in self.ways]

    @property
    def script(self) -> Script:
        """The same as keys."""
        return [Presses(way.key) for way in self.ways]

    @property
    def hold_ms(self) -> int:
        """After the last key: before a queue something is said."""
        return 7000 if self.way.leads is Leads.QUEUE else 1500


@cache
def _other_language() -> Way:
    """The way of the first menu to the other language."""
    (_, first), *_ = MENU.paths()
    return next(way for way in first.ways if way.leads is Leads.LANGUAGE)


def branches(language: str) -> list[Branch]:
    """Every key of every menu node, and 0, which leads to a person everywhere."""
    found = []
    for path, stop in MENU.paths():
        ways = stop.ways
        if all(way.key != "0" for way in ways):
            ways = (*ways, Way(key="0", name="person", leads=Leads.QUEUE))
        found += [Branch(language, path, stop, way) for way in ways]
    return found


@pytest.fixture(scope="module")
def catalogue(the_stage: Stage) -> Catalogue:
    """Every prompt as the stage's Asterisk plays it."""
    return Catalogue(the_stage.settings.sounds_folder)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_key_of_every_menu_by_sipp(scene: Scene, language: str) -> None:
    """Real RFC 4733 events, sent by SIPp: each key is the choice that the file makes of it."""
    wanted = branches(language)
    numbers = {f"5731{index:08d}": branch for index, branch in enumerate(wanted)}
    ports = asyncio.Queue[int]()
    for port in scene.stage.caller_ports[:AT_ONCE]:
        ports.put_nowait(port)

    async def drive(number: str, branch: Branch) -> None:
        port = await ports.get()
        await asyncio.to_thread(_drive, scene, port, number, branch)
        ports.put_nowait(port)

    async with asyncio.TaskGroup() as group:
        for number, branch in numbers.items():
            group.create_task(drive(number, branch))
    records = {each.caller_number: each for each in await scene.records(len(numbers))}
    wrong = [
        f"{branch.name}: {_way_of(records[number])}"
        for number, branch in numbers.items()
        if not _went(records[number], branch)
    ]
    assert not wrong, "\n".join(wrong)


def _drive(scene: Scene, port: int, number: str, branch: Branch) -> None:
    """One call from its first to its last message; beside the house's own loop."""
    with roles.callers(
        scene.stage.sipp,
        scene.folder / f"caller-{number}",
        asterisk_port=scene.stage.sip_port,
        port=port,
        number=scene.stage.floor.numbers[LINE].number,
        caller_numbers=(number,),
        steps=blind(branch.script),
        hold_ms=branch.hold_ms,
        digits=Digits.RFC4733,
    ) as sipp:
        sipp.wait(60)


def _way_of(record: CallRecord) -> list[tuple[str, str]]:
    return [(step.node, step.choice) for step in record.menu_path]


def _went(record: CallRecord, branch: Branch) -> bool:
    """Whether the keys meant what the file says, in the language, and led to the queue it names."""
    chosen = [(node, choice) for node, choice in _way_of(record) if choice]
    language = LANGUAGES[1 - LANGUAGES.index(branch.language)]
    if branch.way.leads is not Leads.LANGUAGE:
        language = branch.language
    queues = [stay.queue for stay in record.stays]
    nodes = {node for node, _ in _way_of(record)}
    led = bool(queues) or branch.way.leads is not Leads.QUEUE
    return (
        [choice for _, choice in chosen] == branch.choices
        and chosen[-1][0] == branch.stop.name
        and record.language == language
        and led
        and (branch.way.leads is not Leads.NODE or branch.way.to in nodes)
        and (not branch.way.to or branch.way.leads is not Leads.QUEUE or queues == [branch.way.to])
    )


async def test_prompts_sound_as_their_files_in_both_languages(
    scene: Scene, catalogue: Catalogue
) -> None:
    """A caller for each menu node and language hears what is said, also to a wrong key."""
    scripts = {
        (language, stop.name): _hears_all(language, path, stop)
        for language in LANGUAGES
        for path, stop in MENU.paths()
    }
    port, number = scene.stage.caller_ports[0], scene.stage.floor.numbers[LINE].number
    async with (
        Exchange(port, scene.stage.sip_port).open() as exchange,
        asyncio.TaskGroup() as group,
    ):
        calls = [
            group.create_task(call(exchange, catalogue, number, f"5732{index:08d}", script))
            for index, script in enumerate(scripts.values())
        ]
    heard: dict[Prompt, list[Match]] = {}
    for task, script in zip(calls, scripts.values(), strict=True):
        account = task.result()
        wanted = [(step.name, step.language) for step in script if isinstance(step, HearsOut)]
        assert [name for name in account.names if name in wanted][: len(wanted)] == wanted
        for prompt, recording in account.whole(catalogue):
            # a machine that stood still leaves a gap in what one caller hears, not in all
            if prompt not in heard or heard[prompt][0].correlation <= ALIKE:
                heard[prompt] = await asyncio.to_thread(catalogue.best, recording)
    for prompt, (best, second, *_) in heard.items():
        assert best.prompt == prompt
        assert best.correlation > ALIKE
        assert best.signal_to_noise_db > SIGNAL_TO_NOISE_DB
        assert second.correlation < best.correlation - APART
    for language in LANGUAGES:
        assert len({prompt for prompt in heard if prompt.language == language}) >= 6


def _hears_all(language: str, path: tuple[Way, ...], stop: Stop) -> Script:
    """To the node in the language, its prompts to their end, and what is said before a person.

    At the first node a key that means nothing comes before that.
    """
    first = () if language == MENU.language else (Waits(1.0), Presses(_other_language().key))
    there = [step for way in path for step in (Waits(1.0), Presses(way.key))]
    prompts = [HearsOut(name, language) for name in stop.prompts]
    wrong: Script = ()
    if not path:
        unknown = next(key for key in "87654" if all(way.key != key for way in stop.ways))
        wrong = (Presses(unknown), HearsOut(MENU.no_match, language))
    person = next((way.key for way in stop.ways if way.leads is Leads.QUEUE), "0")
    return (*first, *there, *prompts, *wrong, Presses(person), Waits(6.0))


async def test_a_caller_with_the_other_codec_hears_the_same(
    scene: Scene, catalogue: Catalogue
) -> None:
    """PCMU, which a catalogue of A-law bytes does not know: only the sound itself tells."""
    port, number = scene.stage.caller_ports[0], scene.stage.floor.numbers[LINE].number
    welcome = Prompt("es", MENU.stops[MENU.start].prompts[0])
    async with Exchange(port, scene.stage.sip_port).open() as exchange:
        script = (Waits(catalogue.seconds(welcome) + 1.0),)
        account = await call(exchange, catalogue, number, "573300000001", script, MULAW)
    assert {each.kind for each in account.packets} == {MULAW}
    best, second, *_ = catalogue.best(audio(account.packets))
    assert best.prompt == welcome
    assert best.correlation > ALIKE
    assert second.correlation < best.correlation - APART
    await until(lambda: scene.house.reception.callers == 0, "the dialogue to end")
