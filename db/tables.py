"""All tables. Every one but `firm` carries firm_id, first in each key and unique index.

Times are stored as BIGINT milliseconds since the epoch (UTC). Personal values live only in `*_sealed`
columns (AES-256-GCM, bound to table, column and row) and in `*_index` columns (keyed blind index).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Moment(TypeDecorator[datetime]):
    """Aware UTC datetime kept as BIGINT milliseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Milliseconds to store."""
        return None if value is None else (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment that was stored."""
        return None if value is None else _EPOCH + value * _MILLISECOND


class Base(DeclarativeBase):
    """Names every constraint, so that SQLite's batch migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON, bytes: LargeBinary}  # noqa: RUF012


def _firm() -> Mapped[str]:
    return mapped_column(String(32), primary_key=True)


def _id() -> Mapped[str]:
    return mapped_column(String(40), primary_key=True)


def _partial(name: str, *columns: str, where: str, unique: bool = True) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class Firm(Base):
    """A futures firm; the only table without firm_id."""

    __tablename__ = "firm"
    id: Mapped[str] = _firm()
    number: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    hotline: Mapped[str] = mapped_column(String(30))
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Branch(Base):
    """A branch (营业部); queues are per branch."""

    __tablename__ = "branch"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    name: Mapped[str] = mapped_column(String(80))
    city: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(200))


class FirmData(Base):
    """Versioned firm data; a version never changes once stored."""

    __tablename__ = "firm_data"
    firm_id: Mapped[str] = _firm()
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    effective_from: Mapped[datetime]
    body: Mapped[Any] = mapped_column(JSON)
    changed_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]


class CalendarDay(Base):
    """Working day and trading day are two columns: 2026-02-14 is the one and not the other."""

    __tablename__ = "calendar_day"
    firm_id: Mapped[str] = _firm()
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    workday: Mapped[bool]
    trading: Mapped[bool]
    name: Mapped[str | None] = mapped_column(String(40))
    provisional: Mapped[bool] = mapped_column(default=False)


class Counter(Base):
    """Running numbers that are never handed out twice (case numbers, capital accounts, audit)."""

    __tablename__ = "counter"
    firm_id: Mapped[str] = _firm()
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Staff(Base):
    """A member of staff."""

    __tablename__ = "staff"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    login: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    licence: Mapped[str] = mapped_column(String(30), default="")
    branch_id: Mapped[str] = mapped_column(String(40))
    roles: Mapped[list[str]]
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None]
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (Index("uq_staff_firm_id_login", "firm_id", "login", unique=True),)


class Session(Base):
    """A sign-in; only the hash of the cookie's token is stored."""

    __tablename__ = "session"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(80))
    phone_sealed: Mapped[bytes | None]
    ticket_hash: Mapped[str | None] = mapped_column(String(64))
    ticket_until: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[str | None] = mapped_column(String(10))
    __table_args__ = (
        Index("uq_session_token_hash", "token_hash", unique=True),
        Index("uq_session_ticket_hash", "ticket_hash", unique=True),
        Index("ix_session_firm_id_subject", "firm_id", "subject"),
    )


class Captcha(Base):
    """A captcha shown once; single use, two minutes."""

    __tablename__ = "captcha"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    answer_mac: Mapped[bytes]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SmsCode(Base):
    """A code sent by SMS: 5 minutes, 5 tries, once."""

    __tablename__ = "sms_code"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    subject: Mapped[str] = mapped_column(String(80))
    phone_index: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    code_mac: Mapped[bytes]
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_sms_code_firm_id_phone_index", "firm_id", "phone_index", "created_at"),)


class RateEvent(Base):
    """One counted attempt (per phone, ID or network address), so that limits survive a restart."""

    __tablename__ = "rate_event"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    key_index: Mapped[bytes]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_rate_event_firm_id_key_index_at", "firm_id", "key_index", "at"),)


class Customer(Base):
    """An existing customer of the firm."""

    __tablename__ = "customer"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    number: Mapped[str] = mapped_column(String(20))
    id_index: Mapped[bytes]
    phone_index: Mapped[bytes]
    name_index: Mapped[bytes]
    data_sealed: Mapped[bytes]
    file_sealed: Mapped[bytes | None]
    exchanges: Mapped[list[str]]
    investor_class: Mapped[str] = mapped_column(String(20), default="ordinary")
    level: Mapped[str] = mapped_column(String(10), default="")
    capital_account: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("uq_customer_firm_id_id_index", "firm_id", "id_index", unique=True),
        Index("uq_customer_firm_id_number", "firm_id", "number", unique=True),
        Index("uq_customer_firm_id_capital_account", "firm_id", "capital_account", unique=True),
        Index("ix_customer_firm_id_phone_index", "firm_id", "phone_index"),
        Index("ix_customer_firm_id_name_index", "firm_id", "name_index"),
    )


