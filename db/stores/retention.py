"""What is kept and what is deleted: cases whose time is over, legal holds, deletions with their certificates.

A deletion takes away every row and sealed cell that says something of the person. What stays of a case is its number,
business, branch, state, times and figures; audit and reservations still name its owner by a keyed index, which without
the firm's key is nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, or_, select, update

from core.businesses import BY_FIRM
from core.case import CLOSED_STATES, WITH_CUSTOMER, Case, State
from core.records_retention import Erased, Erasure, LegalHold
from db import tables as t
from db import tables_casework as w
from db import tables_marks as m
from db import tables_photos as p
from db import tables_watch as q
from db.stores.base import Store
from db.tables_retention import ErasureRow, LegalHoldRow

_C, _H, _E = t.CaseRow, LegalHoldRow, ErasureRow
AT_ONCE = 10
"""Cases of a class in one transaction, so that nobody waits long for the database."""
DELETED: tuple[type[t.Base], ...] = (
    t.AnswerRow, t.ProofRow, t.KnowledgeAttempt, t.RejectionRow, t.CallLine, t.CertificateRow, t.DocumentRow,
    t.CallbackRow, m.PhotoMarkRow, p.PhotoLook, p.PhotoReadingRow, t.EvidenceRow,
)  # fmt: skip
"""Rows of a case that go as a whole."""
BLANKED: dict[type[t.Base], str] = {
    t.ExchangeRequest: "code_sealed", w.CaseEventRow: "body_sealed", w.CaseTaskRow: "note_sealed",
    q.SampleRow: "note_sealed",
}  # fmt: skip
"""Rows of a case that stay for the figures, without what was sealed in them."""
_TO_BEGIN = ("identity", "device", "draft:device")
"""Answers that say no more of a person than the phone number."""


def _of(table: type[t.Base]) -> ColumnElement[bool]:
    """Rows of a table that belong to the case of the outer statement."""
    columns = table.__table__.columns
    return and_(columns["firm_id"] == _C.firm_id, columns["case_id"] == _C.id)


_HELD = exists().where(_of(_H), _H.lifted_at.is_(None))
_CERTIFIED = exists().where(_of(t.CertificateRow), t.CertificateRow.issued_at.is_not(None))
_EMPTY = and_(
    ~exists().where(_of(t.EvidenceRow)),
    ~exists().where(_of(t.AnswerRow), t.AnswerRow.step.not_in(_TO_BEGIN)),
)
_FREE = and_(~exists().where(_of(_E)), ~_HELD)
_RECORD = or_(_C.submitted_at.is_not(None), _C.state == str(State.TERMINATED), _CERTIFIED)
"""Was handed in, was ended by the firm, or has a certificate: what the law wants to be kept for years."""
_HAS_ACCOUNT = exists().where(
    t.Customer.firm_id == _C.firm_id, t.Customer.id_index == _C.id_index, t.Customer.capital_account.is_not(None)
)


class Retention(Store):
    """Lists leave out what is held or deleted already; the longest over comes first."""

    def _cases(self, *where: ColumnElement[bool], order: Any) -> list[Case]:
        found = self.rows(_C, _FREE, *where, order=order, limit=AT_ONCE)
        return [self.work.cases.case_of(row) for row in found]

    def unfinished(self, before: datetime, *, empty: bool) -> list[Case]:
        """Open cases that nobody touched since then and that were never handed in; `empty`: only a phone is known.

        What the firm began (补签协议) waits for the customer without end.
        """
        own = and_(_C.state.in_([str(state) for state in WITH_CUSTOMER]), _C.business.not_in(BY_FIRM))
        content = _EMPTY if empty else ~_EMPTY
        return self._cases(own, _C.updated_at < before, content, ~_RECORD, order=_C.updated_at)

    def given_up(self, before: datetime) -> list[Case]:
        """Cases that their customers gave up or left lying, ended before then."""
        return self._ended(before, ~_RECORD)

    def records(self, before: datetime) -> list[Case]:
        """Ended cases that had to be kept, of persons without an account."""
        return self._ended(before, _RECORD, ~_HAS_ACCOUNT)

    def _ended(self, before: datetime, *where: ColumnElement[bool]) -> list[Case]:
        states = _C.state.in_([str(state) for state in CLOSED_STATES])
        return self._cases(states, _C.closed_at < before, *where, order=_C.closed_at)

    def is_record(self, case_id: str) -> bool:
        """Whether the law wants this case to be kept."""
        return self.row(_C, _C.id == case_id, _RECORD) is not None

    # -- deleting
    def erase(self, case: Case) -> Erased:
        """Delete what is stored about a case; the files are named, not yet deleted."""
        files, owner = tuple(sorted(self._files(case.id))), case.owner
        gone = sum(self._delete(table, table.__table__.columns["case_id"] == case.id) for table in DELETED)
        gone += sum(self._blank(table, column, case.id) for table, column in BLANKED.items())
        gone += self._delete(q.PersonMarkRow, q.PersonMarkRow.subject == f"case:{case.id}")
        where = (_C.firm_id == self.work.firm_id, _C.id == case.id)
        nobody = {"owner": f"erased:{case.id}", "customer_id": None, "id_index": None, "remark_sealed": None}
        self.work.update_one(_C, where, **nobody, version=_C.version + 1)
        scripts = update(t.Ticket).where(t.Ticket.firm_id == self.work.firm_id, t.Ticket.case_id == case.id)
        self.work.connection.execute(scripts.values(script={}))
        if not self.equal(_C, owner=owner):
            gone += self._delete(q.PersonMarkRow, q.PersonMarkRow.subject == owner)
        return Erased(gone, files)

    def _files(self, case_id: str) -> Iterator[str]:
        """Every file of a case: what was taken again since, originals and crops too."""
        for row in self.equal(t.EvidenceRow, case_id=case_id):
            yield row.file_id
            if "original_file" in row.meta:
                yield row.meta["original_file"]
        yield from (row.crop_file for row in self.equal(p.PhotoReadingRow, case_id=case_id) if row.crop_file)

    def _delete(self, table: type[t.Base], *where: ColumnElement[bool]) -> int:
        firm = table.__table__.columns["firm_id"] == self.work.firm_id
        return self.work.connection.execute(delete(table).where(firm, *where)).rowcount

    def _blank(self, table: type[t.Base], column: str, case_id: str) -> int:
        columns = table.__table__.columns
        where = (columns["firm_id"] == self.work.firm_id, columns["case_id"] == case_id, columns[column].is_not(None))
        return self.work.connection.execute(update(table).where(*where).values({column: None})).rowcount

    def add_erasure(self, erasure: Erasure) -> None:
        """Insert the certificate of a deletion."""
        names = ("case_id", "kept_as", "rows", "files", "erased_by", "erased_at")
        self.add(_E, **{name: getattr(erasure, name) for name in names})

    def _certificates(self, *where: ColumnElement[bool], limit: int) -> Sequence[Row[Any]]:
        case_of = and_(_C.firm_id == _E.firm_id, _C.id == _E.case_id)
        query: Select[Any] = select(*_E.__table__.columns, _C.number, _C.business).join_from(_E, _C, case_of)
        query = query.where(_E.firm_id == self.work.firm_id, *where)
        return self.work.connection.execute(query.order_by(_E.erased_at.desc(), _E.case_id).limit(limit)).fetchall()

    def erasures(self, limit: int) -> list[Erasure]:
        """The newest certificates."""
        return [_erasure(row) for row in self._certificates(limit=limit)]

    def find_erasure(self, case_id: str) -> Erasure | None:
        """The certificate of one case, or None."""
        return next((_erasure(row) for row in self._certificates(_E.case_id == case_id, limit=1)), None)

    # -- legal holds
    def add_hold(self, hold: LegalHold) -> None:
        """Insert; the database allows one that stands for each case."""
        reason = self.seal(_H, "reason_sealed", hold.id, hold.reason)
        self.add(_H, id=hold.id, case_id=hold.case_id, reason_sealed=reason, set_by=hold.set_by, set_at=hold.set_at)

    def holds(self) -> list[LegalHold]:
        """Those that stand, the newest first."""
        case_of = and_(_C.firm_id == _H.firm_id, _C.id == _H.case_id)
        query = select(*_H.__table__.columns, _C.number).join_from(_H, _C, case_of)
        query = query.where(_H.firm_id == self.work.firm_id, _H.lifted_at.is_(None)).order_by(_H.set_at.desc())
        return [
            LegalHold(r.id, r.case_id, r.number, self.unseal(_H, "reason_sealed", r.id, r.reason_sealed), r.set_by,
                      r.set_at)
            for r in self.work.connection.execute(query).fetchall()
        ]  # fmt: skip

    def is_held(self, case_id: str) -> bool:
        """Whether a hold stands on a case."""
        return bool(self.equal(_H, case_id=case_id, missing=("lifted_at",)))

    def lift_hold(self, hold_id: str, by: str) -> bool:
        """End a hold; False when it does not stand."""
        where = (_H.firm_id == self.work.firm_id, _H.id == hold_id, _H.lifted_at.is_(None))
        return self.work.update_one(_H, where, lifted_by=by, lifted_at=self.work.now)

    # -- logs
    def forget_messages(self, before: datetime) -> int:
        """Delete messages of before then; how many."""
        return self._delete(t.SmsMessage, t.SmsMessage.created_at < before)

    def forget_sessions(self, before: datetime) -> int:
        """Delete sign-ins that were not used since then; how many."""
        return self._delete(t.Session, func.coalesce(t.Session.revoked_at, t.Session.seen_at) < before)


def _erasure(row: Row[Any]) -> Erasure:
    return Erasure(
        row.case_id, row.number, row.business, row.kept_as, row.rows, row.files, row.erased_by, row.erased_at
    )
