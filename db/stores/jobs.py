"""Background jobs with leases, and the SMS outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select

from core.records import Job, SmsMessage
from db import tables as t
from db.stores.base import Store

_J, _S = t.Job, t.SmsMessage
_RECENT = (
    select(*_S.__table__.columns)
    .where(_S.firm_id == bindparam("firm"), _S.created_at > bindparam("since"))
    .order_by(_S.created_at.desc())
    .limit(20)
)


class Jobs(Store):
    """Posting happens in the transaction of the use case, so no job is lost and none runs for nothing."""

    def post(
        self, kind: str, payload: Mapping[str, Any], *, run_at: datetime | None = None, dedupe: str | None = None
    ) -> None:
        """Queue a job once per `dedupe` key; the payload holds ids only."""
        if dedupe and self.row(_J, _J.dedupe == dedupe):
            return
        self.add(
            _J,
            id=self.work.new_id(),
            kind=kind,
            payload=dict(payload),
            dedupe=dedupe,
            state="ready",
            run_at=run_at or self.work.now,
        )

    def _due(self, lane: Collection[str], *, other: bool) -> ColumnElement[bool]:
        """Jobs that may run now: of these kinds only, or with `other` of all kinds but these; without a lane all."""
        now = self.work.now
        due = ((_J.state == "ready") & (_J.run_at <= now)) | ((_J.state == "leased") & (_J.lease_until < now))
        if not lane:
            return due
        return due & (_J.kind.not_in(lane) if other else _J.kind.in_(lane))

    def take(self, lease: timedelta, lane: Collection[str] = (), *, other: bool = False) -> Job | None:
        """Lease the next job of a lane that is due, or one whose lease ran out."""
        now = self.work.now
        query = (
            select(_J.id, _J.kind, _J.payload, _J.attempts)
            .where(_J.firm_id == self.work.firm_id, self._due(lane, other=other))
            .order_by(_J.run_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self.work.connection.execute(query).first()
        if row is None:
            return None
        self._set(row.id, state="leased", lease_until=now + lease, attempts=row.attempts + 1)
        return Job(self.work.firm_id, row.id, row.kind, row.payload, row.attempts + 1)

    def due(self, lane: Collection[str] = (), *, other: bool = False) -> bool:
        """Whether a job of a lane is due (a cheap read before taking the write lock)."""
        return self.row(_J, self._due(lane, other=other)) is not None

    def _set(self, job_id: str, **values: Any) -> None:
        self.work.update_one(_J, (_J.firm_id == self.work.firm_id, _J.id == job_id), **values)

    def finish(self, job_id: str) -> None:
        """The job is done."""
        self._set(job_id, state="done", lease_until=None)

    def retry(self, job_id: str, run_at: datetime, log_id: str) -> None:
        """Try again later."""
        self._set(job_id, state="ready", lease_until=None, run_at=run_at, log_id=log_id)

    def wait(self, job_id: str, run_at: datetime) -> None:
        """Ask again later; the attempt does not count, because nothing failed."""
        self._set(job_id, state="ready", lease_until=None, run_at=run_at, attempts=_J.attempts - 1)

    def give_up(self, job_id: str, log_id: str) -> None:
        """Too many attempts; staff see it."""
        self._set(job_id, state="failed", lease_until=None, log_id=log_id)

    def unfinished(self) -> int:
        """Jobs that are ready or leased."""
        return len(self.rows(_J, _J.state.in_(["ready", "leased"])))

    def named_files(self) -> set[str]:
        """Evidence files that jobs still name: those to be done, and those that failed and wait for staff."""
        payloads = [row.payload for row in self.rows(_J, _J.state != "done")]
        return {payload[name] for payload in payloads for name in ("file", "index") if payload.get(name)}

    # -- SMS
    def add_sms(self, owner: str, phone: str, template: str, text: str) -> None:
        """Put an SMS into the outbox and post its job."""
        row_id = self.work.new_id()
        body = {"phone": phone, "text": text}
        self.add(
            _S,
            id=row_id,
            owner=owner,
            template=template,
            state="waiting",
            created_at=self.work.now,
            body_sealed=self.seal(_S, "body_sealed", row_id, body),
        )
        self.post("send_sms", {"message": row_id}, dedupe=f"sms|{row_id}")

    def _sms(self, r: Row[Any]) -> SmsMessage:
        body = self.unseal(_S, "body_sealed", r.id, r.body_sealed)
        return SmsMessage(r.id, r.owner, body["phone"], r.template, body["text"], r.state, r.created_at)

    def find_sms(self, message_id: str) -> SmsMessage | None:
        """An SMS by id."""
        row = self.row(_S, _S.id == message_id)
        return self._sms(row) if row else None

    def recent_sms(self, since: datetime) -> list[SmsMessage]:
        """Messages since a moment, newest first (the demo's outbox on screen)."""
        found = self.work.connection.execute(_RECENT, {"firm": self.work.firm_id, "since": since})
        return [self._sms(r) for r in found]

    def sms_between(self, begins: datetime, ends: datetime, limit: int) -> list[SmsMessage]:
        """The messages put into the outbox in a time, newest first."""
        when = (_S.created_at >= begins, _S.created_at < ends)
        return [self._sms(r) for r in self.rows(_S, *when, order=_S.created_at.desc(), limit=limit)]

    def sms_of(self, owners: Collection[str]) -> list[SmsMessage]:
        """The last 20 messages to a person under any of these names, newest first."""
        return [self._sms(r) for r in self.rows(_S, _S.owner.in_(owners), order=_S.created_at.desc(), limit=20)]

    def sms_since(self, owner: str, moment: datetime) -> list[SmsMessage]:
        """Every message to a person since then, oldest first."""
        return [self._sms(r) for r in self.rows(_S, _S.owner == owner, _S.created_at >= moment, order=_S.created_at)]

    def set_sms(self, message: SmsMessage, state: str, text: str | None = None) -> None:
        """Store the outcome of sending; the text is overwritten when it held a code."""
        values: dict[str, Any] = {"state": state}
        if state == "sent":
            values["sent_at"] = self.work.now
        if text is not None:
            values["body_sealed"] = self.seal(_S, "body_sealed", message.id, {"phone": message.phone, "text": text})
        self.work.update_one(_S, (_S.firm_id == self.work.firm_id, _S.id == message.id), **values)
