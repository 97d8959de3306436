"""A filled database: one firm with something in every table, reached through the use cases and the stores.

`f1` is filled, `f2` is only founded. What stands in `f1` has names of its own, so that a leak shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from core.actor import Role
from core.case import Case, State
from core.flow import Evidence
from core.metrics import Targets
from core.ports import Work
from core.records import (
    Branch,
    CallLine,
    Customer,
    CustomerFile,
    DeskMessage,
    Document,
    Reservation,
    SessionRecord,
    SmsCode,
    SmsMessage,
    StaffMember,
    Ticket,
)
from core.records_casework import Happened
from core.records_customers import CustomerNote, DataRequest, Proposal, ProposalKind, ProposalState, RequestKind
from core.records_interfaces import ApiKey, Delivery, Webhook
from core.records_marks import Judgement, PhotoMark, ReadResult
from core.records_photos import PhotoReading, ReadField
from core.records_retention import Erasure, LegalHold
from core.records_rules import DraftContent, DraftState, RuleDraft
from core.records_watch import Block, Sample
from core.rules.calendar import CalendarDay, local_time
from core.rules.knowledge_test import Attempt, Drawn, Given
from core.rules.reservation import ReservationState, Shift
from core.supplement import Campaign, Reach
from core.usecases.call_chat import write_line
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
LOOKS = ("0a1b2c3d", "4e5f6071", "8293a4b5", "c6d7e8f9")
ONLY_READ = ReadField("独此处", 0.99, holds=True)
MARK = PhotoMark(
    "mark-here", "case-waiting", "photo-here", "crop", (0.1, 0.2, 0.3, 0.4), "P01", "独此反光", "独此内部",
    "staff:only-here", EARLY,
)  # fmt: skip
JUDGEMENT = Judgement("photo-here", "only_here", "only_here", agrees=True, judged_by="staff:only-here")
READ_RESULT = ReadResult("photo-here", "id_front", "name", "right", "Only Here 1", "phone")
REPLACED = Evidence("evidence-before", "id_front", "e" * 32, "0" * 64, "image/jpeg", 9, EARLY)
RING = timedelta(seconds=20)
TEST = Attempt(
    "test-here", "case-waiting", "phone:here", EARLY, EARLY, 1, "mark",
    (Drawn("q1", "judge", "期货有风险。", (("a", "正确"), ("b", "错误")), "risk", "a"),), {"q1": Given("a", EARLY)},
)  # fmt: skip
"""An online test whose time has run out and that nobody has ended."""
CAMPAIGN = Campaign(
    "campaign-here", ("risk_statement",), Reach.ALL, "", "规则更新", DAY, "staff:supervisor", EARLY, date(2026, 3, 1)
)

HOOK = Webhook(
    "hook-here", "独此系统", "https://only.example/hooks", "whsec_onlyhere", ("case.rejected",), True,
    "staff:admin", EARLY,
)  # fmt: skip
KEY = ApiKey("key-here", "独此密钥", "here", ("cases:read",), "staff:admin", EARLY, None, None)


DRAFT = RuleDraft(
    "draft-here", "only_here", 1, DraftContent({"a": 2}, "独此草稿"), DraftState.OPEN, 1, "staff:only-here", EARLY
)


@dataclass(frozen=True)
class Filled:
    """What stands in `f1`: a case that waits for the callback, a rejected one, one in a call, and the rest.

    `offered` rang at the supervisor for too long; the owner of `booked` broke a promise before.
    """

    active: Walk
    rejected: Walk
    in_call: Walk
    case: Case
    document: Document
    waiting: Ticket
    offered: Ticket
    message: DeskMessage
    line: CallLine
    booked: Reservation
    sms: SmsMessage
    evidence: Evidence
    job: str
    head: bytes
    demand: str
    note: CustomerNote
    proposal: Proposal
    request: DataRequest
    task: str
    block: Block
    sample: Sample
    card_index: bytes
    delivery: Delivery


def fill(bench: Bench) -> Filled:
    """Walk three customers through the firm and add what no walk leaves behind."""
    active = case_at(bench, "callback", person=ZHANG)
    rejected = case_at(bench, "in_review", person=WANG)
    in_call = case_at(bench, "in_call", person=LI)
    desk = bench.desk
    with bench.work() as work:
        _interfaces_by_hand(work)
    reject_review(desk, bench.staff("review"), rejected.case_id, ["D02"], "地址与证件不符。", "内部说明")
    record_exchange(desk, bench.staff("review"), active.case_id, "SHFE", 0, TRADING_CODE)
    record_callback(desk, bench.staff("callback"), active.case_id, "unreached", "关机")
    write_line(desk, in_call.actor, *in_call.held, f"我的电话是 {PHONE}")
    with bench.work() as work:
        work.queue.join("case-vanished", "b1", "open_account")
    bench.pass_time(minutes=5)
    _by_hand(bench)
    with bench.work() as work:
        _desk_by_hand(work)
        _casework_by_hand(work, active.case_id)
        _watch_by_hand(work, active.case_id)
        _retention_by_hand(work, active.case(bench))
        _matters_by_hand(work)
        _reservations_by_hand(work)
        _supplements_by_hand(work, active.case_id)
    bench.pass_time(RING + timedelta(seconds=1))
    with bench.work() as work:
        work.metrics.refresh(Targets(), 0, 99_999)
        work.metrics.touch(work.now, "b1")
    return _found(bench, active, rejected, in_call)


def _by_hand(bench: Bench) -> None:
    """What no walk leaves behind: people, a session, a branch, a kind of data, a day, a job."""
    member = StaffMember("only-here", "onlyhere", "独此处", "", "b1", frozenset({Role.REVIEW}), "x", totp_secret=TOTP)
    with bench.work() as work:
        work.people.add_staff(member)
        work.people.add_customer(ONLY_HERE)
        work.people.keep_file(ONLY_HERE.id, CustomerFile({"name": ONLY_HERE.name}))
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
        work.rule_drafts.add_draft(DRAFT)
        work.firms.add_days([CalendarDay(DAY, workday=True, trading=True)])
        work.knowledge.add_attempt(TEST)
        work.knowledge.add_attempt(replace(TEST, id="test-second", owner="phone:second"))
        work.jobs.post("probe", {"file": "f" * 32}, dedupe="here", run_at=EARLY)
        work.photos.add_waiting("case-waiting", "photo-here")
        work.photos.save(PhotoReading("photo-here", "done", "ok", crop_file="c" * 32, fields={"name": ONLY_READ}))
        work.photos.add_waiting("case-waiting", "photo-later")
        work.photos.keep_looks("case-waiting", "photo-here", LOOKS)
        work.marks.add_mark(MARK)
        work.marks.add_mark(replace(MARK, id="mark-told", rejection_id="rejection-here"))
        work.marks.judge("case-waiting", JUDGEMENT)
        work.marks.add_results("case-waiting", [READ_RESULT])
        work.cases.add_evidence("case-waiting", REPLACED, "phone:here")
        work.cases.replace_evidence("case-waiting", evidence_id=REPLACED.id)


def _interfaces_by_hand(work: Work) -> None:
    """An address that hears of every event from now on, and a key."""
    work.interfaces.add_webhook(HOOK)
    work.interfaces.add_key(replace(KEY, created_at=work.now), "hash-here")


def _matters_by_hand(work: Work) -> None:
    """A note, a proposal that waits, one whose last day is over, a request to be answered."""
    subject, kind = f"customer:{ONLY_HERE.id}", ProposalKind.INVESTOR_CLASS
    work.matters.add_note(CustomerNote("note-here", subject, "独此备注", "staff:only-here", work.now))
    lapsed = Proposal("lapsed-here", ONLY_HERE.id, kind, ProposalState.WAITING, {}, date(2020, 1, 1), "staff:a", EARLY)
    work.matters.add_proposal(lapsed)
    assert work.matters.decide_proposal(lapsed, ProposalState.APPROVED, "staff:b", {"wanted": "professional"})
    work.matters.add_proposal(replace(lapsed, id="proposal-here", valid_to=None, proposed_at=work.now))
    asked = DataRequest("request-here", subject, RequestKind.DELETION, {"text": "独此请求"}, work.now, work.now)
    work.matters.add_request(asked)


def _desk_by_hand(work: Work) -> None:
    """Who waits, who rings, who is idle, and what the desk tells those who wait."""
    work.queue.join("case-waiting", "b1", "open_account")
    ringing = work.queue.join("case-offered", "b1", "open_account")
    assert work.queue.offer(ringing.id, "supervisor", RING)
    work.duty.add_skill("only-here", "b1", "*")
    work.duty.change("only-here", "b1", "online")
    until = work.now + timedelta(hours=1)
    work.messages.add_message(DeskMessage("message-here", "b1", "系统维护", "staff:supervisor", work.now, until))


def _casework_by_hand(work: Work, case_id: str) -> None:
    """A case that somebody holds, with a note, a task that is open and one that is done."""
    case = work.cases.get(case_id)
    work.casework.change(case, holder_id="only-here", assigned_by="staff:supervisor", escalated_at=work.now)
    work.casework.note(case_id, Happened.NOTED, "", {"text": "独此备注"})
    for subject in ("f01", "f02"):
        work.casework.add_task(case_id, "red_flag", subject)
    done, _ = work.casework.tasks(case_id)
    assert work.casework.settle_task(done.id, "已核实", "staff:only-here")


def _watch_by_hand(work: Work, case_id: str) -> None:
    """A mark, a proposed and an active entry of the block list, a sample to check and a checked one."""
    work.watch.mark("card", "9999010000000000017", "case:elsewhere")
    waiting = Block("block-here", "phone", "waiting", {"value": PHONE, "reason": "独此原因"}, "staff:a", work.now)
    work.watch.add_block(waiting)
    active = replace(waiting, id="active-here", kind="id_number", body={"value": id_number(9), "reason": "独此原因"})
    work.watch.add_block(active)
    assert work.watch.set_block(active, "waiting", state="active", decided_by="staff:b", decided_at=work.now)
    sample = Sample("sample-here", "call", "ticket-here", case_id, "witness", EARLY, work.now, {"seed": "独此"})
    for each in (sample, replace(sample, id="checked-here", ref="ticket-checked")):
        work.samples.add_sample(each)
    assert work.samples.check_sample("checked-here", "review", "good", {"a": True}, "独此发现")


def _retention_by_hand(work: Work, case: Case) -> None:
    """A case that was given up, one that was refused after it was handed in, a deleted one, a hold, an empty draft."""
    for number, name in enumerate(("given-up-here", "refused-here", "erased-here", "empty-here")):
        fresh = replace(case, id=name, number=f"800100000000000{number}", owner=f"phone:{name}", customer_id=None,
                        state=State.FILLING, submitted_at=None)  # fmt: skip
        work.cases.add_case(fresh)
        if name != "empty-here":
            handed_in = EARLY if name == "refused-here" else None
            case_now = work.cases.get(name)
            state = State.TERMINATED if handed_in else State.ABANDONED
            work.cases.change(case_now, state=state, submitted_at=handed_in, closed_at=EARLY)
    work.retention.add_erasure(
        Erasure("erased-here", "8001000000000002", case.business, "given_up", 3, 1, "system", EARLY)
    )
    work.retention.add_hold(LegalHold("hold-here", case.id, case.number, "独此依据", "staff:a", work.now))


def _supplements_by_hand(work: Work, case_id: str) -> None:
    """A campaign with one customer who has not come yet and one whose case has begun."""
    work.supplements.add_campaign(CAMPAIGN, ["with-case", ONLY_HERE.id])
    [(begun, _)] = work.supplements.waiting_of("with-case")
    work.supplements.begin([begun], case_id)


def _reservations_by_hand(work: Work) -> None:
    """Weekly duty, a slot with a place taken, a reservation to come, one that is over, one that was not kept."""
    work.reservations.set_roster("b1", [Shift("witness", DAY.weekday(), 540, 1050)])
    work.reservations.hold_slots("b1", [(DAY, "09:00", "12:00")])
    assert work.reservations.take_place("b1", DAY, "09:00", 9)
    begins, ends = local_time(DAY, 540), local_time(DAY, 720)
    booked = Reservation(
        "booked-here", "case-waiting", "phone:here", "b1", DAY, "09:00", begins, ends, ReservationState.BOOKED,
        None, work.now, None, "",
    )  # fmt: skip
    over = replace(booked, id="over-here", case_id="case-over", owner="phone:over", begins_at=EARLY, ends_at=EARLY)
    for each in (booked, over, replace(over, id="broken-here", owner="phone:here", state=ReservationState.NO_SHOW)):
        work.reservations.add_booking(each)


def _found(bench: Bench, active: Walk, rejected: Walk, in_call: Walk) -> Filled:
    facts = active.facts(bench)
    with bench.work() as work:
        waiting, offered = work.queue.find_live("case-waiting"), work.queue.find_live("case-offered")
        desk_message, booked = work.messages.current_messages("b1")[0], work.reservations.find("booked-here")
        sms, document = work.jobs.recent_sms(EARLY)[0], work.documents.of_case(active.case_id)[0]
        job = work.jobs.take(timedelta(minutes=3))
        _, head = work.audit_head()
        line = work.calls.lines(in_call.case_id, "customer")[0]
        [(demand, _)] = work.supplements.waiting_of(ONLY_HERE.id)
        [note] = work.matters.notes_of([f"customer:{ONLY_HERE.id}"])
        task = next(each.id for each in work.casework.tasks(active.case_id) if each.done_at is None)
        block, sample = work.watch.find_block("block-here"), work.samples.find_sample("sample-here")
        [(_, card_index)] = work.watch.marks_of(["case:elsewhere"])
        delivery = work.interfaces.first_waiting(HOOK.id)
        proposal, request = work.matters.find_proposal("proposal-here"), work.matters.find_request("request-here")
    assert block and sample and delivery
    assert waiting and offered and booked and job and proposal and request
    return Filled(
        active, rejected, in_call, facts.case, document, waiting, offered, desk_message, line, booked, sms,
        facts.evidence[0], job.id, head, demand, note, proposal, request, task,
        block, sample, card_index, delivery,
    )  # fmt: skip


def rows(connection: Connection, firm: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, or of one firm, in a stable order."""
    found = {}
    for table in Base.metadata.sorted_tables:
        query = select(table).order_by(*table.primary_key.columns)
        if firm:
            query = query.where(table.c["id" if table.name == "firm" else "firm_id"] == firm)
        found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found
