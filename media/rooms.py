"""Rooms: two people see and hear each other through one process. No Streamlit in here, and no database.

A page gives streamlit-webrtc `room.hub(other, kind)` as source and `RoomSink(room, role, kind)` as sink.
Everything that touches media runs on the one event loop of the connections; other threads may call
`Rooms.get`, `Rooms.close`, `add_tap`, `remove_tap`, `request_key_frame`, `present`, `quality` and `events`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from aiortc import MediaStreamTrack
from av import VideoFrame

from core.ports import Clock
from media import encoded
from media.assembly import Intake
from media.encoded import EncodedFrame, VideoMode
from media.hub import HubTrack, Item, Kind
from media.passing import feed
from media.quality import Meter, Quality

logger = logging.getLogger(__name__)
KEPT_EVENTS = 500
PICTURES = (EncodedFrame, VideoFrame)


class Role(StrEnum):
    """The two sides of a call."""

    CUSTOMER = "customer"
    STAFF = "staff"

    @property
    def other(self) -> Role:
        """The opposite side."""
        return Role.STAFF if self is Role.CUSTOMER else Role.CUSTOMER


class Happening(StrEnum):
    """What a room notes for the record."""

    ATTACHED = "attached"
    REPLACED = "replaced"
    DETACHED = "detached"
    CLOSED = "closed"


@dataclass(frozen=True)
class RoomEvent:
    """Something that happened in a room; `role` and `kind` are None when it concerns the whole room."""

    at: datetime
    what: Happening
    role: Role | None = None
    kind: Kind | None = None


class Tap(Protocol):
    """Looks at everything one role sends, on the event loop: keep it short. `origin` changes on reconnection."""

    def take(self, kind: Kind, item: Item, origin: object) -> None: ...
    def close(self) -> None: ...


class RoomSink:
    """Pulls the browser's track into the room; has the form of streamlit-webrtc's `MediaSink`.

    `most_kbps` is the most that a sender of pictures is asked for, its sound included.
    """

    def __init__(self, room: Room, role: Role, kind: Kind, most_kbps: int | None = None) -> None:
        self.role = role
        self.kind = kind
        self.most_kbps = most_kbps
        self.track: MediaStreamTrack | None = None
        self._room = room
        self._loop: asyncio.AbstractEventLoop | None = None
        self._limited = False
        self._intake: Intake | None = None

    @property
    def intake(self) -> Intake | None:
        """What came over the wire; None until the connection stands."""
        if self._intake is None:
            self._intake = encoded.intake_of(self.track)
        return self._intake

    def addTrack(self, track: MediaStreamTrack) -> None:  # noqa: N802 - streamlit-webrtc's name
        """Take the track that `start` will pull."""
        self.track = track

    def hasTrack(self) -> bool:  # noqa: N802 - streamlit-webrtc's name
        """Whether the browser sends this kind."""
        return self.track is not None

    def start(self) -> None:
        """Begin to take; on the event loop. The last sink that starts for a role and kind is the one that counts."""
        if self.track is not None:
            self._loop = asyncio.get_running_loop()
            self._room.attach(self)
            feed(self.track, self._take)

    def stop(self) -> None:
        """Take nothing any more; from any thread, also after the loop is gone."""
        loop, self._loop = self._loop, None
        if loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._room.detach, self)

    def _take(self, item: Any) -> None:
        if item is None:
            self._room.detach(self)
            return
        if self.most_kbps is not None and not self._limited:  # the connection stands only now
            self._limited = encoded.limit_rate(self.track, self.most_kbps * 1000)
        self._room.take(self, item)


class Room:
    """One call: who is there, what they send, who listens. Lives until it is closed."""

    def __init__(self, room_id: str, mode: VideoMode, now: Clock) -> None:
        self.id = room_id
        self.mode = mode
        self.loop: asyncio.AbstractEventLoop | None = None
        self.now = now
        self._lock = threading.Lock()
        self._hubs = {(role, kind): HubTrack(kind, mode) for role in Role for kind in Kind}
        self._sinks: dict[tuple[Role, Kind], RoomSink] = {}
        self._taps: dict[Role, tuple[Tap, ...]] = dict.fromkeys(Role, ())
        self._meters = {role: Meter() for role in Role}
        self._old_gaps = dict.fromkeys(Role, 0)
        self._events: deque[RoomEvent] = deque(maxlen=KEPT_EVENTS)
        self._closed = False

    @property
    def events(self) -> tuple[RoomEvent, ...]:
        """What happened, oldest first; the last 500."""
        return tuple(self._events)

    def hub(self, role: Role, kind: Kind) -> HubTrack:
        """The track that carries what `role` sends; give it to the other side."""
        return self._hubs[role, kind]

    def present(self, role: Role) -> bool:
        """Whether `role` has a connection that sends picture or sound."""
        return any((role, kind) in self._sinks for kind in Kind)

    def quality(self, role: Role) -> Quality:
        """What arrives from `role`; cheap enough for every rerun."""
        return self._meters[role].quality(self._old_gaps[role] + self._gaps_now(role))

    def add_tap(self, role: Role, tap: Tap) -> None:
        """Show `tap` everything that `role` sends from now on; a closed room closes it at once."""
        with self._lock:
            if not self._closed:
                self._taps[role] = (*self._taps[role], tap)
                return
        tap.close()

    def remove_tap(self, role: Role, tap: Tap) -> None:
        """Stop showing frames to `tap`; nothing happens when it is not there."""
        with self._lock:
            self._taps[role] = tuple(each for each in self._taps[role] if each is not tap)

    def request_key_frame(self, role: Role) -> None:
        """Ask `role` for a key frame, at most every 0.3 s; from any thread."""
        if self.loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self.loop.call_soon_threadsafe(self.hub(role, Kind.VIDEO).request_key_frame)

    def run(self, call: Callable[[], None]) -> None:
        """Run `call` on the event loop of the connections, or here when there is none (any more)."""
        if self.loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self.loop.call_soon_threadsafe(call)
                return
        call()

    def attach(self, sink: RoomSink) -> None:
        """Let `sink` feed its role and kind instead of whoever did; on the event loop."""
        if self._closed:
            return
        self.loop = asyncio.get_running_loop()
        replaced = self._sinks.get((sink.role, sink.kind))
        if replaced is not None:
            self._leave(replaced, Happening.REPLACED)
        self._sinks[sink.role, sink.kind] = sink
        self.hub(sink.role, sink.kind).feed_from(sink.track)
        self._note(Happening.ATTACHED, sink.role, sink.kind)

    def detach(self, sink: RoomSink) -> None:
        """Forget `sink` unless another one has taken its place; on the event loop."""
        if self._sinks.get((sink.role, sink.kind)) is sink:
            self._leave(sink, Happening.DETACHED)
            self.hub(sink.role, sink.kind).feed_from(None)

    def take(self, sink: RoomSink, item: Item) -> None:
        """Show a frame to the taps and pass it on; on the event loop. Frames of a replaced sink are dropped."""
        if self._sinks.get((sink.role, sink.kind)) is not sink:
            return
        if sink.kind is Kind.VIDEO and isinstance(item, PICTURES):
            line = partial(encoded.line_figures, sink.track)
            self._meters[sink.role].count(item, partial(self._bytes_of, sink.role), line)
        for tap in self._taps[sink.role]:
            try:
                tap.take(sink.kind, item, sink)
            except Exception:
                logger.exception("a tap of the call failed and is closed")
                self.remove_tap(sink.role, tap)
                tap.close()
        self.hub(sink.role, sink.kind).publish(item)

    def close(self) -> None:
        """End all tracks, close all taps and let everybody go; from any thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self.run(self._shut)

    def _shut(self) -> None:
        self._note(Happening.CLOSED)
        for role in Role:
            for tap in self._taps[role]:
                tap.close()
            self._taps[role] = ()
        for sink in list(self._sinks.values()):
            self._leave(sink, Happening.DETACHED)
            sink.stop()
        for hub in self._hubs.values():
            hub.end()

    def _leave(self, sink: RoomSink, how: Happening) -> None:
        if sink.kind is Kind.VIDEO:
            self._old_gaps[sink.role] += self._gaps_now(sink.role)
        del self._sinks[sink.role, sink.kind]
        self._note(how, sink.role, sink.kind)

    def _gaps_now(self, role: Role) -> int:
        sink = self._sinks.get((role, Kind.VIDEO))
        return 0 if sink is None or sink.intake is None else sink.intake.gaps

    def _bytes_of(self, role: Role) -> int:
        sinks = [self._sinks.get((role, kind)) for kind in Kind]
        return sum(sink.intake.bytes for sink in sinks if sink is not None and sink.intake is not None)

    def _note(self, what: Happening, role: Role | None = None, kind: Kind | None = None) -> None:
        self._events.append(RoomEvent(self.now(), what, role, kind))


