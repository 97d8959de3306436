"""Weekly duty and reservations for tests: who serves b1, and bookings through the use case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from core.records import Reservation
from core.rules.calendar import SHANGHAI
from core.rules.reservation import Shift
from core.usecases.book_reservation import book_reservation
from core.usecases.loading import forget_firms
from tests.builders import Walk
from tests.desk_bench import Bench, defaults

TUESDAY = date(2026, 3, 3)
"""The day after the bench's clock begins (Monday, 10:00)."""


def on_duty(bench: Bench, *staff: str, begins: str = "09:00", ends: str = "17:30", branch: str = "b1") -> None:
    """Everybody named serves every day; by default one witness: 7 places in the morning, 10 in the afternoon."""
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in (begins, ends)]
    shifts = [Shift(login, day, *minutes) for login in staff or ("witness",) for day in range(7)]
    for firm in ("f1", "f2"):
        with bench.work(firm) as work:
            work.reservations.set_roster(branch, shifts)


def rules(bench: Bench, kind: str = "reservation_rules", **changes: Any) -> None:
    """A new version of the firm's rules from now on."""
    with bench.work() as work:
        version = work.firms.current_versions()[kind] + 1
        work.firms.add_data(kind, version, {**defaults()[kind], **changes}, work.now, "staff:admin")
    forget_firms()


def at(bench: Bench, text: str) -> None:
    """Set the clock: `at(bench, "2026-03-03T09:00")`, Shanghai time; jobs that came due meanwhile run later."""
    bench.clock.now = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def book(bench: Bench, walk: Walk, day: date = TUESDAY, slot: str = "09:00") -> Reservation:
    """Book as the customer."""
    return book_reservation(bench.desk, walk.actor, walk.case_id, day, slot)


def stored(bench: Bench, reservation: Reservation) -> Reservation:
    """The reservation as it stands now."""
    with bench.desk.read("f1") as work:
        found = work.reservations.find(reservation.id)
    assert found is not None
    return found


def used(bench: Bench, day: date = TUESDAY, slot: str = "09:00") -> int:
    """Places taken of a slot of b1."""
    with bench.desk.read("f1") as work:
        use = work.reservations.slots("b1", day, day).get((day, slot))
    return use.used if use else 0


def messages(bench: Bench) -> list[tuple[str, str]]:
    """(template, text) of every SMS, oldest first."""
    with bench.desk.read("f1") as work:
        found = work.jobs.recent_sms(bench.now.replace(year=2000))
    return [(message.template, message.text) for message in reversed(found)]
