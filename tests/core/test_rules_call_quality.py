"""The customer's picture by the measured uplink (R039)."""

from __future__ import annotations

import pytest

from core.rules.call_quality import FLOOR_KBPS, SOUND_KBPS, USUAL, call_video


@pytest.mark.parametrize(("uplink", "size", "frames", "most"), [
    (None, (640, 480), 20, 800), (50_000, (640, 480), 20, 800), (1000, (640, 480), 20, 800),
    (999, (640, 480), 15, 500), (700, (640, 480), 15, 500), (699, (480, 360), 15, 350), (480, (480, 360), 15, 350),
    (479, (320, 240), 15, 300), (1, (320, 240), 15, 300),
])  # fmt: skip
def test_the_picture_fits_the_line(uplink: int | None, size: tuple[int, int], frames: int, most: int) -> None:
    video = call_video(uplink)
    assert ((video.width, video.height), video.frames, video.most_kbps) == (size, frames, most)


def test_a_slower_line_never_gets_more_and_nobody_less_than_the_floor() -> None:
    videos = [call_video(uplink) for uplink in range(1, 3000)]
    rates = [video.most_kbps for video in videos]
    assert rates == sorted(rates) and min(rates) == FLOOR_KBPS
    assert videos[-1] == call_video(None) == USUAL


def test_picture_and_sound_leave_a_sixth_of_the_line_free_above_the_floor() -> None:
    for uplink in range(480, 3000):
        assert call_video(uplink).most_kbps + SOUND_KBPS <= uplink * 5 / 6 + 7, uplink
