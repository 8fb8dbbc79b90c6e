"""`linea800 doctor`: looks at everything with other eyes and says what is wrong and what to do.

Asterisk is asked through a second, independent AMI client; the service through its own API.
"""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from ami.witness import Witness
from calls.errors import Linea800Error
from linea800 import offered_callbacks
from linea800.settings import Settings
from local_asterisk.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Look at files, Asterisk and the service. Never raises for what it finds."""
    return [
        _look("floor file", lambda: _floor(settings)),
        _look("menus and prompts", lambda: _menus(settings)),
        _look("the operator's own systems", lambda: _services(settings)),
        _look("Asterisk, by a second client", lambda: _asterisk(settings)),
        _look("linea800 itself", lambda: _service(settings)),
        _look("call backs", lambda: asyncio.run(offered_callbacks.look(settings))),
    ]


def _look(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, ok=True, detail=look())
    except (Linea800Error, OSError, ValueError) as error:
        return Finding(what, ok=False, detail=str(error))


def _floor(settings: Settings) -> str:
    floor = settings.read_floor()
    return f"{len(floor.queues)} queues, {len(floor.agents)} agents, {len(floor.numbers)} numbers"


def _menus(settings: Settings) -> str:
    prompts = settings.prompts()
    if not all(prompts.values()):
        raise Linea800Error("prompts are not rendered yet: run `linea800 prompts`")
    own = settings.told_of_own_sentences()
    menus = settings.read_menus(settings.read_floor())
    counts = ", ".join(f"{len(names)} in {language}" for language, names in prompts.items())
    told = f"{len(menus)} menus sound; prompts: {counts}"
    return f"{told}; {own}" if own else told


def _services(settings: Settings) -> str:
    services, address = settings.read_services(), settings.backoffice_address()
    where = "asked nowhere" if address is None else f"asked at {address.shown}"
    return f"{len(services)} services, {where}"


def _asterisk(settings: Settings) -> str:
    host, port, _, _ = settings.ami()
    secret = RunFolder(settings.asterisk_folder).secrets().doctor
    with Witness(host, port, "doctor", secret) as witness:
        channels, queues = witness.channels(), witness.queues()
        return f"{witness.version()}: {len(channels)} channels, {len(queues)} queues"


def _service(settings: Settings) -> str:
    url = f"http://{settings.http_host}:{settings.http_port}/ready"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            json.load(answer)
    except urllib.error.HTTPError as error:
        raise Linea800Error(f"it runs, but is not ready: {error.read().decode()}") from error
    except urllib.error.URLError as error:
        raise Linea800Error(f"{url}: {error.reason}; start it with `linea800 run`") from error
    return f"ready at {url}"
