"""Events of cases, webhooks with their deliveries, API keys, and the pages of cases that the API reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, select

from core.case import Case, State
from core.published_events import events_of
from core.records_interfaces import ApiKey, Delivery, PublishedEvent, Webhook
from db import tables as t
from db.stores.base import Store
from db.tables_interfaces import ApiKeyRow, DeliveryRow, PublishedEventRow, WebhookRow

_E, _W, _D, _K = PublishedEventRow, WebhookRow, DeliveryRow, ApiKeyRow
_EVENT = (_E.seq, _E.id, _E.kind, _E.number, _E.business, _E.state, _E.branch_id, _E.at)


def _event(r: Any) -> PublishedEvent:
    return PublishedEvent(*(getattr(r, column.key) for column in _EVENT))


class Interfaces(Store):
    """Events are kept until the end of the transaction and numbered then: the number's row is the last lock taken,
    so whoever reads up to a number has missed nothing below it, and no two transactions wait for each other."""

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self._noted: list[tuple[Case, str, State]] = []

    # -- events
    def note_state(self, case: Case, after: State) -> None:
        """A case is about to change its state; what that means to others is written by `write_events`."""
        self._noted += [(case, kind, after) for kind in events_of(case.state, after)]

    def write_events(self) -> None:
        """Store the events of this transaction, each with a delivery and a job for every address that wants it."""
        hooks = self.equal(_W, active=True) if self._noted else []
        for case, kind, state in self._noted:
            seq = self.work.number("published_event")
            plain = {"number": case.number, "business": case.business, "branch_id": case.branch_id}
            self.add(
                _E, seq=seq, id=self.work.new_id(), case_id=case.id, kind=kind, state=str(state), at=self.work.now,
                **plain,
            )  # fmt: skip
            for hook in hooks:
                if kind in hook.kinds:
                    self._add_delivery(hook.id, seq)
        self._noted.clear()

    def _add_delivery(self, webhook_id: str, seq: int) -> None:
        now = self.work.now
        self.add(
            _D, id=self.work.new_id(), webhook_id=webhook_id, event_seq=seq, state="waiting", began_at=now, next_at=now
        )
        self.work.jobs.post("deliver_webhook", {"webhook": webhook_id})

    def events_after(self, seq: int, limit: int) -> list[PublishedEvent]:
        """Events with a higher number, in their order."""
        return [_event(row) for row in self.rows(_E, _E.seq > seq, order=_E.seq, limit=limit)]

    def cases_after(
        self, number: str, limit: int, *, state: State | None = None, business: str = "", branch: str = ""
    ) -> list[Case]:
        """Cases with a higher number, in the order of their numbers, of this state, business and branch if named."""
        table = t.CaseRow
        wanted = {table.state: str(state or ""), table.business: business, table.branch_id: branch}
        where = [column == value for column, value in wanted.items() if value]
        found = self.rows(table, table.number > number, *where, order=table.number, limit=limit)
        return [self.work.cases.case_of(row) for row in found]

    # -- webhooks
    def add_webhook(self, hook: Webhook) -> None:
        """Insert an address."""
        target = {"url": hook.url, "secret": hook.secret}
        self.add(
            _W, id=hook.id, title=hook.title, kinds=list(hook.kinds), active=hook.active, created_by=hook.created_by,
            created_at=hook.created_at, target_sealed=self.seal(_W, "target_sealed", hook.id, target),
        )  # fmt: skip

    def _hook(self, r: Row[Any]) -> Webhook:
        target = self.unseal(_W, "target_sealed", r.id, r.target_sealed)
        kinds = tuple(r.kinds)
        return Webhook(r.id, r.title, target["url"], target["secret"], kinds, r.active, r.created_by, r.created_at)

    def webhooks(self) -> list[Webhook]:
        """All addresses, the newest first."""
        return [self._hook(row) for row in self.rows(_W, order=_W.created_at.desc())]

    def find_webhook(self, webhook_id: str) -> Webhook | None:
        """An address or None."""
        found = self.equal(_W, id=webhook_id)
        return self._hook(found[0]) if found else None

    def close_webhook(self, webhook_id: str) -> bool:
        """Send nothing more there, nor what waits; False when it was closed before."""
        where = (_W.firm_id == self.work.firm_id, _W.id == webhook_id, _W.active.is_(True))
        if not self.work.update_one(_W, where, active=False):
            return False
        for row in self.equal(_D, webhook_id=webhook_id, state="waiting"):
            self.change_delivery(row.id, "waiting", state="stopped", ended_at=self.work.now)
        return True

    # -- deliveries
    def _deliveries(self, *where: Any, order: Any, limit: int) -> list[Delivery]:
        own = [column for column in _D.__table__.columns if column.key not in {"firm_id", "event_seq"}]
        query = (
            select(*(column.label(f"d_{column.key}") for column in own), *_EVENT)
            .join_from(_D, _E, and_(_E.firm_id == _D.firm_id, _E.seq == _D.event_seq))
            .where(_D.firm_id == self.work.firm_id, *where)
        )
        found = self.work.connection.execute(query.order_by(*order).limit(limit)).fetchall()
        return [
            Delivery(
                r.d_id, r.d_webhook_id, _event(r), r.d_state, r.d_attempts, r.d_status, r.d_answer, r.d_began_at,
                r.d_next_at, r.d_ended_at,
            )
            for r in found
        ]  # fmt: skip

    def first_waiting(self, webhook_id: str) -> Delivery | None:
        """The oldest event that waits for this address: no later one may go before it."""
        where = (_D.webhook_id == webhook_id, _D.state == "waiting")
        return next(iter(self._deliveries(*where, order=(_D.event_seq,), limit=1)), None)

    def claim_delivery(self, delivery: Delivery, until: datetime) -> bool:
        """Begin an attempt, which nobody else begins before `until`; False when another worker was first."""
        where = (_D.firm_id == self.work.firm_id, _D.id == delivery.id, _D.state == "waiting",
                 _D.next_at == delivery.next_at)  # fmt: skip
        return self.work.update_one(_D, where, next_at=until, attempts=_D.attempts + 1)

    def change_delivery(self, delivery_id: str, expected: str, **values: Any) -> bool:
        """Write what became of a delivery that is in this state; False when it is not."""
        where = (_D.firm_id == self.work.firm_id, _D.id == delivery_id, _D.state == expected)
        return self.work.update_one(_D, where, **values)

    def find_delivery(self, delivery_id: str) -> Delivery | None:
        """A delivery or None."""
        return next(iter(self._deliveries(_D.id == delivery_id, order=(_D.event_seq,), limit=1)), None)

    def deliveries(self, limit: int, state: str = "") -> list[Delivery]:
        """The last deliveries, the newest event first; of one state when it is named."""
        where = [_D.state == state] if state else []
        return self._deliveries(*where, order=(_D.event_seq.desc(), _D.id), limit=limit)

    def forget_deliveries(self, before: datetime) -> int:
        """Delete what ended before then; how many. The events stay."""
        query = delete(_D).where(_D.firm_id == self.work.firm_id, _D.ended_at < before)
        return self.work.connection.execute(query).rowcount

    # -- API keys
    def add_key(self, key: ApiKey, token_hash: str) -> None:
        """Insert a key by its hash."""
        names = ("id", "title", "hint", "created_by", "created_at")
        plain = {name: getattr(key, name) for name in names}
        self.add(_K, **plain, scopes=list(key.scopes), token_hash=token_hash)

    def _key(self, r: Row[Any]) -> ApiKey:
        return ApiKey(
            r.id, r.title, r.hint, tuple(r.scopes), r.created_by, r.created_at, r.used_at, r.revoked_at
        )  # fmt: skip

    def api_keys(self) -> list[ApiKey]:
        """All keys, the newest first."""
        return [self._key(row) for row in self.rows(_K, order=_K.created_at.desc())]

    def find_key(self, token_hash: str) -> ApiKey | None:
        """The key with this hash, also a revoked one."""
        found = self.equal(_K, token_hash=token_hash)
        return self._key(found[0]) if found else None

    def note_use(self, key_id: str) -> bool:
        """The key was used just now."""
        where = (_K.firm_id == self.work.firm_id, _K.id == key_id)
        return self.work.update_one(_K, where, used_at=self.work.now)

    def revoke_key(self, key_id: str) -> bool:
        """The key opens nothing any more; False when it was revoked before."""
        where = (_K.firm_id == self.work.firm_id, _K.id == key_id, _K.revoked_at.is_(None))
        return self.work.update_one(_K, where, revoked_at=self.work.now)
