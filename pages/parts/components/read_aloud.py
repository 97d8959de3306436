"""朗读: the browser's own voice reads a part of the page; nothing leaves the device through us."""

from __future__ import annotations

from pages.parts.components.mounting import register

_mount = register("read_aloud")


def read_aloud(key: str, *, place: str, page: str) -> None:
    """A button that reads what is to be seen in the container with the key `place`, and stops again.

    Reading ends when `page` changes. Without a Chinese voice in the browser it says so.
    """
    _mount(key=key, data={"place": place, "page": page})
