"""Who was overtaken, by whom and why: from invented ledgers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.fairness import longest_overtaken, overtakings
from core.records import LedgerEntry, Ticket

BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def ticket(name: str, joined: float, answered: float | None = None, branch: str = "b1") -> Ticket:
    when = at(answered) if answered is not None else None
    fixed = ("open_account", "waiting", at(joined), at(joined), None, None, None, 0, 0, "")
    return Ticket(name, f"case-{name}", branch, *fixed, answered_at=when)


def told(text: str) -> list[LedgerEntry]:
    """`a join 0; b ahead 3 complaint staff:boss` …"""
    events = []
    for line in text.split(";"):
        name, kind, minute, *rest = line.split()
        reason, actor = [*rest, "-", "-"][:2]
        words = ["" if word == "-" else word for word in (reason, actor)]
        events.append(LedgerEntry(name, kind, words[1] or "staff:w1", words[0], at(float(minute))))
    return events


CASES = {
    "in order": ("a join 0; b join 1; a claim 2; b claim 3", []),
    "put ahead": (
        "a join 0; b join 1; b ahead 2 complaint staff:boss; b claim 3 ahead; a claim 9",
        [("a", "b", 3, "complaint", "staff:boss")],
    ),
    "reserved": ("a join 0; b join 1; b claim 3 reservation; a claim 9", [("a", "b", 3, "reservation", "staff:w1")]),
    "handed over": (
        "a join 0; b join 1; b offer 3 transfer; b transfer 3 language staff:boss; b claim 3.2; a claim 4",
        [("a", "b", 3, "language", "staff:boss")],
    ),
    "another skill": ("a join 0; b join 1; b claim 2; a claim 5", [("a", "b", 2, "skill", "staff:w1")]),
    "two at the same moment": ("a join 0; b join 1; b claim 2; a claim 2.01", []),
    "was being rung": ("a join 0; b join 1; a offer 2; b claim 2.1; a missed 2.4; a claim 3", []),
    "rung, missed, then another": (
        "a join 0; b join 1; a offer 2; a missed 3; b offer 3.5 ahead; b claim 3.6; a claim 4",
        [("a", "b", 3.5, "ahead", "staff:w1")],
    ),
    "missed and rung anew in one moment": (
        "a join 0; b join 1; a offer 1.5; a missed 2; a offer 2; b claim 2; a claim 3", [],
    ),
    "an offer that was missed overtakes nobody": (
        "a join 0; b join 1; b offer 2; b missed 2.5; a claim 3; b claim 4", [],
    ),
    "had left": ("a join 0; b join 1; a leave 1.5 left; b claim 2", []),
    "back at the head": ("a join 0; a claim 0.5; b join 1; a release 2; b claim 3; a claim 4",
                         [("a", "b", 3, "skill", "staff:w1")]),
    "still waiting": ("a join 0; b join 1; b claim 2", [("a", "b", 2, "skill", "staff:w1")]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_ledger_tells_who_was_overtaken(name: str) -> None:
    story, wanted = CASES[name]
    found = overtakings([ticket("a", 0), ticket("b", 1)], told(story), at(10))
    assert [(o.overtaken.id, o.by.id, o.at, o.reason, o.decided_by) for o in found] == [
        (a, b, at(minute), reason, by) for a, b, minute, reason, by in wanted
    ]
    assert all(o.waited == o.at - BEGIN for o in found)


def test_branches_do_not_overtake_each_other() -> None:
    tickets = [ticket("a", 0), ticket("b", 1, branch="b2")]
    assert overtakings(tickets, told("a join 0; b join 1; b claim 2"), at(10)) == []


def test_the_longest_wait_is_that_of_somebody_overtaken() -> None:
    tickets = [ticket("x", -30, -5), ticket("a", 0, 8), ticket("b", 1, 2), ticket("c", 2, 3)]
    story = "x join -30; x claim -5; a join 0; b join 1; c join 2; b claim 2 ahead; c claim 3 ahead; a claim 8"
    found = overtakings(tickets, told(story), at(10))
    assert [(o.overtaken.id, o.by.id) for o in found] == [("a", "b"), ("a", "c")]
    assert longest_overtaken(found, at(10)) == timedelta(minutes=8)
    assert longest_overtaken([], at(10)) is None
