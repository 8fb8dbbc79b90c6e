"""The formulas of `docs/reference/kpis.md`, written down once more: numerator and denominator."""

from __future__ import annotations

from tests.truth.recount import Counts

Ratios = dict[str, tuple[float, float]]
_THOUSAND = 1000


def queue_kpis(
    counts: Counts, method: str = "exclude_short", seconds: int = 20, short_seconds: int = 5
) -> Ratios:
    """Of a queue, by its setting."""
    answered, abandoned = counts["answered"], counts["abandoned"]
    flow_outs = sum(counts[name] for name in ("timed_out", "key_exit", "empty_exit", "withdrawn"))
    ended = answered + abandoned + flow_outs + counts["failed"]
    in_time = sum(wait <= seconds * _THOUSAND for wait in counts["answered_waits"])
    gone_in_time = sum(wait <= seconds * _THOUSAND for wait in counts["abandoned_waits"])
    short = (
        sum(wait <= short_seconds * _THOUSAND for wait in counts["abandoned_waits"])
        if short_seconds
        else 0
    )
    talk, hold, wrap_up = (counts[name] for name in ("talk_ms", "hold_ms", "wrap_up_ms"))
    levels = {
        "answered_only": (in_time, answered),
        "offered": (in_time, answered + abandoned),
        "offered_plus_flowout": (in_time, answered + abandoned + flow_outs),
        "exclude_short": (in_time, answered + abandoned - short),
        "ignore_within_threshold": (in_time, answered + abandoned - gone_in_time),
        "positive": (in_time + gone_in_time, answered + abandoned),
    }
    return {
        "offered": (counts["offered"], 1),
        "answered": (answered, 1),
        "flow_outs": (flow_outs, 1),
        "answer_rate": (answered, ended),
        "service_level": levels[method],
        "asa": (counts["answered_wait_ms"], answered),
        "longest_wait": (counts["longest_wait_ms"], min(1, ended - counts["lost"])),
        "abandonment_rate": (abandoned - short, ended - short),
        "average_abandon_time": (counts["abandoned_wait_ms"], abandoned),
        "aht": (talk + hold + wrap_up, answered),
        "average_talk": (talk, answered),
        "average_hold": (hold, answered),
        "average_wrap_up": (wrap_up, answered),
        "transfer_rate": (counts["transferred"], answered),
        "callback_rate": (counts["callback_booked"], ended),
    }


def agent_kpis(counts: Counts) -> Ratios:
    """Of an agent."""
    handled = counts["handled_inbound"] + counts["handled_dialed"]
    busy = counts["talking_ms"] + counts["wrapping_up_ms"]
    signed_in = signed_in_ms(counts)
    return {
        "handled": (handled, 1),
        "occupancy": (busy, busy + counts["ready_ms"]),
        "utilization": (busy, signed_in),
        "pause_share": (counts["paused_ms"], signed_in),
        "aht": (busy, handled),
        "average_talk": (max(0, counts["talking_ms"] - counts["hold_ms"]), handled),
        "average_hold": (counts["hold_ms"], handled),
        "average_wrap_up": (counts["wrapping_up_ms"], handled),
        "transfer_rate": (counts["transferred"], handled),
        "missed_rate": (counts["missed"], counts["missed"] + handled),
    }


def signed_in_ms(counts: Counts) -> int:
    """All the time of the shift."""
    states = ("ready", "offered", "reserved", "talking", "wrapping_up", "paused")
    return sum(int(counts[f"{state}_ms"]) for state in states)


def campaign_kpis(counts: Counts, agents_ms: int) -> Ratios:
    """Of a campaign whose agents were signed in so long."""
    connected = counts["outcomes"].get("connected", 0)
    return {
        "answer_rate": (counts["answered"], counts["attempts"]),
        "machine_rate": (counts["machines"], counts["answered"]),
        "contact_rate": (counts["contacts"], counts["attempts"]),
        "rpc_rate": (counts["right_party"], counts["contacts"]),
        "conversion": (counts["successes"], counts["right_party"]),
        "average_wait_after_answer": (counts["wait_ms"], connected),
        "average_talk": (counts["talk_ms"], connected),
        "talk_per_agent_hour": (counts["talk_ms"], agents_ms),
    }


def customer_kpis(counts: Counts) -> Ratios:
    """Of the customers of a queue."""
    said = counts["said_resolved"] + counts["said_unresolved"]
    surveys, reached = counts["surveys"], counts["reached"]

    def scored(question: str) -> tuple[float, float]:
        return surveys[question]["score"], surveys[question]["scored"]

    return {
        "repeat_call_rate": (counts["called_again"], counts["calls"]),
        "fcr_no_repeat": (counts["contacts"] - counts["came_back"], counts["contacts"]),
        "fcr_agent": (counts["said_resolved"], said),
        "fcr_survey": scored("resolved"),
        "csat": scored("csat"),
        "nps": scored("nps"),
        "ces": scored("ces"),
        **{
            f"{name}_response_rate": (answers["answered"], answers["asked"])
            for name, answers in surveys.items()
        },
        "ewt_error": (counts["wait_error_ms"], reached),
        "ewt_absolute_error": (counts["wait_absolute_error_ms"], reached),
        "ewt_within": (counts["within"], reached),
        "ewt_not_later": (counts["not_later"], reached),
    }
