"""Staff sign in: password (argon2), lock-out after five failures, optional one-time password (TOTP)."""

from __future__ import annotations

import pyotp

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.ports import Desk, Work
from core.records import StaffMember
from core.usecases.sessions import open_session

_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$KmWLdV3wDxsGOb0k/J7xvV9H3zAq7mQo0OZ0fBLkUCc"
WRONG = "工号或密码不正确，或账号已被锁定。"


def sign_in_staff(desk: Desk, firm_id: str, login: str, password: str, otp: str = "") -> str | None:
    """One-time ticket, or None: the answer is the same for an unknown login, a wrong password and a locked account."""
    with desk.read(firm_id) as work:
        known = work.people.find_staff(login=login.strip())
    hashed = known.password_hash if known else _NOBODY
    right = desk.passwords.matches(hashed, password)
    with desk.write(firm_id) as work:
        member = work.people.find_staff(login=login.strip())
        if member is None:
            return None
        locked = member.locked_until is not None and member.locked_until > work.now
        fits = right and member.active and member.password_hash == hashed
        if locked or not fits or not _otp_fits(work, member, otp):
            count_failure(work, member)
            return None
        work.people.change_staff(member.id, failed=0, locked_until=None)
        return open_session(work, "staff", f"staff:{member.id}")


def _otp_fits(work: Work, member: StaffMember, otp: str) -> bool:
    """Whether the one-time password fits; each time step is accepted once (RFC 6238, 5.2)."""
    if member.totp_secret is None:
        return True
    step = int(work.now.timestamp()) // 30
    totp = pyotp.TOTP(member.totp_secret)
    for candidate in (step, step - 1):
        if pyotp.utils.strings_equal(totp.at(candidate * 30), otp.strip()):
            return work.people.use_totp_step(member.id, candidate)
    return False


def count_failure(work: Work, member: StaffMember) -> None:
    """Count a wrong password; too many lock the account for a while."""
    failed = work.people.count_failure(member.id)
    if failed >= limits.STAFF_TRIES:
        work.people.change_staff(member.id, failed=0, locked_until=work.now + limits.STAFF_LOCK)
    work.audit(Actor(work.firm_id, f"staff:{member.id}"), Tag.STAFF_SESSION_FAIL, f"staff:{member.id}", failed=failed)
