"""Sessions: a one-time ticket becomes an HttpOnly cookie; a session can be revoked at any time.

Tokens read `<firm id>.<secret>`; only SHA-256 of the whole is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, SignedOut
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import SessionRecord
from core.rules.device_kind import device_kind

TICKET_LIFE = timedelta(seconds=60)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Life:
    """How long a session may idle, and live in all."""

    idle: timedelta
    whole: timedelta


LIVES = {
    "customer": Life(timedelta(minutes=60), timedelta(hours=12)),
    "staff": Life(timedelta(minutes=30), timedelta(hours=10)),
}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def firm_of(token: str) -> str:
    """Firm id in front of a token's dot; empty when there is none."""
    return token.partition(".")[0] if "." in token else ""


def open_session(
    work: Work,
    kind: str,
    subject: str,
    phone: str = "",
    *,
    life: timedelta = TICKET_LIFE,
    since: datetime | None = None,
) -> str:
    """Insert a session inside the caller's transaction; returns its one-time ticket, good for `life`.

    `since` is when the person proved who they are, if that was earlier: the session's whole life counts from there.
    """
    ticket = f"{work.firm_id}.{secrets.token_urlsafe(32)}"
    record = SessionRecord(work.new_id(), work.firm_id, kind, subject, since or work.now, work.now, phone)
    work.people.add_session(record, _hash(ticket), work.now + life)
    tag = Tag.STAFF_SESSION_OPEN if kind == "staff" else Tag.CUSTOMER_SESSION_OPEN
    work.audit(Actor(work.firm_id, subject), tag, f"session:{record.id}")
    return ticket


def exchange_ticket(desk: Desk, ticket: str, user_agent: str = "", device: str = "") -> str:
    """Trade a ticket for the cookie's token; raises `SignedOut` for an old, used or foreign ticket.

    Of the browser's header only the kind of device is kept, of a customer's random `device` mark a blind index.
    """
    firm_id = firm_of(ticket)
    token = f"{firm_id}.{secrets.token_urlsafe(32)}"
    with desk.write(firm_id) as work:
        if not firm_id or not work.people.redeem_ticket(_hash(ticket), _hash(token), device_kind(user_agent)):
            raise SignedOut
        session = work.people.find_session(token_hash=_hash(token))
        if device and session and session.kind == "customer":
            work.watch.mark("device", device, session.subject)
    return token


def expired(session: SessionRecord, now: datetime) -> bool:
    """Whether a session idled or lived too long."""
    life = LIVES[session.kind]
    return now - session.seen_at > life.idle or now - session.created_at > life.whole


def find_session(desk: Desk, kind: str, *, token: str = "", session_ref: str = "") -> SessionRecord | None:
    """The live session behind a cookie's token or behind `<firm>.<session id>`; None when there is none."""
    firm_id = firm_of(token or session_ref)
    if not firm_id:
        return None
    with desk.read(firm_id) as work:
        if token:
            found = work.people.find_session(token_hash=_hash(token))
        else:
            found = work.people.find_session(session_id=session_ref.partition(".")[2])
        now = work.now
    if found is None or found.kind != kind or expired(found, now):
        return None
    if now - found.seen_at > TOUCH_EVERY:
        with desk.write(firm_id) as work:
            work.people.touch_session(found.id)
    return found


def sign_out(desk: Desk, session: SessionRecord) -> None:
    """End the session in all tabs; a member of staff is off duty from now on."""
    with desk.write(session.firm_id) as work:
        _close(work, Actor(session.firm_id, session.subject), session)


def _close(work: Work, actor: Actor, session: SessionRecord) -> None:
    work.people.revoke_session(session.id)
    if session.kind == "staff" and not live_sessions(work, session.subject):
        work.duty.stop(session.subject.removeprefix("staff:"))
    tag = Tag.STAFF_SESSION_CLOSE if session.kind == "staff" else Tag.CUSTOMER_SESSION_CLOSE
    work.audit(actor, tag, f"session:{session.id}")


def live_sessions(work: Work, subject: str) -> list[SessionRecord]:
    """Where a person is signed in now, the last used first."""
    return [session for session in work.people.sessions_of(subject) if not expired(session, work.now)]


def own_sessions(desk: Desk, actor: Actor) -> list[SessionRecord]:
    """Where the actor is signed in now: the present session first, then the last used."""
    with desk.read(actor.firm_id) as work:
        found = live_sessions(work, actor.id)
    return sorted(found, key=lambda session: session.id != actor.session_id)


def _own(work: Work, actor: Actor) -> list[SessionRecord]:
    """The actor's sessions; `SignedOut` when the present one was ended (a page left open must not end the others)."""
    own = live_sessions(work, actor.id)
    if actor.session_id not in {session.id for session in own}:
        raise SignedOut
    return own


def end_session(desk: Desk, actor: Actor, session_id: str) -> None:
    """End one of the actor's own sessions; raises `NotFound` for anybody else's, or one that ended already."""
    with desk.write(actor.firm_id) as work:
        found = next((session for session in _own(work, actor) if session.id == session_id), None)
        if found is None:
            raise NotFound("这处登录已经结束。")
        _close(work, actor, found)


def end_other_sessions(desk: Desk, actor: Actor) -> int:
    """End all sessions of the actor but the present one; returns how many."""
    with desk.write(actor.firm_id) as work:
        others = [session for session in _own(work, actor) if session.id != actor.session_id]
        for session in others:
            _close(work, actor, session)
    return len(others)


def staff_sessions(desk: Desk, actor: Actor, staff_id: str) -> list[SessionRecord]:
    """Where a member of staff is signed in now, for 管理."""
    allow(actor, Permission.PEOPLE_MANAGE)
    with desk.read(actor.firm_id) as work:
        return live_sessions(work, f"staff:{staff_id}")


def end_staff_sessions(desk: Desk, actor: Actor, staff_id: str) -> int:
    """End every session of a member of staff (a lost device, somebody who left); returns how many."""
    allow(actor, Permission.PEOPLE_MANAGE)
    with desk.write(actor.firm_id) as work:
        if work.people.find_staff(staff_id=staff_id) is None:
            raise NotFound
        return close_sessions(work, actor, f"staff:{staff_id}")


def close_sessions(work: Work, actor: Actor, subject: str) -> int:
    """End every session of a person inside the caller's transaction; returns how many."""
    found = live_sessions(work, subject)
    for session in found:
        _close(work, actor, session)
    return len(found)
