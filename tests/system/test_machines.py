"""Answering machines on a real Asterisk: somebody listens beside the call, and what follows."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import numpy as np
import pytest

from agents.states import AgentState
from bench.amd import sound
from bench.amd.called import Called
from bench.amd.greetings import Greeting, Nature
from bench.amd.sound import Piece
from bench.amd.texts import Kind
from bench.amd.voices import Espeak, Voice
from calls.call import Call, Verdict
from calls.events import AgentConnected, Fact, MachineJudged, MessageLeft
from dialer.attempt import Attempt, Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.machines import MachineRule, Then
from dialer.options import ON_A_TEST_LINE
from linea800 import local
from prompts.sounds import prompt_file
from tests.system.scene import Scene, eventually, until
from traffic.voice import alaw

MACHINE, PERSON = "573120000070", "573120000071"
#: after the answer: the greeting of the machine takes some six seconds
VERDICT_SECONDS = 60.0
_VOICE = Voice(name="es-419+m3", speed=160, pitch=45)
_MACHINE_SAYS = (
    "Hola, usted se ha comunicado con la familia Restrepo y en este momento no podemos contestar "
    "su llamada, por favor deje su nombre y su mensaje después del tono y le llamaremos"
)


def _greeting(nature: Nature, pieces: list[Piece]) -> Greeting:
    samples, speech_at, beep_over_at = sound.laid_out(pieces)
    return Greeting(
        name=str(nature),
        nature=nature,
        kind=Kind.PERSONAL if nature is Nature.MACHINE else Kind.WORD,
        language="es",
        alaw=alaw(np.clip(samples * 32768, -32767, 32767).astype(np.int16)),
        speech_at=speech_at,
        beep_over_at=beep_over_at,
    )


@pytest.fixture(scope="module")
def greetings() -> dict[str, Greeting]:
    """A machine that beeps and a person, each as clear as can be."""
    installation = local.installed()
    say = Espeak(installation.espeak_ng, installation.espeak_data)
    silence = Piece.pause(3.0)
    speech = Piece(say(_VOICE, _MACHINE_SAYS), speech=True)
    beep = Piece(sound.tone(1000, 0.4), beep=True)
    return {
        MACHINE: _greeting(
            Nature.MACHINE, [Piece.pause(0.5), speech, Piece.pause(0.9), beep, silence]
        ),
        PERSON: _greeting(
            Nature.HUMAN, [Piece.pause(0.5), Piece(say(_VOICE, "¿Aló?"), speech=True), silence]
        ),
    }


@pytest.fixture
def no_carrier(scene: Scene) -> Iterator[int]:
    """SIPp leaves its port to whoever speaks as these people do; the port."""
    scene.stage.carrier.stop()
    yield scene.stage.carrier.port
    scene.stage.carrier.start()


@asynccontextmanager
async def _answering(greetings: dict[str, Greeting], port: int) -> AsyncIterator[Called]:
    called = Called(greetings)
    async with called.listening(port):
        yield called


async def _campaign(scene: Scene, number: str, rule: MachineRule | None, *others: str) -> str:
    house = scene.house
    campaign = Campaign(
        id="c", name="prueba", queue="salida", country="CO", caller_number="5716001234",
        ring_seconds=15, max_lines=60, retry=RetryRule(max_attempts=1, minutes={}),
        options=ON_A_TEST_LINE.model_copy(update={"machines": rule}),
        created_at=datetime.now(UTC),
    )  # fmt: skip

    async def leads() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=each, name="", extra={}) for each in (number, *others)]

    await house.campaigns.create(campaign)
    await house.campaigns.add_leads(campaign.id, leads(), datetime.now(UTC))
    await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "test")
    return campaign.id


def _call(scene: Scene) -> Call:
    (call,) = scene.house.parts.tracker.calls()
    return call


async def _verdict(scene: Scene) -> str:
    await until(lambda: _call(scene).machine, "the verdict", VERDICT_SECONDS)
    return _call(scene).machine


async def _ended(scene: Scene, campaign_id: str, seconds: float = 60.0) -> Attempt:
    async def over() -> bool:
        page = await scene.house.campaigns.attempts(campaign_id, None, 10)
        return all(attempt.ended_at is not None for attempt in page.attempts)

    await eventually(over, "the attempt to end", seconds)
    (attempt,) = (await scene.house.campaigns.attempts(campaign_id, None, 10)).attempts
    return attempt


async def test_nobody_listens_unless_the_campaign_asks_for_it(
    scene: Scene, no_carrier: int, greetings: dict[str, Greeting]
) -> None:
    await scene.sign_in("1001")
    async with _answering(greetings, no_carrier):
        campaign_id = await _campaign(scene, MACHINE, None)
        await scene.in_state("1001", AgentState.TALKING)
        shown = scene.stage.asterisk.cli("core show channels concise")
        assert "judge_" not in shown, shown
        assert "ChanSpy" not in shown, shown
        await scene.house.desk.end_call("1001")
        attempt = await _ended(scene, campaign_id)
        assert (attempt.outcome, attempt.machine) == (Outcome.CONNECTED, None)


@pytest.mark.parametrize("then", list(Then))
async def test_a_person_stays_with_the_agent(
    scene: Scene, no_carrier: int, greetings: dict[str, Greeting], then: Then
) -> None:
    await scene.sign_in("1001")
    told: list[type[Fact]] = []
    scene.house.feed.fold(lambda change: told.append(type(change.fact)))
    async with _answering(greetings, no_carrier) as called:
        campaign_id = await _campaign(scene, PERSON, MachineRule(then=then))
        await scene.in_state("1001", AgentState.TALKING)
        assert await _verdict(scene) == Verdict.HUMAN
        assert told.index(AgentConnected) < told.index(MachineJudged), "the agent waited for it"
        assert scene.agent("1001").state is AgentState.TALKING
        assert not called.answered[PERSON].over
        await scene.house.desk.end_call("1001")
        attempt = await _ended(scene, campaign_id)
        assert (attempt.outcome, attempt.machine) == (Outcome.CONNECTED, "human")


async def test_an_agent_is_told_of_a_machine_and_keeps_it(
    scene: Scene, no_carrier: int, greetings: dict[str, Greeting]
) -> None:
    await scene.sign_in("1001")
    async with _answering(greetings, no_carrier):
        campaign_id = await _campaign(scene, MACHINE, MachineRule())
        assert await _verdict_when_there(scene) == Verdict.MACHINE
        shown = scene.house.board.snapshot().things[f"calls/{_call(scene).call_id}"]
        assert shown is not None
        assert shown["machine"] == "machine"
        assert scene.agent("1001").state is AgentState.TALKING
        await scene.house.desk.end_call("1001")
        attempt = await _ended(scene, campaign_id)
        assert (attempt.outcome, attempt.machine) == (Outcome.CONNECTED, "machine")


async def test_a_machine_is_hung_up_on_and_the_agent_writes_up(
    scene: Scene, no_carrier: int, greetings: dict[str, Greeting]
) -> None:
    await scene.sign_in("1001")
    async with _answering(greetings, no_carrier) as called:
        campaign_id = await _campaign(scene, MACHINE, MachineRule(then=Then.HANG_UP))
        assert await _verdict_when_there(scene) == Verdict.MACHINE
        await until(lambda: called.answered[MACHINE].over, "the machine to be hung up on")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
        attempt = await _ended(scene, campaign_id)
        assert (attempt.outcome, attempt.machine) == (Outcome.MACHINE, "machine")
        await scene.house.desk.ready("1001")
    (record,) = await scene.records(1)
    assert (record.outcome, record.ended_by) == ("machine", "service")


async def test_a_machine_gets_the_whole_message_after_its_beep(
    scene: Scene, no_carrier: int, greetings: dict[str, Greeting]
) -> None:
    await scene.sign_in("1001")
    heard: list[str] = []
    scene.house.feed.fold(lambda change: heard.append(type(change.fact).__name__))
    async with _answering(greetings, no_carrier) as called:
        campaign_id = await _campaign(scene, MACHINE, MachineRule(then=Then.LEAVE_MESSAGE))
        assert await _verdict_when_there(scene) == Verdict.MACHINE
        await scene.in_state("1001", AgentState.WRAPPING_UP)
        answered = called.answered[MACHINE]
        assert not answered.over, "the agent was let go, not the machine"
        await scene.house.desk.ready("1001")
        attempt = await _ended(scene, campaign_id)
        assert (attempt.outcome, attempt.machine) == (Outcome.MACHINE, "machine")
    assert heard.count(MachineJudged.__name__) == heard.count(MessageLeft.__name__) == 1
    assert scene.agent("1001").state is AgentState.READY
    beep_over_at = greetings[MACHINE].beep_over_at
    assert answered.sound_at is not None
    assert beep_over_at is not None
    after = [at for at in answered.heard_at if at > answered.sound_at + beep_over_at]
    assert after[-1] - after[0] > 0.9 * _message_seconds(scene)
    (record,) = await scene.records(1)
    assert (record.outcome, record.ended_by) == ("machine", "service")


async def test_the_end_of_a_message_does_not_touch_the_agents_next_talk(
    scene: Scene, no_carrier: int, greetings: dict[str, Greeting]
) -> None:
    """Asterisk tells the end of the first talk then, with the agent's name."""
    await scene.sign_in("1001")
    async with _answering(greetings, no_carrier) as called:
        rule = MachineRule(then=Then.LEAVE_MESSAGE)
        campaign_id = await _campaign(scene, MACHINE, rule, PERSON)
        assert await _verdict_when_there(scene) == Verdict.MACHINE
        await scene.in_state("1001", AgentState.WRAPPING_UP)
        await scene.house.desk.ready("1001")
        talking = await scene.in_state("1001", AgentState.TALKING)
        assert not called.answered[MACHINE].over
        assert not called.answered[PERSON].over
        await until(lambda: called.answered[MACHINE].over, "the message to be over")
        page = await scene.house.campaigns.attempts(campaign_id, None, 10)
        of = {attempt.number: attempt.id for attempt in page.attempts}
        assert talking.call_id == of[PERSON]

        async def told() -> bool:
            attempt = await scene.house.campaigns.attempt(of[MACHINE])
            return attempt is not None and attempt.outcome is Outcome.MACHINE

        await eventually(told, "the first attempt to end")
        now = scene.agent("1001")
        assert (now.state, now.call_id) == (AgentState.TALKING, of[PERSON])
        assert not called.answered[PERSON].over
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
        await scene.house.desk.ready("1001")
    records = await scene.records(2)
    assert sorted(record.outcome for record in records) == ["connected", "machine"]


def _message_seconds(scene: Scene) -> float:
    floor, sounds = scene.stage.floor, scene.stage.settings.sounds_folder
    with wave.open(str(sounds / prompt_file(floor.language, "machine_message"))) as file:
        seconds: float = file.getnframes() / file.getframerate()
        return seconds


async def _verdict_when_there(scene: Scene) -> str:
    """The agent has the call at once, and the verdict comes while they talk."""
    await scene.in_state("1001", AgentState.TALKING)
    return await _verdict(scene)
