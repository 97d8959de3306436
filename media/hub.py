"""The track that a viewer receives: it never ends while the room lives, whoever feeds it."""

from __future__ import annotations

import asyncio
import time
from enum import StrEnum
from typing import Any

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from media import encoded, vp8
from media.encoded import EncodedFrame, VideoMode
from media.passing import Line

Item = EncodedFrame | VideoFrame | AudioFrame
CARD_EVERY_S = 1.0
SILENT_AFTER_S = 3.0
ASK_EVERY_S = 0.3
QUEUED_ITEMS = 100


class Kind(StrEnum):
    """The two kinds of track; the values are aiortc's."""

    VIDEO = "video"
    AUDIO = "audio"


class HubTrack(MediaStreamTrack):
    """What one role sends, as seen by the other. Used on the event loop only, except `__init__`.

    A publisher may leave and come back while the viewer's connection stays: pts go on rising with the wall clock.
    While nobody publishes video, a card is sent once a second, because a browser's <video> without any picture stays
    paused and plays no sound either.
    """

    def __init__(self, kind: Kind, mode: VideoMode) -> None:
        super().__init__()
        self.kind: str = kind.value
        self._clock = encoded.VIDEO_CLOCK if kind is Kind.VIDEO else encoded.AUDIO_CLOCK
        self._packets = mode is VideoMode.PACKET
        self._queue = Line()
        self._closed = False
        self._origin: MediaStreamTrack | None = None
        self._offset: int | None = None
        self._pts = 0
        self._quiet_since = time.monotonic()
        self._sent_at: float | None = None
        self._asked_at = 0.0
        self._needs_key = False
        self._timer: asyncio.TimerHandle | None = None

    async def recv(self) -> Any:
        """The next `Item`; waits without end. Raises `MediaStreamError` once the room is closed."""
        self.begin()
        item = None if self._closed and self._queue.empty() else await self._queue.get()
        if item is None:
            super().stop()
            raise MediaStreamError
        return item

    def begin(self) -> None:
        """Somebody reads from now on: the card may be needed."""
        if self._timer is None and self.kind == Kind.VIDEO and not self._closed:
            self._arm()

    def stop(self) -> None:
        """Ignored: a viewer that leaves does not end the track."""

    def end(self) -> None:
        """End the track for everybody; the room is closed."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self.feed_from(None)
        self._empty()
        self._queue.put_nowait(None)

    def feed_from(self, origin: MediaStreamTrack | None) -> None:
        """Whose frames come from now on; None when nobody publishes."""
        self._origin = origin
        self._offset = None
        self._needs_key = self._packets and self.kind == Kind.VIDEO
        self._quiet_since = time.monotonic()

    def publish(self, item: Item) -> None:
        """Pass a frame of the publisher to the viewer. Changes the pts of a decoded frame."""
        if isinstance(item, EncodedFrame) and self._needs_key:
            if not item.is_key:
                self.request_key_frame()
                return
            self._needs_key = False
        now = time.monotonic()
        self._quiet_since = now
        pts = item.pts or 0
        if self._offset is None:
            self._offset = self._following_pts(now) - pts
        self._send(self._at(item, pts + self._offset), now)

    def request_key_frame(self) -> None:
        """Ask the publisher for a key frame, at most every 0.3 s. Decoded frames need none."""
        now = time.monotonic()
        if self._packets and now - self._asked_at >= ASK_EVERY_S and encoded.request_key_frame(self._origin):
            self._asked_at = now

    def _send(self, item: Item, now: float) -> None:
        if self._closed:
            return
        if self._queue.qsize() >= QUEUED_ITEMS:
            self._empty()
            if isinstance(item, EncodedFrame) and self.kind == Kind.VIDEO and not item.is_key:
                self._needs_key = True
                return
        self._pts, self._sent_at = item.pts or 0, now
        self._queue.put_nowait(item)

    def _empty(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()

    def _following_pts(self, now: float) -> int:
        if self._sent_at is None:
            return 0
        return self._pts + max(1, int((now - self._sent_at) / self._clock))

    @staticmethod
    def _at(item: Item, pts: int) -> Item:
        if isinstance(item, EncodedFrame):
            return EncodedFrame(item.data, pts, item.time_base, item.is_key)
        item.pts = pts
        return item

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(CARD_EVERY_S, self._tick)

    def _tick(self) -> None:
        """Send the card when nobody publishes, or when the publisher's picture stands still for long."""
        self._arm()
        now = time.monotonic()
        patience = CARD_EVERY_S if self._origin is None else SILENT_AFTER_S
        if now - self._quiet_since < patience:
            return
        self._send(self._card(self._following_pts(now)), now)
        self._offset = None
        self._needs_key = self._packets

    def _card(self, pts: int) -> Item:
        if self._packets:
            return EncodedFrame(vp8.card_key_frame(), pts, encoded.VIDEO_CLOCK, is_key=True)
        frame = vp8.card_frame(pts)
        frame.time_base = encoded.VIDEO_CLOCK
        return frame
