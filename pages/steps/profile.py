"""个人基本资料, drawn from the one list of fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.rules import region
from core.steps.profile_fields import FIELDS, Field, shown_fields
from pages.parts import notice
from pages.parts.language import _, spoken
from pages.parts.read_values import from_photos, late_values
from pages.parts.step import StepView


def _options(view: StepView, field: Field) -> dict[str, str]:
    return {item["code"]: item["label"] for item in view.loaded.rules["codes"]["lists"][field.codes]["items"]}


def _label(field: Field) -> str:
    return f"{_(field.title)} *" if field.required and field.kind != "tick" else _(field.title)


@dataclass(frozen=True)
class Held:
    """Values by field, fetched once for a run, because session_state is slow: what fields start with, what the photos
    gave, and what the fields hold now, drawn or not yet drawn."""

    start: Mapping[str, Any]
    read: Mapping[str, Any]
    now: Mapping[str, Any]


def held_values(view: StepView) -> Held:
    """The phone is always the one that was proven at sign-in."""
    read = from_photos(view)
    phone = view.session.phone
    start = {**read, **view.values, "phone": view.values.get("phone") or phone}
    kept = st.session_state.to_dict()
    now = {field.key: kept.get(view.key(field.key), start.get(field.key)) for field in FIELDS}
    return Held(start, read, {**now, "phone": phone})


def _choice(view: StepView, field: Field, options: dict[str, str], start: Any) -> None:
    key = view.key(field.key)
    codes = list(options)
    if field.kind == "multi":
        st.pills(
            _label(field),
            codes,
            format_func=spoken(options),
            key=key,
            selection_mode="multi",
            default=[c for c in start or [] if c in options],
            help=_(field.help) or None,
        )
        return
    st.selectbox(
        _label(field),
        codes,
        format_func=spoken(options),
        key=key,
        placeholder=_("请选择"),
        index=codes.index(start) if start in options else None,
        help=_(field.help) or None,
    )


def _field(view: StepView, field: Field, held: Held) -> None:
    key, start = view.key(field.key), held.start.get(field.key)
    if field.kind == "province":
        _choice(view, field, {name: name for name in region.provinces()}, start)
    elif field.kind == "city":
        _choice(view, field, {name: name for name in region.cities(str(held.now["province"] or ""))}, start)
    elif field.kind in {"choice", "multi"}:
        _choice(view, field, _options(view, field), start)
    elif field.kind == "tick":
        st.checkbox(_(field.title), value=bool(start), key=key, help=_(field.help) or None)
    else:
        hint = _("例如 2020-01-31") if field.kind == "date" else None
        st.text_input(
            _label(field),
            value=str(start or ""),
            key=key,
            max_chars=field.limit,
            placeholder=hint,
            help=_(field.help) or None,
            disabled=field.key == "phone",
        )
    view.show_error(field.key)
    read = held.read.get(field.key)
    if read and held.now[field.key] == read:
        st.caption(_(":material/document_scanner: 由照片识别，请核对"))
    if field.key in view.warnings():
        st.caption(f":material/info: {notice.plain(view.warnings()[field.key])}")


def draw_fields(view: StepView, fields: Sequence[Field], held: Held) -> None:
    """These fields under their sections, the mistakes of all named above them."""
    labels = {field.key: field.title for field in FIELDS}
    notice.field_errors({k: v for k, v in view.errors().items() if k in labels}, labels)
    section = ""
    for field in fields:
        if field.section != section:
            section = field.section
            st.subheader(_(section))
        _field(view, field, held)


def draw(view: StepView) -> None:
    """All fields by section; answers that unfold further fields do so at once."""
    late_values(view)
    held = held_values(view)
    draw_fields(view, shown_fields(held.now), held)
    view.actions(lambda: view.save(held_values(view).now))
