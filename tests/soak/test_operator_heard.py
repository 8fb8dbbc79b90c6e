"""The operator's line as it sounds: prompts and spoken values, heard from RTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backoffice.example.accounts import Account as BilledAccount
from backoffice.example.moods import Mood
from bench.ivr.ear import Catalogue, Match, Prompt
from bench.ivr.exchange import Exchange
from bench.ivr.rtp import RATE, Samples
from calls.events import TicketOpened
from customers.ticket_numbers import spoken
from linea800.demo.stage import Stage
from prompts.spoken import PAUSE, say_amount, say_date, say_digits
from tests.soak.operator_scenes import (
    LANGUAGES,
    PROOF,
    Line,
    Person,
    example_systems,
    open_line,
)
from tests.soak.operator_scenes import Script as Play
from tests.system.ivr_caller import Account, Hears, HearsOut, Presses, Script, Waits, call
from tests.system.scene import LogWatch

#: G.711 alone costs no more than this; short pieces have less to be told by
ALIKE, SIGNAL_TO_NOISE_DB, APART = 0.99, 25.0, 0.05
#: before a sentence, and between two of its pieces, nobody waits longer; less than any piece
#: lasts, so that of two equal ones the first is found
_SENTENCE_GAP_SECONDS, _GAP_SECONDS = 0.6, 0.3
#: Asterisk does not send the last part of a file that fills no packet of 20 ms
_SHORT_SECONDS = 0.03
#: those that are compared with all prompts there are; the others are told by their order
SENTENCES = frozenset({
    "operator_billing", "enter_proof", "after_balance", "anything_else", "goodbye_invite",
    "operator_complaints", "cancel_service",
})  # fmt: skip
_BALANCE, _TICKET = "asks for the balance", "cancels"


@pytest.fixture(scope="module")
def catalogue(the_stage: Stage) -> Catalogue:
    """Before there is a house: it takes seconds, and a house that stands still leads nobody."""
    return Catalogue(the_stage.settings.sounds_folder)


@pytest.fixture
async def line(
    the_stage: Stage, catalogue: Catalogue, tmp_path: Path, asterisk_log: LogWatch
) -> AsyncIterator[Line]:
    """An ordinary day."""
    home = tmp_path / "home"
    async with (
        example_systems(Mood()) as systems,
        open_line(the_stage, home, tmp_path, systems=systems) as line,
    ):
        yield line


def _balance(language: str) -> Script:
    """Through the menus to the balance, and out of the call; each prompt to its end."""
    return (
        Hears("operator_menu", language), Presses("1"),
        HearsOut("operator_billing", language), Presses("1"),
        HearsOut("enter_proof", language), Presses(PROOF),
        Hears("balance_is", language), HearsOut("after_balance", language), Presses("3"),
        HearsOut("anything_else", language), Presses("2"),
        HearsOut("goodbye_invite", language),
    )  # fmt: skip


def _ticket(language: str) -> Script:
    return (
        Waits(1.5), Presses("4"), HearsOut("operator_complaints", language), Presses("4"),
        HearsOut("cancel_service", language), Presses("1"),
        HearsOut("cancel_noted", language), HearsOut("after_ticket", language),
    )  # fmt: skip


async def test_prompts_and_values_sound_as_they_should_in_both_languages(
    line: Line, catalogue: Catalogue
) -> None:
    plays = [Play(name=name, keys="", path="", who=Person()) for name in (_BALANCE, _TICKET)]
    numbers = await line.customers(plays)
    port = line.scene.stage.caller_ports[0]
    async with (
        Exchange(port, line.scene.stage.sip_port).open() as exchange,
        asyncio.TaskGroup() as group,
    ):
        calls = {
            (language, name): group.create_task(
                call(exchange, catalogue, line.numbers[language], numbers[language, name], script)
            )
            for language in LANGUAGES
            for name, script in ((_BALANCE, _balance(language)), (_TICKET, _ticket(language)))
        }
    accounts = {key: task.result() for key, task in calls.items()}
    heard = await asyncio.to_thread(_whole_prompts, catalogue, list(accounts.values()))
    for prompt, (best, second, *_) in heard.items():
        assert best.prompt == prompt, f"{prompt} sounds like {best}, not at all as itself"
        assert best.correlation > ALIKE
        assert best.signal_to_noise_db > SIGNAL_TO_NOISE_DB
        assert second.correlation < best.correlation - APART
    for language in LANGUAGES:
        assert {each.name for each in heard if each.language == language} == SENTENCES
        account = line.accounts[language, _BALANCE][0]
        billed = BilledAccount.of(account, datetime.now(UTC).date())
        assert billed is not None
        assert billed.due_on is not None
        _says(
            catalogue, accounts[language, _BALANCE], language,
            ["balance_is", *say_amount(Decimal(f"{billed.amount:.2f}"), "ARS", language)],
            ["due_on", *say_date(billed.due_on, language)],
        )  # fmt: skip
        (ticket,) = line.witness.calls[numbers[language, _TICKET]].of(TicketOpened)
        digits = say_digits(spoken(ticket.number), language)
        due_on = ticket.due_at.astimezone(ZoneInfo("America/Bogota")).date()
        _says(
            catalogue, accounts[language, _TICKET], language,
            ["cancel_noted", "ticket_is", *digits], ["ticket_again", *digits],
            ["ticket_due", *say_date(due_on, language)],
        )  # fmt: skip


def _whole_prompts(catalogue: Catalogue, accounts: Sequence[Account]) -> dict[Prompt, list[Match]]:
    """What was heard to its end of `SENTENCES`, each beside every prompt of the catalogue."""
    heard: dict[Prompt, list[Match]] = {}
    for account in accounts:
        for prompt, recording in account.whole(catalogue):
            if prompt.name in SENTENCES and prompt not in heard:
                heard[prompt] = catalogue.best(recording)
    return heard


def _says(catalogue: Catalogue, account: Account, language: str, *sentences: Sequence[str]) -> None:
    """Every piece in its order, one right after the other."""
    begun = next(each for each in account.begun if each.prompt.name == sentences[0][0])
    recording = account.between(begun.at - begun.into_seconds - 0.1, account.call.times.ended)
    place = 0.0
    for first, *rest in sentences:
        place = _after(
            catalogue, recording, place, Prompt(language, first), gap=_SENTENCE_GAP_SECONDS
        )
        for name in rest:
            if name == PAUSE:
                place += catalogue.seconds(Prompt(language, name))
            else:
                place = _after(catalogue, recording, place, Prompt(language, name))


def _after(
    catalogue: Catalogue,
    recording: Samples,
    place: float,
    prompt: Prompt,
    *,
    gap: float = _GAP_SECONDS,
) -> float:
    """The end of the piece that comes next; fails when it is another one."""
    seconds = catalogue.seconds(prompt)
    start = max(place - _SHORT_SECONDS, 0.0)
    stretch = recording[round(start * RATE) : round((place + seconds + gap) * RATE)]
    match = catalogue.heard(stretch, prompt)
    assert match.correlation > ALIKE, (
        f"{prompt} did not come {place:.1f} s into the sentence: {match}"
    )
    return start + match.at_seconds + seconds
