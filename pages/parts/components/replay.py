"""Replay: both sides of a call beside each other on one line of time, with chapters."""

from __future__ import annotations

from collections.abc import Callable

from core.usecases.playback import Replay
from pages.parts.components.mounting import register, same_origin

_mount = register("replay")


def replay(key: str, call: Replay, address: Callable[[str], str], *, start: tuple[int, str] | None = None) -> None:
    """Show a call; `address` gives the path of a stored file on this site.

    `start` is a moment (ms) to go to and a name for the wish: the same name is followed once.

    Keys while it has the focus: space plays and pauses, left and right go 5 s, page up and down go by chapters,
    `<` and `>` change the speed, M silences both sides.
    """
    tracks = [
        {"source": same_origin(address(track.plays)), "title": track.title, "offset": track.offset_ms,
         "length": track.duration_ms}
        for track in call.tracks
    ]  # fmt: skip
    chapters = [{"at": chapter.at_ms, "title": chapter.title} for chapter in call.chapters]
    _mount(key=key, data={"tracks": tracks, "chapters": chapters, "length": call.length_ms, "start": start})
