"""What the rest of the desk asks of reservations: priority on joining, presence, what a call or an end makes of one.

Each function works inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from core.actor import Actor
from core.case import Case
from core.flow import Rules
from core.permissions import own
from core.ports import Desk, Work
from core.records import Reservation
from core.rules.calendar import Calendar, local_day
from core.rules.reservation import ReservationRules, ReservationState, in_time, may_become, window_words
from core.rules.service_hours import ServiceHours, clock_of, minutes_of
from core.sentence import Sentence
from core.usecases.loading import calendar_around, rules_for
from core.usecases.notify import notify

SERVED_EARLIER = "已提前完成视频验证"
CASE_ENDED = "业务已结束"
BY_CUSTOMER = "客户取消"
OWN_DOING = frozenset({SERVED_EARLIER, CASE_ENDED, BY_CUSTOMER})
"""Reasons for which the firm owes the customer no explanation."""


@dataclass(frozen=True)
class Frame:
    """What decides about reservations now: the firm's present rules (a case pins older ones), hours, calendar."""

    firm: Rules
    rules: ReservationRules
    calendar: Calendar

    def hours(self, branch_id: str) -> ServiceHours:
        """When the branch's video service is open."""
        return ServiceHours.of(self.firm["service_hours"], "witness", branch_id)


def frame_of(work: Work, calendar: Calendar | None = None) -> Frame:
    """The present frame; `calendar` where the one of a minute ago is too old."""
    firm = rules_for(work)
    rules = ReservationRules.of(firm["reservation_rules"])
    return Frame(firm, rules, calendar or calendar_around(work))


def words_of(found: Reservation, rules: ReservationRules) -> Sentence:
    """The window for people: `2月24日（周二）上午 09:00-12:00`."""
    title = next((slot.title for slot in rules.slots if slot.key == found.slot), "")
    return window_words(title, found.begins_at, found.ends_at)


def priority_of(work: Work, case: Case) -> dict[str, Any]:
    """Columns of the ticket of a customer who joins now: the own window, if the sign-in was in time (R162, R163).

    Empty without a reservation for this branch. Joining is itself a sign of presence.
    """
    found = note_presence(work, case)
    if found is None or found.branch_id != case.branch_id or found.signed_in_at is None or work.now >= found.ends_at:
        return {}
    return {"prio_from": found.begins_at, "prio_until": found.ends_at, "reservation_id": found.id}


def note_presence(work: Work, case: Case) -> Reservation | None:
    """The customer is here now: on the day of the window this counts as the sign-in (R163).

    Who comes too late loses the priority and may book anew. The reservation that is still valid, or None.
    """
    found = work.reservations.find_booked(case.owner)
    if found is None or local_day(work.now) != found.day:
        if found is None:
            _came_after_the_end(work, case)
        return found
    rules = frame_of(work).rules
    came = found.signed_in_at or work.now
    if not in_time(came, found.begins_at, found.ends_at, rules):
        _end(work, found, ReservationState.LATE, signed_in_at=came)
        return None
    if work.now >= found.ends_at:
        return None
    if found.signed_in_at is None:
        work.reservations.change(found.id, ReservationState.BOOKED, signed_in_at=came)
    return replace(found, signed_in_at=came)


def _came_after_the_end(work: Work, case: Case) -> None:
    last = work.reservations.find_last(case.id)
    if last and last.state is ReservationState.NO_SHOW and last.day == local_day(work.now) and not last.signed_in_at:
        work.reservations.change(last.id, last.state, state=str(ReservationState.LATE), signed_in_at=work.now)


def note_sign_in(work: Work, subject: str) -> None:
    """A customer signed in (called where the session is opened)."""
    customer_id = subject.removeprefix("customer:") if subject.startswith("customer:") else None
    case = work.cases.find_open(subject, customer_id)
    if case:
        note_presence(work, case)


def note_visit(desk: Desk, actor: Actor, case: Case) -> None:
    """A signed-in customer opened the own case; writes only when that matters for a reservation of today."""
    own(actor, case)
    with desk.read(actor.firm_id) as work:
        found = work.reservations.find_booked(case.owner)
        matters = found is not None and found.day == local_day(work.now) and found.signed_in_at is None
    if matters:
        with desk.write(actor.firm_id) as work:
            note_presence(work, case)


def note_served(work: Work, case: Case) -> None:
    """A call of this customer was accepted: inside the own window the reservation is used."""
    found = work.reservations.find_booked(case.owner)
    if found and found.begins_at <= work.now < found.ends_at:
        _end(work, found, ReservationState.USED)


def note_passed(work: Work, case: Case) -> None:
    """The video step is done: a window that has begun is used, a later one is free for others."""
    found = work.reservations.find_booked(case.owner)
    if found and found.begins_at <= work.now:
        _end(work, found, ReservationState.USED)
    elif found:
        cancel_booked(work, found, SERVED_EARLIER)


def release(work: Work, case: Case, reason: str = CASE_ENDED) -> None:
    """The case ended: its place is free for others."""
    found = work.reservations.find_booked(case.owner)
    if found and found.case_id == case.id:
        cancel_booked(work, found, reason)


def cancel_booked(work: Work, found: Reservation, reason: str) -> bool:
    """Cancel, give the place and the priority back; False when the reservation had ended otherwise meanwhile."""
    hold_ticket(work, found.case_id)
    work.reservations.hold_slots(found.branch_id, [slot_key(found)])
    if not _end(work, found, ReservationState.CANCELLED, reason=reason):
        return False
    work.reservations.give_back(found.branch_id, found.day, found.slot)
    work.reservations.set_priority(found.case_id)
    return True


def hold_ticket(work: Work, case_id: str) -> None:
    """Lock the customer's live ticket: tickets before slots before reservations, as a claim does it."""
    live = work.queue.find_live(case_id)
    if live:
        work.queue.find(live.id, lock=True)


def _end(work: Work, found: Reservation, state: ReservationState, **values: Any) -> bool:
    assert may_become(found.state, state)
    return work.reservations.change(found.id, found.state, state=str(state), closed_at=work.now, **values)


def end_as(work: Work, found: Reservation, state: ReservationState) -> bool:
    """End a reservation whose window is over; False when something else ended it first."""
    return _end(work, found, state)


def slot_key(found: Reservation) -> tuple[Any, str, str]:
    """Day, beginning and end of the slot that a reservation holds a place of."""
    minutes = (found.ends_at - found.begins_at).seconds // 60 + minutes_of(found.slot)
    return found.day, found.slot, clock_of(min(minutes, 24 * 60))


def tell(work: Work, found: Reservation, template: str, **values: Any) -> None:
    """An SMS about a reservation to its customer."""
    frame = frame_of(work)
    answers = work.cases.answers(found.case_id)
    given = [answers[step].values.get("phone") for step in ("profile", "identity") if step in answers]
    phone = next((str(number) for number in given if number), "")
    notify(work, frame.firm, found.owner, phone, template, slot=words_of(found, frame.rules), **values)
