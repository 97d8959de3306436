"""规则设置: the firm's own rules by subject, their drafts, their approval; import, export, branches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from core.errors import DeskError
from core.permissions import Permission, holds
from core.records_rules import DRAFT_TITLES, DraftState, RuleDraft
from core.rule_kinds import find_kind
from core.usecases.read_rules import KindState, open_drafts, rule_states
from pages.parts import acting, notice, visitor, wiring
from pages.parts.language import _
from pages.parts.list_and_detail import list_and_detail
from pages.parts.rule_branches import show_branches
from pages.parts.rule_carry import show_carry
from pages.parts.rule_draft import show_draft
from pages.parts.rule_kind import show_kind
from pages.parts.rule_words import day_words, since_words

CARRY, BRANCHES = "carry", "branches"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
chosen, draft_id = str(st.query_params.get("kind", "")), str(st.query_params.get("draft", ""))


def _choose(kind: str = "", draft: str = "") -> None:
    acting.ask(None)
    for name, value in (("kind", kind), ("draft", draft)):
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def _entry(label: str, key: str, marked: bool, kind: str = "", draft: str = "") -> None:
    with st.container(key=f"entry-{key}"):
        st.button(label, key=f"open_{key}", type="primary" if marked else "secondary", width="stretch",
                  on_click=_choose, args=(kind, draft))  # fmt: skip


def _waiting(drafts: Sequence[tuple[RuleDraft, str]]) -> None:
    """What waits for a decision, and the own drafts."""
    shown = [(d, who) for d, who in drafts if d.state is DraftState.PROPOSED or d.made_by == actor.id]
    if not shown:
        return
    st.markdown(_("**待审批和我的草稿**"))
    for draft, who in shown:
        title = notice.plain(find_kind(draft.kind).title)
        label = f"**{title}**　{DRAFT_TITLES[draft.state]}  \n{notice.plain(who)}"
        _entry(label, draft.id, draft.id == draft_id, draft.kind, draft.id)


def _kinds(states: Sequence[KindState]) -> None:
    order = list(dict.fromkeys(state.kind.subject for state in states))
    ranked = sorted(states, key=lambda state: order.index(state.kind.subject))
    for subject, found in groupby(ranked, key=lambda state: state.kind.subject):
        st.markdown(f"**{notice.plain(subject)}**")
        for state in found:
            _kind(state)


def _kind(state: KindState) -> None:
    planned = "".join(
        _("，第 {version} 版 {version_2} 生效").format(version=version.version, version_2=_(day_words(version)))
        for version in state.planned[-1:]
    )
    about = notice.plain(f"{since_words(state.present, state.names)}{planned}")
    marked = state.kind.key == chosen and not draft_id
    _entry(f"**{notice.plain(state.kind.title)}**  \n{about}", state.kind.key, marked, state.kind.key)


def _links() -> None:
    st.markdown(_("**其他**"))
    _entry(_("**导出与导入**  \n整套规则一个文件"), CARRY, chosen == CARRY, CARRY)
    if holds(actor, Permission.PEOPLE_MANAGE):
        _entry(_("**营业部**  \n新增、修改营业部"), BRANCHES, chosen == BRANCHES, BRANCHES)
    if holds(actor, Permission.SKILLS_MANAGE):
        st.page_link("staff/people.py", label=_("人员与角色"), icon=":material/badge:")
    if holds(actor, Permission.CALENDAR_MANAGE):
        st.page_link("staff/calendar.py", label=_("工作日历"), icon=":material/event:")


def _chosen() -> None:
    if draft_id:
        show_draft(desk, actor, draft_id)
    elif chosen == CARRY:
        show_carry(desk, actor)
    elif chosen == BRANCHES:
        show_branches(desk, actor)
    elif chosen:
        show_kind(desk, actor, chosen)
    else:
        notice.empty_state(_("从列表选择一类规则。修改先存成草稿，由另一位同事批准后，在生效日期起用于新的业务。"))


st.title(_("规则设置"))
left, right = list_and_detail()
try:
    with left:
        _waiting(open_drafts(desk, actor))
        _kinds(rule_states(desk, actor))
        _links()
    with right:
        _chosen()
except DeskError as error:
    notice.refusal(error.text)
