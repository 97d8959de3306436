"""What all components share: reading their files once, registering them once, handing out each result once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.parts.components.script_texts import translated
from pages.parts.language import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

_HERE = Path(__file__).parent
_ROOT = '<div class="jz"></div>'
_NONCE_MAX = 64


def _text(name: str) -> str:
    path = _HERE / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def register(name: str, *, spoken: bool = True) -> Callable[..., Any]:
    """Register `name`.js with `name`.css behind the shared script and style; call it once, at import.

    Returns Streamlit's mounting command, which takes `key`, `data` and one `on_<state>_change` per state. A script
    that is not `spoken` is the same in every language.
    """
    css, js = _text("common.css") + _text(f"{name}.css"), _text("common.js") + _text(f"{name}.js")
    component = spoken_component if spoken else st.components.v2.component
    return component(f"jianzheng_{name}", html=_ROOT, css=css, js=js)


def spoken_component(name: str, *, html: str, css: str, js: str) -> Callable[..., Any]:
    """A component that speaks the visitor's language: its English is registered when it is first wanted."""
    chinese = st.components.v2.component(name, html=html, css=css, js=js)

    @cache
    def english() -> Callable[..., Any]:
        said = {kind: translated(source, catalogue()) for kind, source in (("html", html), ("js", js))}
        return st.components.v2.component(f"{name}_en", css=css, **said)

    def mount(**options: Any) -> Any:
        return (english() if catalogue() else chinese)(**options)

    return mount


def nothing() -> None:
    """The callback of a state: Streamlit passes on only states that have one."""


def unseen(key: str, value: object) -> dict[str, Any] | None:
    """A component's result the first time its nonce appears under `key` in this session, else None.

    The result is marked before it is returned, and Streamlit may cut the run at the next `st` call: whoever
    gets one saves it first and draws afterwards. The values come from the browser and are not to be trusted.
    """
    if not isinstance(value, dict):
        return None
    nonce = value.get("nonce")
    if not isinstance(nonce, str) or not 0 < len(nonce) <= _NONCE_MAX:
        return None
    slot = f"{key}_handed_out"
    if st.session_state.get(slot) == nonce:
        return None
    st.session_state[slot] = nonce
    return value


def nonce_of(key: str) -> str | None:
    """Nonce of the result that lies under `key` in this run; told to the component, it sends the following one."""
    held = st.session_state.get(key)
    result = held.get("result") if isinstance(held, Mapping) else None
    return text_of(result.get("nonce"), _NONCE_MAX) if isinstance(result, Mapping) else None


def same_origin(url: str) -> str:
    """`url` when it is a path of this site such as `/health`.

    Raises ValueError for a foreign or relative address.
    """
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        msg = "a component only talks to paths of this site"
        raise ValueError(msg)
    return url


def text_of(value: object, most: int) -> str:
    """`value` as a text of at most `most` characters; anything but a text becomes the empty text."""
    return value[:most] if isinstance(value, str) else ""


def whole(value: object, most: int) -> int | None:
    """`value` as a whole number between 0 and `most`, or None when it is no number in that range."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        return None
    return round(value)
