"""Weekly duty: who serves which branch on which weekday from when to when; the places of slots come from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import StaffMember
from core.rules.calendar import local_day
from core.rules.problem import Problem
from core.rules.reservation import Shift
from core.rules.roster import meet, parse_times, times_text
from core.sentence import Sentence
from core.usecases.manage_reservations import frame_now
from core.usecases.offered_slots import SERVING, days_of

WEEK = range(7)


@dataclass(frozen=True)
class Duty:
    """A member of staff with the times of the seven weekdays as text, Monday first."""

    staff_id: str
    name: str
    days: tuple[str, ...]


@dataclass(frozen=True)
class RosterChange:
    """Mistakes by (staff id, weekday), or what is now booked beyond the places (slots in words)."""

    mistakes: Mapping[tuple[str, int], str]
    overbooked: tuple[str, ...] = ()


def roster_table(desk: Desk, actor: Actor, branch_id: str) -> list[Duty]:
    """Everybody of the firm who may serve, those of the branch first, with their duty at the branch."""
    allow(actor, Permission.RESERVATION_MANAGE)
    with desk.read(actor.firm_id) as work:
        shifts = work.reservations.roster(branch_id)
        members = sorted(_serving(work), key=lambda m: (m.branch_id != branch_id, m.login))
        return [Duty(m.id, m.name, tuple(_text(shifts, m.id, day) for day in WEEK)) for m in members]


def _serving(work: Work) -> list[StaffMember]:
    return [member for member in work.people.all_staff() if member.active and member.roles & SERVING]


def _text(shifts: Sequence[Shift], staff_id: str, weekday: int) -> str:
    return times_text((s.begins, s.ends) for s in shifts if (s.staff_id, s.weekday) == (staff_id, weekday))


def change_roster(desk: Desk, actor: Actor, branch_id: str, wanted: Mapping[str, Sequence[str]]) -> RosterChange:
    """Replace the branch's weekly duty: staff id -> seven texts, Monday first. With a mistake nothing is stored."""
    allow(actor, Permission.RESERVATION_MANAGE)
    with desk.write(actor.firm_id) as work:
        branches = {branch.id: branch.name for branch in work.firms.branches()}
        if branch_id not in branches or not set(wanted) <= {member.id for member in _serving(work)}:
            raise NotFound
        elsewhere = [(name, work.reservations.roster(other)) for other, name in branches.items() if other != branch_id]
        shifts, mistakes = _read(wanted, elsewhere)
        if mistakes:
            return RosterChange(mistakes)
        before = work.reservations.roster(branch_id)
        work.reservations.set_roster(branch_id, shifts)
        work.audit(actor, Tag.STAFF_ROSTER_CHANGE, f"branch:{branch_id}", shifts=len(shifts), before=len(before))
        return RosterChange({}, _overbooked(work, branch_id))


def _read(
    wanted: Mapping[str, Sequence[str]], elsewhere: Sequence[tuple[str, Sequence[Shift]]]
) -> tuple[list[Shift], dict[tuple[str, int], str]]:
    shifts: list[Shift] = []
    mistakes: dict[tuple[str, int], str] = {}
    for staff_id, texts in wanted.items():
        for weekday, text in zip(WEEK, texts, strict=True):
            times = parse_times(text)
            if isinstance(times, Problem):
                mistakes[staff_id, weekday] = times.text
                continue
            for name, others in elsewhere:
                taken = [(s.begins, s.ends) for s in others if (s.staff_id, s.weekday) == (staff_id, weekday)]
                if meet(times, taken):
                    mistakes[staff_id, weekday] = Sentence(
                        "与{name}的排班 {times_text} 重叠。", name=name, times_text=times_text(taken)
                    )
            shifts += [Shift(staff_id, weekday, begins, ends) for begins, ends in times]
    return shifts, mistakes


def _overbooked(work: Work, branch_id: str) -> tuple[str, ...]:
    """Coming slots with more bookings than places."""
    frame = frame_now(work)
    days = days_of(work, branch_id, local_day(work.now), frame.rules.horizon_days + 1, frame)
    over = [slot for day in days for slot in day.slots if slot.used > slot.capacity and slot.window.ends_at > work.now]
    return tuple(
        Sentence(
            "{words}：已约 {used} 人，名额 {capacity}",
            words=slot.window.words(),
            used=slot.used,
            capacity=slot.capacity,
        )
        for slot in over
    )
