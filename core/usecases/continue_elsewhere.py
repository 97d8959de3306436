"""Go on with the same case on another device: a one-time ticket, shown as a QR code (R013)."""

from __future__ import annotations

from core import limits
from core.actor import Actor
from core.case import WITH_CUSTOMER
from core.errors import SignedOut, TooMany, WrongState
from core.permissions import own
from core.ports import Desk
from core.usecases.loading import Loaded
from core.usecases.sessions import expired, open_session

CERTIFICATE_STEPS = frozenset({"certificate", "certificate_check"})


def continue_elsewhere(desk: Desk, actor: Actor, case_id: str) -> str:
    """A ticket (2 minutes, once) that signs the same customer in on another device, where the case goes on.

    A customer has one open case (R066), so whoever is signed in by it stands in this one. The new session ends no
    later than the present one would: changing devices is no way round the code by SMS. Raises `SignedOut` without a
    live session, `NotAllowed` for somebody else's case, `TooMany` after 20 in an hour.
    """
    with desk.write(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        if case.state not in WITH_CUSTOMER:
            raise WrongState
        session = work.people.find_session(session_id=actor.session_id) if actor.session_id else None
        if session is None or session.subject != actor.id or expired(session, work.now):
            raise SignedOut
        counted = f"continue|{actor.id}"
        if work.people.events_since(counted, work.now - limits.CONTINUE_WINDOW) >= limits.CONTINUES_MOST:
            raise TooMany("换设备的次数过多，请一小时后再试。")
        work.people.count_event(counted)
        return open_session(
            work, "customer", actor.id, session.phone, life=limits.CONTINUE_LIFE, since=session.created_at
        )


def certificate_stays_behind(loaded: Loaded, step: str) -> bool:
    """Whether a change of device at this step leaves the certificate on the old one, or is about to (R068, R141)."""
    keys = [each.key for each in loaded.plan]
    return bool(CERTIFICATE_STEPS & set(keys[: keys.index(step) + 1]))
