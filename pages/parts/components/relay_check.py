"""Relay check: from this very browser, whether each TURN address gives a relay."""

from __future__ import annotations

from typing import Any

from pages.parts.components.mounting import register

_mount = register("relay_check")


def relay_check(key: str, configuration: dict[str, Any]) -> None:
    """Offer a button that asks every address of `configuration` (an RTCConfiguration) for a relay, one by one.

    The result stays in the browser: what matters is the network that this browser is in.
    """
    _mount(key=key, data={"configuration": configuration})
