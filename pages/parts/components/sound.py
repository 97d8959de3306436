"""Sound: a short chime when a customer is offered to the desk."""

from __future__ import annotations

from pages.parts.components.mounting import register

_mount = register("sound")


def chime(key: str, *, nonce: str | None) -> None:
    """Play the chime once per `nonce` and tab (None: silence), with a button that turns it off and on.

    The choice stays in the browser. A browser that wants a click first gets one through the same button.
    """
    _mount(key=key, data={"nonce": nonce})
