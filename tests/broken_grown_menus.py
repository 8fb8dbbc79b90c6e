"""As `tests/broken_menus.py`, for what the language has besides keys."""

from __future__ import annotations

from tests.broken_menus import SMALL, changed

#: a menu with what the language has besides keys
GROWN = """\
name: grown
language: es
languages: [es, en]
start: who
person: {queue: soporte}
schedules:
  office: {zone: America/Bogota, days: {mon: ["08:00-18:00"]}}
queues:
  soporte: {schedule: office, closed: message, after_call: survey}
nodes:
  who: {kind: look_up, service: customer_by_number, arguments: {number: caller}, into: customer, found: owes, missing: account, failed: talk}
  account: {kind: collect, prompts: [main_menu], into: account, fewest: 4, goto: by_account}
  by_account: {kind: look_up, service: customer_by_account, arguments: {account: account}, into: customer, found: owes, missing: talk, failed: talk}
  owes: {kind: look_up, service: balance, arguments: {account: customer.account}, into: bill, found: how, missing: talk, failed: talk}
  how:
    kind: condition
    reason: balance
    cases:
      - {when: 'bill.amount > 0 && reason == "balance" && open.office', goto: owed}
      - {when: queues.soporte.staffed > 0 || visits.who > 2, goto: sure}
    otherwise: talk
  owed: {kind: say, prompts: [balance_is, {amount: bill.amount}], goto: sure}
  sure: {kind: confirm, prompts: [more_menu], yes: talk, no: bank}
  bank: {kind: transfer, target: bank, failed: talk}
  talk: {kind: queue, queue: soporte}
  message: {kind: record, purpose: message, into: note, prompts: [welcome], goto: ticket, nothing: bye}
  ticket: {kind: ticket, ticket: message, note: note, goto: number, failed: bye}
  number: {kind: say, prompts: [balance_is, {digits: ticket.number}], goto: bye}
  survey:
    kind: survey
    questions:
      - {name: csat, prompts: [welcome]}
    goto: bye
  bye: {kind: hang_up}
"""  # noqa: E501 - a node a line, as people write them


def grown(old: str, new: str) -> str:
    return changed(old, new, GROWN)


