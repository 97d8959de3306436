"""A member of staff changes the own password."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import NotAllowed
from core.ports import Desk
from core.usecases.change_staff import password_problem
from core.usecases.sign_in_staff import count_failure

WRONG = "现在的密码不正确。"


def change_own_password(desk: Desk, actor: Actor, current: str, new: str, again: str) -> dict[str, str]:
    """Replace the password and end the other sign-ins; returns errors by field (current, new, again).

    A wrong current password counts like a failed sign-in, so that an unattended page is no place for guessing.
    Raises `NotAllowed` for a locked account and for anybody but staff.
    """
    with desk.read(actor.firm_id) as work:
        member = work.people.find_staff(staff_id=actor.staff_id) if actor.is_staff else None
        if member is None or (member.locked_until is not None and member.locked_until > work.now):
            raise NotAllowed
    right = desk.passwords.matches(member.password_hash, current)
    problem = password_problem(member.login, new)
    found = {"new": problem or "", "again": "" if new == again else "两次输入的新密码不一致。"}
    errors = {field: text for field, text in found.items() if text}
    hashed = desk.passwords.hash(new) if right and not errors else ""
    with desk.write(actor.firm_id) as work:
        if not right:
            count_failure(work, member)
            return {"current": WRONG}
        if hashed:
            work.people.change_staff(member.id, password_hash=hashed, failed=0)
            for session in work.people.sessions_of(actor.id):
                if session.id != actor.session_id:
                    work.people.revoke_session(session.id)
            work.audit(actor, Tag.STAFF_PERSON_CHANGE, f"staff:{member.id}", what="own_password")
    return errors
