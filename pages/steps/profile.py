"""个人基本资料, drawn from the one list of fields."""

from __future__ import annotations

from collections.abc import Sequence
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


def _start(view: StepView, field: Field) -> Any:
    if field.key == "phone" and not view.values.get("phone"):
        return view.session.phone
    if field.key in view.values:
        return view.values[field.key]
    return from_photos(view).get(field.key)


def _choice(view: StepView, field: Field, options: dict[str, str]) -> None:
    key, start = view.key(field.key), _start(view, field)
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


def _field(view: StepView, field: Field, now: dict[str, Any]) -> None:
    key, start = view.key(field.key), _start(view, field)
    if field.kind == "province":
        _choice(view, field, {name: name for name in region.provinces()})
    elif field.kind == "city":
        _choice(view, field, {name: name for name in region.cities(str(now.get("province") or ""))})
    elif field.kind in {"choice", "multi"}:
        _choice(view, field, _options(view, field))
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
    read = from_photos(view).get(field.key)
    if read and now.get(field.key) == read:
        st.caption(_(":material/document_scanner: 由照片识别，请核对"))
    if field.key in view.warnings():
        st.caption(f":material/info: {notice.plain(view.warnings()[field.key])}")


def current_values(view: StepView) -> dict[str, Any]:
    """What the fields hold now, drawn or not yet drawn in this run."""
    held = st.session_state.to_dict()
    found = {f.key: held.get(view.key(f.key), _start(view, f)) for f in FIELDS}
    return {**found, "phone": view.session.phone}


def draw_fields(view: StepView, fields: Sequence[Field], now: dict[str, Any]) -> None:
    """These fields under their sections, the mistakes of all named above them."""
    labels = {field.key: field.title for field in FIELDS}
    notice.field_errors({k: v for k, v in view.errors().items() if k in labels}, labels)
    section = ""
    for field in fields:
        if field.section != section:
            section = field.section
            st.subheader(_(section))
        _field(view, field, now)


def draw(view: StepView) -> None:
    """All fields by section; answers that unfold further fields do so at once."""
    late_values(view)
    now = current_values(view)
    draw_fields(view, shown_fields(now), now)
    view.actions(lambda: view.save(current_values(view)))
