"""Going to a field: brings what is missing into view and puts the cursor there."""

from __future__ import annotations

from pages.parts.components.mounting import register

_mount = register("go_to_field")


def go_to_field(key: str, *, field_key: str, nonce: str) -> None:
    """Scroll to the widget or container whose Streamlit key is `field_key` and focus it, once per `nonce`."""
    _mount(key=key, data={"field": field_key, "nonce": nonce})
