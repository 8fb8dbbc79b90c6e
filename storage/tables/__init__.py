"""Every table, as it is now; `migrations/` says how it came to be, a test holds the two equal."""

from storage.tables.access import settings, tokens, users
from storage.tables.base import metadata
from storage.tables.call_recordings import call_recordings
from storage.tables.calls import agent_states, call_facts, calls, queue_stays
from storage.tables.campaigns import (
    attempts,
    campaign_costs,
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
from storage.tables.measures import (
    agent_quarters,
    campaign_quarters,
    queue_quarters,
    queue_settings,
    stale_quarters,
)
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
from storage.tables.watching import closures, deliveries, emergencies, targets, webhooks

__all__ = [
    "accounts",
    "agent_quarters",
    "agent_states",
    "alerts",
    "attempts",
    "audit",
    "call_facts",
    "call_recordings",
    "callbacks",
    "calls",
    "campaign_costs",
    "campaign_quarters",
    "campaigns",
    "closures",
    "customer_notes",
    "customer_phones",
    "customers",
    "deliveries",
    "do_not_call",
    "emergencies",
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
    "queue_quarters",
    "queue_settings",
    "queue_stays",
    "recordings",
    "register_numbers",
    "registers",
    "rulings",
    "settings",
    "stale_quarters",
    "survey_answers",
    "targets",
    "tasks",
    "ticket_numbers",
    "tickets",
    "tokens",
    "users",
    "waits_told",
    "webhooks",
]
