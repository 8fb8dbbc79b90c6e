"""What each kind of node does when a caller comes to it, presses a key, or an answer comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.behaviours.behaviour import Behaviour
from ivr.behaviours.keys import CollectBehaviour, ConfirmBehaviour, MenuBehaviour
from ivr.behaviours.messages import RecordBehaviour
from ivr.behaviours.services import PATIENT_SECONDS, ServiceBehaviour, TicketBehaviour
from ivr.behaviours.surveys import SurveyBehaviour
from ivr.behaviours.ways import (
    CallbackBehaviour,
    ConditionBehaviour,
    HangUpBehaviour,
    IncidentsBehaviour,
    LanguageBehaviour,
    QueueBehaviour,
    SayBehaviour,
    TransferBehaviour,
    WaitOnBehaviour,
)
from ivr.nodes import (
    ActionNode,
    CallbackNode,
    CollectNode,
    ConditionNode,
    ConfirmNode,
    HangUpNode,
    IncidentsNode,
    LanguageNode,
    LookUpNode,
    Marked,
    MenuNode,
    QueueNode,
    RecordNode,
    SayNode,
    SurveyNode,
    TicketNode,
    TransferNode,
    WaitOnNode,
)

__all__ = ["BEHAVIOURS", "PATIENT_SECONDS", "Behaviour"]

BEHAVIOURS: Mapping[type[Marked], Behaviour[Any]] = {
    MenuNode: MenuBehaviour(),
    CollectNode: CollectBehaviour(),
    ConfirmNode: ConfirmBehaviour(),
    RecordNode: RecordBehaviour(),
    SayNode: SayBehaviour(),
    LookUpNode: ServiceBehaviour(),
    ActionNode: ServiceBehaviour(),
    TicketNode: TicketBehaviour(),
    ConditionNode: ConditionBehaviour(),
    SurveyNode: SurveyBehaviour(),
    IncidentsNode: IncidentsBehaviour(),
    LanguageNode: LanguageBehaviour(),
    QueueNode: QueueBehaviour(),
    WaitOnNode: WaitOnBehaviour(),
    CallbackNode: CallbackBehaviour(),
    TransferNode: TransferBehaviour(),
    HangUpNode: HangUpBehaviour(),
}
