"""Keys of st.session_state: only ids and flags of the surface, never facts of the business."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import streamlit as st


class Key(StrEnum):
    """Every key that is not a widget's own."""

    FIRM = "jz_firm"
    LARGE = "large_text"
    VIEW = "view_step"
    PLACE = "bring_into_view"
    ERRORS = "step_errors"
    WARNINGS = "step_warnings"
    ASKING = "asking"
    CAPTCHA = "captcha"
    CODE = "code_id"
    TICKET = "one_time_ticket"
    LEAVING = "leaving"
    WANTED = "wanted_business"
    SAID = "said"
    VISIT = "visit_noted"
    NONCE = "nonce"


def get(key: Key, default: Any = None) -> Any:
    """Value of a key."""
    return st.session_state.get(key, default)


def put(key: Key, value: Any) -> None:
    """Set a key."""
    st.session_state[key] = value


def drop(*keys: Key) -> None:
    """Forget keys."""
    for key in keys:
        st.session_state.pop(key, None)


def say(text: str) -> None:
    """A short message for the next run."""
    put(Key.SAID, text)


def show_said() -> None:
    """Show the message of the last run, once."""
    text = st.session_state.pop(Key.SAID, None)
    if text:
        st.toast(text)
