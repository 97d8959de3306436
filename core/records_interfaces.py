"""Records of what leaves for other systems: events, addresses they are sent to, deliveries, API keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublishedEvent:
    """Something that happened to a case. `seq` counts the firm's events in the order in which they were committed."""

    seq: int
    id: str
    kind: str
    number: str
    business: str
    state: str
    branch_id: str
    at: datetime


@dataclass(frozen=True)
class Webhook:
    """An address of another system; `kinds` are the events it wants, `secret` signs what it gets."""

    id: str
    title: str
    url: str
    secret: str
    kinds: tuple[str, ...]
    active: bool
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class Delivery:
    """One event for one address: waiting, done, failed (given up) or stopped (by staff).

    `began_at` is when it was put in the line, `next_at` when it is tried next; `status` is the HTTP status of the
    last answer (None: there was none), `answer` its first 200 bytes or why nothing could be sent.
    """

    id: str
    webhook_id: str
    event: PublishedEvent
    state: str
    attempts: int
    status: int | None
    answer: str
    began_at: datetime
    next_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ApiKey:
    """A key of the read-only API; of the key itself only a hash is stored and its last four characters (`hint`)."""

    id: str
    title: str
    hint: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class Sent:
    """What a receiver answered: HTTP status and the first 200 bytes."""

    status: int
    answer: str
