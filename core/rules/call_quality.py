"""Size and bit rate of the customer's picture in the call, chosen from the measured uplink (R039).

Who sends more than the line carries loses packets, and after a lost one the picture stands still until the next key
picture. A smaller picture that runs is worth more to the witness than a large one that stops.
"""

from __future__ import annotations

from dataclasses import dataclass

FLOOR_KBPS = 300
"""Nobody is asked for less, or the estimate of a busy server collapses (seen: 85 kbit/s on a good line)."""
SOUND_KBPS = 40
"""What the sound takes beside the picture."""
LEAST_UPLINK_KBPS = 1000
"""R039: 1 Mbit/s."""


@dataclass(frozen=True)
class CallVideo:
    """What one side sends: picture size in px, pictures a second, and the most kbit/s of the picture."""

    width: int
    height: int
    frames: int
    most_kbps: int


USUAL = CallVideo(640, 480, 20, 800)
"""On a line of R039, and whenever the uplink is not known."""
_BY_UPLINK = (
    (LEAST_UPLINK_KBPS, USUAL),
    (700, CallVideo(640, 480, 15, 500)),
    (480, CallVideo(480, 360, 15, 350)),
    (0, CallVideo(320, 240, 15, FLOOR_KBPS)),
)


def call_video(uplink_kbps: int | None) -> CallVideo:
    """What a customer with this uplink (kbit/s, None when not measured) sends in the call."""
    if uplink_kbps is None:
        return USUAL
    return next(video for least, video in _BY_UPLINK if uplink_kbps >= least)
