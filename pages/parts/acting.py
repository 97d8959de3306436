"""Staff pages act through use cases: a refusal becomes a sentence on the page, personal values show for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import streamlit as st

from core.errors import DeskError
from pages.parts import notice, state
from pages.parts.language import _
from pages.parts.state import Key

SHOWN_FOR = timedelta(minutes=10)
"""How long a revealed number stays on the page: as long as one row of the audit covers."""
_FIELD = "desk"


class StaffKey(StrEnum):
    """Keys of st.session_state that only staff pages use."""

    REVEALED = "revealed"


def attempt(act: Callable[[], object], done: str = "") -> bool:
    """Run a use case from a callback; True when it was not refused. The refusal waits for `show_refusal`."""
    try:
        act()
    except DeskError as error:
        state.put(Key.ERRORS, {_FIELD: error.text})
        return False
    state.drop(Key.ERRORS)
    if done:
        state.say(done)
    return True


def attempt_form(act: Callable[[], Mapping[str, str] | None], done: str, prefix: str = "") -> bool:
    """Run a use case that returns errors by field (kept under `prefix` + field) from a callback; True when stored."""
    errors: dict[str, str] = {}
    if not attempt(lambda: errors.update(act() or {})):
        return False
    if errors:
        fail({f"{prefix}{field}": text for field, text in errors.items()})
        return False
    state.say(done)
    return True


def fail(errors: dict[str, str]) -> None:
    """Keep mistakes for the fields of the next run."""
    state.put(Key.ERRORS, errors)


def field_error(field: str) -> None:
    """The mistake of the last attempt under its field."""
    errors: dict[str, str] = state.get(Key.ERRORS) or {}
    if field in errors:
        notice.field_error(errors[field])


def has_error(prefix: str) -> bool:
    """Whether the last attempt left a mistake in a form whose fields begin so; what it stands in stays unfolded."""
    return any(str(field).startswith(prefix) for field in state.get(Key.ERRORS) or {})


def show_refusal() -> None:
    """Why the last attempt was refused, once."""
    errors: dict[str, str] = state.get(Key.ERRORS) or {}
    if _FIELD in errors:
        notice.refusal(errors.pop(_FIELD))


def ask(question: str | None) -> None:
    """Open the dialog of this name on the next run; None closes whatever is open."""
    if question is None:
        state.drop(Key.ASKING)
    else:
        state.put(Key.ASKING, question)
    state.drop(Key.ERRORS)


def asking() -> str:
    """Name of the open dialog, empty when there is none."""
    return str(state.get(Key.ASKING) or "")


def dialog_buttons(label: str, on_yes: Callable[..., None], *args: Any) -> None:
    """The two buttons under a question; `on_yes(*args)` runs in a callback and closes the dialog by `ask(None)`.

    A dialog redraws only itself after a click, so the page is asked to run anew.
    """
    with st.container(horizontal=True):
        yes = st.button(label, key="dialog_yes", type="primary", on_click=on_yes, args=args)
        no = st.button(_("返回"), key="dialog_no", on_click=ask, args=(None,))
    if (yes or no) and not asking():
        st.rerun()


def opened() -> str:
    """Id of the case that the address names; empty when only the list is open."""
    return str(st.query_params.get("case", ""))


def open_case(case_id: str | None) -> None:
    """Put a case into the address (an id without meaning), or take it out; what was revealed is hidden again."""
    if case_id:
        st.query_params["case"] = case_id
    else:
        st.query_params.pop("case", None)
    st.session_state.pop(StaffKey.REVEALED, None)
    state.drop(Key.ASKING, Key.ERRORS)


def remember_reveal(case_id: str, what: str, now: datetime) -> None:
    """Note that `what` of a case was revealed at `now`; the caller has put it on record."""
    st.session_state.setdefault(StaffKey.REVEALED, {})[f"{case_id}|{what}"] = now


def revealed(case_id: str, what: str, now: datetime) -> bool:
    """Whether `what` of a case is still to be shown in full."""
    since = st.session_state.get(StaffKey.REVEALED, {}).get(f"{case_id}|{what}")
    return since is not None and now - since < SHOWN_FOR
