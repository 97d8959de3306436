"""The supervisor's side of reservations: places and customers of a week, capacity, closing, opening (R207, R211)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Branch, Reservation
from core.rules.calendar import local_day
from core.rules.masks import mask_name
from core.rules.reservation import ReservationState, Slot
from core.rules.service_hours import clock_of
from core.sentence import Sentence
from core.usecases.loading import fresh_calendar
from core.usecases.offered_slots import DayOffer, days_of
from core.usecases.reservations import Frame, cancel_booked, frame_of, hold_ticket, tell, words_of

MOST_PLACES, MOST_REASON = 500, 40


@dataclass(frozen=True)
class Booked:
    """A reservation in a list: the customer masked, `missed` how often the customer did not come before."""

    reservation: Reservation
    words: Sentence
    case_number: str
    customer: str
    missed: int


def frame_now(work: Work) -> Frame:
    """The frame with the calendar as it stands, for those who have just changed it."""
    return frame_of(work, fresh_calendar(work, local_day(work.now)))


def branches_of(desk: Desk, actor: Actor) -> list[Branch]:
    """The branches whose reservations the actor manages."""
    allow(actor, Permission.RESERVATION_MANAGE)
    with desk.read(actor.firm_id) as work:
        return work.firms.branches()


def week_overview(desk: Desk, actor: Actor, branch_id: str, first: date, count: int = 7) -> list[DayOffer]:
    """The slots of the branch's days from `first` on with capacity, use and state."""
    allow(actor, Permission.RESERVATION_MANAGE)
    with desk.read(actor.firm_id) as work:
        _branch(work, branch_id)
        return days_of(work, branch_id, first, count, frame_now(work))


def day_list(desk: Desk, actor: Actor, branch_id: str, day: date) -> list[Booked]:
    """Everybody who booked a day, in any state; masked, so no personal read."""
    allow(actor, Permission.RESERVATION_MANAGE)
    with desk.read(actor.firm_id) as work:
        rules = frame_of(work).rules
        return [booked(work, found, words_of(found, rules)) for found in work.reservations.of_day(branch_id, day)]


def booked(work: Work, found: Reservation, words: Sentence) -> Booked:
    """A reservation as lists show it."""
    case = work.cases.get(found.case_id)
    profile = work.cases.answers(found.case_id).get("profile")
    name = mask_name(str(profile.values["name"])) if profile else ""
    return Booked(found, words, case.number, name, work.reservations.broken_promises(found.owner))


def _branch(work: Work, branch_id: str) -> None:
    if branch_id not in {branch.id for branch in work.firms.branches()}:
        raise NotFound


def _slots(work: Work, branch_id: str, keys: Sequence[str]) -> list[Slot]:
    """The firm's slots of these names; raises `NotFound` for another branch or name."""
    _branch(work, branch_id)
    known = {slot.key: slot for slot in frame_of(work).rules.slots}
    if not keys or not set(keys) <= set(known):
        raise NotFound
    return [known[key] for key in keys]


def _hold(work: Work, branch_id: str, day: date, slots: Sequence[Slot]) -> None:
    if day < local_day(work.now):
        raise WrongState("过去的日期不能更改。")
    work.reservations.hold_slots(branch_id, [(day, slot.key, clock_of(slot.ends)) for slot in slots])


def set_capacity(
    desk: Desk, actor: Actor, branch_id: str, day: date, slot: str, capacity: int | None, *, confirmed: bool = False
) -> str:
    """Set the places of a slot by hand, or by the roster again with None. What is booked stays booked.

    Returns a warning, and saves nothing, when fewer places than bookings would be left and nobody confirmed it.
    """
    allow(actor, Permission.RESERVATION_MANAGE)
    if capacity is not None and not 0 <= capacity <= MOST_PLACES:
        raise WrongState(Sentence("名额请填 0 至 {most_places}。", most_places=MOST_PLACES))
    with desk.write(actor.firm_id) as work:
        _hold(work, branch_id, day, _slots(work, branch_id, [slot]))
        use = work.reservations.slots(branch_id, day, day)[day, slot]
        if capacity is not None and capacity < use.used and not confirmed:
            return Sentence(
                "已有 {used} 人预约，名额将少于已约人数。已约的客户不受影响，只是不再接受新的预约。", used=use.used
            )
        values = {"by_hand": capacity is not None} | ({} if capacity is None else {"capacity": capacity})
        work.reservations.set_slot(branch_id, day, slot, **values)
        detail = {"day": day.isoformat(), "slot": slot, "capacity": capacity, "before": use.capacity, "used": use.used}
        work.audit(actor, Tag.STAFF_RESERVATION_CAPACITY, f"branch:{branch_id}", **detail)
    return ""


def close_slots(desk: Desk, actor: Actor, branch_id: str, day: date, slots: Sequence[str], reason: str) -> int:
    """Take no more bookings for these slots of a day. Whoever booked is told by SMS with the reason and may rebook.

    Returns how many reservations were cancelled.
    """
    allow(actor, Permission.RESERVATION_MANAGE)
    reason = " ".join(reason.split()).rstrip("。.，,")
    if not 2 <= len(reason) <= MOST_REASON:
        raise WrongState(
            Sentence("请填写原因（2 至 {most_reason} 个字），客户会在短信中看到。", most_reason=MOST_REASON)
        )
    with desk.write(actor.firm_id) as work:
        wanted = _slots(work, branch_id, slots)
        for case_id in sorted({found.case_id for found in work.reservations.of_day(branch_id, day)}):
            hold_ticket(work, case_id)
        _hold(work, branch_id, day, wanted)
        for slot in wanted:
            work.reservations.set_slot(branch_id, day, slot.key, closed=reason)
        keys = {slot.key for slot in wanted}
        touched = [found for found in work.reservations.of_day(branch_id, day) if found.slot in keys]
        count = cancel_and_tell(work, touched, reason)
        detail = {"day": day.isoformat(), "slots": list(slots), "reason": reason, "cancelled": count}
        work.audit(actor, Tag.STAFF_RESERVATION_CLOSE, f"branch:{branch_id}", **detail)
        return count


def cancel_and_tell(work: Work, reservations: Sequence[Reservation], reason: str) -> int:
    """Cancel those that are still booked and tell each customer why; how many."""
    valid = [found for found in reservations if found.state is ReservationState.BOOKED]
    cancelled = [found for found in valid if cancel_booked(work, found, reason)]
    for found in cancelled:
        tell(work, found, "reservation_closed", reason=reason)
    return len(cancelled)


def open_slots(desk: Desk, actor: Actor, branch_id: str, day: date, slots: Sequence[str]) -> None:
    """Take bookings again."""
    allow(actor, Permission.RESERVATION_MANAGE)
    with desk.write(actor.firm_id) as work:
        wanted = _slots(work, branch_id, slots)
        _hold(work, branch_id, day, wanted)
        for slot in wanted:
            work.reservations.set_slot(branch_id, day, slot.key, closed="")
        work.audit(actor, Tag.STAFF_RESERVATION_OPEN, f"branch:{branch_id}", day=day.isoformat(), slots=list(slots))
