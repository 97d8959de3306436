"""Lists of rows in the form of a draft: a table where each cell is a plain value, else one row at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas
import streamlit as st

from core.rule_kinds.fields import Choice, Clock, Day, Field, Path, Text, Whole, Yes
from core.rule_kinds.groups import Rows
from core.rule_kinds.places import GONE, fresh_row, stored
from pages.parts import notice
from pages.parts.language import _
from pages.parts.rule_editor import Editor

_CELLS = (Text, Whole, Yes, Choice, Clock, Day)
_LONG = 2
Draw = Callable[[Editor, Field, Any, Path], None]


def draw_rows(editor: Editor, field: Rows, value: Any, path: Path, draw: Draw) -> None:
    """The rows of a list with adding, taking away and moving; `draw` draws the fields of one row."""
    rows = value if isinstance(value, list) else []
    st.markdown(
        _("**{label}**（{count}）").format(label=notice.plain(field.label), count=len(rows)), help=_(field.help) or None
    )
    if all(isinstance(each, _CELLS) for each in field.item.fields.values()):
        _table(editor, field, rows, path)
        _show_errors(editor, field, rows, path)
    else:
        _one_of(editor, field, rows, path, draw)


def _show_errors(editor: Editor, field: Rows, rows: list[Any], path: Path) -> None:
    """What is wrong in the rows of a table, named by row and column."""
    for problem in editor.view.problems:
        if problem.path[: len(path)] == path and len(problem.path) > len(path):
            number = int(problem.path[len(path)])
            row = rows[number] if number < len(rows) else None
            notice.field_error(_("{name_of}：{text}").format(name_of=field.name_of(row, number), text=problem.text))


# -- a table
def _table(editor: Editor, field: Rows, rows: list[Any], path: Path) -> None:
    key = editor.key(path, "table")
    shown = [{name: row.get(name) for name in field.item.fields} for row in rows]
    columns = {name: _column(editor, each) for name, each in field.item.fields.items()}
    free = field.least != field.most and not any(each.fixed for each in field.item.fields.values())
    st.data_editor(
        pandas.DataFrame(shown, columns=list(field.item.fields), dtype=object),
        key=key,
        column_config=columns,
        column_order=list(columns),
        num_rows="dynamic" if free else "fixed",
        hide_index=True,
        width="stretch",
        on_change=_table_changed,
        args=(editor, field, rows, path, key),
    )


def _column(editor: Editor, field: Field) -> Any:
    options: dict[str, Any] = {"help": field.help or None, "disabled": field.fixed}
    if isinstance(field, Whole):
        label = _("{label}（{unit}）").format(label=_(field.label), unit=field.unit) if field.unit else field.label
        return st.column_config.NumberColumn(label, step=1, **options)
    if isinstance(field, Yes):
        return st.column_config.CheckboxColumn(field.label, **options)
    if isinstance(field, Choice):
        named = field.named(editor.scope)
        return st.column_config.SelectboxColumn(
            _(field.label), options=list(named), format_func=lambda code: _(named.get(code, code)), **options
        )
    wide = isinstance(field, Text) and (field.lines >= _LONG or field.most > 60)
    return st.column_config.TextColumn(field.label, width="large" if wide else None, **options)


def _table_changed(editor: Editor, field: Rows, rows: list[Any], path: Path, key: str) -> None:
    editor.put_rows(path, edited(field, rows, st.session_state[key]))


def edited(field: Rows, rows: list[Any], change: Mapping[str, Any]) -> list[Any]:
    """The rows after what st.data_editor reports: cells by row number, rows added at the end, rows taken away."""
    cells = {int(number): values for number, values in change["edited_rows"].items()}
    kept = [
        _with_cells(field, row, cells.get(number, {}))
        for number, row in enumerate(rows)
        if number not in set(change["deleted_rows"])
    ]
    for added in change["added_rows"]:
        kept.append(_with_cells(field, fresh_row(field, kept), added))
    return kept


def _with_cells(field: Rows, row: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
    fields = field.item.fields
    given = {name: stored(fields[name], _whole(fields[name], value)) for name, value in cells.items() if name in fields}
    return {name: value for name, value in {**row, **given}.items() if value is not GONE}


def _whole(field: Field, value: Any) -> Any:
    """The browser has one kind of number."""
    return int(value) if isinstance(field, Whole) and isinstance(value, float) and value.is_integer() else value


# -- one row at a time
def _one_of(editor: Editor, field: Rows, rows: list[Any], path: Path, draw: Draw) -> None:
    chosen_key = editor.key(path, "chosen")
    wrong = {problem.path[len(path)] for problem in editor.view.problems if problem.path[: len(path)] == path[:]
             and len(problem.path) > len(path)}  # fmt: skip
    if rows:
        first = _first(editor, path, len(rows))
        number = st.selectbox(
            _("选择{label}").format(label=_(field.item.label)), range(len(rows)), index=first, key=chosen_key,
            format_func=lambda n: f"{n + 1}. {_(field.name_of(rows[n], n))}{_('（需要修改）') if n in wrong else ''}",
        )  # fmt: skip
        with st.container(border=True):
            draw(editor, field.item, rows[number], (*path, number))
    else:
        number = None
        notice.empty_state(_("还没有内容。"))
    _row_buttons(editor, field, rows, path, number)


def _row_buttons(editor: Editor, field: Rows, rows: list[Any], path: Path, number: int | None) -> None:
    def button(label: str, name: str, icon: str, new: list[Any], then: int, *, enabled: bool = True) -> None:
        st.button(label, key=editor.key(path, name), icon=icon, disabled=not enabled,
                  on_click=_put_rows, args=(editor, path, new, then))  # fmt: skip

    with st.container(horizontal=True):
        label = field.item.label
        button(
            _("新增{label}").format(label=label), "add", ":material/add:", [*rows, fresh_row(field, rows)], len(rows)
        )
        if number is None:
            return
        copied = [*rows, fresh_row(field, rows, number)]
        button(_("复制这一{label}").format(label=label), "copy", ":material/content_copy:", copied, len(rows))
        up, down = _swapped(rows, number - 1), _swapped(rows, number)
        button(_("上移"), "up", ":material/arrow_upward:", up, number - 1, enabled=number > 0)
        button(_("下移"), "down", ":material/arrow_downward:", down, number + 1, enabled=number < len(rows) - 1)
        rest = [row for place, row in enumerate(rows) if place != number]
        enough = len(rows) > field.least
        button(
            _("删除这一{label}").format(label=label),
            "remove",
            ":material/delete:",
            rest,
            max(0, number - 1),
            enabled=enough,
        )


def _swapped(rows: list[Any], number: int) -> list[Any]:
    """The rows with this one and the next one in each other's place."""
    if not 0 <= number < len(rows) - 1:
        return rows
    return [*rows[:number], rows[number + 1], rows[number], *rows[number + 2 :]]


def _put_rows(editor: Editor, path: Path, rows: list[Any], then: int) -> None:
    editor.put_rows(path, rows)
    st.session_state[_goal(editor, path)] = then


def _goal(editor: Editor, path: Path) -> str:
    return f"rule_goal_{editor.view.draft.id[:6]}_{'.'.join(map(str, path))}"


def _first(editor: Editor, path: Path, count: int) -> int:
    """Which row is shown when the list begins anew: the one just added or moved."""
    return min(int(st.session_state.get(_goal(editor, path), 0)), count - 1)
