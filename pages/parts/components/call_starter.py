"""Call starter: connects the call by itself, so that nobody has to press a second button."""

from __future__ import annotations

from pages.parts.components.mounting import register

_mount = register("call_starter")


def call_starter(key: str, *, call: str, start: str, stop: str) -> None:
    """Press the button labelled `start` in the call whose container has the Streamlit key `call`.

    It is pressed once when it appears and again after the connection broke; not after the customer or the
    witness pressed `stop` themselves.
    """
    _mount(key=key, data={"call": call, "start": start, "stop": stop})