class CustomerNote(Base):
    """A note of staff on a person; `subject` is who signs in (`customer:<id>`, `phone:<index>`)."""

    __tablename__ = "customer_note"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    subject: Mapped[str] = mapped_column(String(80))
    text_sealed: Mapped[bytes]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_customer_note_firm_id_subject", "firm_id", "subject", "created_at"),)


class Proposal(Base):
    """A change of a customer on file that takes two persons; files beside it are evidence rows under its id."""

    __tablename__ = "proposal"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    customer_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    body_sealed: Mapped[bytes]
    valid_to: Mapped[str | None] = mapped_column(String(10))
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_proposal_firm_id_customer_id", "firm_id", "customer_id", "proposed_at"),
        Index("ix_proposal_firm_id_state", "firm_id", "state", "kind", "valid_to"),
        _partial("uq_proposal_waiting", "firm_id", "customer_id", "kind", where="state = 'waiting'"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", "four_eyes"),
    )


class DataRequest(Base):
    """What a customer asked about the own personal data; `due_at` is empty for what took effect at once."""

    __tablename__ = "data_request"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    subject: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    body_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_data_request_firm_id_subject", "firm_id", "subject", "created_at"),
        Index("ix_data_request_firm_id_due_at", "firm_id", "due_at", "answered_at"),
    )


_OPEN = "state IN ('filling','rejected','submitted','in_review','approved','callback')"


class CaseRow(Base):
    """A 受理单; `version` is the optimistic lock."""

    __tablename__ = "case_file"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    number: Mapped[str] = mapped_column(String(16))
    business: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(80))
    branch_id: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[str | None] = mapped_column(String(40))
    id_index: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    current_step: Mapped[str] = mapped_column(String(40), default="")
    rules: Mapped[dict[str, Any]]
    flags: Mapped[list[str]]
    clear: Mapped[dict[str, Any]]
    remark_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    reviewer_id: Mapped[str | None] = mapped_column(String(40))
    reviewer_until: Mapped[datetime | None]
    witness_id: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_case_file_firm_id_number", "firm_id", "number", unique=True),
        _partial("uq_case_file_open_owner", "firm_id", "owner", where=_OPEN),
        Index("ix_case_file_firm_id_state", "firm_id", "state", "submitted_at"),
        Index("ix_case_file_firm_id_id_index", "firm_id", "id_index"),
        Index("ix_case_file_firm_id_owner", "firm_id", "owner"),
        Index("ix_case_file_firm_id_submitted_at", "firm_id", "submitted_at"),
        Index("ix_case_file_firm_id_created_at", "firm_id", "created_at"),
        CheckConstraint("reviewer_id IS NULL OR witness_id IS NULL OR reviewer_id <> witness_id", "four_eyes"),
    )


class AnswerRow(Base):
    """Saved answers of one step, sealed as one JSON value."""

    __tablename__ = "answer"
    firm_id: Mapped[str] = _firm()
    case_id: Mapped[str] = _id()
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
    values_sealed: Mapped[bytes]
    saved_at: Mapped[datetime]


class EvidenceRow(Base):
    """One stored file of a case; `replaced_at` marks what no longer counts but is kept."""

    __tablename__ = "evidence"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    slot: Mapped[str] = mapped_column(String(40))
    file_id: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    meta: Mapped[dict[str, Any]]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_evidence_firm_id_case_id", "firm_id", "case_id", "created_at"),)


class ProofRow(Base):
    """Append-only proofs; fingerprint and body are sealed together."""

    __tablename__ = "proof"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(60))
    body_sealed: Mapped[bytes]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_proof_firm_id_case_id", "firm_id", "case_id", "created_at"),)


