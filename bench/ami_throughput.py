"""How many events a second of CPU each AMI client reads: our link, panoramisk, asterisk-ami.

    python -m bench.ami_throughput [events] [rounds]

A server in a process of its own sends the same recorded-like events (about 480 bytes each) at
full speed; the clients take turns, so all see the same machine. What counts is the client's CPU.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import socket
import statistics
import sys
import threading
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection

from asterisk.ami.client import AMIClient
from panoramisk.manager import Manager

from ami.link import AmiLink
from ami.message import Event

CHANNEL = (
    "Channel: PJSIP/trunk-0000{n:04x}\r\nChannelState: 6\r\nChannelStateDesc: Up\r\n"
    "CallerIDNum: 56221234567\r\nCallerIDName: <unknown>\r\nConnectedLineNum: <unknown>\r\n"
    "ConnectedLineName: <unknown>\r\nLanguage: es\r\nAccountCode: \r\nContext: dialed\r\n"
    "Exten: ventas\r\nPriority: 1\r\nUniqueid: attempt-{n:032x}\r\n"
    "Linkedid: pbx1-1700000000.{n}\r\n"
)
KINDS = (
    ("Newchannel", ""),
    ("Newstate", ""),
    ("QueueCallerJoin", "Queue: ventas\r\nPosition: 1\r\nCount: 1\r\n"),
    ("AgentConnect", "Queue: ventas\r\nMemberName: 1001\r\nInterface: Local/1001@agents\r\n"),
    ("Hangup", "Cause: 16\r\nCause-txt: Normal Clearing\r\nTechCause: SIP 200 OK\r\n"),
)


def recording(events: int) -> bytes:
    """The events as Asterisk writes them."""
    parts = []
    for n in range(events):
        name, more = KINDS[n % len(KINDS)]
        head = f"Event: {name}\r\nPrivilege: call,all\r\nTimestamp: {1.7e9 + n / 1000:.6f}\r\n"
        parts.append(head + "SystemName: pbx1\r\n" + CHANNEL.format(n=n) + more + "\r\n")
    return "".join(parts).encode()


def serve(ready: Connection, events: int) -> None:
    """Let every client in and send it the recording."""
    stream = recording(events)
    with socket.create_server(("127.0.0.1", 0)) as server:
        ready.send((server.getsockname()[1], len(stream) // events))
        while True:
            client, _ = server.accept()
            with client:
                client.sendall(b"Asterisk Call Manager/11.0.0\r\n")
                login = b""
                while b"\r\n\r\n" not in login:
                    login += client.recv(4096)
                action_id = login.split(b"ActionID: ")[1].split(b"\r\n")[0]
                client.sendall(
                    b"Response: Success\r\nActionID: "
                    + action_id
                    + b"\r\nMessage: accepted\r\n\r\n"
                    b"Event: FullyBooted\r\nUptime: 1\r\n\r\n" + stream
                )
                while client.recv(4096):
                    pass


def our_link(port: int, events: int) -> None:
    """Through the queue and out of it, as the service does."""

    async def read() -> None:
        link = AmiLink("127.0.0.1", port, "b", "b", mute_seconds=60, queue_limit=events + 1)
        run = asyncio.create_task(link.run())
        seen = 0
        while seen < events:
            seen += isinstance(await link.next(), Event)
        run.cancel()
        await asyncio.wait({run})

    asyncio.run(read())


def plain_panoramisk(port: int, events: int) -> None:
    """One plain callback for everything."""

    async def read() -> None:
        done = asyncio.Event()
        seen = 0

        def count(_: Manager, event: object) -> None:
            nonlocal seen
            seen += 1
            if seen > events:  # the first one is FullyBooted
                done.set()

        manager = Manager(host="127.0.0.1", port=port, username="b", secret="b")
        manager.register_event("*", count)
        await manager.connect()
        await done.wait()
        manager.close()

    asyncio.run(read())


def asterisk_ami(port: int, events: int) -> None:
    """One listener for everything, in the library's reader thread."""
    done = threading.Event()
    seen = 0

    def count(**_: object) -> None:
        nonlocal seen
        seen += 1
        if seen > events:
            done.set()

    client = AMIClient(address="127.0.0.1", port=port)
    client.add_event_listener(on_event=count)
    client.login("b", "b")
    done.wait()
    client.disconnect()


def measure(client: Callable[[int, int], None], port: int, events: int) -> float:
    """Events a second of this process's CPU."""
    began = time.process_time()
    client(port, events)
    return events / (time.process_time() - began)


def main() -> None:
    """Print the table."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    warnings.simplefilter("ignore", DeprecationWarning)  # asterisk-ami's own
    logging.disable()
    there, here = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there, events), daemon=True)
    server.start()
    port, size = here.recv()
    clients = (our_link, plain_panoramisk, asterisk_ami)
    speeds: dict[str, list[float]] = {client.__name__: [] for client in clients}
    for _ in range(rounds):
        for client in clients:
            speeds[client.__name__].append(measure(client, port, events))
    server.terminate()
    server.join()
    ours = statistics.median(speeds[our_link.__name__])
    print(f"Python {sys.version.split()[0]}, {events} events of {size} bytes, {rounds} rounds")
    print(f"{'client':<18}{'events/s of CPU':>16}{'slowest':>10}{'fastest':>10}{'to ours':>9}")
    for name, values in speeds.items():
        middle = statistics.median(values)
        print(
            f"{name:<18}{middle:>16,.0f}{min(values):>10,.0f}{max(values):>10,.0f}"
            f"{middle / ours:>9.2f}"
        )


if __name__ == "__main__":
    main()
