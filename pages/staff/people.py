"""人员: whom witnesses serve, for supervisors; accounts, roles, passwords and one-time passwords, for 管理."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.actor import ROLE_TITLES, Role
from core.errors import DeskError
from core.permissions import Permission, holds
from core.records import StaffMember
from core.usecases.change_skills import Server, serving_staff
from core.usecases.change_staff import all_staff
from pages.parts import acting, notice, visitor, wiring
from pages.parts.language import _
from pages.parts.list_and_detail import list_and_detail
from pages.parts.staff_account import Office, account, new_account
from pages.parts.staff_skills import skills_form

NEW = "new"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
may_change = holds(actor, Permission.PEOPLE_MANAGE)
chosen = str(st.query_params.get("person", ""))


def _choose(staff_id: str | None) -> None:
    acting.ask(None)
    if staff_id:
        st.query_params["person"] = staff_id
    else:
        st.query_params.pop("person", None)


def _entry(person: StaffMember | Server, about: str) -> None:
    label = f"**{notice.plain(person.name)}**　{notice.plain(person.login)}  \n{about}"
    kind = "primary" if person.id == chosen else "secondary"
    with st.container(key=f"entry-{person.id}"):
        st.button(label, key=f"person_{person.id}", type=kind, width="stretch", on_click=_choose, args=(person.id,))


def _accounts(members: Sequence[StaffMember]) -> None:
    st.button(_("新增人员"), key="person_new", icon=":material/person_add:", on_click=_choose, args=(NEW,))
    for member in members:
        roles = _("、").join(_(ROLE_TITLES[role]) for role in Role if role in member.roles)
        closed = _("　:material/block: 已关闭") if not member.active else ""
        _entry(member, f"{roles}{closed}")


def _servers(servers: Sequence[Server], branches: dict[str, str]) -> None:
    if not servers:
        notice.empty_state(_("还没有见证人员。请管理员先添加。"))
    for server in servers:
        none = "" if server.skills else _("　:material/block: 没有服务范围")
        _entry(server, f"{notice.plain(branches.get(server.branch_id, ''))}{none}")


def _office() -> Office:
    with desk.read(actor.firm_id) as work:
        branches = {branch.id: branch.name for branch in work.firms.branches()}
        return Office(desk, actor, branches, work.firms.firm().name, work.now)


def _chosen(office: Office, members: Sequence[StaffMember], servers: Sequence[Server]) -> None:
    found = next((member for member in members if member.id == chosen), None)
    server = next((server for server in servers if server.id == chosen), None)
    acting.show_refusal()
    if chosen == NEW and may_change:
        new_account(office, lambda: _choose(None))
    elif found:
        account(office, found, server)
    elif server:
        st.subheader(notice.plain(server.name))
        skills_form(desk, actor, server, office.branches)
    else:
        choose = _("从列表选择一位员工，或新增人员。") if may_change else _("从列表选择一位见证人员，设置其服务范围。")
        notice.empty_state(choose)


st.title(_("人员"))
left, right = list_and_detail()
try:
    everybody = all_staff(desk, actor) if may_change else []
    serving, place = serving_staff(desk, actor), _office()
    with left:
        _accounts(everybody) if may_change else _servers(serving, dict(place.branches))
    with right:
        _chosen(place, everybody, serving)
except DeskError as error:
    notice.refusal(error.text)
