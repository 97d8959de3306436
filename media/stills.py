"""Stills from the live picture, taken on the server: evidence that no browser had in its hands."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import av
import cv2
import numpy as np

from core.errors import MediaTrouble
from media.encoded import EncodedFrame
from media.hub import Item, Kind
from media.rooms import Role, Room

JPEG_QUALITY = 92
CHOICES = 4
"""How many stills of one burst can be chosen from."""
NO_PICTURE = "没有收到画面。请确认对方的摄像头已打开、网络正常，然后再拍一次。"
_decoders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="still")


@dataclass(frozen=True)
class Still:
    """One picture; sizes in px. `sharpness` (variance of the Laplacian) compares stills of one size only.

    `taken` is when the picture arrived, by the clock of the recordings' indexes, so that it can be found there.
    """

    taken: datetime
    jpeg: bytes
    width: int
    height: int
    sharpness: float
    sha256: str


def grab_stills(room: Room, role: Role, frames: int = 12, timeout_ms: int = 8_000) -> tuple[Still, ...]:
    """Up to `CHOICES` of the next `frames` pictures of `role` in order of time, the sharpest of all among them.

    R152, R153. Asks for a key frame and decodes from there, in a thread. When time is up, what came until then is
    used; raises `MediaTrouble` when nothing came. Blocks: never call it on the event loop.
    """
    gathered = _Gathered(room, role, frames)
    room.add_tap(role, gathered)
    try:
        room.request_key_frame(role)
        gathered.full.wait(timeout_ms / 1000)
    finally:
        room.remove_tap(role, gathered)
    return _decoders.submit(_chosen, list(gathered.items)).result()


def sharpest(stills: Sequence[Still]) -> Still:
    """The one that is evidence unless somebody chooses another."""
    return max(stills, key=lambda still: still.sharpness)


class _Gathered:
    """Tap that keeps pictures from the next key frame on."""

    def __init__(self, room: Room, role: Role, frames: int) -> None:
        self.items: list[tuple[datetime, Any]] = []
        self.full = threading.Event()
        self._room = room
        self._role = role
        self._frames = frames

    def take(self, kind: Kind, item: Item, origin: object) -> None:  # noqa: ARG002 - a tap's form
        """Keep a picture; on the event loop."""
        if kind is Kind.AUDIO or self.full.is_set():
            return
        if not self.items and isinstance(item, EncodedFrame) and not item.is_key:
            self._room.request_key_frame(self._role)
            return
        self.items.append((self._room.now(), item))
        if len(self.items) >= self._frames:
            self.full.set()

    def close(self) -> None:
        """The room is closed: do not wait any longer."""
        self.full.set()


def _chosen(items: list[tuple[datetime, Any]]) -> tuple[Still, ...]:
    """The sharpest picture of each part of the burst, so that the choices are moments apart."""
    decoder = av.VideoCodecContext.create("libvpx", "r")
    found = [(_sharpness(frame), taken, frame) for taken, item in items for frame in _decoded(decoder, item)]
    if not found:
        raise MediaTrouble(NO_PICTURE)
    parts = min(CHOICES, len(found))
    cuts = [len(found) * part // parts for part in range(parts + 1)]
    return tuple(_still(*max(found[first:end], key=lambda one: one[0])) for first, end in pairwise(cuts))


def _sharpness(frame: Any) -> float:
    return float(cv2.Laplacian(frame.to_ndarray(format="gray"), cv2.CV_64F).var())


def _decoded(decoder: Any, item: Any) -> list[Any]:
    if not isinstance(item, EncodedFrame):
        return [item]
    packet = av.Packet(item.data)
    packet.pts = item.pts
    try:
        frames: list[Any] = decoder.decode(packet)
    except av.FFmpegError:
        return []
    return frames


def _still(sharpness: float, taken: datetime, frame: Any) -> Still:
    picture = np.ascontiguousarray(frame.to_ndarray(format="bgr24"))
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    jpeg = encoded.tobytes()
    height, width = picture.shape[:2]
    return Still(taken, jpeg, width, height, sharpness, hashlib.sha256(jpeg).hexdigest())
