"""What arrives from one side of a call, for the line of figures below the picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from av import VideoFrame

from media import vp8
from media.encoded import EncodedFrame, LineFigures

WINDOW_S = 1.0
STALE_S = 2.0


@dataclass(frozen=True)
class Quality:
    """What arrives from one role over about the last second. Sizes in px, rate of picture and sound together.

    `last_frame_age_ms` is None before the first picture; `gaps` counts the breaks of the picture since the start;
    `loss` is the share of picture packets that got lost on the way, before they were sent again.
    """

    width: int = 0
    height: int = 0
    frames_per_second: float = 0.0
    kbit_per_second: int = 0
    last_frame_age_ms: int | None = None
    gaps: int = 0
    loss: float = 0.0
    round_trip_ms: int | None = None


class Meter:
    """Counts what one role sends, in windows of a second."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._frames = 0
        self._last: float | None = None
        self._since = time.monotonic()
        self._bytes = 0
        self._line = LineFigures()
        self._rates = (0.0, 0)
        self._loss = 0.0

    def count(
        self, item: EncodedFrame | VideoFrame, received_bytes: Callable[[], int], line: Callable[[], LineFigures]
    ) -> None:
        """Count one picture; `received_bytes` tells all bytes of the role since its connection began, `line` RTCP's."""
        now = time.monotonic()
        self._last = now
        self._frames += 1
        if isinstance(item, VideoFrame):
            self._size = (item.width, item.height)
        elif item.is_key:
            self._size = vp8.picture_size(item.data)
        span = now - self._since
        if span >= WINDOW_S:
            total = received_bytes()
            grown = total - self._bytes if total >= self._bytes else total
            self._rates = (round(self._frames / span, 1), round(grown * 8 / span / 1000))
            self._frames, self._since, self._bytes = 0, now, total
            self._look_at(line())

    def _look_at(self, line: LineFigures) -> None:
        """Loss over the window; a new connection counts from its beginning."""
        before = self._line if line.expected >= self._line.expected else LineFigures()
        expected, lost = line.expected - before.expected, line.lost - before.lost
        self._loss = round(max(0, lost) / expected, 3) if expected > 0 else 0.0
        self._line = line

    def quality(self, gaps: int) -> Quality:
        """The figures of the last window; the rates are zero when no picture came for 2 s."""
        age = None if self._last is None else time.monotonic() - self._last
        rates = (0.0, 0) if age is None or age > STALE_S else self._rates
        since_last = None if age is None else round(age * 1000)
        return Quality(*self._size, *rates, since_last, gaps, self._loss, self._line.round_trip_ms)
