"""`linea800 example-backoffice` as a process of its own, up to its sudden death."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import httpx

from backoffice.address import Address
from backoffice.office import BackOffice
from backoffice.service_file import read_services
from ivr.services import FAILED, Answer, Question
from linea800.web import free_tcp_port, listening
from tests.integration.backoffice_house import timed
from tests.integration.command_line import CommandLine

QUESTION = Question(call_id="c1", service="balance", arguments={"account": "123456"}, key="c1-1")


async def test_it_answers_until_it_dies() -> None:
    port = free_tcp_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "linea800", "example-backoffice", "--port", f"{port}",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode().strip()
        assert line == f"export LINEA800_BACKOFFICE_URL=http://127.0.0.1:{port}"
        url = line.partition("=")[2]
        async with BackOffice(read_services(), Address.read(url)) as asked:
            assert await _answered(asked, url) == "found"
            process.send_signal(signal.SIGKILL)
            await process.wait()
            answer, seconds = await timed(asked, QUESTION)
            assert answer == Answer(FAILED)
            assert seconds < read_services()["balance"].most_seconds + 0.1
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _answered(asked: BackOffice, url: str) -> str:
    """The port is taken when the line is told, and served a moment later."""
    transport = httpx.AsyncHTTPTransport(verify=False, retries=10)
    async with httpx.AsyncClient(transport=transport, timeout=20) as client:
        (await client.get(f"{url}/example/counts")).raise_for_status()
    return (await asked.ask(QUESTION)).outcome


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    command_line = CommandLine(str(tmp_path / "linea800.db"), tmp_path)
    with listening("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        answer = await command_line("example-backoffice", "--port", f"{port}")
    assert answer.exit_code == 1
    assert f"127.0.0.1:{port} is taken: choose another --port" in answer.output