class KnowledgeAttempt(Base):
    """One online test; questions, right answers and what was chosen are sealed together; one open per owner."""

    __tablename__ = "knowledge_attempt"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    points: Mapped[int | None]
    passed: Mapped[bool | None]
    body_sealed: Mapped[bytes]
    person_index: Mapped[bytes | None]
    __table_args__ = (
        Index("ix_knowledge_attempt_firm_id_person", "firm_id", "person_index", "started_at"),
        _partial("uq_knowledge_attempt_open", "firm_id", "owner", where="ended_at IS NULL"),
        Index("ix_knowledge_attempt_firm_id_owner", "firm_id", "owner", "started_at"),
        Index("ix_knowledge_attempt_firm_id_case_id", "firm_id", "case_id", "started_at"),
    )


class RejectionRow(Base):
    """One rejection (R202: the history of all of them is kept)."""

    __tablename__ = "rejection"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20))
    codes: Mapped[list[str]]
    targets: Mapped[list[str]]
    text_sealed: Mapped[bytes]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_rejection_firm_id_case_id", "firm_id", "case_id", "created_at"),
        Index("ix_rejection_firm_id_created_at", "firm_id", "created_at"),
    )


class DecisionRow(Base):
    """One decision of the review; a case that is handed in again is decided again. `working_s` is the time in service.

    `submitted_at` and `due_at` are those of the case at that moment: the case itself moves on. Who decides is neither
    the witness of the case nor the first of two reviewers.
    """

    __tablename__ = "review_decision"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(20))
    submitted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    working_s: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    witness_id: Mapped[str | None] = mapped_column(String(40))
    first_by: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (
        Index("ix_review_decision_firm_id_decided_at", "firm_id", "decided_at"),
        Index("ix_review_decision_firm_id_case_id", "firm_id", "case_id", "decided_at"),
        CheckConstraint(
            "decided_by IS NULL OR ((witness_id IS NULL OR decided_by <> witness_id)"
            " AND (first_by IS NULL OR decided_by <> first_by))",
            "four_eyes",
        ),
    )


class Done(Base):
    """Idempotency: an action on a case version happens once."""

    __tablename__ = "done_action"
    firm_id: Mapped[str] = _firm()
    case_id: Mapped[str] = _id()
    action: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]


class Ticket(Base):
    """A place in a branch's queue and the call that follows; see core/queueing.py for the states.

    `claimed_at` is empty again when a customer returns to the queue; `answered_at` is the first claim and stays.
    `promised_s` is the wait that was estimated on joining, empty when nobody was on duty. `reason` says how it ended.
    """

    __tablename__ = "ticket"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    branch_id: Mapped[str] = mapped_column(String(40))
    business: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    enqueued_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    staff_id: Mapped[str | None] = mapped_column(String(40))
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(20), default="")
    process: Mapped[str] = mapped_column(String(80), default="")
    script: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime | None]
    prio_from: Mapped[datetime | None]
    prio_until: Mapped[datetime | None]
    reservation_id: Mapped[str | None] = mapped_column(String(40))
    promised_s: Mapped[int | None]
    rank: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(40), default="")
    rehearsal: Mapped[dict[str, Any] | None]
    __table_args__ = (
        _partial("uq_ticket_case_live", "firm_id", "case_id", where="state IN ('waiting','offered','in_call')"),
        _partial("uq_ticket_staff_busy", "firm_id", "staff_id", where="state IN ('offered','in_call')"),
        _partial(
            "ix_ticket_waiting",
            "firm_id",
            "branch_id",
            "enqueued_at",
            where="state = 'waiting'",
            unique=False,
        ),
        _partial("ix_ticket_lease", "lease_until", where="state IN ('offered','in_call')", unique=False),
        Index("ix_ticket_firm_id_case_id", "firm_id", "case_id", "enqueued_at"),
        Index("ix_ticket_firm_id_enqueued_at", "firm_id", "enqueued_at", "branch_id", "business", "state"),
        CheckConstraint("(state IN ('offered','in_call')) = (lease_until IS NOT NULL)", "lease"),
    )


class QueueEvent(Base):
    """Append-only ledger of the queue."""

    __tablename__ = "queue_event"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    ticket_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    fence: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_queue_event_firm_id_ticket_id", "firm_id", "ticket_id", "at"),
        Index("ix_queue_event_firm_id_actor", "firm_id", "actor", "at"),
    )


class StaffSkill(Base):
    """Which businesses a member of staff serves at which branch; business `*` means all."""

    __tablename__ = "staff_skill"
    firm_id: Mapped[str] = _firm()
    staff_id: Mapped[str] = _id()
    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    business: Mapped[str] = mapped_column(String(40), primary_key=True)


