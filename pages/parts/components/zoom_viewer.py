"""Zoom viewer: one picture or two beside each other, to look at closely."""

from __future__ import annotations

from typing import TypedDict

from pages.parts.components.mounting import register, same_origin

_mount = register("zoom_viewer")


class Picture(TypedDict):
    """A picture: `source` is a data:image/… URL or a path of this site, `label` says what it shows."""

    source: str
    label: str


def zoom_viewer(key: str, pictures: list[Picture]) -> None:
    """Show one or two pictures, each with wheel and pinch zoom, dragging, turning and reset.

    Keys while a picture has the focus: R turns, Z zooms in and back, + and - zoom, arrows move an enlarged
    picture (they stay free for the page while it is not). Raises ValueError for foreign addresses.
    """
    for picture in pictures:
        if not picture["source"].startswith("data:image/"):
            same_origin(picture["source"])
    _mount(key=key, data={"pictures": pictures})
