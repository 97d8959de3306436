"""The press that turns the ticket of a QR code into a sign-in on this device."""

from __future__ import annotations

from pages.parts.components.mounting import register, same_origin

_mount = register("continue_here")


def continue_here(key: str, *, target: str) -> None:
    """A button that posts the ticket standing behind # in the address, then opens `target` (a path of this site).

    The ticket never reaches the page's script. Raises ValueError for a target elsewhere.
    """
    _mount(key=key, data={"url": "/session/exchange", "target": same_origin(target)})
