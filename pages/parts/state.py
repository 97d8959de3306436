"""Keys of st.session_state: only ids and flags of the surface, never facts of the business.

`KEPT` is no exception: what it holds is used only while the database, asked in each run, says that it still stands.
`REHEARSAL` holds the figures of 通话前检测 until the customer joins the queue, when they go with the ticket.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import streamlit as st


class Key(StrEnum):
    """Every key that is not a widget's own."""

    DOOR = "jz_door"
    ENTERED = "firm_entered"
    LARGE = "large_text"
    LANGUAGE = "language_chosen"
    VIEW = "view_step"
    NUMBER_SEEN = "number_seen"
    PLACE = "bring_into_view"
    ERRORS = "step_errors"
    WARNINGS = "step_warnings"
    NOTED = "noted_on_saving"
    ASKING = "asking"
    CAPTCHA = "captcha"
    CODE = "code_id"
    TICKET = "one_time_ticket"
    LEAVING = "leaving"
    QUESTION = "question_shown"
    HELP = "help_wanted"
    CONTINUE = "continue_ticket"
    WANTED = "wanted_business"
    SAID = "said"
    VISIT = "visit_noted"
    NONCE = "nonce"
    KEPT = "kept_case"
    COPY_CODE = "copy_code_id"
    REHEARSAL = "rehearsed"
    REHEARSAL_CLOSED = "rehearsal_closed"
    TEST_QUESTION = "question_looked_at"


def get(key: Key, default: Any = None) -> Any:
    """Value of a key. (Most are absent, which Streamlit tells in half the time it takes to raise KeyError.)"""
    held = st.session_state
    if key not in held:
        return default
    return held[key]


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
