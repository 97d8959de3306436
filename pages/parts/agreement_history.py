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
from pages.parts.text_compare import text_compare

STATES = {"present": "生效中", "planned": "待生效", "past": "已停用"}


def agreement_history(desk: Desk, actor: Actor, book: Book, entry: Entry, on_change: Callable[[], None]) -> None:
    """Everything that is known of an agreement; `on_change` begins a draft of it."""
    edition = entry.shown(book.today)
    row = edition.row
    st.subheader(f"《{row['title']}》")
    st.button("修改（新建草稿）", key="agreement_change", icon=":material/edit:", on_click=on_change)
    fact_table(
        "现在",
        [
            ("代码", cell(entry.code)), ("版本", cell(f"{row['version']}　{STATES[edition.state(book.today)]}")),
            ("适用", cell(in_words(row["applies"], book.titles))), ("出现的步骤", cell(PLACES[row["place"]])),
            ("顺序", cell(row["order"])), ("签署", cell("需要签署" if row["signed"] else "只阅读")),
            ("最少阅读", cell(f"{row['min_read_seconds']} 秒")),
        ],
    )  # fmt: skip
    if len(entry.editions) > 1 and edition.state(book.today) == "present":
        campaign_link(actor, entry.code, row)
    _versions(book, entry)
    chosen = {each.row["version"]: each for each in entry.editions}
    version = st.selectbox("查看版本", list(reversed(chosen)), key=f"version_{entry.code}")
    printed, compared, readers = st.tabs(["正文（PDF）", "与另一版本对比", "阅读与签署"])
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
        label = f"请签过旧版本的客户补签《{notice.plain(row['title'])}》"
        st.page_link("staff/supplements.py", label=label, icon=":material/contract_edit:",
                     query_params={"campaign": "new", "code": code})  # fmt: skip


def days(edition: Edition) -> str:
    """From when to when, in words."""
    return f"{_day(edition.since)} 至 {_day(edition.until)}" if edition.until else f"{_day(edition.since)} 起"


def _day(day: date) -> str:
    return day.isoformat()


def _versions(book: Book, entry: Entry) -> None:
    lines = ["| 版本 | 状态 | 生效 | 编写 | 使用的受理单 | 已签署 |", "|---|---|---|---|--:|--:|"]
    for each in reversed(entry.editions):
        use = entry.uses.get(each.row["version"])
        figures = (str(use.cases), str(use.signed)) if use else ("0", "0")
        words = (each.row["version"], STATES[each.state(book.today)], days(each), book.names.get(each.changed_by, ""))
        lines.append("| " + " | ".join([*map(cell, words), *figures]) + " |")
    st.markdown("\n".join(lines))


def _compare(entry: Entry, edition: Edition) -> None:
    others = [each.row["version"] for each in reversed(entry.editions) if each is not edition]
    if not others:
        notice.empty_state("只有一个版本，没有可以对比的内容。")
        return
    other = st.selectbox("与哪个版本对比", others, key=f"compare_{entry.code}")
    whole = st.toggle("显示全文", key=f"whole_{entry.code}")
    old = next(each for each in entry.editions if each.row["version"] == other)
    first, second = sorted((old, edition), key=lambda each: each.since)
    st.caption(f"从版本 {first.row['version']} 到版本 {second.row['version']}")
    text_compare(first.row["text"], second.row["text"], whole=whole)


def _readers(desk: Desk, actor: Actor, code: str, version: str) -> None:
    """The list opens by a button only, because opening it is on record."""
    if not holds(actor, Permission.CASE_READ):
        notice.empty_state("查看名单需要查看受理单的权限。")
        return
    opened = f"readers_{code}_{version}"
    if not st.toggle("打开名单（会记入审计）", key=opened):
        return
    found = agreement_readers(desk, actor, code, version)
    if not found.rows:
        notice.empty_state("还没有客户阅读或签署这个版本。")
        return
    median = f"阅读时长的中位数 {found.median} 秒。" if found.median is not None else ""
    st.caption(f"共 {len(found.rows)} 位，最多列出 {MOST} 位。{median}")
    st.markdown(
        "\n".join(
            ["| 客户 | 受理单号 | 阅读时长 | 读完时间 | 签署时间 |", "|---|---|--:|---|---|", *map(_line, found.rows)]
        )
    )


def _line(row: Reader) -> str:
    read = clock_words.exact(row.read_at) if row.read_at else ""
    signed = clock_words.exact(row.signed_at) if row.signed_at else ""
    signed = signed if row.in_force else f"{signed}（已作废）"
    seconds = f"{row.seconds} 秒" if row.seconds is not None else ""
    return "| " + " | ".join(map(cell, (row.customer, row.case.number, seconds, read, signed))) + " |"
