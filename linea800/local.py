"""The local Asterisk of one linea800: installed, given our prompts and floor, started.

Everything here blocks; from a coroutine call it with `asyncio.to_thread`.
"""

from __future__ import annotations

import logging

from agents.floor import Floor
from linea800.settings import Settings
from local_asterisk.install import Installation, default_cache, install
from local_asterisk.ports import Ports
from local_asterisk.process import AsteriskError, LocalAsterisk
from local_asterisk.run_folder import RunFolder, RunFolderError
from prompts.render import RenderReport, render_all
from prompts.studio import Studio

log = logging.getLogger(__name__)


def installed(*, with_traffic: bool = False) -> Installation:
    """The programs; brought to this user's cache the first time. Raises `InstallError`."""
    return install(default_cache(), with_traffic=with_traffic)


def render_prompts(settings: Settings, installation: Installation) -> RenderReport:
    """Make every prompt that is missing or whose text or recording changed."""
    return render_all(
        settings.sounds_folder,
        espeak_ng=installation.espeak_ng,
        espeak_data=installation.espeak_data,
        studio=Studio.at(settings.home),
    )


def started(
    settings: Settings,
    floor: Floor,
    *,
    ports: Ports | None = None,
    with_traffic: bool = False,
) -> LocalAsterisk:
    """The local Asterisk, running with the prompts and the floor as they are now.

    One that runs already is left as it is. `ports` are those of its last start when not given.
    """
    installation = installed(with_traffic=with_traffic)
    asterisk = LocalAsterisk(installation, settings.asterisk_folder)
    if asterisk.status().ready:
        if not asterisk.is_configured_for(floor):
            raise AsteriskError(
                "the local Asterisk still runs with another floor: end it with "
                "`linea800 asterisk stop` (its calls are hung up) and start again"
            )
        return asterisk
    log.info("looking whether every prompt is there; the first time all are spoken, for minutes")
    report = render_prompts(settings, installation)
    if report.rendered:
        log.info("%d prompts rendered", len(report.rendered))
    for told in (*report.stale, *report.notices):
        log.warning("prompts: %s", told)
    asterisk.configure(
        floor, ports=ports or _last_ports(asterisk.folder), sounds=settings.sounds_folder
    )
    asterisk.start()
    return asterisk


def _last_ports(folder: RunFolder) -> Ports:
    try:
        return folder.ports()
    except RunFolderError:
        return Ports()
