"""Staff accounts: add, close, roles, password, one-time password. Only for 管理, each change with an audit row."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import pyotp

from core.actor import Actor, Role
from core.audit import Tag
from core.errors import NotAllowed, NotFound
from core.permissions import ROLE_PERMISSIONS, Permission, allow
from core.ports import Desk, Work
from core.queueing import ANY_BUSINESS
from core.records import StaffMember
from core.sentence import Sentence
from core.usecases.hold_case import WORKING, drop_all

PASSWORD_MIN, PASSWORD_MAX = 10, 128
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def login_problem(login: str) -> str | None:
    """Why this cannot be a login: 2 to 40 of a-z, 0-9, dot, dash and underscore, a letter first."""
    if _LOGIN.fullmatch(login):
        return None
    return "工号用 2 至 40 位小写字母、数字、点、横线或下划线，以字母开头。"


def password_problem(login: str, password: str) -> str | None:
    """Why this password is too weak: at least 10 characters, and the login does not stand in it."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return Sentence(
            "密码为 {password_min} 至 {password_max} 位。", password_min=PASSWORD_MIN, password_max=PASSWORD_MAX
        )
    if login and login.lower() in password.lower():
        return "密码不能包含工号。"
    if len(set(password)) <= 4:
        return "密码中不同的字符太少，请换一个。"
    return None


def add_staff(
    desk: Desk,
    actor: Actor,
    *,
    login: str,
    name: str,
    licence: str,
    branch_id: str,
    roles: Sequence[str],
    password: str,
) -> dict[str, str]:
    """Add a member of staff; returns errors by field (login, name, licence, branch_id, roles, password)."""
    allow(actor, Permission.PEOPLE_MANAGE)
    login, name, licence = login.strip().lower(), name.strip(), licence.strip()
    errors = _new_errors(login, name, licence, roles)
    problem = password_problem(login, password)
    if problem:
        errors["password"] = problem
    if errors:
        return errors
    hashed = desk.passwords.hash(password)
    with desk.write(actor.firm_id) as work:
        if work.people.find_staff(login=login):
            return {"login": "这个工号已经有人使用。"}
        if branch_id not in {branch.id for branch in work.firms.branches()}:
            return {"branch_id": "请选择营业部。"}
        chosen = frozenset(Role(role) for role in roles)
        member = StaffMember(work.new_id(), login, name, licence, branch_id, chosen, hashed)
        work.people.add_staff(member)
        _let_witness_serve(work, member, chosen)
        _audit(work, actor, member.id, "add", roles=sorted(chosen))
    return {}


def _new_errors(login: str, name: str, licence: str, roles: Sequence[str]) -> dict[str, str]:
    found = {
        "login": login_problem(login),
        "name": None if name else "请填写姓名。",
        "roles": _roles_problem(roles),
        "licence": "见证人员需要执业证号，客户会看到它。" if Role.WITNESS in roles and not licence else None,
    }
    return {field: text for field, text in found.items() if text}


def _roles_problem(roles: Collection[str]) -> str | None:
    if not roles or not set(roles) <= set(Role):
        return "请至少选择一个角色。"
    return None


def set_roles(desk: Desk, actor: Actor, staff_id: str, roles: Sequence[str]) -> dict[str, str]:
    """Replace the roles; returns errors by field. Works at the next page of whoever is signed in."""
    problem = _roles_problem(roles)
    if problem:
        return {"roles": problem}
    with desk.write(actor.firm_id) as work:
        member = _member(work, actor, staff_id)
        if Role.WITNESS in roles and not member.licence:
            return {"roles": "见证人员需要执业证号，请为其新建账号。"}
        if Role.ADMIN not in roles:
            _keep_an_admin(work, actor, member)
        work.people.change_staff(staff_id, roles=sorted(set(roles)))
        if Role.WITNESS not in member.roles:
            _let_witness_serve(work, member, roles)
        _audit(work, actor, staff_id, "roles", roles=sorted(set(roles)), freed=_freed(work, actor, member, roles))
    return {}


