"""/agents/me: an agent's own desk, with the call at hand and who it is (the screen pop)."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, field_serializer

from agents.roster import AgentStatus
from agents.states import AgentState
from api.access import Needs, Owner
from api.agents import AgentNow, agent_now
from api.customer_at_hand import CustomerAtHand, at_hand, record_at_hand
from api.parts import Parts, Rooms
from api.persons import ExtraTold, NameTold, PhoneTold, number_called_told
from api.previews import PreviewTold, preview_of
from api.problem_texts import Kind
from api.problems import ProblemError, told
from calls.call import Direction
from calls.states import CallState
from monitoring.record import CallRecord
from storage.scopes import Scope

router = APIRouter(prefix="/agents", tags=["agents"], dependencies=[Depends(Needs(Scope.OWN))])

#: the sentence that who calls in hears before the wait
_TOLD = "call_recorded"


class LeadAtHand(BaseModel):
    """The person who was dialed, as the list tells."""

    id: int
    number: PhoneTold
    name: NameTold
    extra: ExtraTold


class RecordingAtHand(BaseModel):
    """The talk is recorded."""

    recording: str
    #: null: what is said is recorded
    paused_at: AwareDatetime | None
    #: what the agent has to tell the customer, in the floor's language; null: the customer heard it
    to_say: str | None


class CallAtHand(BaseModel):
    """The call an agent is offered, talks on or writes up."""

    call_id: str
    direction: Direction
    state: CallState
    queue: str
    number_called: str
    caller_number: PhoneTold
    caller_name: NameTold
    began_at: AwareDatetime
    connected_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    campaign_id: str
    #: what answered, by whoever listened beside the call: human, machine, unsure; "" nobody did
    machine: str
    #: of a dialed call
    lead: LeadAtHand | None
    #: null: the talk is not recorded
    recording: RecordingAtHand | None

    @field_serializer("number_called", when_used="json")
    def _called(self, number: str) -> str:
        return number_called_told(number, self.direction)


class Myself(BaseModel):
    """The agent, and the call at hand."""

    agent: AgentNow
    call: CallAtHand | None
    #: whose call it is; null when nobody knows, or the number is several customers'
    customer: CustomerAtHand | None
    #: the lead that the agent looks at, or whose call is being made; null when there is none
    preview: PreviewTold | None


@router.get("/me", responses=told(Kind.NO_SUCH_AGENT))
async def myself(rooms: Rooms, owner: Owner) -> Myself:
    """The agent of the token now, and the call at hand."""
    if owner.agent is None:
        raise ProblemError(Kind.NO_NUMBER_OF_YOUR_OWN)
    status = rooms.roster.get(owner.agent)
    record = await record_at_hand(rooms, status.call_id) if status is not None else None
    customer = await at_hand(rooms, record, owner.queues) if record is not None else None
    call = None
    if status is not None and record is not None:
        call = await _call_at_hand(rooms, status, record)
    preview = await preview_of(rooms, owner.agent) if _is_kept(rooms, owner.agent) else None
    if not _is_kept(rooms, owner.agent):
        preview = None  # it was over before it was read
    agent = agent_now(rooms, owner.agent)
    return Myself(agent=agent, call=call, customer=customer, preview=preview)


def _is_kept(rooms: Parts, number: str) -> bool:
    status = rooms.roster.get(number)
    return status is not None and status.state is AgentState.RESERVED


async def _call_at_hand(rooms: Parts, status: AgentStatus, record: CallRecord) -> CallAtHand:
    lead = await _lead(rooms, record)
    # after every wait: the call as it is by now
    call = rooms.tracker.get(status.call_id)
    return CallAtHand(
        call_id=record.call_id,
        direction=Direction(record.direction),
        state=call.state if call is not None else CallState.ENDED,
        queue=status.queue,
        number_called=record.number_called,
        caller_number=record.caller_number,
        caller_name=record.caller_name,
        began_at=record.arrived_at,
        connected_at=next((stay.connected_at for stay in reversed(record.stays)), None),
        ended_at=record.ended_at,
        campaign_id=record.campaign_id,
        machine=call.machine if call is not None else "",
        lead=lead,
        recording=_recording(rooms, record.call_id),
    )


def _recording(rooms: Parts, call_id: str) -> RecordingAtHand | None:
    made = rooms.recordings_now.of(call_id)
    if made is None:
        return None
    to_say = None if made.announced == "caller" else rooms.sentences[rooms.floor.language][_TOLD]
    return RecordingAtHand(recording=made.recording, paused_at=made.paused_at, to_say=to_say)


async def _record(rooms: Parts, call_id: str) -> CallRecord | None:
    """The record in hand; a call written up for long may be in the database already."""
    if not call_id:
        return None
    in_hand = rooms.recorder.record(call_id)
    return in_hand or await rooms.calls.get(rooms.floor.pbx, call_id)


async def _lead(rooms: Parts, record: CallRecord) -> LeadAtHand | None:
    lead = await rooms.campaigns.lead(record.lead_id) if record.lead_id is not None else None
    if lead is None:
        return None
    return LeadAtHand(id=lead.id, number=lead.number, name=lead.name, extra=lead.extra)
