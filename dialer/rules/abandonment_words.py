"""An abandonment rule in a sentence, in Spanish and English."""

from __future__ import annotations

from dialer.rules.sections import AbandonmentRule, AbandonmentWindow, ClockStart

_WORDS = {
    "es": {
        "rule": "Abandonada es la llamada que contestó una persona y en la que ningún agente "
        "estuvo a los {seconds:g} s de {clock}. Se cuenta {window}; {cap}.{estimate}",
        ClockStart.ANSWER: "contestar",
        ClockStart.GREETING_START: "empezar su saludo",
        ClockStart.GREETING_END: "terminar su saludo",
        AbandonmentWindow.LAST_24_HOURS: "por cada 24 horas de la campaña",
        AbandonmentWindow.CALENDAR_DAY: "por cada día de calendario de la campaña",
        AbandonmentWindow.THIRTY_DAYS: "por cada 30 días de la campaña",
        "cap": "a lo más {cap:g} % de quienes contestaron, y con menos de {sample} no dice nada",
        "no_cap": "la ley no da un tope",
        "reasoned": " Se estima cuántas de ellas eran máquinas y a cuántas personas se tomó por "
        "una.",
    },
    "en": {
        "rule": "A call is abandoned when a person answered and no agent was there {seconds:g} s "
        "after {clock}. It is counted {window}; {cap}.{estimate}",
        ClockStart.ANSWER: "the answer",
        ClockStart.GREETING_START: "the beginning of the greeting",
        ClockStart.GREETING_END: "the end of the greeting",
        AbandonmentWindow.LAST_24_HOURS: "for each 24 hours of the campaign",
        AbandonmentWindow.CALENDAR_DAY: "for each calendar day of the campaign",
        AbandonmentWindow.THIRTY_DAYS: "for each 30 days of the campaign",
        "cap": "at most {cap:g} % of those who answered, and with fewer than {sample} it says "
        "nothing",
        "no_cap": "the law names no cap",
        "reasoned": " How many of them were machines, and how many people were taken for one, is "
        "estimated.",
    },
}


def rule_sentence(rule: AbandonmentRule, language: str) -> str:
    """What the rule calls abandoned, over what it counts, how much may be."""
    words = _WORDS["es" if language == "es" else "en"]
    cap = words["no_cap"]
    if rule.cap is not None:
        cap = words["cap"].format(cap=round(100 * rule.cap, 6), sample=rule.minimum_sample)
    return words["rule"].format(
        seconds=rule.threshold_seconds,
        clock=words[rule.clock_start],
        window=words[rule.window],
        cap=cap,
        estimate=words["reasoned"] if rule.estimate == "reasoned" else "",
    )
