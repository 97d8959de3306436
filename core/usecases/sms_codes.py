"""Codes by SMS: send one, take one. Signing in, the call and a new phone number use the same (R051, R057, R103)."""

from __future__ import annotations

import hmac
import secrets

from core import limits
from core.ports import Work
from core.records import SmsCode
from core.usecases.loading import rules_for
from core.usecases.notify import notify


def send_code(work: Work, subject: str, owner: str, number: str, purpose: str) -> str:
    """Store a six-digit code as a MAC and post it; the code's id. Without a number nothing is posted.

    `subject` is what the code proves, `owner` whose outbox the message belongs to.
    """
    code_id, code = work.new_id(), f"{secrets.randbelow(1_000_000):06d}"
    work.people.add_code(SmsCode(code_id, subject, number, _mac(work, code_id, code), work.now, 0, used=False))
    if number:
        notify(work, rules_for(work), owner, number, "code", code=code, minutes=5, purpose=purpose)
    return code_id


def accept_code(work: Work, code_id: str, code: str, subject: str = "") -> SmsCode | None:
    """The sent code when this is it, in time and for the first time; every try counts first (5 at most).

    With `subject` only a code that was sent for it is tried at all: nobody uses up another's.
    """
    found = work.people.find_code(code_id)
    if found is None or (subject and found.subject != subject):
        return None
    if not work.people.count_try(code_id, limits.CODE_TRIES):
        return None
    fits = hmac.compare_digest(_mac(work, code_id, code.strip()), found.code_mac)
    if not fits or work.now - found.created_at > limits.CODE_LIFE or not work.people.use_code(code_id):
        return None
    return found


def _mac(work: Work, code_id: str, code: str) -> bytes:
    return work.keys.mac("sms_code", f"{code_id}|{code}".encode())
