"""/board: the live board as a page. The page is open to anyone; what it shows is not.

Its files come along with this package and are read once. They are the only thing here that is a
page, so they alone have a policy that lets a browser run our own scripts, and no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath

from api.problem_texts import Kind
from api.problems import ProblemError, language_of

router = APIRouter(prefix="/board", include_in_schema=False)

_FOLDER = Path(__file__).parent / "board"
_PAGE = "board.html"
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: nothing inline, nothing from elsewhere, and no text becomes markup (Trusted Types)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    kind: str
    tag: str


@cache
def _files() -> Mapping[str, _File]:
    """Every file of the page by its name, whatever folder it is in."""
    return {
        path.name: _file(path.read_bytes(), path.suffix)
        for path in sorted(_FOLDER.rglob("*"))
        if path.suffix in _KINDS
    }


@cache
def _page(language: str) -> _File:
    body = _files()[_PAGE].body.replace(b'lang="es"', f'lang="{language}"'.encode(), 1)
    return _file(body, ".html")


def _file(body: bytes, suffix: str) -> _File:
    return _File(body, _KINDS[suffix], f'"{hashlib.sha256(body).hexdigest()[:20]}"')


@router.get("")
async def board(request: Request) -> Response:
    """The page, in the language that the browser asks for."""
    return _answer(request, _page(language_of(request)))


@router.get("/{file}")
async def board_file(
    request: Request, file: Annotated[str, InPath(description="A file of the page.")]
) -> Response:
    """One of the page's files: only what came along is there."""
    found = _files().get(file)
    if found is None or file == _PAGE:
        raise ProblemError(Kind.NOT_FOUND)
    return _answer(request, found)


def _answer(request: Request, file: _File) -> Response:
    """The file, or that the browser has it already: asked again each time, so never an old one."""
    headers = {
        "cache-control": "no-cache",
        "content-security-policy": _POLICY,
        "etag": file.tag,
        "vary": "accept-language",
        "x-frame-options": "DENY",
    }
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    return Response(file.body, media_type=file.kind, headers=headers)
