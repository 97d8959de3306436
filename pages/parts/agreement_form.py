"""The form of one agreement in a draft: its values in the widgets, and back out of them.

The widgets are filled when another agreement is opened; from then on they hold what is being written until it is saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import streamlit as st

from core.records_rules import DraftContent
from core.rules.agreement_check import MOST_ORDER, MOST_SECONDS, PLACES
from core.rules.agreement_conditions import LABELS, OLDEST, in_words
from core.usecases.agreement_desk import Book
from pages.parts import notice
from pages.parts.language import _

LISTS = ("business", "part", "investor_class", "level", "exchange", "bank")
INSISTED: Mapping[str, bool | None] = {"不限": None, "只在有此选择时": True, "只在没有此选择时": False}
_OPENED = "ag_opened"
MOST_TEXT_HEIGHT = 560


def fill(mark: str, row: Mapping[str, Any], content: DraftContent, today: date) -> None:
    """Put an agreement and the terms of its draft into the widgets, once for each `mark`."""
    if st.session_state.get(_OPENED) == mark and "ag_text" in st.session_state:
        return
    conditions = row["applies"]
    age = conditions.get("age", {})
    values: dict[str, Any] = {
        "code": row["code"], "title": row["title"], "version": row["version"], "text": row["text"],
        "order": int(row["order"]), "signed": bool(row["signed"]), "seconds": int(row["min_read_seconds"]),
        "age_from": age.get("from"), "age_to": age.get("to"),
        "insisted": next(words for words, value in INSISTED.items() if value is conditions.get("insisted")),
        "note": content.note, "open_cases": content.open_cases,
        "day": content.effective_on or today + timedelta(days=1),
    }  # fmt: skip
    values |= {f"applies_{key}": list(conditions.get(key, ())) for key in LISTS}
    for name, value in values.items():
        st.session_state[f"ag_{name}"] = value
    st.session_state[_OPENED] = mark


def refill() -> None:
    """Forget what the widgets hold, so that the next run shows what is stored."""
    st.session_state.pop(_OPENED, None)


def written_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The agreement as the widgets say it; what has no widget stays as it was."""
    held = st.session_state
    code = str(held["ag_code"]).strip()
    return {
        **row, "code": code, "title": str(held["ag_title"]).strip(), "version": str(held["ag_version"]).strip(),
        "text": str(held["ag_text"]).replace("\r\n", "\n"), "order": int(held["ag_order"]),
        "signed": bool(held["ag_signed"]), "min_read_seconds": int(held["ag_seconds"]),
        "applies": written_conditions(), "file": row["file"] if row["code"] == code else f"{code}.md",
    }  # fmt: skip


def written_conditions() -> dict[str, Any]:
    """The conditions; what is left empty is none."""
    held = st.session_state
    found: dict[str, Any] = {key: list(held[f"ag_applies_{key}"]) for key in LISTS if held[f"ag_applies_{key}"]}
    if INSISTED[held["ag_insisted"]] is not None:
        found["insisted"] = INSISTED[held["ag_insisted"]]
    ages = {"from": held["ag_age_from"], "to": held["ag_age_to"]}
    known = {name: int(value) for name, value in ages.items() if value is not None}
    return found | ({"age": known} if known else {})


def written_terms() -> DraftContent:
    """Reason, day and open cases."""
    held = st.session_state
    day = held["ag_day"]
    return DraftContent(
        None, str(held["ag_note"]).strip(), day if isinstance(day, date) else None, bool(held["ag_open_cases"])
    )


def insert_variable(name: str) -> None:
    """Put a variable behind the text; it is moved to its place by hand."""
    st.session_state["ag_text"] = f"{st.session_state['ag_text']}{{{{{name}}}}}"


def name_fields(row: Mapping[str, Any], is_new: bool) -> None:
    """What it is called."""
    left, middle, right = st.columns([3, 2, 1])
    left.text_input(_("协议名称（不带书名号）"), key="ag_title", max_chars=60)
    middle.text_input(
        _("代码"), key="ag_code", max_chars=40, disabled=not is_new, help=_("小写字母、数字和下划线，保存后不能改")
    )
    right.text_input(_("版本号"), key="ag_version", max_chars=20, placeholder="2026.2")
    if row["place"] != "agreements":
        st.caption(_("这份协议出现在“{places}”。").format(places=PLACES[row["place"]]))


def text_field(book: Book) -> None:
    """The text with the variables that can be put into it."""
    with st.expander(_("可以插入的变量")):
        for name, meaning in book.variables.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(f"{{{{{name}}}}}", key=f"ag_variable_{name}", on_click=insert_variable, args=(name,))
                st.caption(notice.plain(meaning))
    st.text_area(
        _("正文"), key="ag_text", height=MOST_TEXT_HEIGHT, placeholder=_("在这里书写正文"),
        help=_("标题写 ## 标题；列表写 1. 或 -；加粗写 **文字**；表格第二行写 |--|--|；变量写 {{变量名}}"),
    )  # fmt: skip


def condition_fields(book: Book) -> None:
    """When it appears, with the sentence that says so."""
    columns = st.columns(2)
    for place, key in enumerate(LISTS):
        titles = book.titles[key]
        columns[place % 2].multiselect(
            LABELS[key], list(titles), format_func=titles.get, key=f"ag_applies_{key}", placeholder=_("不限")
        )
    left, middle, right = st.columns([2, 1, 1])
    left.selectbox(LABELS["insisted"], list(INSISTED), key="ag_insisted")
    middle.number_input(_("年龄从（周岁）"), 0, OLDEST, None, key="ag_age_from", placeholder=_("不限"))
    right.number_input(_("到（含）"), 0, OLDEST, None, key="ag_age_to", placeholder=_("不限"))
    st.info(notice.plain(in_words(written_conditions(), book.titles)), icon=":material/rule:")
    left, middle, right = st.columns(3)
    left.number_input(_("顺序"), 1, MOST_ORDER, key="ag_order", help=_("数字小的在前；风险说明书最先签署"))
    middle.number_input(_("最少阅读时间（秒）"), 0, MOST_SECONDS, key="ag_seconds")
    right.checkbox(_("需要签署"), key="ag_signed")


def term_fields(today: date) -> None:
    """Why, from which day, and whether open cases follow."""
    left, right = st.columns([1, 2])
    left.date_input(_("生效日期"), min_value=today, key="ag_day", format="YYYY-MM-DD")
    right.text_input(_("修改原因（审批人会看到）"), key="ag_note", max_chars=500)
    st.checkbox(_("正在办理的业务也改用新版本（已读和已签的要重新阅读、签署）"), key="ag_open_cases")
