"""The customer books a period for the video step, changes or cancels it (R150, R159-R164, R212)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.case import WITH_CUSTOMER, Action, Case
from core.errors import TooMany, WrongState
from core.permissions import own
from core.ports import Desk, Work
from core.records import Reservation
from core.rules.calendar import local_day
from core.rules.reservation import ReservationRules, ReservationState, Window, last_day, remind_moment
from core.rules.service_hours import clock_of
from core.sentence import Sentence
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded
from core.usecases.offered_slots import Branch, DayOffer, branch_of, days_of
from core.usecases.reservations import (
    BY_CUSTOMER,
    OWN_DOING,
    cancel_booked,
    frame_of,
    hold_ticket,
    priority_of,
    slot_key,
    tell,
    words_of,
)

TOLD_FOR = timedelta(days=7)
_TOLD = {
    ReservationState.LATE: "您{slot}的预约已过时段，优先视频见证权已失效。可以重新预约，也可以直接排队。",
    ReservationState.NO_SHOW: "您{slot}的预约没有按时进入排队，已失效。可以重新预约，也可以直接排队。",
    ReservationState.HOST_NO_SHOW: "很抱歉，您{slot}的预约未能接通。可以继续排队，也可以重新预约。",
}


@dataclass(frozen=True)
class OwnReservation:
    """The customer's valid reservation in words; `running` while its window lasts."""

    reservation: Reservation
    words: str
    running: bool


@dataclass(frozen=True)
class Board:
    """What a customer sees: the own reservation, what became of the last one, the days; `refusal` instead of days."""

    mine: OwnReservation | None
    told: str
    days: tuple[DayOffer, ...]
    refusal: str


