"""What `linea800 simulate` says, in Spanish and English; a test holds the two alike."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "title": "Simulación: {agents} agentes, {hours} h, {leads}",
        "endless": "lista sin fin",
        "list": "lista de {leads}",
        "policy": "política",
        "talk_per_hour": "charla por hora de agente",
        "minutes": "{minutes} min",
        "occupancy": "ocupación",
        "abandoned": "sin agente",
        "worst": "peor media hora",
        "attempts": "intentos",
        "live": "contestaron",
        "used_up": "lista agotada",
        "never": "no",
        "sometimes": "{at} ({times} de {of})",
        "once": "Un solo sorteo.",
        "mean": "Media de {seeds} sorteos.",
        "notes": "«Sin agente»: de las personas que contestaron, las que no encontraron agente a "
        "tiempo; el límite es {cap}. «Peor media hora»: la de más abandono, con {least} respuestas "
        "o más.",
        "cap": "límite {cap}",
        "scale": "cada barra: media hora; la más alta: 100 % de ocupación, {double} sin agente",
        "time": "hora",
        "playing": "{policy}, sorteo {seed} de {of}",
        "whole": "La casa entera, una vez: lo que sigue se leyó de SQL.",
        "outcome": "cómo terminó el intento",
        "written": "Dibujo escrito en {file}",
    },
    "en": {
        "title": "Simulation: {agents} agents, {hours} h, {leads}",
        "endless": "a list without end",
        "list": "a list of {leads}",
        "policy": "policy",
        "talk_per_hour": "talk per agent hour",
        "minutes": "{minutes} min",
        "occupancy": "occupancy",
        "abandoned": "no agent",
        "worst": "worst half hour",
        "attempts": "attempts",
        "live": "answered",
        "used_up": "list used up",
        "never": "no",
        "sometimes": "{at} ({times} of {of})",
        "once": "A single draw.",
        "mean": "Mean of {seeds} draws.",
        "notes": "“No agent”: of the people who answered, those who met no agent in time; the "
        "limit is {cap}. “Worst half hour”: the one with most of them, of {least} answers or more.",
        "cap": "limit {cap}",
        "scale": "each bar: half an hour; the highest: 100 % occupancy, {double} with no agent",
        "time": "time",
        "playing": "{policy}, draw {seed} of {of}",
        "whole": "The whole house, once: what follows was read from SQL.",
        "outcome": "how the attempt ended",
        "written": "Picture written to {file}",
    },
}


def said(language: str, what: str, **parts: object) -> str:
    """A sentence; raises `KeyError` for what is not said here."""
    return WORDS[language][what].format(**parts)


def percent(language: str, share: float, digits: int = 1) -> str:
    """A share as people write it: 2,9 % or 2.9 %."""
    return decimal(language, 100.0 * share, digits) + " %"


def decimal(language: str, value: float, digits: int = 1) -> str:
    """A number with that language's decimal sign."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language == "es" else text
