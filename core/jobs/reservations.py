"""What time alone does to reservations: the reminder, and what a window that is over has become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.ports import Desk, Work
from core.records import Reservation
from core.rules.reservation import ReservationState, in_time, state_at_end
from core.usecases.reservations import end_as, frame_of, tell

TALKING = frozenset({"offered", "in_call"})
"""States of a ticket whose customer is being served: a call that began before the window and outlasts it."""


def remind_reservation(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Send the reminder once, while the reservation is valid and its window has not begun."""
    with desk.write(firm_id) as work:
        found = work.reservations.find(payload["reservation"])
        if found and work.now < found.begins_at and work.reservations.note_reminded(found.id):
            tell(work, found, "reservation_reminder")
            work.audit(system(firm_id), Tag.SYSTEM_RESERVATION_REMIND, f"case:{found.case_id}", reservation=found.id)
    return True


def end_reservations(work: Work) -> int:
    """Close what is still booked after its window: late, or who did not keep the promise. How many."""
    over = work.reservations.ended()
    if not over:
        return 0
    states = Counter(str(state) for state in (_end(work, found) for found in over) if state)
    work.audit(system(work.firm_id), Tag.SYSTEM_RESERVATION_END, "reservations", **states)
    return states.total()


def _end(work: Work, found: Reservation) -> ReservationState | None:
    """The state it got; None when something else ended it at the same moment."""
    rules = frame_of(work).rules
    live = work.queue.find_live(found.case_id)
    if live and live.state in TALKING:
        return ReservationState.USED if end_as(work, found, ReservationState.USED) else None
    kept = in_time(found.signed_in_at, found.begins_at, found.ends_at, rules)
    joined = work.reservations.joined_between(found.case_id, found.begins_at, found.ends_at)
    state = state_at_end(signed_in=found.signed_in_at is not None, kept=kept, joined=joined)
    if not end_as(work, found, state):
        return None
    if state is ReservationState.HOST_NO_SHOW:
        tell(work, found, "reservation_missed")
    return state