def own_reservation(desk: Desk, actor: Actor, case_id: str) -> OwnReservation | None:
    """The valid reservation of the case's customer."""
    with desk.read(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        return _mine(work, case, frame_of(work).rules)


def _mine(work: Work, case: Case, rules: ReservationRules) -> OwnReservation | None:
    found = work.reservations.find_booked(case.owner)
    if found is None:
        return None
    return OwnReservation(found, words_of(found, rules), found.begins_at <= work.now)


def reservation_board(desk: Desk, actor: Actor, case: Case, *, with_days: bool = True) -> Board:
    """Everything of the reservation part of the witness step, for the page that has just loaded the case."""
    own(actor, case)
    with desk.read(actor.firm_id) as work:
        rules = frame_of(work).rules
        mine, told = _mine(work, case, rules), _told(work, case, rules)
        if not rules.enabled:
            return Board(mine, told, (), "本公司暂不提供预约，请直接排队。")
        if not with_days:
            return Board(mine, told, (), "")
        days = tuple(days_of(work, case.branch_id, local_day(work.now), rules.horizon_days + 1))
    if all(day.refusal for day in days):
        return Board(
            mine,
            told,
            days,
            Sentence(
                "{horizon_days} 天内没有可以预约的时段，请直接排队，或过些时候再来看看。",
                horizon_days=rules.horizon_days,
            ),
        )
    return Board(mine, told, days, "")


def _told(work: Work, case: Case, rules: ReservationRules) -> str:
    """What became of the last reservation, for a week; empty when there is nothing to say."""
    last = work.reservations.find_last(case.id)
    if last is None or last.closed_at is None or last.closed_at < work.now - TOLD_FOR:
        return ""
    slot = f" {words_of(last, rules)} "
    if last.state is ReservationState.CANCELLED and last.reason not in OWN_DOING:
        return Sentence(
            "很抱歉，因{reason}，您{slot}的预约已取消。请重新预约，也可以直接排队。", reason=last.reason, slot=slot
        )
    return _TOLD.get(last.state, "").format(slot=slot)


def book_reservation(desk: Desk, actor: Actor, case_id: str, day: date, slot: str) -> Reservation:
    """Book a slot (its beginning, HH:MM). `WrongState` says why not; the last place goes to exactly one customer."""
    with desk.write(actor.firm_id) as work:
        loaded = _due(work, actor, case_id)
        if work.reservations.find_booked(loaded.case.owner):
            raise WrongState("您已有一个预约，每位客户同时只能有一个。要换时间，请点“改约”。")
        made = _book(work, loaded, day, slot)
        tell(work, made, "reservation_booked")
        work.audit(actor, Tag.CUSTOMER_RESERVATION_BOOK, f"case:{case_id}", **_detail(made))
        return made


def rebook_reservation(desk: Desk, actor: Actor, case_id: str, day: date, slot: str) -> Reservation:
    """Change to another slot in one transaction: when the new one is refused, the old one stays."""
    with desk.write(actor.firm_id) as work:
        loaded = _due(work, actor, case_id)
        old = _booked(work, loaded.case)
        if (old.day, old.slot, old.branch_id) == (day, slot, loaded.case.branch_id):
            raise WrongState("您预约的就是这个时段。")
        made = _book(work, loaded, day, slot, instead_of=old)
        tell(work, made, "reservation_changed")
        work.audit(actor, Tag.CUSTOMER_RESERVATION_REBOOK, f"case:{case_id}", **_detail(made), before=old.id)
        return made


def cancel_reservation(desk: Desk, actor: Actor, case_id: str) -> None:
    """Give the place back; also for a case that stands at another step by now."""
    with desk.write(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        found = _booked(work, case)
        if not cancel_booked(work, found, BY_CUSTOMER):
            raise WrongState("这个预约已经结束，页面已为您更新。")
        tell(work, found, "reservation_cancelled")
        work.audit(actor, Tag.CUSTOMER_RESERVATION_CANCEL, f"case:{case_id}", **_detail(found))


def _detail(found: Reservation) -> dict[str, Any]:
    return {"reservation": found.id, "day": found.day.isoformat(), "slot": found.slot}


def _booked(work: Work, case: Case) -> Reservation:
    found = work.reservations.find_booked(case.owner)
    if found is None or case.state not in WITH_CUSTOMER:
        raise WrongState("您现在没有预约，页面已为您更新。")
    return found


def _due(work: Work, actor: Actor, case_id: str) -> Loaded:
    """The case that waits for its video, of a customer who does not book all day long."""
    loaded = load_own(work, actor, case_id, Action.WITNESS, "witness")
    if loaded.business.step("witness").is_done(loaded.facts, loaded.rules, loaded.now):
        raise WrongState("视频验证已经通过，不需要预约。")
    key = f"reserve|{loaded.case.owner}"
    if work.people.events_since(key, work.now - timedelta(days=1)) >= limits.RESERVATIONS_A_DAY:
        raise TooMany("今天预约和改约的次数已达上限，请明天再试，或直接排队。")
    work.people.count_event(key)
    return loaded


def _book(work: Work, loaded: Loaded, day: date, slot: str, instead_of: Reservation | None = None) -> Reservation:
    """Take a place and write the reservation; `instead_of` is cancelled first."""
    branch_id, owner = loaded.case.branch_id, loaded.case.owner
    window, branch = _window(work, branch_id, day, slot)
    hold_ticket(work, loaded.case.id)
    held = [(day, slot, clock_of(window.slot.ends))]
    if instead_of:
        if instead_of.branch_id == branch_id:
            held.append(slot_key(instead_of))
        work.reservations.hold_slots(branch_id, held)
        cancel_booked(work, instead_of, BY_CUSTOMER)
    else:
        work.reservations.hold_slots(branch_id, held)
    if not work.reservations.take_place(branch_id, day, slot, branch.capacity(window)):
        raise WrongState("这个时段刚刚约满，请选择其他时段。")
    here = work.now if day == local_day(work.now) else None
    made = Reservation(
        work.new_id(), loaded.case.id, owner, branch_id, day, slot, window.begins_at, window.ends_at,
        ReservationState.BOOKED, here, work.now, None, "",
    )  # fmt: skip
    work.reservations.add_booking(made)
    _remind_later(work, made, branch.frame.rules)
    work.reservations.set_priority(loaded.case.id, **priority_of(work, loaded.case))
    return made


def _window(work: Work, branch_id: str, day: date, slot: str) -> tuple[Window, Branch]:
    """The window to book; raises `WrongState` with the reason when it cannot be."""
    branch = branch_of(work, branch_id, day, day)
    today, rules = local_day(work.now), branch.frame.rules
    if not rules.enabled or not today <= day <= last_day(today, rules):
        raise WrongState(Sentence("只能预约今天起 {horizon_days} 天内的工作日。", horizon_days=rules.horizon_days))
    offer = branch.day(day)
    found = next((each for each in offer.slots if each.window.slot.key == slot), None)
    if found is None or (offer.refusal and not found.refusal):
        raise WrongState(Sentence("这一天不能预约：{refusal}。", refusal=offer.refusal or "没有这个时段"))
    if found.refusal:
        raise WrongState(Sentence("这个时段不能预约：{refusal}。", refusal=found.refusal))
    return found.window, branch


def _remind_later(work: Work, made: Reservation, rules: ReservationRules) -> None:
    moment = remind_moment(work.now, made.begins_at, rules)
    if moment:
        work.jobs.post("remind_reservation", {"reservation": made.id}, run_at=moment, dedupe=f"reminder|{made.id}")