class StaffStatus(Base):
    """Interval table of what each member of staff did: online, busy, break, wrap_up; a gap is offline."""

    __tablename__ = "staff_status"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    staff_id: Mapped[str] = mapped_column(String(40))
    branch_id: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40), default="")
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        _partial("uq_staff_status_now", "firm_id", "staff_id", where="ended_at IS NULL"),
        Index("ix_staff_status_firm_id_began_at", "firm_id", "began_at"),
    )


class DeskMessage(Base):
    """A message of the desk to everybody who waits at a branch."""

    __tablename__ = "desk_message"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    branch_id: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    until: Mapped[datetime]
    __table_args__ = (Index("ix_desk_message_firm_id_branch_id", "firm_id", "branch_id", "until"),)


class CallLine(Base):
    """One line of text within a call, for the customer or among staff; appended, never changed."""

    __tablename__ = "call_line"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    ticket_id: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str] = mapped_column(String(40))
    fence: Mapped[int]
    audience: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    text_sealed: Mapped[bytes]
    __table_args__ = (Index("ix_call_line_firm_id_case_id", "firm_id", "case_id", "created_at"),)


class RosterRow(Base):
    """Weekly duty: who serves which branch on which weekday (0 = Monday) from when to when (HH:MM)."""

    __tablename__ = "roster"
    firm_id: Mapped[str] = _firm()
    staff_id: Mapped[str] = _id()
    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begins: Mapped[str] = mapped_column(String(5), primary_key=True)
    ends: Mapped[str] = mapped_column(String(5))


class ReservationSlot(Base):
    """Places of one slot of a branch's day, named by the firm's slot (`begins`, HH:MM).

    `capacity` is what counted at the last booking; the roster decides it anew, unless it was set `by_hand`.
    `used` never exceeds it, unless it was lowered later. `closed` is the reason that customers are told.
    """

    __tablename__ = "reservation_slot"
    firm_id: Mapped[str] = _firm()
    branch_id: Mapped[str] = _id()
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    begins: Mapped[str] = mapped_column(String(5), primary_key=True)
    ends: Mapped[str] = mapped_column(String(5))
    capacity: Mapped[int]
    by_hand: Mapped[bool] = mapped_column(default=False)
    used: Mapped[int] = mapped_column(default=0)
    closed: Mapped[str] = mapped_column(String(100), default="")
    __table_args__ = (CheckConstraint("used >= 0", "used"),)


class Reservation(Base):
    """A booked window: booked, then used, late, no_show, host_no_show or cancelled; one booked per owner (R161)."""

    __tablename__ = "reservation"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(80))
    branch_id: Mapped[str] = mapped_column(String(40))
    day: Mapped[str] = mapped_column(String(10))
    slot: Mapped[str] = mapped_column(String(5))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    signed_in_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(100), default="")
    __table_args__ = (
        _partial("uq_reservation_booked", "firm_id", "owner", where="state = 'booked'"),
        Index("ix_reservation_firm_id_branch_id_day", "firm_id", "branch_id", "day"),
        Index("ix_reservation_firm_id_case_id", "firm_id", "case_id"),
        Index("ix_reservation_firm_id_day", "firm_id", "day"),
    )


def _count() -> Mapped[int]:
    return mapped_column(BigInteger)


def _part() -> Mapped[int]:
    return mapped_column(BigInteger, primary_key=True, autoincrement=False)


_CLUSTERED = {"sqlite_with_rowid": False}
"""On SQLite the rows lie in the order of their key, as charts read them; PostgreSQL reads by the key's index."""


class RollupHour(Base):
    """Figures of one branch and one hour: tickets by the hour of joining (hours since 1970 in Asia/Shanghai), duty
    by the hour it happened in. Lengths in seconds. Branch `*` is all of them together, so that a firm's year is read
    as fast as a branch's. All rollups are worked out from facts, see db/stores/rollups.py."""

    __tablename__ = "rollup_hour"
    firm_id: Mapped[str] = _firm()
    branch_id: Mapped[str] = _id()
    hour: Mapped[int] = _part()
    offered: Mapped[int] = _count()
    answered: Mapped[int] = _count()
    abandoned: Mapped[int] = _count()
    wait_s: Mapped[int] = _count()
    abandoned_wait_s: Mapped[int] = _count()
    talked: Mapped[int] = _count()
    talk_s: Mapped[int] = _count()
    duty_s: Mapped[int] = _count()
    busy_s: Mapped[int] = _count()
    wrap_s: Mapped[int] = _count()
    __table_args__ = (_CLUSTERED,)


