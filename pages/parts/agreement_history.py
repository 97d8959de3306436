"""One agreement: its versions with their days, two of them compared, and who read and signed a version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from core.actor import Actor
from core.agreement_book import Edition
from core.permissions import Permission, holds
from core.ports import Desk
from core.rules.agreement_check import PLACES
from core.rules.agreement_conditions import in_words
from core.usecases.agreement_desk import MOST, Book, Entry, Reader, agreement_readers
from pages.parts import clock_words, notice
from pages.parts.agreement_editor import show_preview
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _
from pages.parts.text_compare import text_compare

STATES = {"present": "生效中", "planned": "待生效", "past": "已停用"}


def agreement_history(desk: Desk, actor: Actor, book: Book, entry: Entry, on_change: Callable[[], None]) -> None:
    """Everything that is known of an agreement; `on_change` begins a draft of it."""
    edition = entry.shown(book.today)
    row = edition.row
    st.subheader(_("《{row}》").format(row=_(row["title"])))
    st.button(_("修改（新建草稿）"), key="agreement_change", icon=":material/edit:", on_click=on_change)
    fact_table(
        _("现在"),
        [
            (_("代码"), cell(entry.code)),
            (_("版本"), cell(f"{row['version']}　{_(STATES[edition.state(book.today)])}")),
            (_("适用"), cell(in_words(row["applies"], book.titles))), (_("出现的步骤"), cell(PLACES[row["place"]])),
            (_("顺序"), cell(row["order"])), (_("签署"), cell(_("需要签署") if row["signed"] else _("只阅读"))),
            (_("最少阅读"), cell(_("{row} 秒").format(row=row['min_read_seconds']))),
        ],
    )  # fmt: skip
    if len(entry.editions) > 1 and edition.state(book.today) == "present":
        campaign_link(actor, entry.code, row)
    _versions(book, entry)
    chosen = {each.row["version"]: each for each in entry.editions}
    version = st.selectbox(_("查看版本"), list(reversed(chosen)), key=f"version_{entry.code}")
    printed, compared, readers = st.tabs([_("正文（PDF）"), _("与另一版本对比"), _("阅读与签署")])
    with printed:
        shown = chosen[version].row
        show_preview(desk, actor, shown["title"], shown["text"], entry.code, version)
    with compared:
        _compare(entry, chosen[version])
    with readers:
        _readers(desk, actor, entry.code, version)


def campaign_link(actor: Actor, code: str, row: Mapping[str, Any]) -> None:
    """From an agreement that customers sign to a 补签 of those who signed an older version."""
    if row["signed"] and row["place"] == "agreements" and holds(actor, Permission.AGREEMENT_MANAGE):
        label = _("请签过旧版本的客户补签《{row}》").format(row=notice.plain(row["title"]))
        st.page_link("staff/supplements.py", label=label, icon=":material/contract_edit:",
                     query_params={"campaign": "new", "code": code})  # fmt: skip


def days(edition: Edition) -> str:
    """From when to when, in words. The first list is older than any firm: there the day of the text itself counts."""
    since = max(edition.since, date.fromisoformat(edition.row["effective_from"]))
    if edition.until:
        return _("{day} 至 {day_2}").format(day=_day(since), day_2=_day(edition.until))
    return _("{day} 起").format(day=_day(since))


def _day(day: date) -> str:
    return day.isoformat()


def _versions(book: Book, entry: Entry) -> None:
    lines = [_("| 版本 | 状态 | 生效 | 编写 | 使用的受理单 | 已签署 |"), "|---|---|---|---|--:|--:|"]
    for each in reversed(entry.editions):
        use = entry.uses.get(each.row["version"])
        figures = (str(use.cases), str(use.signed)) if use else ("0", "0")
        words = (
            each.row["version"],
            _(STATES[each.state(book.today)]),
            days(each),
            book.names.get(each.changed_by, ""),
        )
        lines.append("| " + " | ".join([*map(cell, words), *figures]) + " |")
    st.markdown("\n".join(lines))


def _compare(entry: Entry, edition: Edition) -> None:
    others = [each.row["version"] for each in reversed(entry.editions) if each is not edition]
    if not others:
        notice.empty_state(_("只有一个版本，没有可以对比的内容。"))
        return
    other = st.selectbox(_("与哪个版本对比"), others, key=f"compare_{entry.code}")
    whole = st.toggle(_("显示全文"), key=f"whole_{entry.code}")
    old = next(each for each in entry.editions if each.row["version"] == other)
    first, second = sorted((old, edition), key=lambda each: each.since)
    st.caption(_("从版本 {row} 到版本 {row_2}").format(row=first.row["version"], row_2=second.row["version"]))
    text_compare(first.row["text"], second.row["text"], whole=whole)


def _readers(desk: Desk, actor: Actor, code: str, version: str) -> None:
    """The list opens by a button only, because opening it is on record."""
    if not holds(actor, Permission.CASE_READ):
        notice.empty_state(_("查看名单需要查看受理单的权限。"))
        return
    opened = f"readers_{code}_{version}"
    if not st.toggle(_("打开名单（会记入审计）"), key=opened):
        return
    found = agreement_readers(desk, actor, code, version)
    if not found.rows:
        notice.empty_state(_("还没有客户阅读或签署这个版本。"))
        return
    median = _("阅读时长的中位数 {median} 秒。").format(median=found.median) if found.median is not None else ""
    st.caption(_("共 {count} 位，最多列出 {most} 位。{median}").format(count=len(found.rows), most=MOST, median=median))
    st.markdown(
        "\n".join(
            [
                _("| 客户 | 受理单号 | 阅读时长 | 读完时间 | 签署时间 |"),
                "|---|---|--:|---|---|",
                *map(_line, found.rows),
            ]
        )
    )


def _line(row: Reader) -> str:
    read = clock_words.exact(row.read_at) if row.read_at else ""
    signed = clock_words.exact(row.signed_at) if row.signed_at else ""
    signed = signed if row.in_force else _("{signed}（已作废）").format(signed=signed)
    seconds = _("{seconds} 秒").format(seconds=row.seconds) if row.seconds is not None else ""
    return "| " + " | ".join(map(cell, (row.customer, row.case.number, seconds, read, signed))) + " |"
