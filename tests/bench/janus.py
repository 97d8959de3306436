"""Debian's Janus (1.1.2) with the work of our rooms, for `calls_vs_janus` of tests/bench/call.py.

Every call is a room of its videoroom plugin with two people who see each other, both recorded, on a process of its own
with nothing loaded that is not needed. Janus is no requirement of the product or of its tests.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiortc import RTCSessionDescription

from tests.media.peers import Peer
from tests.wait import wait_until

LIBRARIES = "/usr/lib/*/janus"
PLUGIN = "janus.plugin.videoroom"
NEEDED = {"plugins": "libjanus_videoroom.so", "transports": "libjanus_http.so"}
RTP_PORTS = "21000-21999"
KEY_EVERY_S = 5
ANSWER_S = 30


class Refused(Exception):
    """Janus said no; the message is its own."""


@dataclass(frozen=True)
class Janus:
    """A running Janus: its process, the port of its HTTP API on 127.0.0.1, and where it records."""

    pid: int
    port: int
    recordings: Path

    def cpu(self) -> float:
        """CPU seconds it used up to now."""
        return cpu_seconds(Path(f"/proc/{self.pid}/stat").read_text())

    def recorded(self) -> dict[str, int]:
        """Size in bytes of every recording, by name."""
        return {file.name: file.stat().st_size for file in sorted(self.recordings.glob("*.mjr"))}


def installed() -> str | None:
    """The program, or None."""
    return shutil.which("janus")


def cpu_seconds(stat: str) -> float:
    """User and system time in a process' line of /proc (proc(5), fields 14 and 15); its name may hold anything."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def configuration(port: int, recordings: Path, rooms: Sequence[int], unused: dict[str, list[str]]) -> dict[str, str]:
    """The files of a Janus that listens on 127.0.0.1 and has these rooms; `unused` are libraries by their section.

    A key frame is asked for as often as our recorder does, so that both get the same pictures.
    """
    disabled = "\n".join(f'{section}: {{ disable = "{",".join(names)}" }}' for section, names in unused.items())
    room = f'{{ publishers = 2, record = true, rec_dir = "{recordings}", fir_freq = {KEY_EVERY_S} }}'
    return {
        "janus.jcfg": "general: { session_timeout = 0, debug_level = 3 }\n"
        f'media: {{ rtp_port_range = "{RTP_PORTS}" }}\n{disabled}\n',
        "janus.transport.http.jcfg": 'general: { json = "compact", base_path = "/janus", http = true, https = false, '
        f'port = {port}, ip = "127.0.0.1" }}\nadmin: {{ admin_http = false }}\n',
        f"{PLUGIN}.jcfg": "".join(f"room-{number}: {room}\n" for number in rooms),
    }


def unused_libraries() -> dict[str, list[str]]:
    """What Debian's package brings and a call does not need."""
    return {
        section: sorted(file.name for file in Path("/").glob(f"{LIBRARIES[1:]}/{section}/*.so") if file.name != needed)
        for section, needed in NEEDED.items()
    }


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(folder: Path, rooms: Sequence[int]) -> Iterator[Janus]:
    """Janus as a child, with its files in `folder`."""
    port, recordings = free_port(), folder / "janus"
    recordings.mkdir()
    for name, content in configuration(port, recordings, rooms, unused_libraries()).items():
        (folder / name).write_text(content)
    log = folder / "janus.log"
    with log.open("w") as printed:
        command = [str(installed()), "-F", str(folder), "-C", str(folder / "janus.jcfg")]
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=printed)
    try:
        wait_until(lambda: answers(port), 20, lambda: f"Janus did not start:\n{log.read_text()[-2000:]}")
        yield Janus(process.pid, port, recordings)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    """Whether the API is there."""
    with contextlib.suppress(urllib.error.URLError, OSError):
        return "name" in ask(f"http://127.0.0.1:{port}/janus/info")
    return False


def ask(url: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
    """One request of the HTTP API: a message is posted, without one an event is waited for."""
    sent = None if message is None else json.dumps({**message, "transaction": uuid4().hex}).encode()
    request = urllib.request.Request(url, sent, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=ANSWER_S + 10) as answer:
        return checked(json.loads(answer.read()))


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """The same answer; raises `Refused` when it is an error of Janus or of its plugin."""
    data = told.get("plugindata", {}).get("data", {})
    if told.get("janus") == "error" or "error" in data:
        raise Refused(data.get("error") or told["error"]["reason"])
    return told


class Handle:
    """A session with one connection to the videoroom; each call blocks."""

    def __init__(self, port: int) -> None:
        base = f"http://127.0.0.1:{port}/janus"
        self._session = f"{base}/{ask(base, {'janus': 'create'})['data']['id']}"
        attached = ask(self._session, {"janus": "attach", "plugin": PLUGIN})
        self._handle = f"{self._session}/{attached['data']['id']}"

    def send(self, body: dict[str, Any], described: RTCSessionDescription | None = None) -> None:
        """Ask the plugin for something."""
        jsep = {} if described is None else {"jsep": {"type": described.type, "sdp": described.sdp}}
        ask(self._handle, {"janus": "message", "body": body, **jsep})

    def event(self, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The next event of this kind; others are passed over."""
        while not wanted(event := ask(f"{self._session}?maxev=1")):
            pass
        return event

    def described(self) -> RTCSessionDescription:
        """The next description that Janus tells."""
        jsep = self.event(lambda event: "jsep" in event)["jsep"]
        return RTCSessionDescription(jsep["sdp"], jsep["type"])


async def publish(port: int, room: int, person: int, peer: Peer) -> None:
    """Let a peer send into the room; `person` is its number there."""
    handle = await asyncio.to_thread(Handle, port)
    await peer.pc.setLocalDescription(await peer.pc.createOffer())
    body = {"request": "joinandconfigure", "ptype": "publisher", "room": room, "id": person}
    await asyncio.to_thread(handle.send, body, peer.pc.localDescription)
    await peer.pc.setRemoteDescription(await asyncio.to_thread(handle.described))
    await asyncio.to_thread(
        handle.event, lambda event: event["janus"] == "webrtcup"
    )  # before, there is nobody to watch


async def watch(port: int, room: int, person: int, peer: Peer) -> None:
    """Let a peer see and hear a person who publishes already."""
    handle = await asyncio.to_thread(Handle, port)
    body = {"request": "join", "ptype": "subscriber", "room": room, "streams": [{"feed": person}]}
    await asyncio.to_thread(handle.send, body)
    await peer.pc.setRemoteDescription(await asyncio.to_thread(handle.described))
    await peer.pc.setLocalDescription(await peer.pc.createAnswer())
    await asyncio.to_thread(handle.send, {"request": "start"}, peer.pc.localDescription)


async def meet(port: int, room: int, senders: Sequence[Peer], viewers: Sequence[Peer]) -> None:
    """Join two people: each has a connection to send on and one to receive, as the plugin wants it."""
    for person, sender in enumerate(senders, 1):
        await publish(port, room, person, sender)
    for other, viewer in enumerate(reversed(viewers), 1):
        await watch(port, room, other, viewer)
