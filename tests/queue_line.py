"""A queue in one line: customers who wait, without walking each of them through every step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from core.case import Case, State
from core.jobs.sweep import sweep
from core.records import Ticket
from core.usecases.duty import Standing, change_duty, stand_by
from core.usecases.serve_customer import claim_next
from tests.desk_bench import Bench


def customer(bench: Bench, number: int, branch: str = "b1", firm: str = "f1", **extra: Any) -> str:
    """A case at the video step and its ticket; id of the ticket. Names are 客一, 客二 …"""
    case_id = f"{firm}{number:030x}"
    with bench.work(firm) as work:
        work.cases.add_case(
            Case(
                id=case_id, firm_id=firm, number=f"8001990101{number:06d}", business="open_account",
                owner=f"phone:{number:032x}", branch_id=branch, state=State.FILLING, version=1, created_at=work.now,
                updated_at=work.now, rules=work.firms.current_versions(),
            )
        )  # fmt: skip
        work.cases.save_answer(case_id, "profile", {"name": f"客{'零一二三四五六七八九'[number % 10]}"})
        return work.queue.join(case_id, branch, "open_account", **extra).id


def line(bench: Bench, count: int, branch: str = "b1") -> list[str]:
    """So many customers, a second apart; ids of their tickets in the order of joining."""
    ids = []
    for number in range(1, count + 1):
        ids.append(customer(bench, number, branch))
        bench.pass_time(seconds=1)
    return ids


def ticket(bench: Bench, ticket_id: str, firm: str = "f1") -> Ticket:
    with bench.work(firm) as work:
        found = work.queue.find(ticket_id)
    assert found is not None
    return found


def state(bench: Bench, ticket_id: str) -> tuple[str, str | None]:
    """(state, member of staff)"""
    found = ticket(bench, ticket_id)
    return found.state, found.staff_id


def status(bench: Bench, login: str) -> tuple[str, str]:
    """(duty state, reason), offline when there is none."""
    with bench.work() as work:
        duty = work.duty.current(login)
    return (duty.status, duty.reason) if duty else ("offline", "")


def online(bench: Bench, *logins: str) -> None:
    """Switch on duty, one after the other: the first one is idle longest."""
    for login in logins:
        assert change_duty(bench.desk, bench.staff(login), "online") == 0
        bench.pass_time(seconds=1)


def look(bench: Bench, login: str) -> Standing:
    """What the page of this member of staff shows at its next refresh."""
    return stand_by(bench.desk, bench.staff(login))


def take(bench: Bench, login: str) -> Ticket | None:
    return claim_next(bench.desk, bench.staff(login))


def stay(bench: Bench, tickets: Sequence[str], **time: float) -> None:
    """Time passes while these customers keep their pages open."""
    bench.pass_time(**time)
    with bench.work() as work:
        for ticket_id in tickets:
            work.queue.seen(ticket_id)


def swept(bench: Bench) -> int:
    return sweep(bench.desk, "f1")


def ledger(bench: Bench, ticket_id: str) -> list[tuple[str, str, str]]:
    """(kind, actor, reason) of a ticket, in order of time."""
    with bench.work() as work:
        _, events = work.queue.joined_since(work.now - timedelta(days=1))
    return [(e.kind, e.actor, e.reason) for e in events if e.ticket_id == ticket_id]
