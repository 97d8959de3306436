"""Differences, versions and figures of a dry run as they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.records_rules import DataVersion, RuleDraft
from core.rule_kinds.compare import ADDED, CHANGED, Change
from core.rules.calendar import SHANGHAI, local_day
from core.rules.dry_run import ASPECT_TITLES
from pages.parts import clock_words, notice
from pages.parts.fact_table import cell

MOST_SHOWN = 200
_ICONS = {"新增": ":material/add_circle:", "删除": ":material/remove_circle:", "修改": ":material/edit:"}


def show_changes(found: Sequence[Change]) -> None:
    """Old beside new, one line for each difference."""
    if not found:
        notice.empty_state("与现有版本没有差别。")
        return
    st.caption(f"共 {len(found)} 处不同")
    lines = ["| 改动 | 位置 | 原来 | 改为 |", "|---|---|---|---|"]
    for change in found[:MOST_SHOWN]:
        icon = _ICONS.get(change.what, ":material/swap_vert:")
        old = cell(change.old) if change.what != ADDED else ""
        new = cell(change.new) if change.what in {ADDED, CHANGED} else ""
        lines.append(f"| {icon} {change.what} | {cell(change.where)} | {old} | {new} |")
    st.markdown("\n".join(lines))
    if len(found) > MOST_SHOWN:
        rest = len(found) - MOST_SHOWN
        st.caption(f"还有 {rest} 处没有列出。")


def since_words(version: DataVersion, names: Mapping[str, str]) -> str:
    """Which version, since when, by whom."""
    day = version.effective_from.astimezone(SHANGHAI)
    if version.version == 1 and version.changed_by == "system":
        return "第 1 版，系统初始内容"
    return f"第 {version.version} 版，{day:%Y-%m-%d %H:%M} 起生效，{names.get(version.changed_by, '')}编写"


def draft_words(draft: RuleDraft) -> str:
    """When a draft is to take effect."""
    day = draft.content.effective_on
    when = f"{day:%Y-%m-%d} 零时生效" if day else "批准后立即生效"
    cases = "，正在办理的受理单也改用新版本" if draft.content.open_cases else ""
    return f"{when}{cases}"


def show_numbers(numbers: Mapping[str, Any], *, same_text: bool) -> None:
    """How far the dry run is, or what it found: counts and case numbers."""
    done, total = int(numbers["done"]), max(int(numbers["total"] or 0), int(numbers["done"]))
    months = numbers["months"]
    if numbers["state"] != "done":
        st.progress(done / total if total else 0.0, text=f"正在试算最近 {months} 个月的业务：{done} / {total}")
        return
    if not same_text:
        notice.refusal("试算之后草稿又有修改，请重新试算。")
    changed = numbers["changed"]
    st.markdown(f"最近 {months} 个月办结 **{done}** 笔，按草稿结果不同的有 **{changed}** 笔。")
    for aspect, row in numbers["aspects"].items():
        with st.expander(f"{ASPECT_TITLES[aspect]}：{row['count']} 笔"):
            moves = sorted(row["moves"].items(), key=lambda move: -move[1])[:20]
            lines = ["| 原来 → 按草稿 | 笔数 |", "|---|---|"]
            st.markdown("\n".join([*lines, *(f"| {cell(words)} | {count} |" for words, count in moves)]))
            shown = "、".join(row["cases"][:50])
            st.caption(f"受理单：{shown}")


def made_words(draft: RuleDraft, names: Mapping[str, str]) -> str:
    """Who began it and when."""
    return f"{names.get(draft.made_by, '')}于 {clock_words.exact(draft.made_at)} 开始"


def day_words(version: DataVersion) -> str:
    """The day on which a planned version begins."""
    return f"{local_day(version.effective_from):%Y-%m-%d}"
