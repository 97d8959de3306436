"""Try-out: which documents would this customer get on that day, and why."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.records_rules import DRAFT_TITLES
from core.rules.agreement_conditions import LABELS, OLDEST
from core.usecases.agreement_desk import Book, Question, Tried, try_out
from pages.parts import notice
from pages.parts.fact_table import cell
from pages.parts.language import _

PRESENT = "已批准的协议"


def agreement_try(desk: Desk, actor: Actor, book: Book) -> None:
    """The questions and the answer."""
    st.subheader(_("试一试：这位客户会看到哪些协议"))
    drafts = {
        draft.id: _("草稿（{name}，{draft_titles}）").format(name=name, draft_titles=DRAFT_TITLES[draft.state])
        for draft, name in book.drafts
    }
    chosen = st.selectbox(
        _("按哪一份清单"), ["", *drafts], format_func=lambda each: drafts.get(each, PRESENT), key="try_draft"
    )
    asked = _question(book)
    found = try_out(desk, actor, asked, chosen)
    applied = [each for each in found if each.applied]
    st.markdown(_("**会看到 {count} 份，共 {count_2} 份**").format(count=len(applied), count_2=len(found)))
    st.markdown("\n".join([_("| 协议 | 版本 | 结果 | 原因 |"), "|---|---|---|---|", *map(_line, found)]))
    if asked.part == "other" and asked.business != "profile":
        st.caption(_("登录时的隐私政策，以及上传照片时的同意书和责任书，所有客户都会看到。"))


def _line(each: Tried) -> str:
    reasons = [reason.text for reason in each.reasons if reason.met is each.applied]
    result = _("✓ 会看到") if each.applied else _("✗ 不出现")
    title = _("《{row}》").format(row=_(each.row["title"]))
    return f"| {cell(title)} | {cell(each.row['version'])} | {result} | {cell(''.join(reasons))} |"


def _question(book: Book) -> Question:
    titles = book.titles
    one, two, three = st.columns(3)
    business = one.selectbox(
        LABELS["business"], list(titles["business"]), format_func=titles["business"].get, key="try_business"
    )
    investor = two.selectbox(
        LABELS["investor_class"],
        list(titles["investor_class"]),
        format_func=titles["investor_class"].get,
        key="try_class",
    )
    level = three.selectbox(
        LABELS["level"], list(titles["level"]), format_func=titles["level"].get, key="try_level", index=None,
        placeholder=_("未评估"),
    )  # fmt: skip
    exchanges = one.multiselect(
        LABELS["exchange"], list(titles["exchange"]), format_func=titles["exchange"].get, key="try_exchange",
        placeholder=_("没有选择"),
    )  # fmt: skip
    banks = two.multiselect(
        LABELS["bank"], list(titles["bank"]), format_func=titles["bank"].get, key="try_bank", placeholder=_("没有选择")
    )
    age = three.number_input(_("年龄（周岁）"), 0, OLDEST, 35, key="try_age")
    part = "other"
    if business == "profile":
        part = str(one.selectbox(LABELS["part"], list(titles["part"]), format_func=titles["part"].get, key="try_part"))
    day = two.date_input(_("办理日期"), book.today, key="try_day", format="YYYY-MM-DD")
    return Question(
        day if isinstance(day, date) else book.today, str(business), part, str(investor), str(level or ""),
        tuple(exchanges), tuple(banks), int(age) if age is not None else None,
    )  # fmt: skip


def no_agreements() -> None:
    """Where there is none to choose."""
    notice.empty_state(_("从列表选择一份协议，或新建一份。"))
