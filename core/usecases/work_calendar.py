"""The firm's calendar: look, import, edit a day, and reservations on days that are no longer worked (R160, R207)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.actor import Actor
from core.audit import Tag
from core.errors import WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Reservation
from core.rules.calendar import Calendar, CalendarDay, local_day
from core.rules.calendar_table import DayChange, checked_day, differences, written_table
from core.rules.reservation import windows_of
from core.sentence import Sentence
from core.usecases.manage_reservations import Booked, booked, cancel_and_tell, frame_now
from core.usecases.reservations import Frame, words_of

WARN_AHEAD = 45
"""Days before which an unknown arrangement is a matter for the supervisor: a month of reservations and two weeks."""


def days_between(desk: Desk, actor: Actor, first: date, last: date) -> list[CalendarDay]:
    """Every day from first to last; what is not stored is a guess."""
    allow(actor, Permission.CALENDAR_MANAGE)
    with desk.read(actor.firm_id) as work:
        calendar = Calendar(work.firms.days(first, last))
    return [calendar.on(first + timedelta(days=step)) for step in range((last - first).days + 1)]


def calendar_file(desk: Desk, actor: Actor, year: int) -> str:
    """A year as a table to edit and import again."""
    return written_table(days_between(desk, actor, date(year, 1, 1), date(year, 12, 31)))


def unknown_from(desk: Desk, actor: Actor) -> date | None:
    """The first guessed day within the next 45; None while the arrangement is known far enough."""
    allow(actor, Permission.CALENDAR_MANAGE)
    with desk.read(actor.firm_id) as work:
        today = local_day(work.now)
        calendar = Calendar(work.firms.days(today, today + timedelta(days=WARN_AHEAD)))
    days = (calendar.on(today + timedelta(days=step)) for step in range(WARN_AHEAD + 1))
    return next((row.day for row in days if row.provisional), None)


def warning(desk: Desk, actor: Actor) -> str:
    """What a supervisor or administrator has to know about the calendar now; empty while it is known far enough."""
    first = unknown_from(desk, actor)
    if first is None:
        return ""
    return Sentence(
        "{day.year}年{day.month}月{day.day}日起的放假安排还没有录入，这些日期按星期暂定，可能被预约到"
        "休息日。请在国务院办公厅公布安排后，到“工作日历”导入。",
        day=first,
    )


def preview_days(desk: Desk, actor: Actor, days: Sequence[CalendarDay]) -> tuple[DayChange, ...]:
    """What saving would change."""
    allow(actor, Permission.CALENDAR_MANAGE)
    if not days:
        return ()
    with desk.read(actor.firm_id) as work:
        return differences(_stored(work, days), days)


def _stored(work: Work, days: Sequence[CalendarDay]) -> Calendar:
    return Calendar(work.firms.days(min(row.day for row in days), max(row.day for row in days)))


def save_days(desk: Desk, actor: Actor, days: Sequence[CalendarDay]) -> int:
    """Store these days as certain; how many changed. Promises already given stay as they were given."""
    allow(actor, Permission.CALENDAR_MANAGE)
    wrong = [found for found in map(checked_day, days) if isinstance(found, str)]
    if wrong or not days:
        raise WrongState(wrong[0] if wrong else "没有要保存的日期。")
    with desk.write(actor.firm_id) as work:
        certain = [replace(row, provisional=False) for row in days]
        changed = [pair.after for pair in differences(_stored(work, certain), certain)]
        if changed:
            work.firms.set_days(changed)
            span = {"first": changed[0].day.isoformat(), "last": changed[-1].day.isoformat()}
            work.audit(actor, Tag.STAFF_CALENDAR_CHANGE, "calendar", days=len(changed), **span)
        return len(changed)


@dataclass(frozen=True)
class Stranded:
    """A reservation on a day that is no longer worked; `reason` is what the customer will read."""

    booked: Booked
    branch: str
    reason: str


def stranded_reservations(desk: Desk, actor: Actor) -> list[Stranded]:
    """Coming reservations that the present calendar or service hours would refuse."""
    allow(actor, Permission.CALENDAR_MANAGE)
    with desk.read(actor.firm_id) as work:
        frame = frame_now(work)
        names = {branch.id: branch.name for branch in work.firms.branches()}
        return [
            Stranded(booked(work, found, words_of(found, frame.rules)), names.get(found.branch_id, ""), reason)
            for found, reason in _stranded(work, frame)
        ]


def _stranded(work: Work, frame: Frame) -> list[tuple[Reservation, str]]:
    coming = [found for found in work.reservations.booked_from(local_day(work.now)) if found.ends_at > work.now]
    judged = [(found, _reason(found, frame)) for found in coming]
    return [(found, reason) for found, reason in judged if reason]


def _reason(found: Reservation, frame: Frame) -> str:
    row = frame.calendar.on(found.day)
    if not row.workday:
        return Sentence("{name}放假", name=row.name) if row.name else "当天改为休息日"
    windows = windows_of(found.day, frame.rules, frame.hours(found.branch_id), frame.calendar)
    served = any(w.begins_at < found.ends_at and found.begins_at < w.ends_at for w in windows)
    return "" if served else "当天不提供视频服务"


def cancel_stranded(desk: Desk, actor: Actor, reservation_ids: Collection[str]) -> int:
    """Cancel those of the named reservations that are still stranded, and tell their customers why; how many."""
    allow(actor, Permission.CALENDAR_MANAGE)
    with desk.write(actor.firm_id) as work:
        chosen = [pair for pair in _stranded(work, frame_now(work)) if pair[0].id in reservation_ids]
        count = sum(cancel_and_tell(work, [found], reason) for found, reason in chosen)
        work.audit(actor, Tag.STAFF_RESERVATION_CANCEL, "calendar", cancelled=count)
        return count
