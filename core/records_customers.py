"""Records about a customer beside the cases: notes of staff, proposals for two persons, requests of the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class ProposalKind(StrEnum):
    """What one member of staff proposes and another one decides."""

    INVESTOR_CLASS = "investor_class"
    PHONE = "phone"


class ProposalState(StrEnum):
    """`ended`: it was in force and is no more, by its last day or by a newer decision."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True)
class CustomerNote:
    """A note of staff; `subject` is `customer:<id>` or, before an account, `phone:<index>`."""

    id: str
    subject: str
    text: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class Proposal:
    """A change of a customer on file that takes two persons; `body` says what and why, `valid_to` is the last day."""

    id: str
    customer_id: str
    kind: ProposalKind
    state: ProposalState
    body: Mapping[str, Any]
    valid_to: date | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


class RequestKind(StrEnum):
    """Rights of the Personal Information Protection Law: `withdraw` and `copy` take effect at once, the others wait."""

    COPY = "copy"
    WITHDRAW = "withdraw"
    DELETION = "deletion"
    COMPLAINT = "complaint"


@dataclass(frozen=True)
class DataRequest:
    """What a customer asked about the own data; `due_at` is None for what took effect at once."""

    id: str
    subject: str
    kind: RequestKind
    body: Mapping[str, Any]
    created_at: datetime
    due_at: datetime | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
