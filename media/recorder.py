"""Recordings: one role's picture and sound as WebM, written while it arrives and without a new encoding.

The file is append only and complete up to its last cluster (at most 1 s) whenever the process dies.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import av

from media import vp8
from media.encoded import EncodedFrame, VideoMode
from media.hub import Item, Kind
from media.recording_index import IndexWriter
from media.reencode import Reencoder
from media.rooms import Role, Room
from media.webm import SinkFile, Timeline, WebmWriter, packets, reading

logger = logging.getLogger(__name__)
KEY_EVERY_S = 5.0
ASK_EVERY_S = 1.0
SOUND_ONLY_AFTER_S = 2.0
_reports = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recording-closed")


@dataclass(frozen=True)
class RecordingSummary:
    """What was written. `gaps` counts breaks of the picture, `failed` says that writing stopped early."""

    frames: int
    audio_packets: int
    duration_ms: int
    bytes: int
    gaps: int
    failed: bool


@dataclass(frozen=True)
class RecordingCheck:
    """What decoding everything once gave; `width` and `height` (px) of the largest picture."""

    duration_ms: int
    video_frames: int
    audio_frames: int
    errors: int
    width: int
    height: int


class Recorder:
    """Records what `role` sends from `start` until `close`, the end of the room, or `max_seconds`.

    `on_closed` gets the summary in a thread of its own, after `sink_file` was closed; it is called exactly once.
    `index` is written beside the file, frame by frame.
    """

    def __init__(
        self,
        room: Room,
        role: Role,
        sink_file: SinkFile,
        on_closed: Callable[[RecordingSummary], None],
        max_seconds: float | None = None,
        index: IndexWriter | None = None,
    ) -> None:
        self._room = room
        self._role = role
        self._sink_file = sink_file
        self._on_closed = on_closed
        self._index = index
        self._max_ms = None if max_seconds is None else max_seconds * 1000
        self._webm: WebmWriter | None = None
        self._timeline: Timeline | None = None
        self._sound_since: float | None = None
        self._key_at: float | None = None
        self._asked_at = 0.0
        self._gaps_before = 0
        self._failed = False
        self._lock = threading.Lock()
        self._finishing = False
        self._closed = threading.Event()
        self._reencoder = Reencoder(room.run, self._write) if room.mode is VideoMode.DECODE else None

    def start(self) -> None:
        """Begin with the next key frame; from any thread."""
        self._gaps_before = self._room.quality(self._role).gaps
        self._room.add_tap(self._role, self)
        self._room.request_key_frame(self._role)

    def close(self) -> None:
        """End the recording; from any thread, returns at once. The rest happens on the event loop."""
        self._room.remove_tap(self._role, self)
        with self._lock:
            if self._finishing:
                return
            self._finishing = True
        if self._reencoder is None:
            self._room.run(self._finish)
        else:
            self._reencoder.end(self._finish)

    def wait(self, timeout_ms: int) -> bool:
        """Wait until `on_closed` has returned; not on the event loop. False when the time is over first."""
        return self._closed.wait(timeout_ms / 1000)

    def take(self, kind: Kind, item: Item, origin: object) -> None:
        """Tap of the room: write one frame; on the event loop."""
        if self._finishing or (isinstance(item, EncodedFrame) and not self._decodable(kind, item)):
            return
        if self._timeline is None and not self._begin(kind, item):
            return
        moment = self._timeline.place(kind, item, origin) if self._timeline is not None else 0
        if self._max_ms is not None and moment > self._max_ms:
            self.close()
        elif isinstance(item, EncodedFrame):
            self._write(kind, item.data, moment, item.is_key)
        elif self._reencoder is not None:
            self._reencoder.add(kind, item, moment)

    def _decodable(self, kind: Kind, item: EncodedFrame) -> bool:
        """Whether there was a key frame already; asks for one every 5 s, which bounds damage and helps seeking."""
        if kind is Kind.AUDIO:
            return True
        now = time.monotonic()
        if item.is_key:
            self._key_at = now
        elif (self._key_at is None or now - self._key_at >= KEY_EVERY_S) and now - self._asked_at >= ASK_EVERY_S:
            self._asked_at = now
            self._room.request_key_frame(self._role)
        return self._key_at is not None

    def _begin(self, kind: Kind, item: Item) -> bool:
        """Open the file with the first picture; with the card when there has been only sound for 2 s."""
        now = time.monotonic()
        if kind is Kind.VIDEO:
            self._open(_size(item))
            return True
        if self._sound_since is None:
            self._sound_since = now
        if now - self._sound_since < SOUND_ONLY_AFTER_S:
            return False
        self._open(vp8.CARD_SIZE)
        self._write(Kind.VIDEO, vp8.card_key_frame(), 0, True)
        return True

    def _open(self, size: tuple[int, int]) -> None:
        self._timeline = Timeline()
        self._webm = WebmWriter(self._sink_file, size)
        if self._index is not None:
            self._index.begin(self._room.now())

    def _write(self, kind: Kind, data: bytes, moment: int, is_key: bool) -> None:
        if self._webm is None or self._failed:
            return
        try:
            self._webm.write(kind, data, moment, is_key)
            if self._index is not None:
                self._index.add(kind, data, moment, is_key)
        except Exception:
            logger.exception("a recording cannot be written any further")
            self._failed = True
            self.close()

    def _finish(self) -> None:
        try:
            if self._webm is not None and not self._failed:
                self._webm.close()
            self._sink_file.close()
            if self._index is not None:
                self._index.close()
        except Exception:
            logger.exception("a recording was not closed properly")
            self._failed = True
        _reports.submit(self._report, self._summary())

    def _summary(self) -> RecordingSummary:
        return RecordingSummary(
            frames=0 if self._webm is None else self._webm.counts[Kind.VIDEO],
            audio_packets=0 if self._webm is None else self._webm.counts[Kind.AUDIO],
            duration_ms=0 if self._timeline is None else max(0, *self._timeline.last.values()),
            bytes=0 if self._webm is None else self._webm.written,
            gaps=self._room.quality(self._role).gaps - self._gaps_before,
            failed=self._failed,
        )

    def _report(self, summary: RecordingSummary) -> None:
        try:
            self._on_closed(summary)
        except Exception:
            logger.exception("nobody took note of a closed recording")
        finally:
            self._closed.set()


def _size(item: Any) -> tuple[int, int]:
    return vp8.picture_size(item.data) if isinstance(item, EncodedFrame) else (item.width, item.height)


def make_seekable(webm: bytes) -> bytes:
    """The same recording with duration and an index in front, so that a browser can seek; nothing is encoded again.

    A file cut off by a crash gives what is whole in it. Raises `MediaTrouble` when nothing can be read.
    """
    with reading(webm) as source:
        keys = sum(packet.is_keyframe and packet.stream.type == "video" for packet in packets(source))
    whole = io.BytesIO()
    room_for_index = {"reserve_index_space": str(512 + 40 * keys)}
    with reading(webm) as source, av.open(whole, "w", format="webm", options=room_for_index) as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in packets(source):
            packet.stream = streams[packet.stream_index]
            target.mux(packet)
    return whole.getvalue()


def check_recording(webm: bytes) -> RecordingCheck:
    """Decode everything once; slow (about a tenth of the playing time), so only in a job.

    Raises `MediaTrouble` when the file cannot even be opened.
    """
    counts = {"video": 0, "audio": 0}
    errors = width = height = 0
    ends = 0.0
    with reading(webm) as source:
        for packet in packets(source):
            try:
                frames: list[Any] = packet.decode()
            except av.FFmpegError:
                errors += 1
                continue
            counts[packet.stream.type] += len(frames)
            for frame in frames:
                ends = max(ends, frame.time or 0.0)
                if packet.stream.type == "video" and frame.width * frame.height > width * height:
                    width, height = frame.width, frame.height
    return RecordingCheck(round(ends * 1000), counts["video"], counts["audio"], errors, width, height)
