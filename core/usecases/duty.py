"""Duty states of a member of staff: online, busy, break, wrap_up; in none of them is offline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.queueing import ANY_BUSINESS, BREAK_REASONS, HEARTBEAT
from core.records import Duty, StaffMember, Ticket
from core.usecases.offers import miss_offers, offer_waiting, times_of
from core.usecases.queue_overview import Place, place_of


@dataclass(frozen=True)
class Glance:
    """What every staff page shows of the own duty. `rests_until` is the end of the wrap-up; times are aware UTC."""

    duty: Duty | None
    offer: Ticket | None
    in_call: bool
    rests_until: datetime | None
    now: datetime

    @property
    def status(self) -> str:
        """online, busy, break, wrap_up or offline."""
        return self.duty.status if self.duty else "offline"


@dataclass(frozen=True)
class Standing(Glance):
    """What the witness's page shows between calls; `caller` is the customer of the offer as lists show one."""

    caller: Place | None
    waiting: int
    longest: timedelta


def line_of(work: Work, staff_id: str) -> list[Ticket]:
    """Who waits whom this member of staff could serve."""
    skills = set(work.duty.skills(staff_id))
    line = [ticket for branch in sorted({branch for branch, _ in skills}) for ticket in work.queue.waiting(branch)]
    return [t for t in line if {(t.branch_id, t.business), (t.branch_id, ANY_BUSINESS)} & skills]


def change_duty(desk: Desk, actor: Actor, status: str, reason: str = "", *, confirmed: bool = False) -> int:
    """Go online, take a break (a code of `BREAK_REASONS`) or go offline; ends a wrap-up early.

    Returns how many wait when that speaks against leaving: then nothing changed, and the page asks first.
    """
    if status not in {"online", "break", "offline"} or (status == "break" and reason not in BREAK_REASONS):
        raise NotFound("请选择小休的原因。")
    with desk.write(actor.firm_id) as work:
        member = on_staff(work, actor)
        work.duty.current(member.id, lock=True)
        if work.queue.find_held(member.id):
            raise WrongState("通话中不能切换状态，请先结束通话。")
        line = line_of(work, member.id)
        if status != "online" and line and not confirmed:
            return len(line)
        _silence(work, member)
        _set(work, member, status, reason if status == "break" else "")
        work.audit(actor, Tag.STAFF_DUTY_CHANGE, f"staff:{member.id}", status=status, reason=reason, waiting=len(line))
    return 0


def on_staff(work: Work, actor: Actor) -> StaffMember:
    """The member of staff behind the actor, who may serve customers."""
    allow(actor, Permission.QUEUE_SERVE)
    member = work.people.find_staff(staff_id=actor.staff_id)
    if member is None:
        raise NotFound
    return member


def _silence(work: Work, member: StaffMember) -> None:
    """Whoever changes the state while a customer rings gives that customer back."""
    offer = work.queue.find_offered(member.id)
    if offer:
        work.queue.stop_ringing(offer.id, member.id, offer.fence, "decline", "off_duty")


def _set(work: Work, member: StaffMember, status: str, reason: str) -> None:
    if status == "offline":
        work.duty.stop(member.id)
        return
    work.duty.change(member.id, member.branch_id, status, reason)
    if status == "online":
        offer_waiting(work)


def after_call(work: Work, staff_id: str) -> None:
    """A call ended: time to wrap up, where the firm gives some, then online again."""
    duty = work.duty.current(staff_id)
    if duty:
        work.duty.change(staff_id, duty.branch_id, "wrap_up" if times_of(work).wrap_up else "online")


def stay_busy(work: Work, member: StaffMember) -> None:
    """Heartbeat of the page in a call; after a silence the time of the call begins anew."""
    duty = work.duty.current(member.id)
    if duty is None or duty.status != "busy":
        work.duty.change(member.id, member.branch_id, "busy")
    elif work.now - duty.seen_at > HEARTBEAT:
        work.duty.seen(member.id)


def settle_duty(work: Work) -> int:
    """What time alone changes: a wrap-up that is over, a call that ended without its witness."""
    wrap_up, changed = times_of(work).wrap_up, 0
    for duty in work.duty.everybody():
        if _is_over(work, duty, wrap_up) and work.duty.current(duty.staff_id, lock=True) == duty:
            status = "online" if duty.status == "wrap_up" or not wrap_up else "wrap_up"
            work.duty.change(duty.staff_id, duty.branch_id, status)
            changed += 1
    return changed


def _is_over(work: Work, duty: Duty, wrap_up: timedelta) -> bool:
    if duty.status == "wrap_up":
        return work.now - duty.began_at >= wrap_up
    return duty.status == "busy" and work.queue.find_held(duty.staff_id) is None


def stand_by(desk: Desk, actor: Actor) -> Standing:
    """What the page between two calls shows; says that it is there, and lets customers ring. Called every 2 s."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_SERVE)
        seen = _standing(work, actor.staff_id)
    rings = seen.status == "online" and seen.offer is None and seen.waiting > 0
    if not rings and not _has_to_write(seen):
        return seen
    with desk.write(actor.firm_id) as work:
        _stay_on_duty(work, actor)
        return _standing(work, actor.staff_id)


def glance(desk: Desk, actor: Actor) -> Glance:
    """What the other pages show; says that somebody is there, so that the duty goes on and the bell is heard.

    The line is not read, since the heartbeat lets customers ring.
    """
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_SERVE)
        seen = _glance(work, actor.staff_id)
    if not _has_to_write(seen):
        return seen
    with desk.write(actor.firm_id) as work:
        _stay_on_duty(work, actor)
        return _glance(work, actor.staff_id)


def _stay_on_duty(work: Work, actor: Actor) -> None:
    work.duty.seen(actor.staff_id)
    miss_offers(work)
    settle_duty(work)
    offer_waiting(work)


def _glance(work: Work, staff_id: str) -> Glance:
    duty = work.duty.current(staff_id)
    rests_until = duty.began_at + times_of(work).wrap_up if duty and duty.status == "wrap_up" else None
    # Only who is online is offered anybody; a call may outlast the duty of a page that was silent for a moment.
    in_call = (duty is None or duty.status == "busy") and work.queue.find_held(staff_id) is not None
    offer = work.queue.find_offered(staff_id) if duty and duty.status == "online" else None
    return Glance(duty, offer, in_call, rests_until, work.now)


def _standing(work: Work, staff_id: str) -> Standing:
    seen, line = _glance(work, staff_id), line_of(work, staff_id)
    caller = place_of(work, seen.offer, seen.offer.enqueued_at, {}) if seen.offer else None
    longest = max((work.now - ticket.enqueued_at for ticket in line), default=timedelta())
    return Standing(seen.duty, seen.offer, seen.in_call, seen.rests_until, seen.now, caller, len(line), longest)


def _has_to_write(seen: Glance) -> bool:
    duty, offer, now = seen.duty, seen.offer, seen.now
    if duty is None:
        return False
    missed = offer is not None and offer.lease_until is not None and offer.lease_until < now
    rested = seen.rests_until is not None and seen.rests_until <= now
    left = duty.status == "busy" and not seen.in_call
    return missed or rested or left or now - duty.seen_at > HEARTBEAT
