"""Tables of what leaves for other systems: events of cases, webhooks with their deliveries, API keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import Base, _firm, _id


class PublishedEventRow(Base):
    """An event of a case, numbered in the order of commits; nothing personal stands in it."""

    __tablename__ = "published_event"
    firm_id: Mapped[str] = _firm()
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(16))
    business: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class WebhookRow(Base):
    """An address that wants to hear of events; the address and its secret are sealed."""

    __tablename__ = "webhook"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    title: Mapped[str] = mapped_column(String(60))
    kinds: Mapped[list[str]]
    target_sealed: Mapped[bytes]
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]


class DeliveryRow(Base):
    """One event for one address: waiting, done, failed or stopped."""

    __tablename__ = "webhook_delivery"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    webhook_id: Mapped[str] = mapped_column(String(40))
    event_seq: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(200), default="")
    began_at: Mapped[datetime]
    next_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_webhook_delivery_firm_id_webhook_id", "firm_id", "webhook_id", "state", "event_seq"),
        Index("ix_webhook_delivery_firm_id_event_seq", "firm_id", "event_seq"),
    )


class ApiKeyRow(Base):
    """A key of the read-only API; only its hash is stored."""

    __tablename__ = "api_key"
    firm_id: Mapped[str] = _firm()
    id: Mapped[str] = _id()
    title: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(4))
    scopes: Mapped[list[str]]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (Index("uq_api_key_firm_id_token_hash", "firm_id", "token_hash", unique=True),)
