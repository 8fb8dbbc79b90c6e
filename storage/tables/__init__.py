"""Every table, as it is now; `migrations/` says how it came to be, a test holds the two equal."""

from storage.tables.access import settings, tokens
from storage.tables.base import metadata
from storage.tables.calls import agent_states, call_facts, calls, queue_stays
from storage.tables.campaigns import (
    attempts,
    campaigns,
    import_refusals,
    imports,
    leads,
    list_zones,
    lists,
    pacing_notes,
    phones,
)
from storage.tables.customers import accounts, customer_notes, customer_phones, customers
from storage.tables.previews import previews
from storage.tables.rules import (
    alerts,
    audit,
    callbacks,
    do_not_call,
    register_numbers,
    registers,
    rulings,
)
from storage.tables.service import (
    incidents,
    menu_sessions,
    menu_steps,
    recordings,
    survey_answers,
    tasks,
    ticket_numbers,
    tickets,
    waits_told,
)

__all__ = [
    "accounts",
    "agent_states",
    "alerts",
    "attempts",
    "audit",
    "call_facts",
    "callbacks",
    "calls",
    "campaigns",
    "customer_notes",
    "customer_phones",
    "customers",
    "do_not_call",
    "import_refusals",
    "imports",
    "incidents",
    "leads",
    "list_zones",
    "lists",
    "menu_sessions",
    "menu_steps",
    "metadata",
    "pacing_notes",
    "phones",
    "previews",
    "queue_stays",
    "recordings",
    "register_numbers",
    "registers",
    "rulings",
    "settings",
    "survey_answers",
    "tasks",
    "ticket_numbers",
    "tickets",
    "tokens",
    "waits_told",
]
