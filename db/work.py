"""Unit of work: one firm, one transaction, all stores. Everything it reads and writes is filtered by the firm."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.actor import Actor
from core.audit import Tag, clean, link
from core.keys import FirmKeys
from core.records import AuditEntry
from db import tables as t
from db.stores.agreement_use import AgreementUse
from db.stores.calls import Calls
from db.stores.case_figures import CaseFigures
from db.stores.cases import Cases
from db.stores.casework import Casework
from db.stores.documents import Documents
from db.stores.duty import DeskMessages, DutyTimes
from db.stores.firms import Firms
from db.stores.interfaces import Interfaces
from db.stores.jobs import Jobs
from db.stores.knowledge import KnowledgeAttempts
from db.stores.marks import PhotoMarks
from db.stores.matters import Matters
from db.stores.metrics import Metrics
from db.stores.people import People
from db.stores.photos import Photos
from db.stores.queue import Queue
from db.stores.reservations import Reservations
from db.stores.results import Results
from db.stores.retention import Retention
from db.stores.rule_drafts import RuleDrafts
from db.stores.samples import Samples
from db.stores.supplements import Supplements
from db.stores.watch import Watch
from db.stores.work_lists import WorkLists


class SqlWork:
    """What use cases get from `Desk.work`; see core.ports.Work for the contract."""

    def __init__(self, connection: Connection, firm_id: str, keys: FirmKeys, now: datetime) -> None:
        self.connection, self.firm_id, self.keys, self.now = connection, firm_id, keys, now

    @cached_property
    def cases(self) -> Cases:
        """Cases, answers, evidence, proofs, rejections."""
        return Cases(self)

    @cached_property
    def casework(self) -> Casework:
        """Events, holders and tasks of cases."""
        return Casework(self)

    @cached_property
    def lists(self) -> WorkLists:
        """Lists of cases for staff."""
        return WorkLists(self)

    @cached_property
    def watch(self) -> Watch:
        """Marks that persons share, and the block list."""
        return Watch(self)

    @cached_property
    def samples(self) -> Samples:
        """Samples for quality."""
        return Samples(self)

    @cached_property
    def people(self) -> People:
        """Customers, staff, sessions, codes."""
        return People(self)

    @cached_property
    def matters(self) -> Matters:
        """Notes, proposals and requests about a customer."""
        return Matters(self)

    @cached_property
    def firms(self) -> Firms:
        """The firm, its branches, firm data and calendar."""
        return Firms(self)

    @cached_property
    def rule_drafts(self) -> RuleDrafts:
        """Drafts and history of the firm's own rules."""
        return RuleDrafts(self)

    @cached_property
    def queue(self) -> Queue:
        """Tickets of the video queue."""
        return Queue(self)

    @cached_property
    def duty(self) -> DutyTimes:
        """Skills of staff and what they do now."""
        return DutyTimes(self)

    @cached_property
    def messages(self) -> DeskMessages:
        """Messages of the desk to those who wait."""
        return DeskMessages(self)

    @cached_property
    def reservations(self) -> Reservations:
        """Reservations, the places of slots, and the weekly duty they come from."""
        return Reservations(self)

    @cached_property
    def calls(self) -> Calls:
        """Running calls as supervisors act on them."""
        return Calls(self)

    @cached_property
    def documents(self) -> Documents:
        """Certificates, agreements and the firm's authority."""
        return Documents(self)

    @cached_property
    def results(self) -> Results:
        """What follows an approval: accounts, exchange requests, callbacks."""
        return Results(self)

    @cached_property
    def knowledge(self) -> KnowledgeAttempts:
        """Knowledge tests."""
        return KnowledgeAttempts(self)

    @cached_property
    def supplements(self) -> Supplements:
        """Campaigns of 补签协议 and the customers they ask."""
        return Supplements(self)

    @cached_property
    def agreement_use(self) -> AgreementUse:
        """Who read and signed which agreement."""
        return AgreementUse(self)

    @cached_property
    def marks(self) -> PhotoMarks:
        """What reviewers note about pictures."""
        return PhotoMarks(self)

    @cached_property
    def photos(self) -> Photos:
        """What was read from photos."""
        return Photos(self)

    @cached_property
    def jobs(self) -> Jobs:
        """Background jobs and SMS."""
        return Jobs(self)

    @cached_property
    def retention(self) -> Retention:
        """What is kept and what is deleted."""
        return Retention(self)

    @cached_property
    def case_figures(self) -> CaseFigures:
        """Where cases stand, why they were rejected, how old the open ones are."""
        return CaseFigures(self)

    @cached_property
    def metrics(self) -> Metrics:
        """Marks of what changed, and figures."""
        return Metrics(self)

    @cached_property
    def interfaces(self) -> Interfaces:
        """Events for other systems, webhooks, API keys."""
        return Interfaces(self)

    def close(self) -> None:
        """What is to be written last in a transaction: the events of its changes of state."""
        if "interfaces" in self.__dict__:
            self.interfaces.write_events()

    def new_id(self) -> str:
        """A random id (128 bit), not guessable and without meaning."""
        return secrets.token_hex(16)

    def number(self, name: str, start: int = 1) -> int:
        """Next value of a counter; concurrent callers never get the same one."""
        make = pg_insert if self.connection.dialect.name == "postgresql" else sqlite_insert
        first = make(t.Counter).values(firm_id=self.firm_id, name=name, value=start)
        step = first.on_conflict_do_update(index_elements=["firm_id", "name"], set_={"value": t.Counter.value + 1})
        return int(self.connection.execute(step.returning(t.Counter.value)).scalar_one())

    def once(self, case_id: str, action: str, key: str) -> bool:
        """True for the first caller with this key, False for every repetition (double click, second tab)."""
        return self.add_first(t.Done, case_id=case_id, action=action, key=key, at=self.now)

    def add_first(self, table: type[t.Base], **values: Any) -> bool:
        """INSERT unless the key is there already; callers at the same moment wait for each other."""
        make = pg_insert if self.connection.dialect.name == "postgresql" else sqlite_insert
        row = make(table).values(firm_id=self.firm_id, **values).on_conflict_do_nothing()
        return self.connection.execute(row.returning(table.__table__.columns["firm_id"])).first() is not None

    def audit(self, actor: Actor, tag: Tag, subject: str, **detail: Any) -> None:
        """Append one row to the firm's chain; call it last in the transaction."""
        if self.connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
            self.connection.execute(lock, {"name": f"audit|{self.firm_id}"})
        last, previous = self.audit_head()
        seq = last + 1
        at = self.now.replace(microsecond=self.now.microsecond // 1000 * 1000)
        entry = AuditEntry(seq, at, actor.id, str(tag), subject, clean(detail), b"")
        row = {
            "firm_id": self.firm_id,
            "seq": seq,
            "at": at,
            "actor": actor.id,
            "tag": str(tag),
            "object": subject,
        }
        mac = link(self.keys.mac, previous, entry)
        self.connection.execute(insert(t.AuditRow).values(**row, detail=dict(entry.detail), mac=mac))
        self.casework.sign(actor.id, seq)

    def audit_head(self) -> tuple[int, bytes]:
        """Sequence number and MAC of the newest row of the chain; (0, b"") before the first."""
        query = select(t.AuditRow.seq, t.AuditRow.mac).where(t.AuditRow.firm_id == self.firm_id)
        last = self.connection.execute(query.order_by(t.AuditRow.seq.desc()).limit(1)).first()
        return (last.seq, last.mac) if last else (0, b"")

    def audit_entries(self) -> list[AuditEntry]:
        """The whole chain in order, for verification."""
        query = select(t.AuditRow).where(t.AuditRow.firm_id == self.firm_id).order_by(t.AuditRow.seq)
        rows = self.connection.execute(query.with_only_columns(*t.AuditRow.__table__.columns))
        return [AuditEntry(r.seq, r.at, r.actor, r.tag, r.object, r.detail, r.mac) for r in rows]

    def personal_read(self, actor: Actor, subject: str, purpose: str) -> None:
        """Record that somebody saw personal data: one row per person, object, purpose and ten minutes."""
        window = int(self.now.timestamp()) // 600
        key = {"actor": actor.id, "object": subject, "purpose": purpose, "window": window}
        if self.add_first(t.PersonalRead, **key, at=self.now):
            self.audit(actor, Tag.STAFF_PERSONAL_READ, subject, purpose=purpose)

    def update_one(self, table: type[t.Base], where: tuple[Any, ...], **values: Any) -> bool:
        """UPDATE that must hit exactly one row; False when it hit none."""
        return self.connection.execute(update(table).where(*where).values(**values)).rowcount == 1
