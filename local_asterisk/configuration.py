"""Asterisk's configuration: the templates of `asterisk/templates`, filled in from the floor.

The dialplan and the settings are in the templates, to be read as Asterisk reads them; here are
only the parts that repeat, one for each agent and queue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from agents.floor import Address, Agent, Floor, Line, Queue, Target, Trunk
from calls.errors import Linea800Error
from local_asterisk.install import Installation
from local_asterisk.ports import Ports
from local_asterisk.run_folder import RunFolder, Secrets, write_private
from local_asterisk.templates import templates_folder

_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029;\[\]@]")

_HELD_AGENT = """\
[@NUMBER@](held)
fullname = @NAME@
"""
_PHONE = """\
[@NUMBER@](agent)
aors = @NUMBER@
callerid = @NAME@ <@NUMBER@>
"""
_PHONE_LOGIN = """\
auth = @NUMBER@
[@NUMBER@](agent-login)
username = @NUMBER@
password = @SECRET@
"""
_PHONE_PLACE = """\
[@NUMBER@](agent-at)
"""
_PHONE_ADDRESS = """\
contact = sip:@NUMBER@\x40@PHONE@
"""
_QUEUE = """\
[@NAME@](queue)
strategy = @STRATEGY@
weight = @WEIGHT@
announce-frequency = @ANNOUNCE_SECONDS@
min-announce-frequency = @ANNOUNCE_SECONDS@
context = @KEYS@
"""
_QUEUE_WITH_KEY = """\
periodic-announce = linea800/queue_callback_@KEY@
periodic-announce-frequency = @OFFER_SECONDS@
"""
_QUEUE_KEY = """\
[queue-key-@KEY@]
exten => @KEY@,1,Goto(queue-left,left_callback_key,1)
include => queue-back
"""
_TARGET = """\
exten => target_@NAME@,1,Set(TIMEOUT(absolute)=0)
 same => n,Set(L8_TARGET=@NAME@)
 same => n,Dial(PJSIP/@NUMBER@\x40outside,@RING_SECONDS@,b(target-called^s^1))
 same => n,Goto(target-failed,transfer_failed,1)
"""
_RECORDED = """\
L8_RECORDED_@NAME@ = 1
"""
_TRUNK_LOGIN = """\
outbound_auth = trunk
from_user = @USER@
"""
_TRUNK_REGISTRATION = """
[trunk]
type = auth
auth_type = userpass
username = @USER@
password = @SECRET@