class RollupDay(Base):
    """Figures of one branch, one business and one day (days since 1970 in Asia/Shanghai): tickets by the day of
    joining, cases by the day of submitting, reservations by their day. Branch `*` is all of them together."""

    __tablename__ = "rollup_day"
    firm_id: Mapped[str] = _firm()
    branch_id: Mapped[str] = _id()
    day: Mapped[int] = _part()
    business: Mapped[str] = mapped_column(String(40), primary_key=True)
    offered: Mapped[int] = _count()
    answered: Mapped[int] = _count()
    in_target: Mapped[int] = _count()
    abandoned: Mapped[int] = _count()
    short_abandoned: Mapped[int] = _count()
    gone_left: Mapped[int] = _count()
    gone_vanished: Mapped[int] = _count()
    gone_closed: Mapped[int] = _count()
    gone_gave_up: Mapped[int] = _count()
    dropped: Mapped[int] = _count()
    wait_s: Mapped[int] = _count()
    talked: Mapped[int] = _count()
    talk_s: Mapped[int] = _count()
    promised: Mapped[int] = _count()
    promise_kept: Mapped[int] = _count()
    promise_early: Mapped[int] = _count()
    promised_s: Mapped[int] = _count()
    promised_wait_s: Mapped[int] = _count()
    submitted: Mapped[int] = _count()
    approved: Mapped[int] = _count()
    clean: Mapped[int] = _count()
    decided: Mapped[int] = _count()
    decided_in_time: Mapped[int] = _count()
    booked: Mapped[int] = _count()
    used: Mapped[int] = _count()
    late: Mapped[int] = _count()
    no_show: Mapped[int] = _count()
    host_no_show: Mapped[int] = _count()
    cancelled: Mapped[int] = _count()
    __table_args__ = (_CLUSTERED,)


class RollupAgentDay(Base):
    """Figures of one member of staff at one branch on one day."""

    __tablename__ = "rollup_agent_day"
    firm_id: Mapped[str] = _firm()
    day: Mapped[int] = _part()
    branch_id: Mapped[str] = _id()
    staff_id: Mapped[str] = _id()
    calls: Mapped[int] = _count()
    passed: Mapped[int] = _count()
    talk_s: Mapped[int] = _count()
    online_s: Mapped[int] = _count()
    busy_s: Mapped[int] = _count()
    wrap_s: Mapped[int] = _count()
    break_s: Mapped[int] = _count()
    __table_args__ = (_CLUSTERED,)


class RollupHist(Base):
    """Histogram of one measure (`wait` and `talk` in s, `review`, `waited`, `took` in min) for percentiles: 160
    little-endian uint32 buckets (core/metrics.py).

    Business `*` and branch `*` stand for all of them together.
    """

    __tablename__ = "rollup_hist"
    firm_id: Mapped[str] = _firm()
    branch_id: Mapped[str] = _id()
    day: Mapped[int] = _part()
    measure: Mapped[str] = mapped_column(String(10), primary_key=True)
    business: Mapped[str] = mapped_column(String(40), primary_key=True)
    buckets: Mapped[bytes]
    __table_args__ = (_CLUSTERED,)


class RollupDirty(Base):
    """A fact of this day and branch changed; written in the fact's own transaction, taken away by the worker.

    Each mark is a row of its own: nobody waits for another one's mark, and none is lost that commits later.
    """

    __tablename__ = "rollup_dirty"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    day: Mapped[int] = mapped_column(BigInteger)
    branch_id: Mapped[str] = mapped_column(String(40))


class AuthorityRow(Base):
    """The firm's pilot CA, timestamp and seal keys (sealed PKCS#8) with their certificates."""

    __tablename__ = "authority"
    firm_id: Mapped[str] = _firm()
    keys_sealed: Mapped[bytes]
    created_at: Mapped[datetime]


