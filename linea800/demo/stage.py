"""The stage: an Asterisk, a carrier and agents' phones on free ports, below one folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agents.floor import Floor
from documents.yaml_document import read_document
from linea800 import local
from linea800.settings import DEFAULT_FLOOR, Settings
from local_asterisk.ports import Ports, free_udp_range, kept_ports
from local_asterisk.process import LocalAsterisk
from traffic import roles
from traffic.sipp import Sipp, SippError

#: SIPp processes that may call at the same time, each from a port of its own
CALLER_PORTS = 20
_RTP_PORTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is set up; the carrier and the phones run."""

    settings: Settings
    floor: Floor
    asterisk: LocalAsterisk
    sipp: Path
    carrier: Sipp
    phones: Sipp
    caller_ports: tuple[int, ...]

    @property
    def sip_port(self) -> int:
        """Where Asterisk takes calls."""
        return self.asterisk.folder.ports().sip


@contextmanager
def stage(
    home: Path, settings: Settings, *, changes: dict[str, Any] | None = None
) -> Iterator[Stage]:
    """Set everything up on free ports, and take it down again.

    The floor is the example that comes along with other ports, and `changes` in its top level.
    Raises `InstallError`, `AsteriskError`, `SippError`.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with kept_ports(4 + CALLER_PORTS) as (sip, ami, carrier_port, phones_port, *caller_ports):
        floor = write_floor(
            home / "floor.yaml", carrier_port, caller_ports, phones_port, changes or {}
        )
        asterisk = LocalAsterisk(local.installed(with_traffic=True), settings.asterisk_folder)
        asterisk.stop()  # left over from a run that was killed
        rtp = free_udp_range(_RTP_PORTS)
        ports = Ports(sip=sip, ami=ami, rtp_first=rtp, rtp_last=rtp + _RTP_PORTS - 1)
        local.started(settings, floor, ports=ports, with_traffic=True)
        sipp = asterisk.installation.sipp
        if sipp is None:
            raise SippError("SIPp was not installed")
        try:
            with (
                roles.carrier(sipp, home / "sipp" / "carrier", port=carrier_port) as carrier,
                roles.phones(sipp, home / "sipp" / "phones", port=phones_port) as phones,
            ):
                yield Stage(
                    settings=settings,
                    floor=floor,
                    asterisk=asterisk,
                    sipp=sipp,
                    carrier=carrier,
                    phones=phones,
                    caller_ports=tuple(caller_ports),
                )
        finally:
            asterisk.stop()


def write_floor(
    path: Path,
    carrier_port: int,
    caller_ports: Sequence[int],
    phones_port: int,
    changes: dict[str, Any],
) -> Floor:
    """The example floor with these ports, written to `path`."""
    example = read_document(DEFAULT_FLOOR, Floor)
    values = example.model_dump(mode="json", exclude_none=True) | changes
    values["trunk"] |= {
        "to": {"port": carrier_port},
        "accepts_from": [{"port": port} for port in caller_ports],
    }
    for agent in values["agents"]:
        agent["phone"] = {"port": phones_port}
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False))
    return read_document(path, Floor)
