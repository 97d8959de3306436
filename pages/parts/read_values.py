"""Values read from photos, offered to the profile: they start empty fields and never touch what was typed (R079).

What was read when the step was first drawn starts its fields. What comes later is offered by a button, because a field
that stands on the screen may hold words that the browser has not sent yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.rules.photo_compare import LONG_TERM
from core.usecases.photo_readings import own_profile_readings
from pages.parts.language import _
from pages.parts.step import StepView

_STARTED = "read_at_start"


def from_photos(view: StepView) -> Mapping[str, Any]:
    """Field -> value that the photos gave before the step was drawn for the first time."""
    key = view.key(_STARTED)
    if key not in st.session_state:
        st.session_state[key] = _read(view)[0]
    found: Mapping[str, Any] = st.session_state[key]
    return found


def _read(view: StepView) -> tuple[dict[str, Any], bool]:
    values, waiting = own_profile_readings(view.desk, view.actor, view.loaded.facts)
    fields: dict[str, Any] = dict(values)
    if fields.get("valid_to") == LONG_TERM:
        del fields["valid_to"]
        fields["long_term"] = True
    return fields, waiting


def late_values(view: StepView) -> None:
    """What was read after the step was first drawn is offered; while a photo is being read the page looks again."""
    if view.values:
        return
    fields, waiting = _read(view)
    if fields.keys() - from_photos(view).keys():
        label = _("填入照片识别的内容（只填空白项）")
        icon = ":material/document_scanner:"
        st.button(label, key="fill_read", icon=icon, on_click=_fill, args=(view, fields))
    if waiting:
        st.caption(_(":material/hourglass: 身份证照片正在识别，您可以先自己填写。"))
        _look_again(view)


def _look_again(view: StepView) -> None:
    @st.fragment(run_every="2s", key="late_readings")
    def look() -> None:
        if not _read(view)[1]:
            st.rerun(scope="app")

    look()


def _fill(view: StepView, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if not st.session_state.get(view.key(name)):
            st.session_state[view.key(name)] = value
    st.session_state[view.key(_STARTED)] = dict(fields)