class CertificateRow(Base):
    """A customer's certificate and the server's half of its password protection."""

    __tablename__ = "certificate"
    firm_id: Mapped[str] = _firm()
    kid: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20))
    serial: Mapped[str | None] = mapped_column(String(50))
    secret_sealed: Mapped[bytes]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    not_after: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_certificate_firm_id_serial", "firm_id", "serial", unique=True),
        Index("ix_certificate_firm_id_owner", "firm_id", "owner"),
    )


class DocumentRow(Base):
    """An agreement of a case on its way from prepared to signed to sealed; files are evidence rows."""

    __tablename__ = "document"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    body_sealed: Mapped[bytes]
    prepared_file: Mapped[str | None] = mapped_column(String(40))
    signed_file: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_document_firm_id_case_id", "firm_id", "case_id", "position"),)


class ExchangeRequest(Base):
    """Request for a trading code at one exchange, with the return codes of domain.md 4.7."""

    __tablename__ = "exchange_request"
    firm_id: Mapped[str] = _firm()
    case_id: Mapped[str] = _id()
    exchange: Mapped[str] = mapped_column(String(10), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    return_code: Mapped[int | None]
    code_sealed: Mapped[bytes | None]
    updated_by: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        _partial(
            "ix_exchange_request_unsent", "firm_id", "updated_at",
            where="state = 'waiting' AND sent_at IS NULL", unique=False,
        ),
    )  # fmt: skip


class CapitalAccount(Base):
    """Capital account numbers, never used twice."""

    __tablename__ = "capital_account"
    firm_id: Mapped[str] = _firm()
    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    __table_args__ = (Index("uq_capital_account_firm_id_case_id", "firm_id", "case_id", unique=True),)


class CallbackRow(Base):
    """One attempt of a phone callback."""

    __tablename__ = "callback"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    case_id: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    note_sealed: Mapped[bytes]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_callback_firm_id_case_id", "firm_id", "case_id", "created_at"),)


class SupplementCampaign(Base):
    """What the firm wants signed again by whom until when (补签协议); `reason` is the firm's text for customers."""

    __tablename__ = "supplement_campaign"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    codes: Mapped[list[str]]
    reach: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(100))
    due_on: Mapped[str] = mapped_column(String(10))
    requested_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    told_on: Mapped[str] = mapped_column(String(10))
    only: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    consequence: Mapped[str] = mapped_column(String(60), server_default="")
    remind_days: Mapped[int] = mapped_column(server_default="0")


class SupplementRequest(Base):
    """One customer of a campaign; its case begins when the customer comes, and says how far it is."""

    __tablename__ = "supplement_request"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    campaign_id: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str | None] = mapped_column(String(40))
    told_on: Mapped[str] = mapped_column(String(10), default="")
    cancelled_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_supplement_request_firm_id_campaign_id", "firm_id", "campaign_id", "customer_id", unique=True),
        Index("ix_supplement_request_firm_id_customer_id", "firm_id", "customer_id"),
        Index("ix_supplement_request_firm_id_case_id", "firm_id", "case_id"),
    )


class SmsMessage(Base):
    """An SMS to be sent; number and text are sealed, codes are wiped once sent."""

    __tablename__ = "sms_message"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    owner: Mapped[str] = mapped_column(String(80))
    template: Mapped[str] = mapped_column(String(40))
    body_sealed: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_sms_message_firm_id_created_at", "firm_id", "created_at"),
        Index("ix_sms_message_firm_id_owner", "firm_id", "owner", "created_at"),
    )


class Job(Base):
    """Background work with a lease; `dedupe` makes posting idempotent."""

    __tablename__ = "job"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]]
    dedupe: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    log_id: Mapped[str] = mapped_column(String(40), default="")
    __table_args__ = (
        Index("uq_job_firm_id_dedupe", "firm_id", "dedupe", unique=True),
        _partial("ix_job_ready", "run_at", where="state = 'ready'", unique=False),
    )


class AuditRow(Base):
    """HMAC chain with sequence numbers per firm; detail never holds personal values."""

    __tablename__ = "audit"
    firm_id: Mapped[str] = _firm()
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    tag: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]]
    mac: Mapped[bytes]
    __table_args__ = (Index("ix_audit_firm_id_object", "firm_id", "object", "seq"),)


class PersonalRead(Base):
    """One row per person, object, purpose and ten minutes."""

    __tablename__ = "personal_read"
    firm_id: Mapped[str] = _firm()
    actor: Mapped[str] = mapped_column(String(80), primary_key=True)
    object: Mapped[str] = mapped_column(String(80), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