BROKEN = {
    # --- what is asked of others
    "a service nobody answers": (
        grown("service: balance", "service: balanse"),
        '14 service: there is no service "balanse"',
    ),
    "an action that only looks up": (
        grown("look_up, service: balance", "action, service: balance").replace(
            "found: how, missing: talk", "done: how, refused: talk"
        ),
        '14 service: is asked by a node of the kind "look_up"',
    ),
    "an argument too few": (
        grown("arguments: {account: customer.account}, ", ""),
        '14 argument: the service "balance" needs "account"',
    ),
    "an argument too many": (
        grown("{account: customer.account}", "{account: customer.account, plan: customer.plan}"),
        '14 argument: the service "balance" has no argument "plan"',
    ),
    "a target the floor does not have": (
        grown("target: bank", "target: banco"),
        '24 target: no such target: "banco"',
    ),
    "terms of a queue the floor does not have": (
        grown("\nnodes:", "\n  soprte: {say_wait: true}\nnodes:"),
        '10 queue: no such queue: "soprte"',
        "10 unused_queue: nobody is handed to this queue here",
    ),
    # --- what is spoken of
    "a name no node learns": (
        grown("bill.amount > 0", "bil.amount > 0"),
        '19 name: speaks of "bil", which no node of this menu learns',
    ),
    "a part the service does not give": (
        grown("bill.amount > 0", "bill.amont > 0"),
        '19 part: "bill" has no "amont": it has amount, outcome, asked',
    ),
    "a part of what was asked that was not asked": (
        grown("bill.amount > 0", "bill.asked.day == today"),
        '19 part: "bill.asked" has no "day": it has account',
    ),
    "a part of an entry": (
        grown("{account: account}", "{account: account.number}"),
        '13 part: "account" has no parts',
    ),
    "a part of a ticket": (
        grown("ticket.number", "ticket.nummer"),
        '28 part: "ticket" has no "nummer": it has number, due_on, outcome',
    ),
    "hours nobody wrote down": (
        grown("open.office", "open.ofice"),
        '19 part: "ofice" is no schedule of this menu',
    ),
    "a queue nobody is handed to": (
        grown("queues.soporte.staffed", "queues.ventas.staffed"),
        '20 part: "ventas" is no queue of this menu',
    ),
    "a part of a queue": (
        grown("queues.soporte.staffed > 0 || visits.who > 2", "'queues[\"soporte\"].agents > 0'"),
        '20 part: a queue has no "agents": it has waiting, staffed, free, wait_seconds',
    ),
    "visits to no node": (
        grown("queues.soporte.staffed > 0 || visits.who > 2", "'visits[\"whom\"] > 2'"),
        '20 part: "whom" is no node of this menu',
    ),
    "a reason nobody gives": (
        grown('reason == "balance"', '"balanse" == reason'),
        '19 never: no node of this menu gives the reason "balanse"',
    ),
    "a language nobody is spoken to in": (
        grown('reason == "balance"', 'language == "pt"'),
        '19 never: "pt" is no language of this menu',
    ),
    "a function that is none": (
        grown("bill.amount > 0", "positive(bill.amount)"),
        '19 function: "positive" is no function',
    ),
    "what is no expression": (
        grown("bill.amount > 0", "bill.amount = 0"),
        "19 form: is no expression: ERROR: <input>:1:13: Syntax error: token recognition error "
        "at: '= '",
    ),
    "a case that is never true": (
        grown("queues.soporte.staffed > 0 || visits.who > 2", "1 > 2"),
        "20 never: can never be true: it is the same for every caller",
    ),
    "a case that is always true": (
        grown("queues.soporte.staffed > 0 || visits.who > 2", '"true"'),
        "20 always: is always true: nobody gets to what follows",
    ),
    "a value that nobody has learned yet": (
        grown("found: owes, missing: account", "found: owes, missing: owed"),
        "12 unreachable: no way leads here",
        "13 unreachable: no way leads here",
    ),
    "a value that is learned later": (
        grown("{account: account}", "{account: bill.amount}"),
        '13 not_yet_known: no way leads here on which "bill" was learned before',
    ),
    # --- what is heard
    "a sentence that breaks off": (
        grown("[balance_is, {amount: bill.amount}]", "[welcome, balance_is]"),
        '22 broken_off: "balance_is" ends in a comma, and no value follows',
    ),
    "a value after a full stop": (
        grown("[balance_is, {amount", "[welcome, {amount"),
        "22 unannounced: no sentence leads up to this value: one that ends in a comma does",
    ),
    "a value with nothing before it": (
        grown("[balance_is, {amount", "[{amount"),
        "22 unannounced: no sentence leads up to this value: one that ends in a comma does",
    ),
    "two values in one": (
        grown("{amount: bill.amount}", "{amount: bill.amount, number: bill.amount}"),
        "22 form: needs exactly one of: number, ordinal, amount, date, time, digits, first_name",
    ),
    # --- what holds for queues
    "hours of a queue that nobody wrote down": (
        grown("schedule: office", "schedule: ofice"),
        '9 schedule: "ofice" is no schedule of this menu',
    ),
    "hours with nowhere to go": (
        grown("schedule: office, ", ""),
        "9 form: schedule and closed go together: give both or neither",
    ),
    "a queue that sends callers nowhere": (
        grown("closed: message", "closed: mesage"),
        '9 lost: goes to "mesage", which is no node of this menu',
    ),
    "hours that end before they begin": (
        grown("08:00-18:00", "18:00-08:00"),
        "7 form: has to end after it begins, on the same day: 24:00 is the day's end",
    ),
    "hours that are none": (
        grown("08:00-18:00", "8 to 18"),
        "7 form: has to be like 08:00-20:00",
    ),
    "a zone that is none": (
        grown("zone: America/Bogota", "zone: Bogota"),
        "7 form: is no time zone: take one like America/Bogota",
    ),
    "hours for holidays of no country": (
        grown("days: {mon", 'holidays: ["10:00-12:00"], days: {mon'),
        "7 form: has hours for holidays, and no country whose holidays count",
    ),
    "holidays nobody knows": (
        grown("days: {mon", "country: ZZ, days: {mon"),
        "7 form: nothing is known of the holidays of ZZ",
    ),
    "nothing to do outside the hours": (
        grown("closed: message", "closed: bye"),
        '9 closed: "bye" offers no self-service, no message and no call back',
        "26 unreachable: no way leads here",
        "27 unreachable: no way leads here",
        "28 unreachable: no way leads here",
    ),
    # --- what is hardly meant
    "a survey without a talk": (
        grown(", after_call: survey", "")
        .replace("goto: number", "goto: survey")
        .replace("nothing: bye", "nothing: number"),
        '28 not_yet_known: no way leads here on which "ticket" was learned before',
        "29 survey: no talk leads here: name it as after_call of a queue",
    ),
    "a question whose answer changes nothing": (
        grown("yes: talk, no: bank", "yes: bank, no: bank"),
        '23 same_answer: yes and no both lead to "bank"',
    ),
    "an entry longer than it may be": (
        grown("fewest: 4", "fewest: 4, most: 3"),
        "12 form: fewest is more than most",
    ),
    "days of what is no day": (
        grown("fewest: 4", "fewest: 4, within_days: 9"),
        "12 form: within_days goes with what: date",
    ),
    "a question with no figures between": (
        grown("prompts: [welcome]}", "prompts: [welcome], low: 5}"),
        "32 form: low has to be less than high",
    ),
    "too many misses with two ways": (
        SMALL + "defaults: {too_many: {queue: ventas, goto: main}}\n",
        "24 form: needs exactly one of: queue, goto",
    ),
    "a ticket that leads nowhere": (
        grown("goto: number, failed: bye", "goto: number"),
        "27 form: is missing",
    ),
    "a condition without a case": (
        grown(
            """    cases:
      - {when: 'bill.amount > 0 && reason == "balance" && open.office', goto: owed}
      - {when: queues.soporte.staffed > 0 || visits.who > 2, goto: sure}
""",
            "    cases: []\n",
        ),
        "18 form: needs entries: at least 1",
        "20 unreachable: no way leads here",
        "21 unreachable: no way leads here",
        "22 unreachable: no way leads here",
    ),
    "a service that goes round in a circle": (
        grown("missing: account, failed: talk", "missing: account, failed: who"),
        "11 circle: prompts in a circle without end: who > who",
    ),
}
