"""人员: accounts of staff, their roles, passwords and one-time passwords."""

from __future__ import annotations

import streamlit as st

from core.actor import ROLE_TITLES, Role
from core.errors import DeskError
from core.records import StaffMember
from core.usecases.change_staff import all_staff
from pages.parts import acting, notice, visitor, wiring
from pages.parts.staff_account import Office, account, new_account

NEW = "new"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
chosen = str(st.query_params.get("person", ""))


def _choose(staff_id: str | None) -> None:
    acting.ask(None)
    if staff_id:
        st.query_params["person"] = staff_id
    else:
        st.query_params.pop("person", None)


def _list(members: list[StaffMember]) -> None:
    st.button("新增人员", key="person_new", icon=":material/person_add:", on_click=_choose, args=(NEW,))
    for member in members:
        roles = "、".join(ROLE_TITLES[role] for role in Role if role in member.roles)
        closed = "　:material/block: 已关闭" if not member.active else ""
        label = f"**{notice.plain(member.name)}**　{notice.plain(member.login)}  \n{roles}{closed}"
        kind = "primary" if member.id == chosen else "secondary"
        with st.container(key=f"entry-{member.id}"):
            st.button(label, key=f"person_{member.id}", type=kind, width="stretch", on_click=_choose, args=(member.id,))


def _office() -> Office:
    with desk.read(actor.firm_id) as work:
        branches = {branch.id: branch.name for branch in work.firms.branches()}
        return Office(desk, actor, branches, work.firms.firm().name, work.now)


def _chosen(members: list[StaffMember]) -> None:
    found = next((member for member in members if member.id == chosen), None)
    acting.show_refusal()
    if chosen == NEW:
        new_account(_office(), lambda: _choose(None))
    elif found:
        account(_office(), found)
    else:
        notice.empty_state("从列表选择一位员工，或新增人员。")


st.title("人员")
left, right = st.columns([1, 2])
try:
    everybody = all_staff(desk, actor)
    with left:
        _list(everybody)
    with right:
        _chosen(everybody)
except DeskError as error:
    notice.refusal(error.text)