[trunk]
type = registration
transport = udp
outbound_auth = trunk
server_uri = sip:@TRUNK@
client_uri = sip:@USER@\x40@TRUNK@
contact_user = @USER@
"""


#: a target outside rings this long
_TARGET_RINGS_SECONDS = 45


class ConfigurationError(Linea800Error):
    """The floor cannot be rendered into a configuration of Asterisk."""


def fill(
    template: str, values: Mapping[str, object], parts: Mapping[str, str] | None = None
) -> str:
    """The template with each `@NAME@` replaced.

    A value is one plain word or line; parts are text that `fill` made before. Raises
    `ConfigurationError` for a value that Asterisk could read as more than a value.
    """

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        if parts is not None and name in parts:
            return parts[name]
        if name not in values:
            raise ConfigurationError(f"a template asks for @{name}@, which nobody gives")
        value = str(values[name])
        if _UNSAFE.search(value) or value != value.strip():
            raise ConfigurationError(f"{name} cannot be written for Asterisk: {value!r}")
        return value

    return _PLACEHOLDER.sub(replaced, template)


def render(
    floor: Floor, *, ports: Ports, secrets: Secrets, root: Path, modules: Path
) -> dict[str, str]:
    """Every configuration file by name; raises `ConfigurationError` for what cannot be."""
    _refuse_addresses_out_of_reach(floor)
    values = {
        "ROOT": root,
        "MODULES": modules,
        "PBX": floor.pbx,
        "LANGUAGE": floor.language,
        "FALLBACK_QUEUE": floor.fallback_queue,
        "SIP_PORT": ports.sip,
        "AMI_PORT": ports.ami,
        "RTP_START": ports.rtp_first,
        "RTP_END": ports.rtp_last,
        "SERVICE_SECRET": secrets.linea800,
        "DOCTOR_SECRET": secrets.doctor,
        "TRUNK": floor.trunk.to,
        "CALLER_NUMBER": floor.trunk.caller_number,
        "TRUNK_SOURCES": ",".join(str(source) for source in _sources(floor.trunk)),
    }
    trunk = {"USER": floor.trunk.user, "SECRET": floor.trunk.secret, "TRUNK": floor.trunk.to}
    registers = floor.trunk.user is not None
    held = [agent for agent in floor.agents if agent.line is Line.HELD]
    parts = {
        "TRUNK_LOGIN": fill(_TRUNK_LOGIN, trunk) if registers else "",
        "TRUNK_REGISTRATION": fill(_TRUNK_REGISTRATION, trunk) if registers else "",
        "AGENT_PHONES": "\n".join(_phone(agent) for agent in floor.agents),
        "HELD_AGENTS": "\n".join(fill(_HELD_AGENT, _names(agent)) for agent in held),
        "QUEUES": "\n".join(_queue(queue) for queue in (*floor.queues, *floor.own_queues())),
        "QUEUE_KEYS": "\n".join(fill(_QUEUE_KEY, {"KEY": key}) for key in _callback_keys(floor)),
        "TARGETS": "".join(_target(target) for target in floor.targets),
        "RECORDED": "".join(fill(_RECORDED, {"NAME": name}) for name in floor.recorded_queues()),
    }
    templates = sorted(templates_folder().glob("*.conf"))
    return {path.name: fill(path.read_text(), values, parts) for path in templates}


def write_configuration(
    floor: Floor, *, folder: RunFolder, ports: Ports, installation: Installation, sounds: Path
) -> None:
    """Make the run folder ready to start from; what an earlier configuration left is replaced.

    `sounds` is laid out as `es/linea800/*.wav`, `en/...`, `es/digits/*.wav` and `moh/*.wav`.
    Raises `ConfigurationError` or `RunFolderError`.
    """
    secrets = folder.make(ports)
    files = render(
        floor, ports=ports, secrets=secrets, root=folder.root, modules=installation.modules
    )
    etc = folder.configuration.parent
    for old in etc.glob("*.conf"):
        old.unlink()
    for name, text in files.items():
        write_private(etc / name, text)
    links = {"sounds": sounds.absolute(), "documentation": installation.data / "documentation"}
    for name, target in links.items():
        link = folder.root / "data" / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def is_configured(floor: Floor, *, folder: RunFolder, installation: Installation) -> bool:
    """Whether what was written last is what this floor asks for."""
    files = render(
        floor,
        ports=folder.ports(),
        secrets=folder.secrets(),
        root=folder.root,
        modules=installation.modules,
    )
    etc = folder.configuration.parent
    return all((etc / name).is_file() and (etc / name).read_text() == files[name] for name in files)


def _sources(trunk: Trunk) -> list[Address]:
    return list(dict.fromkeys((trunk.to, *trunk.accepts_from)))


def _names(agent: Agent) -> dict[str, object]:
    return {"NUMBER": agent.number, "NAME": agent.name}


def _phone(agent: Agent) -> str:
    """The agent's endpoint, with a login if there is a secret and an address if it is fixed."""
    template = _PHONE
    if agent.secret is not None:
        template += _PHONE_LOGIN
    template += _PHONE_PLACE
    if agent.phone is not None:
        template += _PHONE_ADDRESS
    return fill(template, _names(agent) | {"SECRET": agent.secret, "PHONE": agent.phone})


def _queue(queue: Queue) -> str:
    values = {
        "NAME": queue.name,
        "STRATEGY": queue.strategy,
        "WEIGHT": queue.weight,
        "ANNOUNCE_SECONDS": queue.announce_position_seconds,
        "KEYS": f"queue-key-{queue.callback_key}" if queue.callback_key else "queue-back",
        "KEY": queue.callback_key,
        "OFFER_SECONDS": queue.callback_offer_seconds,
    }
    return fill(_QUEUE if queue.callback_key is None else _QUEUE + _QUEUE_WITH_KEY, values)


def _target(target: Target) -> str:
    values: dict[str, object] = {
        "NAME": target.name,
        "NUMBER": target.number,
        "RING_SECONDS": _TARGET_RINGS_SECONDS,
    }
    return fill(_TARGET, values)


def _callback_keys(floor: Floor) -> list[str]:
    return sorted({queue.callback_key for queue in floor.queues if queue.callback_key is not None})


def _refuse_addresses_out_of_reach(floor: Floor) -> None:
    phones = [(f"agent {agent.number}: phone", agent.phone) for agent in floor.agents]
    sources = [("trunk", source) for source in _sources(floor.trunk)]
    for what, address in (*sources, *phones):
        if address is None:
            continue
        ip = ip_address(address.host)
        if ip.version != 4 or not ip.is_loopback:
            raise ConfigurationError(
                f"{what}: {address} is out of reach: the local Asterisk speaks on 127.0.0.1 only. "
                "For phones and carriers elsewhere give linea800 an Asterisk of your own"
            )
