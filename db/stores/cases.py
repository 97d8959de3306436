"""Cases with their answers, evidence, proofs and rejections."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    cast,
    func,
    literal,
    select,
    update,
)

from core.case import OPEN_STATES, WITH_CUSTOMER, Case, State
from core.errors import NotFound, Stale
from core.flow import Answer, Evidence, Facts, Proof, Rejection
from core.records_casework import Happened
from db import tables as t
from db.stores.base import Store
from db.stores.case_marks import marks_of_case

_C = t.CaseRow


_AS_STORED = (
    "id", "firm_id", "number", "business", "owner", "branch_id", "version", "created_at", "updated_at", "rules",
    "current_step", "customer_id", "clear", "submitted_at", "due_at", "reviewer_id", "reviewer_until", "closed_at",
)  # fmt: skip


_as_stored = attrgetter(*_AS_STORED)


def _item(r: Row[Any]) -> Evidence:
    return Evidence(r.id, r.slot, r.file_id, r.sha256, r.mime, r.size, r.created_at, r.meta)


class Cases(Store):
    """Reads give whole `Facts`; writes bump the case's version exactly once per transaction."""

    def case_of(self, row: Row[Any]) -> Case:
        """The record of a row of the table of cases."""
        remark = self.unseal(_C, "remark_sealed", row.id, row.remark_sealed) if row.remark_sealed else ""
        return Case(
            **dict(zip(_AS_STORED, _as_stored(row), strict=True)),
            state=State(row.state),
            flags=tuple(row.flags),
            remark=remark,
        )

    def find(self, case_id: str) -> Case | None:
        """The case or None."""
        found = self.equal(_C, id=case_id)
        return self.case_of(found[0]) if found else None

    def get(self, case_id: str) -> Case:
        """The case; raises `NotFound`."""
        case = self.find(case_id)
        if case is None:
            raise NotFound
        return case

    def find_number(self, number: str) -> Case | None:
        """The case with this 受理单号, or None."""
        row = self.row(_C, _C.number == number)
        return self.case_of(row) if row else None

    def find_open(self, owner: str, customer_id: str | None = None) -> Case | None:
        """The one open case of an owner or of the customer behind it (R066)."""
        found = [*self.equal(_C, owner=owner), *(self.equal(_C, customer_id=customer_id) if customer_id else ())]
        return next((self.case_of(row) for row in found if row.state in OPEN_STATES), None)

    @staticmethod
    def _mine(owner: str, customer_id: str | None) -> ColumnElement[bool]:
        mine = _C.owner == owner
        return mine | (_C.customer_id == customer_id) if customer_id else mine

    def of_owner(self, owner: str, customer_id: str | None = None) -> list[Case]:
        """All cases of an owner or of the customer behind it, newest first."""
        found = self.rows(_C, self._mine(owner, customer_id), order=_C.created_at.desc())
        return [self.case_of(row) for row in found]

    def in_states(self, states: Sequence[State]) -> list[Case]:
        """Cases in these states, the longest waiting first."""
        where = _C.state.in_([str(s) for s in states])
        return [self.case_of(row) for row in self.rows(_C, where, order=(_C.due_at, _C.submitted_at))]

    def silent_since(self, moment: datetime, but: Collection[str], limit: int) -> list[Case]:
        """Cases with their customers, unchanged since then and not warned in this version, the longest silent first.

        `but` are businesses to leave out.
        """
        key = literal("expire|") + _C.id + "|" + cast(_C.version, String)
        warned = select(t.Job.id).where(t.Job.firm_id == _C.firm_id, t.Job.dedupe == key).correlate(_C)
        where = (_C.state.in_([str(s) for s in WITH_CUSTOMER]), _C.updated_at <= moment, _C.business.not_in(but))
        return [self.case_of(row) for row in self.rows(_C, *where, ~warned.exists(), order=_C.updated_at, limit=limit)]

    def with_id(self, id_number: str) -> list[Case]:
        """Every case that carries this ID number, newest first."""
        found = self.rows(_C, _C.id_index == self.index("id_number", id_number), order=_C.created_at.desc())
        return [self.case_of(row) for row in found]

    def others_with_id(self, id_number: str, case_id: str, owner: str) -> int:
        """How many cases of other owners carry the same ID number (疑似重复)."""
        index = self.index("id_number", id_number)
        return len(self.rows(_C, _C.id_index == index, _C.id != case_id, _C.owner != owner))

    def add_case(self, case: Case) -> None:
        """Insert a new case; `Stale` when the owner already has an open one."""
        names = (
            "id",
            "number",
            "business",
            "owner",
            "branch_id",
            "version",
            "created_at",
            "updated_at",
            "current_step",
            "customer_id",
        )
        values = {name: getattr(case, name) for name in names}
        self.add(
            _C, **values, state=str(case.state), rules=dict(case.rules), flags=list(case.flags), clear=dict(case.clear)
        )
        self.work.metrics.touch(case.created_at, case.branch_id)
        self.work.casework.note(case.id, Happened.STATE, str(case.state))

    def change(self, case: Case, expected: int | None = None, **values: Any) -> Case:
        """Write changed fields with a version check; raises `Stale` when another tab was first."""
        version = case.version if expected is None else expected
        if version != case.version:
            raise Stale
        if case.submitted_at and "submitted_at" in values:
            self.work.metrics.touch(case.submitted_at, case.branch_id)
        plain = {k: self._plain(k, v) for k, v in values.items() if k not in {"id_number", "remark"}}
        if "remark" in values:
            text = values["remark"]
            plain["remark_sealed"] = self.seal(_C, "remark_sealed", case.id, text) if text else None
        if "id_number" in values:
            plain["id_index"] = self.index("id_number", values.pop("id_number"))
        where = (_C.firm_id == self.work.firm_id, _C.id == case.id, _C.version == version)
        if not self.work.update_one(_C, where, version=version + 1, updated_at=self.work.now, **plain):
            raise Stale
        if {"state", "submitted_at"} & values.keys():
            self.work.metrics.touch_case(case.id)
        if {"state", "submitted_at", "current_step", "rules"} & values.keys():
            self.work.metrics.touch(case.created_at, case.branch_id)
        if values.get("state", case.state) is not case.state:
            self.work.casework.moved(case, values["state"])
        if "state" in values:
            self.work.interfaces.note_state(case, State(values["state"]))
        values.pop("witness_id", None)
        return replace(case, version=version + 1, updated_at=self.work.now, **values)

    @staticmethod
    def _plain(name: str, value: Any) -> Any:
        if name == "state":
            return str(value)
        if name == "flags":
            return list(value)
        return dict(value) if name in {"clear", "rules"} else value

    def witness_of(self, case_id: str) -> str | None:
        """Staff id of the witness who passed the case."""
        row = self.row(_C, _C.id == case_id)
        return row.witness_id if row else None

    def facts(self, case: Case) -> Facts:
        """Everything that steps may ask about the case."""
        return Facts(
            case, self.answers(case.id), self.evidence(case.id), self.proofs(case.id), self.rejections(case.id)
        )

    def marks(self, case_id: str) -> frozenset[tuple[str, bytes | None]]:
        """What differs whenever `facts` would: sealing the same answer twice gives different bytes, the other rows
        are added and replaced but never altered, and no two of them share an id."""
        found = self.work.connection.execute(marks_of_case(), {"of_firm": self.work.firm_id, "of_case": case_id})
        return frozenset((row[0], row[1]) for row in found.fetchall())

    def answers(self, case_id: str) -> dict[str, Answer]:
        """Saved answers by step."""
        table = t.AnswerRow
        found = self.equal(table, case_id=case_id)
        return {
            r.step: Answer(
                r.step,
                self.unseal(table, "values_sealed", f"{case_id}|{r.step}", r.values_sealed),
                r.saved_at,
            )
            for r in found
        }

    def save_answer(self, case_id: str, step: str, values: Mapping[str, Any]) -> None:
        """Insert or overwrite the answer of a step; what it changes of an earlier one is kept, sealed."""
        table, row = t.AnswerRow, f"{case_id}|{step}"
        self.work.casework.keep_change(case_id, step, values)
        blob = self.seal(table, "values_sealed", row, dict(values))
        where = (table.firm_id == self.work.firm_id, table.case_id == case_id, table.step == step)
        if not self.work.update_one(table, where, values_sealed=blob, saved_at=self.work.now):
            self.add(table, case_id=case_id, step=step, values_sealed=blob, saved_at=self.work.now)

    def evidence(self, case_id: str) -> tuple[Evidence, ...]:
        """Live evidence, oldest first."""
        table = t.EvidenceRow
        found = self.equal(table, case_id=case_id, missing=("replaced_at",), order=("created_at", "id"))
        return tuple(map(_item, found))

    def replaced_evidence(self, case_id: str) -> tuple[Evidence, ...]:
        """What was taken again or removed since, oldest first."""
        table = t.EvidenceRow
        where = (table.case_id == case_id, table.replaced_at.is_not(None))
        return tuple(map(_item, self.rows(table, *where, order=(table.created_at, table.id))))

    def find_evidence(self, evidence_id: str) -> tuple[Evidence, str] | None:
        """One piece of evidence (also a replaced one) and its case id."""
        r = self.row(t.EvidenceRow, t.EvidenceRow.id == evidence_id)
        if r is None:
            return None
        return _item(r), r.case_id

    def add_evidence(self, case_id: str, item: Evidence, actor: str) -> None:
        """Insert one piece of evidence."""
        self.add(
            t.EvidenceRow,
            id=item.id,
            case_id=case_id,
            slot=item.slot,
            file_id=item.file_id,
            sha256=item.sha256,
            mime=item.mime,
            size=item.size,
            meta=dict(item.meta),
            created_by=actor,
            created_at=item.created_at,
        )

    def replace_evidence(self, case_id: str, *, slot: str | None = None, evidence_id: str | None = None) -> int:
        """Mark evidence as replaced (it stays in the vault until its retention ends); returns how many."""
        table = t.EvidenceRow
        query = update(table).where(
            table.firm_id == self.work.firm_id, table.case_id == case_id, table.replaced_at.is_(None)
        )
        query = query.where(table.slot == slot) if slot else query.where(table.id == evidence_id)
        return self.work.connection.execute(query.values(replaced_at=self.work.now)).rowcount

    def count_uploads(self, case_id: str, slots: Collection[str]) -> int:
        """How many files were ever put into these slots of a case, those replaced since included."""
        table = t.EvidenceRow
        query = select(func.count()).where(
            table.firm_id == self.work.firm_id, table.case_id == case_id, table.slot.in_(slots)
        )
        return int(self.work.connection.execute(query).scalar_one())

    def has_file(self, file_id: str) -> bool:
        """Whether an evidence row names this file."""
        return self.row(t.EvidenceRow, t.EvidenceRow.file_id == file_id) is not None

    def known_files(self) -> set[str]:
        """File ids that any evidence row names, originals of uploads included (the rest are orphans)."""
        table = t.EvidenceRow
        query = select(table.file_id, table.meta).where(table.firm_id == self.work.firm_id)
        rows = self.work.connection.execute(query).fetchall()
        originals = {row.meta["original_file"] for row in rows if "original_file" in row.meta}
        return {row.file_id for row in rows} | originals

    def proofs(self, case_id: str) -> tuple[Proof, ...]:
        """All proofs, oldest first."""
        table, found = t.ProofRow, []
        for r in self.equal(table, case_id=case_id, order=("created_at", "id")):
            body = self.unseal(table, "body_sealed", r.id, r.body_sealed)
            found.append(Proof(r.kind, r.subject, body["fingerprint"], r.created_at, body["body"]))
        return tuple(found)

    def add_proof(self, case_id: str, proof: Proof, actor: str) -> None:
        """Append a proof."""
        row_id = self.work.new_id()
        body = {"fingerprint": proof.fingerprint, "body": dict(proof.body)}
        self.add(
            t.ProofRow,
            id=row_id,
            case_id=case_id,
            kind=proof.kind,
            subject=proof.subject,
            body_sealed=self.seal(t.ProofRow, "body_sealed", row_id, body),
            created_by=actor,
            created_at=proof.created_at,
        )

    def rejections(self, case_id: str) -> tuple[Rejection, ...]:
        """All rejections, oldest first."""
        table = t.RejectionRow
        return tuple(
            Rejection(
                r.id,
                r.stage,
                tuple(r.codes),
                tuple(r.targets),
                self.unseal(table, "text_sealed", r.id, r.text_sealed)["customer"],
                r.created_at,
            )
            for r in self.equal(table, case_id=case_id, order=("created_at", "id"))
        )

    def internal_notes(self, case_id: str) -> list[tuple[str, str, str]]:
        """(stage, staff actor, internal note) of every rejection, oldest first; staff only."""
        table = t.RejectionRow
        found = self.equal(table, case_id=case_id, order=("created_at", "id"))
        return [
            (r.stage, r.created_by, self.unseal(table, "text_sealed", r.id, r.text_sealed)["internal"]) for r in found
        ]

    def add_rejection(self, case_id: str, rejection: Rejection, internal: str, actor: str) -> None:
        """Append a rejection; customer text and internal note are sealed together."""
        text = {"customer": rejection.customer_text, "internal": internal}
        self.add(
            t.RejectionRow,
            id=rejection.id,
            case_id=case_id,
            stage=rejection.stage,
            codes=list(rejection.codes),
            targets=list(rejection.targets),
            created_by=actor,
            created_at=rejection.created_at,
            text_sealed=self.seal(t.RejectionRow, "text_sealed", rejection.id, text),
        )
        self.work.metrics.touch_case(case_id)
