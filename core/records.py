"""Plain records that stores hand to use cases and pages. Times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.actor import Role
from core.flow import Evidence
from core.rules.reservation import ReservationState


@dataclass(frozen=True)
class Firm:
    """A futures firm; `number` is what a customer types (期货公司编号)."""

    id: str
    number: str
    name: str
    hotline: str
    demo: bool


@dataclass(frozen=True)
class Branch:
    """A branch (营业部)."""

    id: str
    name: str
    city: str
    address: str


@dataclass(frozen=True)
class StaffMember:
    """A member of staff; `licence` is the 执业证号 shown to the customer."""

    id: str
    login: str
    name: str
    licence: str
    branch_id: str
    roles: frozenset[Role]
    password_hash: str
    active: bool = True
    failed: int = 0
    locked_until: datetime | None = None
    totp_secret: str | None = None
    totp_last_step: int = 0


@dataclass(frozen=True)
class SessionRecord:
    """A signed-in session; `phone` is known for customers only."""

    id: str
    firm_id: str
    kind: str
    subject: str
    created_at: datetime
    seen_at: datetime
    phone: str = ""
    device: str = ""


@dataclass(frozen=True)
class Customer:
    """An existing customer with the data on file."""

    id: str
    number: str
    name: str
    id_number: str
    phone: str
    exchanges: tuple[str, ...]
    investor_class: str
    level: str
    capital_account: str | None
    id_valid_to: str = ""


@dataclass(frozen=True)
class CustomerFile:
    """客户档案: what the customer's approved businesses said last. Empty parts were never handed in here.

    `profile` and `suitability` are answers of those steps (`suitability` with `rated_at`, ISO time), `bank` holds the
    cards, each naming its photo by id; `photos` are the newest pictures by slot.
    """

    profile: Mapping[str, Any] = field(default_factory=dict)
    bank: Mapping[str, Any] = field(default_factory=dict)
    suitability: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class SmsCode:
    """A code that was sent; compared by MAC only."""

    id: str
    subject: str
    phone: str
    code_mac: bytes
    created_at: datetime
    tries: int
    used: bool


@dataclass(frozen=True)
class SmsMessage:
    """An SMS in the outbox."""

    id: str
    owner: str
    phone: str
    template: str
    text: str
    state: str
    created_at: datetime


@dataclass(frozen=True)
class Ticket:
    """A place in the queue and the call that follows (states: waiting, offered, in_call, done, abandoned).

    `answered_at` is the first claim and stays; `promised_s` the wait in seconds that was estimated on joining, None
    when nobody was on duty; `rank` below 0 was put ahead by a supervisor; `reason` says how an abandoned one ended.
    """

    id: str
    case_id: str
    branch_id: str
    business: str
    state: str
    enqueued_at: datetime
    seen_at: datetime
    staff_id: str | None
    claimed_at: datetime | None
    lease_until: datetime | None
    fence: int
    attempts: int
    result: str
    script: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    answered_at: datetime | None = None
    prio_from: datetime | None = None
    prio_until: datetime | None = None
    reservation_id: str | None = None
    promised_s: int | None = None
    rank: int = 0
    reason: str = ""
    rehearsal: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class LedgerEntry:
    """One event of the queue: join, offer, claim, missed, decline, release, lease_lost, ahead, transfer, finish, …"""

    ticket_id: str
    kind: str
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Duty:
    """What a member of staff does now: online, busy, break (with its reason) or wrap_up."""

    staff_id: str
    branch_id: str
    status: str
    reason: str
    began_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class DeskMessage:
    """A message of the desk to everybody who waits at a branch."""

    id: str
    branch_id: str
    text: str
    created_by: str
    created_at: datetime
    until: datetime


@dataclass(frozen=True)
class CallLine:
    """One line of text within a call. `audience` is `customer` (witness and customer) or `staff` (among colleagues).

    `author` is an actor's id, `fence` says which witness held the call then.
    """

    id: str
    ticket_id: str
    case_id: str
    fence: int
    audience: str
    author: str
    at: datetime
    text: str

    @property
    def by_staff(self) -> bool:
        """Whether a member of staff wrote it."""
        return self.author.startswith("staff:")


@dataclass(frozen=True)
class QueuePlace:
    """What a waiting customer sees: people in the branch's queue including oneself (R149), and the own position.

    `minutes` is the expected wait from–to, None when nobody is on duty; `closing` is set when service may end before
    the turn comes; `alone_too_long` when the connection is probably at fault (R047).
    """

    ticket: Ticket
    people: int = 0
    position: int = 0
    staff_on_duty: int = 0
    minutes: tuple[int, int] | None = None
    messages: tuple[DeskMessage, ...] = ()
    closing: datetime | None = None
    alone_too_long: bool = False


@dataclass(frozen=True)
class Reservation:
    """A window that a customer booked; `slot` (HH:MM) names the firm's slot, `reason` says how it ended."""

    id: str
    case_id: str
    owner: str
    branch_id: str
    day: date
    slot: str
    begins_at: datetime
    ends_at: datetime
    state: ReservationState
    signed_in_at: datetime | None
    created_at: datetime
    closed_at: datetime | None
    reason: str


@dataclass(frozen=True)
class SlotUse:
    """What is stored about one slot of a branch's day; `closed` is the reason it was closed for, empty while open."""

    day: date
    slot: str
    capacity: int
    by_hand: bool
    used: int
    closed: str


@dataclass(frozen=True)
class Certificate:
    """A customer's certificate; `secret` holds server share, protected password tag and chain (base64, leaf first)."""

    kid: str
    case_id: str
    owner: str
    state: str
    serial: str | None
    secret: Mapping[str, Any]
    tries: int
    issued_at: datetime | None
    not_after: datetime | None


@dataclass(frozen=True)
class Document:
    """An agreement of a case: prepared, signed, sealed or void."""

    id: str
    case_id: str
    code: str
    title: str
    version: str
    position: int
    state: str
    body: Mapping[str, Any]
    prepared_file: str | None
    signed_file: str | None
    signed_at: datetime | None
    sealed_at: datetime | None


@dataclass(frozen=True)
class ExchangeRequest:
    """Request for a trading code; return codes 0-4 as in domain.md 4.7. `sent_at`: when it last left for the centre."""

    exchange: str
    state: str
    return_code: int | None
    trading_code: str
    updated_at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Callback:
    """One attempt of the phone callback."""

    id: str
    outcome: str
    note: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class Job:
    """A leased background job."""

    firm_id: str
    id: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True)
class AuditEntry:
    """One row of the audit chain."""

    seq: int
    at: datetime
    actor: str
    tag: str
    object: str
    detail: Mapping[str, Any]
    mac: bytes