class Rooms:
    """The rooms of this process by id; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[str, Room] = {}
        self._mode = VideoMode.PACKET
        self._now: Clock = lambda: datetime.now(UTC)

    def configure(self, mode: VideoMode, now: Clock) -> None:
        """Mode and clock of the rooms made from now on; call it once after `encoded.install`."""
        with self._lock:
            self._mode, self._now = mode, now

    def find(self, room_id: str) -> Room | None:
        """The room with this id if somebody made it here."""
        with self._lock:
            return self._rooms.get(room_id)

    def get(self, room_id: str) -> Room:
        """The room with this id, made when it does not exist."""
        with self._lock:
            if room_id not in self._rooms:
                self._rooms[room_id] = Room(room_id, self._mode, self._now)
            return self._rooms[room_id]

    def open_rooms(self) -> tuple[Room, ...]:
        """Every room that is not closed."""
        with self._lock:
            return tuple(self._rooms.values())

    def close(self, room_id: str) -> None:
        """Close the room and forget it; nothing happens when there is none."""
        with self._lock:
            room = self._rooms.pop(room_id, None)
        if room is not None:
            room.close()

    def close_all(self) -> None:
        """Close every room, for the end of the process."""
        for room in self.open_rooms():
            self.close(room.id)


ROOMS = Rooms()
