"""One kind of rules on the page: what holds, what is planned, its drafts, its versions and how they differ."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.records_rules import DRAFT_TITLES, RuleDraft
from core.rule_kinds.compare import changes, value_words
from core.rule_kinds.fields import Field, Kept, Scope
from core.rule_kinds.groups import Named, Rows
from core.usecases.read_rules import KindHistory, rule_body, rule_history, rules_beside
from pages.parts import acting, clock_words, notice
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _
from pages.parts.rule_draft import begin
from pages.parts.rule_words import MOST_SHOWN, day_words, made_words, show_changes, since_words


def show_kind(desk: Desk, actor: Actor, key: str) -> None:
    """The present version with its values, the planned ones, drafts and history."""
    history = rule_history(desk, actor, key)
    st.subheader(notice.plain(history.kind.title))
    acting.show_refusal()
    if history.kind.help:
        st.caption(notice.plain(history.kind.help))
    present = next(version for version in history.versions if version.version == history.present)
    st.markdown(notice.plain(_("现行：{since_words}").format(since_words=since_words(present, history.names))))
    for version in history.versions:
        if version.version > history.present:
            planned = _("第 {number} 版将于 {day} 生效").format(number=version.version, day=_(day_words(version)))
            st.markdown(f":material/event: {notice.plain(planned)}")
    if history.kind.page:
        st.page_link(f"staff/{history.kind.page}.py", label=_("在专门的页面查看和修改"), icon=":material/edit:")
    st.button(_("修改"), key="kind_begin", type="primary", icon=":material/edit:", on_click=begin,
              args=(desk, actor, key))  # fmt: skip
    now, drafts, past = st.tabs([_("现行内容"), _("草稿与审批"), _("历史版本")])
    with now:
        _values(desk, actor, history)
    with drafts:
        _drafts(history)
    with past:
        _versions(desk, actor, history)


def _values(desk: Desk, actor: Actor, history: KindHistory) -> None:
    """The values of the present version: single ones in a table, each list and table in one of its own."""
    body, shape = rule_body(desk, actor, history.kind.key, history.present), history.kind.shape
    scope = Scope(body, rules_beside(desk, actor))
    plain = {name: field for name, field in shape.fields.items() if not isinstance(field, Rows | Named | Kept)}
    fact_table(_("内容"), [(f.label, cell(value_words(f, body.get(n), scope))) for n, f in plain.items()], _("现在"))
    for name, field in shape.fields.items():
        rows = _rows(field, body.get(name), scope)
        if rows:
            with st.expander(_("{label}（{count}）").format(label=notice.plain(field.label), count=len(rows))):
                fact_table(field.label, [(title, cell(words)) for title, words in rows[:MOST_SHOWN]], _("现在"))


def _rows(field: Field, value: Any, scope: Scope) -> list[tuple[str, str]]:
    if isinstance(field, Rows) and isinstance(value, list):
        return [(field.name_of(row, n), value_words(field.item, row, scope)) for n, row in enumerate(value)]
    if isinstance(field, Named) and isinstance(value, dict):
        return [(field.name_of(n, row), value_words(field.item, row, scope)) for n, row in value.items()]
    return []


def _drafts(history: KindHistory) -> None:
    if not history.drafts:
        notice.empty_state(_("还没有修改过。点“修改”开始一份草稿，完成后由另一位同事审批。"))
    for draft in history.drafts[:30]:
        _draft_button(draft, history)


def _draft_button(draft: RuleDraft, history: KindHistory) -> None:
    label = f"**{DRAFT_TITLES[draft.state]}**　{notice.plain(made_words(draft, history.names))}"
    note = draft.content.note
    words = f"{label}  \n{notice.plain(note)}" if note else label
    with st.container(key=f"entry-{draft.id}"):
        st.button(words, key=f"draft_{draft.id}", width="stretch", on_click=_open_draft, args=(draft.id,))


def _open_draft(draft_id: str) -> None:
    st.query_params["draft"] = draft_id


def _versions(desk: Desk, actor: Actor, history: KindHistory) -> None:
    """Every version, and what one changed against the one before it."""
    lines = [_("| 版本 | 生效 | 编写 | 存入 |"), "|---|---|---|---|"]
    for version in history.versions:
        by = history.names.get(version.changed_by, "")
        stored, begins = clock_words.exact(version.created_at), clock_words.exact(version.effective_from)
        first = _("系统初始内容") if version.version == 1 and version.changed_by == "system" else begins
        lines.append(
            _("| 第 {version} 版 | {first} | {by} | {stored} |").format(
                version=version.version, first=first, by=cell(by), stored=stored
            )
        )
    st.markdown("\n".join(lines))
    later = [version.version for version in history.versions if version.version > 1]
    if later:
        chosen = st.selectbox(
            _("查看改动"), later, key="version_compared", format_func=lambda n: _("第 {n} 版改了什么").format(n=n)
        )
        key = history.kind.key
        old, new = rule_body(desk, actor, key, chosen - 1), rule_body(desk, actor, key, chosen)
        show_changes(changes(history.kind, old, new, {key: new}))