def _let_witness_serve(work: Work, member: StaffMember, roles: Collection[str]) -> None:
    """A new witness serves every business of the own branch; skills that are there stay."""
    if Role.WITNESS in roles and not work.duty.skills(member.id):
        work.duty.add_skill(member.id, member.branch_id, ANY_BUSINESS)


def _freed(work: Work, actor: Actor, member: StaffMember, roles: Collection[str]) -> int:
    """Cases of somebody who no longer does what they wait for are free again; how many."""
    now = {permission for role in roles for permission in ROLE_PERMISSIONS[Role(role)]}
    before = {permission for role in member.roles for permission in ROLE_PERMISSIONS[role]}
    return drop_all(work, actor, member.id) if (before - now) & WORKING else 0


def close_staff(desk: Desk, actor: Actor, staff_id: str) -> None:
    """Close an account: its sessions end at their next click, its cases are free for
    others. Nobody closes the own one or the last 管理."""
    with desk.write(actor.firm_id) as work:
        _keep_an_admin(work, actor, _member(work, actor, staff_id))
        work.people.change_staff(staff_id, active=False)
        _audit(work, actor, staff_id, "close", freed=drop_all(work, actor, staff_id))


def reopen_staff(desk: Desk, actor: Actor, staff_id: str) -> None:
    """Open a closed account again."""
    _change(desk, actor, staff_id, "reopen", active=True)


def reset_password(desk: Desk, actor: Actor, staff_id: str, password: str) -> dict[str, str]:
    """Set a new password, lift a lock and end running sessions; returns errors by field."""
    with desk.read(actor.firm_id) as work:
        member = _member(work, actor, staff_id)
    problem = password_problem(member.login, password)
    if problem:
        return {"password": problem}
    hashed = desk.passwords.hash(password)
    _change(desk, actor, staff_id, "password", password_hash=hashed, failed=0, locked_until=None)
    with desk.write(actor.firm_id) as work:
        work.people.revoke_sessions_of(f"staff:{staff_id}")
    return {}


def create_totp(desk: Desk, actor: Actor, staff_id: str) -> None:
    """Give the account a new secret for one-time passwords (RFC 6238); the old one no longer works."""
    _change(desk, actor, staff_id, "totp_create", totp_secret=pyotp.random_base32())


def remove_totp(desk: Desk, actor: Actor, staff_id: str) -> None:
    """Sign in by password alone again, for a lost phone."""
    _change(desk, actor, staff_id, "totp_remove", totp_secret=None)


def totp_address(member: StaffMember, firm_name: str) -> str:
    """The otpauth: address that authenticator apps read; only to be shown while the secret is handed over."""
    assert member.totp_secret is not None
    return pyotp.TOTP(member.totp_secret).provisioning_uri(name=member.login, issuer_name=firm_name)


def all_staff(desk: Desk, actor: Actor) -> list[StaffMember]:
    """Everybody, open accounts first, by login."""
    allow(actor, Permission.PEOPLE_MANAGE)
    with desk.read(actor.firm_id) as work:
        return sorted(work.people.all_staff(), key=lambda member: (not member.active, member.login))


def _member(work: Work, actor: Actor, staff_id: str) -> StaffMember:
    allow(actor, Permission.PEOPLE_MANAGE)
    member = work.people.find_staff(staff_id=staff_id)
    if member is None:
        raise NotFound
    return member


def _keep_an_admin(work: Work, actor: Actor, member: StaffMember) -> None:
    if member.id == actor.staff_id:
        raise NotAllowed("不能关闭自己的账号，也不能取消自己的管理角色。请由另一位管理人员操作。")
    others = [m for m in work.people.all_staff() if m.active and Role.ADMIN in m.roles and m.id != member.id]
    if not others:
        raise NotAllowed("至少要保留一位管理人员。")


def _change(desk: Desk, actor: Actor, staff_id: str, what: str, **values: Any) -> None:
    with desk.write(actor.firm_id) as work:
        _member(work, actor, staff_id)
        work.people.change_staff(staff_id, **values)
        _audit(work, actor, staff_id, what)


def _audit(work: Work, actor: Actor, staff_id: str, what: str, **detail: Any) -> None:
    work.audit(actor, Tag.STAFF_PERSON_CHANGE, f"staff:{staff_id}", what=what, **detail)
