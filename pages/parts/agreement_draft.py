"""A draft of agreements: what it changes, beside what it was and as PDF; handing in, approving, sending back."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.agreement_book import new_row
from core.permissions import Permission, holds
from core.ports import Desk
from core.records_rules import DRAFT_TITLES, DraftState, RuleDraft
from core.rules.agreement_conditions import in_words
from core.usecases.agreement_desk import KIND, Book, Change, draft_changes, end_agreement
from core.usecases.decide_rules import approve_draft, refuse_draft
from core.usecases.draft_rules import begin_draft, propose_draft, withdraw_draft
from core.usecases.read_rules import DraftView, read_draft
from pages.parts import acting, clock_words, notice, state
from pages.parts.agreement_editor import editor, remarks, show_preview
from pages.parts.agreement_form import refill, written_terms
from pages.parts.agreement_history import campaign_link
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _
from pages.parts.text_compare import text_compare

NEW = "new"


def go(**params: str) -> None:
    """Open another part of the page: its address holds ids and codes only."""
    acting.ask(None)
    refill()
    for name in ("agreement", "draft", "view"):
        if params.get(name):
            st.query_params[name] = params[name]
        else:
            st.query_params.pop(name, None)


def start(desk: Desk, actor: Actor, book: Book, code: str) -> None:
    """Go on with the own open draft, or begin one, at this agreement."""
    mine = [draft for draft, __ in book.drafts if draft.made_by == actor.id and draft.state is DraftState.OPEN]
    made: list[RuleDraft] = mine[:1]
    if made or acting.attempt(lambda: made.append(begin_draft(desk, actor, KIND))):
        go(draft=made[0].id, agreement=code)


def draft_page(desk: Desk, actor: Actor, book: Book, draft_id: str, code: str) -> None:
    """The editor for its maker while it is open; for everybody else what it changes."""
    view, changes = read_draft(desk, actor, draft_id), draft_changes(desk, actor, draft_id)
    draft = view.draft
    st.subheader(_("草稿　{draft_titles}").format(draft_titles=DRAFT_TITLES[draft.state]))
    _facts(view)
    if view.moved:
        notice.refusal(view.moved)
    own = draft.made_by == actor.id and draft.state is DraftState.OPEN
    if own and code:
        acting.show_refusal()
        _edit(desk, actor, book, draft, changes, code)
    else:
        _changes(desk, actor, book, changes, own, draft)
        _actions(desk, actor, view)
        if draft.state is DraftState.APPROVED:
            _campaigns(actor, book, changes)


def _campaigns(actor: Actor, book: Book, changes: list[Change]) -> None:
    """New versions of what customers signed before: they may be asked to sign again, once it is in force."""
    for change in changes:
        if change.before and change.after and change.before["version"] != change.after["version"]:
            if str(change.after["effective_from"]) <= book.today.isoformat():
                campaign_link(actor, change.code, change.after)
            else:
                st.caption(notice.plain(_("《{title}》生效后，可以在这里请客户补签。").format(title=_(change.title))))


def _facts(view: DraftView) -> None:
    draft, content = view.draft, view.draft.content
    rows = [
        (_("编写"), cell(f"{view.names[draft.made_by]}　{clock_words.exact(draft.made_at)}")),
        (_("生效日期"), cell(content.effective_on)),
        (_("原因"), cell(content.note)),
        (_("正在办理的业务"), cell(_("改用新版本") if content.open_cases else _("沿用原来的版本"))),
    ]
    if draft.decided_by and draft.decided_at:
        decided = f"{view.names[draft.decided_by]}　{clock_words.exact(draft.decided_at)}　{draft.reason}"
        rows.append((_("审批"), cell(decided)))
    fact_table(_("草稿"), rows)


def _edit(desk: Desk, actor: Actor, book: Book, draft: RuleDraft, changes: list[Change], code: str) -> None:
    rows = {row["code"]: row for row in draft.content.body[KIND]}
    last = max((int(row["order"]) for row in rows.values()), default=100)
    row = rows.get(code) or new_row("", "", "", last + 10)
    editor(desk, actor, book, draft, row, next((each for each in changes if each.code == code), None))
    if code in rows:
        st.button(
            _("停用这份协议"),
            key="ag_end",
            icon=":material/block:",
            on_click=_end,
            args=(desk, actor, draft, code),
            help=_("从生效日期起，新业务不再出现这份协议"),
        )


def _end(desk: Desk, actor: Actor, draft: RuleDraft, code: str) -> None:
    terms = written_terms()
    if acting.attempt(lambda: end_agreement(desk, actor, draft, code, terms), _("已在草稿中停用。")):
        go(draft=draft.id)


def _changes(desk: Desk, actor: Actor, book: Book, changes: list[Change], own: bool, draft: RuleDraft) -> None:
    if not changes:
        notice.empty_state(_("草稿还没有修改任何协议。"))
    for change in changes:
        with st.container(border=True):
            _change(desk, actor, book, change)
            if own and change.after:
                st.button(
                    _("修改"),
                    key=f"edit_{change.code}",
                    on_click=go,
                    kwargs={"draft": draft.id, "agreement": change.code},
                )


def _change(desk: Desk, actor: Actor, book: Book, change: Change) -> None:
    before, after = change.before, change.after
    word = _("修改") if before and after else _("新增") if after else _("停用")
    st.markdown(_("**{word}：《{title}》**").format(word=word, title=notice.plain(change.title)))
    if after is None:
        st.markdown(_("从生效日期起，新业务不再出现这份协议。"))
        return
    old = before or {"version": "", "text": "", "applies": {}, "order": "", "min_read_seconds": "", "signed": None}
    lines = [_("| 项目 | 原来 | 现在 |"), "|---|---|---|"]
    applies = (in_words(old["applies"], book.titles) if before else "", in_words(after["applies"], book.titles))
    yes = {True: _("需要签署"), False: _("只阅读"), None: ""}
    for label, was, now in (
        (_("版本"), old["version"], after["version"]),
        (_("适用"), *applies),
        (_("顺序"), old["order"], after["order"]),
        (_("最少阅读"), old["min_read_seconds"], after["min_read_seconds"]),
        (_("签署"), yes[old["signed"]], yes[after["signed"]]),
    ):
        if was != now:
            lines.append(f"| {label} | {cell(was)} | {cell(now)} |")
    st.markdown("\n".join(lines))
    remarks(change.remarks)
    compared, printed = st.columns(2)
    with compared:
        text_compare(old["text"], after["text"])
    with printed:
        if st.toggle(_("查看 PDF"), key=f"pdf_{change.code}"):
            show_preview(desk, actor, after["title"], after["text"], change.code, after["version"])


def _actions(desk: Desk, actor: Actor, view: DraftView) -> None:
    draft = view.draft
    mine = draft.made_by == actor.id
    acting.show_refusal()
    with st.container(horizontal=True):
        if mine and draft.state is DraftState.OPEN and view.moved:
            st.button(_("从最新版本重新开始"), key="draft_again", on_click=_again, args=(desk, actor, draft))
        elif mine and draft.state is DraftState.OPEN:
            st.button(
                _("提交审批"), key="draft_propose", icon=":material/send:", on_click=_propose, args=(desk, actor, draft)
            )
        if mine and draft.state in (DraftState.OPEN, DraftState.PROPOSED):
            st.button(_("撤回草稿"), key="draft_withdraw", on_click=_withdraw, args=(desk, actor, draft))
    if draft.state is DraftState.PROPOSED and not mine and holds(actor, Permission.RULE_APPROVE):
        st.text_input(_("退回的原因"), key="draft_reason", max_chars=500)
        acting.field_error("reason")
        with st.container(horizontal=True):
            st.button(_("批准"), key="draft_approve", type="primary", on_click=_approve, args=(desk, actor, draft))
            st.button(_("退回"), key="draft_refuse", on_click=_refuse, args=(desk, actor, draft))
    elif draft.state is DraftState.PROPOSED and mine:
        st.caption(_("等待另一位同事审批。"))


def _again(desk: Desk, actor: Actor, draft: RuleDraft) -> None:
    made: list[RuleDraft] = []
    if acting.attempt(lambda: made.append(begin_draft(desk, actor, KIND, from_draft=draft.id))):
        withdraw_draft(desk, actor, draft.id)
        go(draft=made[0].id)


def _propose(desk: Desk, actor: Actor, draft: RuleDraft) -> None:
    found: list[str] = []
    if acting.attempt(lambda: found.extend(each.text for each in propose_draft(desk, actor, draft.id))):
        if found:
            acting.fail({"desk": "".join(found[:5])})
        else:
            go(draft=draft.id)
            state.say(_("已提交，等待另一位同事审批。"))


def _withdraw(desk: Desk, actor: Actor, draft: RuleDraft) -> None:
    if acting.attempt(lambda: withdraw_draft(desk, actor, draft.id), _("已撤回草稿。")):
        go()


def _approve(desk: Desk, actor: Actor, draft: RuleDraft) -> None:
    if acting.attempt(lambda: approve_draft(desk, actor, draft.id), _("已批准，到生效日期自动使用。")):
        go(draft=draft.id)


def _refuse(desk: Desk, actor: Actor, draft: RuleDraft) -> None:
    reason = str(st.session_state.get("draft_reason") or "")
    acting.attempt_form(lambda: refuse_draft(desk, actor, draft.id, reason), _("已退回。"))
