"""One account of staff: a new one, or roles, password, one-time password and standing of an existing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.actor import ROLE_TITLES, Actor, Role
from core.ports import Desk
from core.records import StaffMember
from core.usecases import change_staff
from core.usecases.change_skills import Server
from core.usecases.sessions import end_staff_sessions, staff_sessions
from pages.parts import acting, notice, state
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _, dialog, spoken
from pages.parts.own_sessions import session_words
from pages.parts.staff_skills import skills_form

_NEW_FIELDS = (("login", "工号", "小写字母和数字"), ("name", "姓名", ""), ("licence", "执业证号", "见证人员必填"))


@dataclass(frozen=True)
class Office:
    """What all forms need: who changes what where. `branches` is id -> name."""

    desk: Desk
    actor: Actor
    branches: Mapping[str, str]
    firm_name: str
    now: datetime


def _change(act: Callable[[], Mapping[str, str] | None], done: str) -> bool:
    """Run a change from a callback: mistakes go to their fields, a success is said."""
    errors: dict[str, str] = {}
    if not acting.attempt(lambda: errors.update(act() or {})):
        return False
    if errors:
        acting.fail(errors)
        return False
    state.say(done)
    return True


def _roles(key: str, chosen: list[str]) -> None:
    titles = {str(role): title for role, title in ROLE_TITLES.items()}
    st.pills(_("角色"), list(titles), format_func=spoken(titles), selection_mode="multi", default=chosen, key=key)
    acting.field_error("roles")


def _password(label: str, key: str, hint: str) -> None:
    st.text_input(label, key=key, type="password", autocomplete="new-password", max_chars=128, help=hint)
    acting.field_error("password")


def new_account(office: Office, on_done: Callable[[], None]) -> None:
    """The form of a new member of staff; `on_done` runs once it is stored."""

    def add() -> None:
        def value(name: str) -> str:
            return str(st.session_state.get(f"new_{name}") or "")

        roles = list(st.session_state.get("new_roles") or [])
        stored = _change(
            lambda: change_staff.add_staff(
                office.desk, office.actor, login=value("login"), name=value("name"), licence=value("licence"),
                branch_id=value("branch"), roles=roles, password=value("password"),
            ),
            _("已新增。"),
        )  # fmt: skip
        if stored:
            on_done()

    st.subheader(_("新增人员"))
    with st.form("new_person", border=False):
        for field, label, hint in _NEW_FIELDS:
            st.text_input(label, key=f"new_{field}", placeholder=hint, max_chars=40)
            acting.field_error(field)
        names = office.branches
        only = 0 if len(names) == 1 else None
        st.selectbox(
            _("营业部"), list(names), format_func=names.get, key="new_branch", index=only, placeholder=_("请选择")
        )
        acting.field_error("branch_id")
        _roles("new_roles", [])
        _password(_("初始密码"), "new_password", _("至少 10 位，不能包含工号。"))
        st.form_submit_button(_("新增"), type="primary", key="new_save", on_click=add)


def account(office: Office, member: StaffMember, server: Server | None) -> None:
    """Everything that 管理 may change about one member of staff; `server` for those who may serve customers."""
    _about(office, member)
    _edit_roles(office, member)
    if server:
        skills_form(office.desk, office.actor, server, office.branches)
    _reset(office, member)
    _totp(office, member)
    _sessions(office, member)
    _standing(office, member)


def _about(office: Office, member: StaffMember) -> None:
    locked = member.locked_until is not None and member.locked_until > office.now
    standing = _("已关闭") if not member.active else _("已锁定") if locked else _("正常")
    fact_table(member.name, [
        (_("工号"), cell(member.login)),
        (_("营业部"), cell(office.branches.get(member.branch_id))),
        (_("执业证号"), cell(member.licence)),
        (_("状态"), cell(standing)),
        (_("动态口令"), cell(_("已启用") if member.totp_secret else _("未启用"))),
    ])  # fmt: skip


def _edit_roles(office: Office, member: StaffMember) -> None:
    key = f"roles_{member.id}"

    def save() -> None:
        chosen = list(st.session_state.get(key) or [])
        _change(lambda: change_staff.set_roles(office.desk, office.actor, member.id, chosen), _("角色已保存。"))

    _roles(key, [str(role) for role in Role if role in member.roles])
    st.button(_("保存角色"), key="roles_save", type="primary", on_click=save)


def _reset(office: Office, member: StaffMember) -> None:
    def reset() -> None:
        new = str(st.session_state.get("reset_password") or "")
        _change(lambda: change_staff.reset_password(office.desk, office.actor, member.id, new), _("密码已重置。"))

    with st.form(f"password_{member.id}", border=False, clear_on_submit=True):
        _password(_("新密码"), "reset_password", _("至少 10 位，不能包含工号。重置后锁定同时解除。"))
        st.form_submit_button(_("重置密码"), key="reset_save", on_click=reset)


def _totp(office: Office, member: StaffMember) -> None:
    question = f"totp|{member.id}"

    def create() -> None:
        if _change(lambda: change_staff.create_totp(office.desk, office.actor, member.id), _("动态口令已启用。")):
            acting.ask(question)

    def remove() -> None:
        _change(lambda: change_staff.remove_totp(office.desk, office.actor, member.id), _("动态口令已停用。"))

    st.button(_("启用新的动态口令"), key="totp_create", on_click=create)
    if member.totp_secret:
        st.button(_("停用动态口令"), key="totp_remove", type="tertiary", on_click=remove)
    if acting.asking() == question and member.totp_secret:
        _hand_over(member, office.firm_name)


@dialog("请本人现在添加到动态口令应用", on_dismiss=lambda: acting.ask(None))
def _hand_over(member: StaffMember, firm_name: str) -> None:
    st.markdown(_("密钥只在这里显示一次。请在手机的动态口令应用中选择“输入密钥”，或打开下面的地址。"))
    secret = member.totp_secret or ""
    st.code(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), language=None)
    st.code(change_staff.totp_address(member, firm_name), language=None, wrap_lines=True)
    if st.button(_("已添加"), key="totp_done", type="primary", on_click=acting.ask, args=(None,)):
        st.rerun()


def _sessions(office: Office, member: StaffMember) -> None:
    found = staff_sessions(office.desk, office.actor, member.id)

    def end() -> None:
        acting.attempt(lambda: end_staff_sessions(office.desk, office.actor, member.id), _("登录已全部结束。"))

    st.markdown(_("**当前登录**"))
    for session in found:
        st.markdown(session_words(session))
    if found:
        st.button(_("结束全部登录"), key="sessions_end", on_click=end)
    else:
        st.caption(_("现在没有登录。"))


def _standing(office: Office, member: StaffMember) -> None:
    def close() -> None:
        acting.ask(None)
        _change(lambda: change_staff.close_staff(office.desk, office.actor, member.id), _("账号已关闭。"))

    def reopen() -> None:
        _change(lambda: change_staff.reopen_staff(office.desk, office.actor, member.id), _("账号已打开。"))

    if not member.active:
        st.button(_("重新打开账号"), key="reopen", on_click=reopen)
        return
    st.button(_("关闭账号"), key="close", type="tertiary", on_click=acting.ask, args=("close",))
    if acting.asking() == "close":
        _ask_close(member, close)


@dialog("关闭账号", on_dismiss=lambda: acting.ask(None))
def _ask_close(member: StaffMember, close: Callable[[], None]) -> None:
    st.markdown(
        _("关闭后，{name}立即不能登录，正在使用的页面也会退出。以后可以重新打开。").format(
            name=notice.plain(member.name)
        )
    )
    acting.dialog_buttons(_("关闭账号"), close)
