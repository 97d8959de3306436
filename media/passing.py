"""Frames go from track to track by a call: aiortc has a queue, a future and a task at every step between two tracks.

A track whose queue is a `Line` can be given to `feed`. Whoever reads it with `recv` instead finds the frames waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay, RelayStreamTrack

PROXIES = "_MediaRelay__proxies"
Taker = Callable[[Any], None]
Needed = list[tuple[Any, tuple[str, ...]]]
"""Owners of names that are used here although they are private: each must exist."""


class Line(asyncio.Queue[Any]):
    """The frames of a track, handed to `taker` as they come. Without one they wait; at `most` all are forgotten."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self.taker: Taker | None = None
        self.at_end: Callable[[], object] | None = None
        self.overflowed: Callable[[], None] | None = None
        self._most = most

    def put_nowait(self, item: Any) -> None:
        """Hand the frame on; None ends the line."""
        if self.taker is None:
            super().put_nowait(item)
            return
        if item is None and self.at_end is not None:
            self.at_end()
        self.taker(item)

    def hand_to(self, taker: Taker, at_end: Callable[[], object]) -> None:
        """From now on everything goes to `taker`, what has waited first; `at_end` is called before the None."""
        self._loop = asyncio.get_running_loop()  # whoever ends a relay from another thread looks for it here
        self.taker, self.at_end = taker, at_end
        while not self.empty():
            self.put_nowait(self.get_nowait())

    def _put(self, item: Any) -> None:
        if item is None or self._most is None or self.qsize() < self._most:
            super()._put(item)
            return
        while self.qsize():
            self._get()
        if self.overflowed is not None:
            self.overflowed()


def hook() -> None:
    """Let aiortc's relays hand on; once per process."""
    wrap(MediaRelay, "_start", relayed)


def needed() -> Needed:
    """What aiortc must have for this."""
    return [(MediaRelay(), ("_start", PROXIES))]


def wrap(owner: Any, name: str, around: Callable[[Any], Any]) -> None:
    """Put what `around` makes of a function of aiortc in its place."""
    setattr(owner, name, around(getattr(owner, name)))


def made_with(owner: Any) -> SimpleNamespace:
    """Something with every name that `__init__` of a class mentions, for classes that cannot be made just to look."""
    return SimpleNamespace(**dict.fromkeys(owner.__init__.__code__.co_names))


def feed(track: Any, taker: Taker) -> None:
    """Give `taker` every frame of `track` as soon as it is there, and None when the track has ended; on the event loop.

    `track` is one of aiortc's relays or has a `Line`; one that has something to prepare has a method `begin`.
    """
    if track.readyState != "live":
        taker(None)
        return
    if isinstance(track, RelayStreamTrack):
        track._relay._start(track)
    elif hasattr(track, "begin"):
        track.begin()
    # the base class: a track of ours that ignores `stop` ends, too
    end = track.stop if isinstance(track, RelayStreamTrack) else partial(MediaStreamTrack.stop, track)
    track._queue.hand_to(taker, end)


def relayed(original: Any) -> Any:
    """Around `MediaRelay._start`: instead of a task that reads the source, the source hands on by itself."""

    def start(self: Any, proxy: Any) -> None:
        line = getattr(proxy._source, "_queue", None)
        if not isinstance(line, Line):
            original(self, proxy)
            return
        proxies = getattr(self, PROXIES).get(proxy._source)
        if proxies is None or proxy in proxies:
            return
        proxies.add(proxy)
        if line.taker is None:
            feed(proxy._source, partial(_distribute, getattr(self, PROXIES), proxy._source))

    return start


def _distribute(all_proxies: dict[Any, set[Any]], source: Any, item: Any) -> None:
    for proxy in tuple(all_proxies.get(source, ())):
        if proxy._buffered:
            proxy._queue.put_nowait(item)
        else:
            proxy._frame = item
            proxy._new_frame_event.set()
    if item is None:
        all_proxies.pop(source, None)
