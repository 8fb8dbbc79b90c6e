"""What can be set, from the environment (`LINEA800_…`); everything has a default that works."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from agents.floor import Floor
from api.outside_claims import OutsideTrust
from backoffice.address import Address, AddressRefusedError
from backoffice.service_file import read_services
from backoffice.spec import ServiceSpec
from calls.errors import Linea800Error
from dialer.rules.catalog import PresetCatalog
from documents.yaml_document import read_document
from ivr.menu import Menu
from ivr.menu_file import MENUS, read_menu
from ivr.services import BUILT_IN
from local_asterisk.run_folder import CALL_RECORDINGS, RECORDINGS, RunFolder
from prompts.catalog import OWN, Texts, own_sentences, prompt_names, sentences, told_of_own
from prompts.sounds import known_sounds
from prompts.spoken import LANGUAGES

PREFIX = "LINEA800_"
DEFAULT_FLOOR = Path(__file__).with_name("floor.yaml")


class SettingsError(Linea800Error):
    """A setting cannot be used; the message says which and why."""


class Settings(BaseModel):
    """Paths, ports and addresses of one linea800."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: where everything this linea800 keeps is: database, journal, sounds, the local Asterisk
    home: Path
    #: the floor file; without one `floor.yaml` in `home`, else the example that comes along
    floor: Path | None = None
    #: a path, `sqlite:///path` or `postgresql://…`; without one `linea800.db` in `home`
    database: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8800, ge=1, le=65535)
    #: where commands that use the API find it, and as whom; without it at host and port above
    url: str | None = None
    token: SecretStr | None = None
    #: AMI of an Asterisk that is not the local one; all four together
    ami_host: str | None = None
    ami_port: int | None = Field(default=None, ge=1, le=65535)
    ami_user: str | None = None
    ami_secret_file: Path | None = None
    #: the operator's own CRM, billing and provisioning; without it nobody asks them
    backoffice_url: str | None = None
    #: a file with the token that lets us in there
    backoffice_token_file: Path | None = None
    #: whose tokens are accepted beside our own; without it `oidc.yaml` in `home`, if there is one
    oidc_file: Path | None = None
    #: an unused session of a person ends after so long
    session_hours: float = Field(default=12.0, gt=0, le=168)
    #: webhooks may be plain http and lead into the house
    webhooks_private: bool = False
    #: rendered prompts, when they are not in `home`
    sounds: Path | None = None
    #: where an Asterisk that is not the local one writes what callers record
    recordings: Path | None = None
    #: how old the messages of callers become at least; 0: for ever
    recordings_days: int = Field(default=365, ge=0, le=36_600)
    #: where an Asterisk that is not the local one writes recorded talks
    call_recordings: Path | None = None
    #: how old recorded talks become, unless their queue or campaign says; 0: for ever
    call_recordings_days: int = Field(default=180, ge=0, le=36_600)
    #: how long it is kept whose a call that came in was; 0: for ever
    callers_days: int = Field(default=730, ge=0, le=36_600)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises `SettingsError` naming the variable; unknown `LINEA800_…` names are refused."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and value
        }
        given.setdefault("home", str(default_home(environment)))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            faults = [
                f"{PREFIX}{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
                for fault in error.errors(include_url=False, include_input=False)
            ]
            raise SettingsError("; ".join(faults)) from None

    @property
    def database_url(self) -> str:
        """Where records are kept."""
        return self.database or str(self.home / "linea800.db")

    @property
    def journal_path(self) -> Path:
        """The local journal; always a file of this machine."""
        return self.home / "journal.db"

    @property
    def sounds_folder(self) -> Path:
        """The rendered prompts."""
        return self.sounds or self.home / "sounds"

    @property
    def recordings_folder(self) -> Path:
        """The messages of callers."""
        return self.recordings or self.asterisk_folder / RECORDINGS

    @property
    def call_recordings_folder(self) -> Path:
        """Recorded talks."""
        return self.call_recordings or self.asterisk_folder / CALL_RECORDINGS

    @property
    def asterisk_folder(self) -> Path:
        """The local Asterisk's run folder."""
        return self.home / "asterisk"

    def read_floor(self) -> Floor:
        """The floor. Raises `DocumentRefusedError` with file, line and reason."""
        own = self.home / "floor.yaml"
        path = self.floor or (own if own.exists() else DEFAULT_FLOOR)
        return read_document(path, Floor)

    def read_menus(
        self, floor: Floor, specs: Mapping[str, ServiceSpec] | None = None
    ) -> dict[str, Menu]:
        """The menu of each number; a name without a folder is one of those that come along.

        `specs` are the services that are asked now, None: those of the files.
        """
        queues = {queue.name for queue in floor.queues}
        targets = {target.name for target in floor.targets}
        known = self.read_services() if specs is None else specs
        services = {**{name: spec.as_service() for name, spec in known.items()}, **BUILT_IN}
        menus = {}
        for number in floor.numbers:
            path = Path(number.menu)
            if not path.is_absolute():
                own = self.home / path
                path = own if own.exists() else MENUS / path
            menus[number.number] = read_menu(
                path, queues=queues, prompts=self.prompts(), targets=targets, services=services
            )
        return menus

    def read_presets(self) -> PresetCatalog:
        """The calling rules: those that come along, and `presets/*.yaml` in the home.

        Raises `DocumentRefusedError` with file, line and reason.
        """
        own = self.home / "presets"
        return PresetCatalog.read(own if own.is_dir() else None)

    def read_services(self) -> Mapping[str, ServiceSpec]:
        """What the operator's systems are asked: the shipped services, and those in the home.

        Raises `DocumentRefusedError` with file, line and reason.
        """
        own = self.home / "services.yaml"
        return read_services(own if own.exists() else None)

    def read_oidc(self) -> OutsideTrust | None:
        """Whose tokens are accepted beside our own, None: nobody's.

        Raises `DocumentRefusedError` with file, line and reason.
        """
        own = self.home / "oidc.yaml"
        path = self.oidc_file or (own if own.exists() else None)
        return None if path is None else read_document(path, OutsideTrust)

    def backoffice_address(self) -> Address | None:
        """Where the operator's systems are, None when nobody said. Raises `SettingsError`."""
        if self.backoffice_url is None:
            return None
        try:
            return Address.read(self.backoffice_url, self.backoffice_token_file)
        except AddressRefusedError as error:
            raise SettingsError(f"{PREFIX}BACKOFFICE_URL: {error}") from error

    @property
    def catalog_folder(self) -> Path:
        """The sentences of the call center itself, `es.yaml` and `en.yaml`; need not be there."""
        return self.home / OWN

    def read_sentences(self) -> dict[str, Texts]:
        """Every sentence by name by language, those of the home before those that come along.

        Raises `DocumentRefusedError` with file, line and reason.
        """
        return sentences(own=self.catalog_folder)

    def told_of_own_sentences(self) -> str:
        """Which sentences are the call center's own; raises as `read_sentences`."""
        return told_of_own(own_sentences(self.catalog_folder))

    def prompts_to_be(self, language: str) -> frozenset[str]:
        """The prompts that exist, and those that `linea800 prompts` would make."""
        named = prompt_names(language, own=self.catalog_folder)
        return named | known_sounds(self.sounds_folder, language)

    def prompts(self) -> dict[str, frozenset[str]]:
        """The prompts that exist as sounds, by language."""
        return {language: known_sounds(self.sounds_folder, language) for language in LANGUAGES}

    def ami(self) -> tuple[str, int, str, str]:
        """Host, port, user and secret of the AMI; those of the local Asterisk when none is set."""
        own = (self.ami_host, self.ami_port, self.ami_user, self.ami_secret_file)
        match own:
            case (None, None, None, None):
                folder = RunFolder(self.asterisk_folder)
                return "127.0.0.1", folder.ports().ami, "linea800", folder.secrets().linea800
            case (str() as host, int() as port, str() as user, Path() as secret_file):
                try:
                    return host, port, user, secret_file.read_text().strip()
                except OSError as error:
                    raise SettingsError(f"{PREFIX}AMI_SECRET_FILE: {error}") from error
            case _:
                raise SettingsError(
                    f"{PREFIX}AMI_HOST, {PREFIX}AMI_PORT, {PREFIX}AMI_USER and "
                    f"{PREFIX}AMI_SECRET_FILE go together: set all four, or none for the local "
                    "Asterisk"
                )


def default_home(environment: Mapping[str, str]) -> Path:
    """`$XDG_STATE_HOME/linea800` or `~/.local/state/linea800`."""
    state = environment.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "linea800"
