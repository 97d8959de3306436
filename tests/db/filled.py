"""A filled database: one firm with something in every table, reached through the use cases and the stores.

`f1` is filled, `f2` is only founded. What stands in `f1` has names of its own, so that a leak shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from core.actor import Role
from core.case import Case
from core.flow import Evidence
from core.records import Branch, Customer, Document, SessionRecord, SmsCode, SmsMessage, StaffMember, Ticket
from core.rules.calendar import CalendarDay
from core.usecases.complete_case import record_callback, record_exchange
from core.usecases.review_case import reject_review
from db.tables import Base
from tests.builders import LI, ZHANG, Person, Walk, case_at
from tests.desk_bench import Bench, id_number
from tests.samples import sample_card

TRADING_CODE = "001200345678"
TOTP = "JBSWY3DPEHPK3PXP"
PHONE = "11150813444"
DAY = date(2099, 1, 1)
WANG = Person("王五六", "11150813003", id_number(7), sample_card(3))
ONLY_HERE = Customer("only_here", "80019999", "赵独一", id_number(9), PHONE, ("SHFE",), "ordinary", "C3", None)
EARLY = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Filled:
    """What stands in `f1`: a case that waits for the callback, a rejected one, one in a call, and the rest."""

    active: Walk
    rejected: Walk
    in_call: Walk
    case: Case
    document: Document
    waiting: Ticket
    sms: SmsMessage
    evidence: Evidence
    job: str
    head: bytes


def fill(bench: Bench) -> Filled:
    """Walk three customers through the firm and add what no walk leaves behind."""
    active = case_at(bench, "callback", person=ZHANG)
    rejected = case_at(bench, "in_review", person=WANG)
    in_call = case_at(bench, "in_call", person=LI)
    desk = bench.desk
    reject_review(desk, bench.staff("review"), rejected.case_id, ["D02"], "地址与证件不符。", "内部说明")
    record_exchange(desk, bench.staff("review"), active.case_id, "SHFE", 0, TRADING_CODE)
    record_callback(desk, bench.staff("callback"), active.case_id, "unreached", "关机")
    bench.pass_time(minutes=5)
    _by_hand(bench)
    return _found(bench, active, rejected, in_call)


def _by_hand(bench: Bench) -> None:
    """What no walk leaves behind: people, a session, a branch, a kind of data, a day, a place, a job."""
    member = StaffMember("only-here", "onlyhere", "独此处", "", "b1", frozenset({Role.REVIEW}), "x", totp_secret=TOTP)
    with bench.work() as work:
        work.people.add_staff(member)
        work.people.add_customer(ONLY_HERE)
        work.people.add_captcha("captcha-here", b"mac")
        work.people.add_code(SmsCode("code-here", "phone:here", PHONE, b"mac", work.now, 0, used=False))
        work.people.count_event("ip|here")
        session = SessionRecord("session-here", "f1", "staff", "staff:only-here", work.now, work.now, PHONE)
        work.people.add_session(session, "ticket-hash", work.now + timedelta(minutes=1))
        work.people.redeem_ticket("ticket-hash", "token-hash")
        later = SessionRecord("session-new", "f1", "staff", "staff:only-here", work.now, work.now)
        work.people.add_session(later, "ticket-new", work.now + timedelta(minutes=1))
        work.firms.add_branch(Branch("only_here", "独此营业部", "上海市", ""))
        work.firms.add_data("only_here", 1, {"a": 1}, EARLY, "system")
        work.firms.add_days([CalendarDay(DAY, workday=True, trading=True)])
        work.queue.join("case-waiting", "b1", "open_account")
        work.jobs.post("probe", {"file": "f" * 32}, dedupe="here", run_at=EARLY)


def _found(bench: Bench, active: Walk, rejected: Walk, in_call: Walk) -> Filled:
    facts = active.facts(bench)
    with bench.work() as work:
        waiting, job = work.queue.find_live("case-waiting"), work.jobs.take(timedelta(minutes=3))
        message, document = work.jobs.recent_sms(EARLY)[0], work.documents.of_case(active.case_id)[0]
        _, head = work.audit_head()
    assert waiting is not None and job is not None
    return Filled(active, rejected, in_call, facts.case, document, waiting, message, facts.evidence[0], job.id, head)


def rows(connection: Connection, firm: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, or of one firm, in a stable order."""
    found = {}
    for table in Base.metadata.sorted_tables:
        query = select(table).order_by(*table.primary_key.columns)
        if firm:
            query = query.where(table.c["id" if table.name == "firm" else "firm_id"] == firm)
        found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found
