"""The form of a kind of firm data, made from its description; every change is kept in the draft at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date
from functools import singledispatch
from typing import Any

import streamlit as st

from core.rule_kinds.compare import value_words
from core.rule_kinds.fields import (
    Choice,
    Clock,
    Day,
    Field,
    Kept,
    Path,
    Several,
    Share,
    Span,
    Text,
    Times,
    Whole,
    Words,
    Yes,
)
from core.rule_kinds.groups import Group, Named, Rows
from core.rule_kinds.places import GONE
from pages.parts import notice
from pages.parts.language import _, spoken
from pages.parts.rule_editor import Editor
from pages.parts.rule_rows import draw_rows

_PERCENT = 100
NOTHING = "（不选）"


def draw_field(editor: Editor, field: Field, value: Any, path: Path) -> None:
    """The widgets of a field with its help, and what is wrong with it below."""
    if isinstance(field, Kept):
        return
    if isinstance(field, Group):
        _draw_group(editor, field, value, path)
    elif isinstance(field, Rows):
        draw_rows(editor, field, value, path, draw_field)
    elif isinstance(field, Named):
        _draw_named(editor, field, value, path)
    else:
        _draw_one(editor, field, value, path)
    editor.show_error(path)


def _draw_group(editor: Editor, field: Group, value: Any, path: Path) -> None:
    """Fields below each other; a group within a group gets its title."""
    for name, each in field.fields.items():
        inner = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(each, Group):
            if not each.fields:
                continue
            st.markdown(f"**{notice.plain(each.label)}**")
        draw_field(editor, each, inner, (*path, name))


def _same_every_day(editor: Editor, field: Named, rows: Mapping[str, Any], path: Path) -> None:
    """Under the times of a week: those of its first day for all."""
    first, times = next(iter(rows.items()))
    label = _("{day}的时间用于每天").format(day=_(field.name_of(first, times)))

    def copy() -> None:
        editor.put(path, {day: deepcopy(times) for day in rows})
        for day in rows:
            st.session_state[editor.key((*path, day))] = times_words(times)

    st.button(label, key=editor.key(path, "same"), icon=":material/content_copy:", type="tertiary", on_click=copy)


def _draw_named(editor: Editor, field: Named, value: Any, path: Path) -> None:
    """One name after the other where each is a single value; else one chosen from a list."""
    rows: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    st.markdown(f"**{notice.plain(field.label)}**", help=_(field.help) or None)
    if not isinstance(field.item, Group):
        for name, each in rows.items():
            _draw_one(editor, field.item, each, (*path, name), label=field.name_of(name, each))
            editor.show_error((*path, name))
        if isinstance(field.item, Times) and rows:
            _same_every_day(editor, field, rows, path)
        return
    known = field.source(editor.scope) if field.source else {}
    key, chosen = editor.key(path, "chosen"), None
    if rows:
        chosen = st.selectbox(
            _("选择{label}").format(label=_(field.item.label)),
            list(rows),
            key=key,
            format_func=lambda name: _(known.get(name) or field.name_of(name, rows[name])),
        )
    if chosen is not None:
        draw_field(editor, field.item, rows[chosen], (*path, chosen))
        if field.source:
            st.button(
                _("删除这一{label}").format(label=_(field.item.label)),
                key=editor.key(path, "remove"),
                icon=":material/delete:",
                on_click=editor.put_rows,
                args=((*path, chosen), GONE),
            )
    _draw_adding(editor, field, {name: words for name, words in known.items() if name not in rows}, path)


def _draw_adding(editor: Editor, field: Named, free: Mapping[str, str], path: Path) -> None:
    """Which name may be added; nothing where the list of names is closed or used up."""
    if free:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                _("给哪个{label}单独设置").format(label=_(field.item.label)),
                list(free),
                key=editor.key(path, "name"),
                format_func=spoken(free),
            )
            st.button(
                _("新增"),
                key=editor.key(path, "add"),
                icon=":material/add:",
                on_click=editor.put_rows,
                args=((*path, name), field.item.fresh()),
            )


def _draw_one(editor: Editor, field: Field, value: Any, path: Path, label: str = "") -> None:
    """A single widget; what it cannot show is written out and left as it is."""
    key = editor.key(path)
    unit = _("（{unit}）").format(unit=field.unit) if isinstance(field, Whole) and field.unit else ""
    named = notice.plain(f"{label or field.label}{unit}")
    if field.fixed:
        st.markdown(f"{named}　{notice.plain(value_words(field, value, editor.scope))}")
        return

    def changed(convert: Callable[[Any], Any] = lambda given: given) -> dict[str, Any]:
        return {"key": key, "on_change": editor.put_from, "args": (path, field, key, convert)}

    _widget(field, value, named, editor, changed)


@singledispatch
def _widget(field: Field, *_: Any) -> None:
    raise TypeError(type(field))


@_widget.register
def _text(field: Text, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    text = str(value or "")
    if field.names:
        names = _("、").join(f"{{{name}}} {words}" for name, words in field.names.items())
        st.caption(notice.plain(_("{label}可以使用：{names}").format(label=_(field.label), names=names)))
    if field.lines > 1:
        st.text_area(label, text, help=_(field.help) or None, height=field.lines * 24 + 20, **changed())
    else:
        st.text_input(label, text, help=_(field.help) or None, **changed())


@_widget.register
def _whole(field: Whole, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    shown = value if type(value) is int else None
    st.number_input(label, value=shown, step=1, help=_bounds(field), **changed())


def _bounds(field: Whole) -> str:
    return (
        _("{help}{least} 至 {most} {unit}")
        .format(help=_(field.help), least=field.least, most=field.most, unit=field.unit)
        .strip()
    )


@_widget.register
def _share(field: Share, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    shown = round(float(value) * _PERCENT, 1) if isinstance(value, int | float) else None
    st.number_input(
        _("{label}（%）").format(label=label),
        value=shown,
        step=1.0,
        help=_(field.help) or None,
        **changed(lambda given: None if given is None else round(given / _PERCENT, 4)),
    )


@_widget.register
def _yes(field: Yes, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    st.checkbox(label, value is True, help=_(field.help) or None, **changed())


@_widget.register
def _choice(field: Choice, value: Any, label: str, editor: Editor, changed: Any) -> None:
    named = dict(field.named(editor.scope))
    empty = field.nullable or field.optional
    if value is not None and value not in named:
        named[value] = _("{value}（已不在清单中）").format(value=value)
    codes = [*((None,) if empty and None not in named else ()), *named]
    index = codes.index(value) if value in codes else None
    st.selectbox(
        label,
        codes,
        index=index,
        help=_(field.help) or None,
        placeholder=_("请选择"),
        format_func=lambda code: _(named.get(code, NOTHING)),
        **changed(),
    )


@_widget.register
def _several(field: Several, value: Any, label: str, editor: Editor, changed: Any) -> None:
    named = dict(field.named(editor.scope))
    given = [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
    named |= {each: _("{each}（已不在清单中）").format(each=each) for each in given if each not in named}
    st.multiselect(
        label,
        list(named),
        given,
        help=_(field.help) or None,
        placeholder=_("请选择"),
        format_func=lambda code: _(named.get(code, code)),
        **changed(),
    )


@_widget.register
def _words(field: Words, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    text = "\n".join(map(str, value)) if isinstance(value, list) else ""
    st.text_area(label, text, help=_(field.help) or _("每行一项。"), height=120, **changed(lines_of))


@_widget.register
def _day(field: Day, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    st.date_input(
        label,
        as_day(value),
        format="YYYY-MM-DD",
        help=_(field.help) or None,
        min_value=date(1949, 10, 1),
        max_value=date(2199, 12, 31),
        **changed(lambda given: given.isoformat() if given else None),
    )


@_widget.register
def _clock(field: Clock, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    st.text_input(label, str(value or ""), help=_(field.help) or None, placeholder="08:40", **changed(as_clock))


@_widget.register
def _times(field: Times, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    st.text_input(label, times_words(value), help=_(field.help) or None, placeholder=_("不受理"), **changed(times_of))


@_widget.register
def _span(field: Span, value: Any, label: str, editor: Editor, changed: Any) -> None:  # noqa: ARG001
    text = " - ".join(map(str, value)) if isinstance(value, list) else ""
    st.text_input(label, text, help=_(field.help) or None, placeholder="18 - 30", **changed(span_of))


# -- what is typed as one text
def lines_of(text: str) -> list[str]:
    """One text a line, empty lines left out."""
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def as_day(value: Any) -> date | None:
    """A stored day for the calendar widget."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def as_clock(text: str) -> str:
    """`8：40` as `08:40`; anything else as it was typed, for the check to refuse."""
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})", str(text or "").strip())
    return f"{int(found[1]):02d}:{found[2]}" if found else str(text or "").strip()


def times_words(value: Any) -> str:
    """Opening times as they are typed: 08:40-11:30、13:00-17:00."""
    if not isinstance(value, list):
        return str(value or "")
    return _("、").join("-".join(map(str, pair)) if isinstance(pair, list) else str(pair) for pair in value)


def times_of(text: str) -> Any:
    """Typed opening times; what is no time at all is kept as typed, for the check to refuse."""
    parts = [part for part in re.split(r"[、,，;；\s]+", str(text or "").strip()) if part]
    return [[as_clock(end) for end in re.split(r"[-－—~至]", part)] for part in parts]


def span_of(text: str) -> Any:
    """Two whole numbers as typed; anything else is kept for the check to refuse."""
    numbers = re.findall(r"\d+", str(text or ""))
    return [int(each) for each in numbers] if numbers else str(text or "")
