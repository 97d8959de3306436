"""Who was overtaken in the queue, by whom and why: worked out from the ledger, so that nothing can be left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.records import LedgerEntry, Ticket

AT_ONCE = timedelta(seconds=1)
"""Two claims at the same moment may pass each other; nobody waits longer for it."""
_BEGIN_WAITING = frozenset({"join", "release", "lease_lost", "missed", "decline"})
_END_WAITING = frozenset({"offer", "claim", "leave", "abandon", "give_up"})
_UNANSWERED = frozenset({"missed", "decline"})


@dataclass(frozen=True)
class Overtaking:
    """`overtaken` joined first and still waited at `at`, when `by` was taken; `waited` is how long it had then.

    `reason` is a code of the lists in core/queueing.py; `decided_by` is the supervisor's or witness's subject.
    """

    overtaken: Ticket
    by: Ticket
    at: datetime
    waited: timedelta
    reason: str
    decided_by: str


@dataclass(frozen=True)
class _Story:
    """One ticket's way: when it waited, and the one event by which each call came about."""

    waits: tuple[tuple[datetime, datetime], ...]
    taken: tuple[LedgerEntry, ...]
    events: tuple[LedgerEntry, ...]

    def waited_at(self, moment: datetime) -> bool:
        return any(start <= moment and moment + AT_ONCE < end for start, end in self.waits)


def overtakings(tickets: Sequence[Ticket], ledger: Iterable[LedgerEntry], now: datetime) -> list[Overtaking]:
    """Everybody overtaken within a branch, oldest event first."""
    stories = _stories(tickets, ledger, now)
    found = []
    for by in tickets:
        for event in stories[by.id].taken:
            earlier = [t for t in tickets if t.branch_id == by.branch_id and t.enqueued_at < by.enqueued_at]
            for each in earlier:
                if stories[each.id].waited_at(event.at):
                    reason, decided_by = _why(event, stories[by.id].events)
                    found.append(Overtaking(each, by, event.at, event.at - each.enqueued_at, reason, decided_by))
    return sorted(found, key=lambda each: each.at)


def longest_overtaken(found: Iterable[Overtaking], now: datetime) -> timedelta | None:
    """The longest wait, up to the first answer or the end, of anybody who was overtaken; None when nobody was."""
    ends = [(o.overtaken, o.overtaken.answered_at or o.overtaken.ended_at or now) for o in found]
    return max((end - ticket.enqueued_at for ticket, end in ends), default=None)


def _stories(tickets: Sequence[Ticket], ledger: Iterable[LedgerEntry], now: datetime) -> dict[str, _Story]:
    told: dict[str, list[LedgerEntry]] = {ticket.id: [] for ticket in tickets}
    for event in ledger:
        told[event.ticket_id].append(event)
    return {ticket_id: _story(sorted(events, key=_moment), now) for ticket_id, events in told.items()}


def _moment(event: LedgerEntry) -> tuple[datetime, int]:
    """Within one transaction a customer comes back before being offered again."""
    return event.at, 0 if event.kind in _BEGIN_WAITING else 1


def _story(events: Sequence[LedgerEntry], now: datetime) -> _Story:
    waits, taken = [], []
    since: datetime | None = None
    chosen: LedgerEntry | None = None
    for event in events:
        if event.kind in _BEGIN_WAITING:
            since = event.at
            chosen = None if event.kind in _UNANSWERED else chosen
        elif event.kind in _END_WAITING and since is not None:
            waits.append((since, event.at))
            since, chosen = None, event
        if event.kind == "claim":
            taken.append(chosen or event)
            chosen = None
    if since is not None:
        waits.append((since, now + 2 * AT_ONCE))
    return _Story(tuple(waits), tuple(taken), tuple(events))


def _why(taken: LedgerEntry, events: Iterable[LedgerEntry]) -> tuple[str, str]:
    """The supervisor's own reason where one decided, else the reason of the claim."""
    decisions = [e for e in events if e.kind in {"ahead", "transfer"} and e.at <= taken.at]
    if taken.reason in {"ahead", "transfer"} and decisions:
        return decisions[-1].reason, decisions[-1].actor
    return taken.reason or "skill", taken.actor
