"""`linea800 campaign import CAMPAIGN FILE`: send a list over the API, and watch it come in."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from calls.errors import Linea800Error
from linea800.settings import Settings

_ANSWER_SECONDS = 60.0
_LOOK_SECONDS = 0.5
_PIECE_BYTES = 256 * 1024

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "sending": "Se envía el archivo",
        "importing": "{rows} filas",
        "done": "{rows} filas: {added} contactos nuevos, {merged} actualizados, {already_there} ya "
        "estaban, {refused} rechazadas.",
        "refused_file": "Lo rechazado, con su motivo: {file}",
        "several": "hay más de una campaña «{name}»: diga cuál por su id: {ids}",
        "no_such_campaign": "no hay campaña «{name}»",
        "no_file": "no se puede leer {file}: {why}",
        "no_answer": "{url} no responde: {why}; vea que el servicio funcione",
        "no_token": "falta el token de un supervisor: --token, o LINEA800_TOKEN",
        "bad_url": "{url}: hace falta una dirección como http://127.0.0.1:8800",
        "strange": "{url} no respondió como lo hace linea800 ({status})",
    },
    "en": {
        "sending": "Sending the file",
        "importing": "{rows} rows",
        "done": "{rows} rows: {added} new leads, {merged} brought up to date, {already_there} were "
        "there, {refused} refused.",
        "refused_file": "What was refused, and why: {file}",
        "several": "there is more than one campaign “{name}”: say which by its id: {ids}",
        "no_such_campaign": "there is no campaign “{name}”",
        "no_file": "{file} cannot be read: {why}",
        "no_answer": "{url} does not answer: {why}; see that the service runs",
        "no_token": "a supervisor's token is missing: --token, or LINEA800_TOKEN",
        "bad_url": "{url}: an address such as http://127.0.0.1:8800 is needed",
        "strange": "{url} did not answer as linea800 does ({status})",
    },
}


class ImportFailedError(Linea800Error):
    """The list was not imported; the message says why, in the person's language."""


@dataclass(frozen=True, slots=True)
class Api:
    """One linea800 as a client reaches it; every failure is an `ImportFailedError`."""

    url: str
    token: str
    language: str
    #: an answer that takes longer is none
    answer_seconds: float = _ANSWER_SECONDS

    @classmethod
    def asked_for(cls, url: str | None, token: str | None, language: str | None) -> Api:
        """The one that a command names; what it leaves out is that of the environment.

        Raises `SettingsError`, and what a floor file that cannot be read raises.
        """
        settings = Settings.from_environment()
        own = settings.token.get_secret_value() if settings.token else ""
        here = f"http://{settings.http_host}:{settings.http_port}"
        spoken = language or settings.read_floor().language
        return cls(url or settings.url or here, token or own, spoken)

    def get(self, path: str) -> Any:
        """What a GET answers, from JSON."""
        return json.loads(self._ask("GET", path))

    def get_file(self, path: str) -> bytes:
        """What a GET answers."""
        return self._ask("GET", path)

    def post(self, path: str) -> Any:
        """What a POST without a body answers, from JSON."""
        return json.loads(self._ask("POST", path, None, {"Content-Length": "0"}))

    def send(self, path: str, file: IO[bytes], size: int) -> Any:
        """POST a CSV file, piece by piece; what is answered, from JSON."""
        headers = {"Content-Type": "text/csv", "Content-Length": str(size)}
        return json.loads(self._ask("POST", path, file, headers))

    def _ask(
        self,
        method: str,
        path: str,
        body: IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        connection = self._connection()
        every = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": self.language,
            **(headers or {}),
        }
        base = urlsplit(self.url).path.rstrip("/")
        try:
            connection.request(method, base + path, body, every)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise self._failed("no_answer", url=self.url, why=error) from error
        finally:
            connection.close()
        if response.status >= 400:
            raise self._refused(response.status, answer)
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        kinds: dict[str, type[http.client.HTTPConnection]] = {
            "http": http.client.HTTPConnection,
            "https": http.client.HTTPSConnection,
        }
        try:
            kind, port = kinds[parts.scheme], parts.port
        except (KeyError, ValueError):
            raise self._failed("bad_url", url=self.url) from None
        if not parts.hostname:
            raise self._failed("bad_url", url=self.url)
        return kind(parts.hostname, port, timeout=self.answer_seconds, blocksize=_PIECE_BYTES)

    def _refused(self, status: int, answer: bytes) -> ImportFailedError:
        """The problem as the service tells it."""
        try:
            problem = json.loads(answer)
            faults = [f"{fault['place']} {fault['reason']}" for fault in problem.get("errors", [])]
            return ImportFailedError("; ".join([problem["detail"], *faults]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._failed("strange", url=self.url, status=status)

    def _failed(self, word: str, **values: object) -> ImportFailedError:
        return ImportFailedError(WORDS[self.language][word].format(**values))


def import_list(
    api: Api,
    campaign: str,
    file: Path,
    asked: Mapping[str, str | list[str] | None],
    *,
    refused_to: Path | None,
    out: Console,
) -> None:
    """Send the file and show how it comes in, to its end; raises `ImportFailedError`.

    `asked` is the query of the route, without what is None.
    """
    words = WORDS[api.language]
    if not api.token:
        raise ImportFailedError(words["no_token"])
    path = f"/campaigns/{quote(campaign_id(api, campaign), safe='')}/imports"
    given = {name: value for name, value in asked.items() if value is not None}
    query = urlencode({"file_name": file.name[:80], **given}, doseq=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=out) as progress:
        task = progress.add_task(words["sending"], total=None)
        try:
            size = file.stat().st_size
            with file.open("rb") as opened:
                found = api.send(f"{path}?{query}", opened, size)
        except OSError as error:
            why = error.strerror or error
            raise ImportFailedError(words["no_file"].format(file=file, why=why)) from error
        while True:
            progress.update(
                task,
                description=words["importing"].format(rows=found["rows"]),
                total=found["total_bytes"],
                completed=found["done_bytes"],
            )
            if found["ended_at"] is not None:
                break
            time.sleep(_LOOK_SECONDS)
            found = api.get(f"{path}/{found['id']}")
    if found["reason"]:
        raise ImportFailedError(found["reason"])
    out.print(words["done"].format(**found), markup=False)
    if refused_to is not None:
        refused_to.write_bytes(api.get_file(f"{path}/{found['id']}/refused.csv"))
        out.print(words["refused_file"].format(file=refused_to), markup=False)


def campaign_id(api: Api, named: str) -> str:
    """The campaign with this id, else the only one with this name; raises `ImportFailedError`."""
    words = WORDS[api.language]
    campaigns = api.get("/campaigns")["items"]
    if any(each["id"] == named for each in campaigns):
        return named
    matching = [each["id"] for each in campaigns if each["name"].casefold() == named.casefold()]
    if len(matching) > 1:
        ids = ", ".join(matching)
        raise ImportFailedError(words["several"].format(name=named, ids=ids))
    if not matching:
        raise ImportFailedError(words["no_such_campaign"].format(name=named))
    return str(matching[0])
