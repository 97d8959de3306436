"""What is on record about a customer beside the cases: notes, proposals for two persons, requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, update

from core.records_customers import (
    CustomerNote,
    DataRequest,
    Proposal,
    ProposalKind,
    ProposalState,
    RequestKind,
)
from db import tables as t
from db.stores.base import Store

_N, _P, _R = t.CustomerNote, t.Proposal, t.DataRequest


class Matters(Store):
    """Notes are only added; a proposal is decided once; a request is answered once."""

    # -- notes
    def add_note(self, note: CustomerNote) -> None:
        """Append a note."""
        blob = self.seal(_N, "text_sealed", note.id, note.text)
        self.add(_N, id=note.id, subject=note.subject, text_sealed=blob, created_by=note.created_by,
                 created_at=note.created_at)  # fmt: skip

    def notes_of(self, subjects: Collection[str]) -> list[CustomerNote]:
        """Notes on a person under any of these names, newest first."""
        found = self.rows(_N, _N.subject.in_(subjects), order=_N.created_at.desc())
        return [
            CustomerNote(
                r.id, r.subject, self.unseal(_N, "text_sealed", r.id, r.text_sealed), r.created_by, r.created_at
            )
            for r in found
        ]

    # -- proposals
    def _proposal(self, r: Row[Any]) -> Proposal:
        body = self.unseal(_P, "body_sealed", r.id, r.body_sealed)
        last = date.fromisoformat(r.valid_to) if r.valid_to else None
        return Proposal(
            r.id, r.customer_id, ProposalKind(r.kind), ProposalState(r.state), body, last, r.proposed_by,
            r.proposed_at, r.decided_by, r.decided_at,
        )  # fmt: skip

    def add_proposal(self, proposal: Proposal) -> None:
        """Insert; `Stale` while another one of its kind waits for this customer."""
        self.add(
            _P,
            id=proposal.id,
            customer_id=proposal.customer_id,
            kind=str(proposal.kind),
            state=str(proposal.state),
            body_sealed=self.seal(_P, "body_sealed", proposal.id, dict(proposal.body)),
            valid_to=proposal.valid_to.isoformat() if proposal.valid_to else None,
            proposed_by=proposal.proposed_by,
            proposed_at=proposal.proposed_at,
        )

    def find_proposal(self, proposal_id: str) -> Proposal | None:
        """A proposal or None."""
        row = self.row(_P, _P.id == proposal_id)
        return self._proposal(row) if row else None

    def proposals_of(self, customer_id: str) -> list[Proposal]:
        """The whole history of a customer, newest first."""
        found = self.rows(_P, _P.customer_id == customer_id, order=(_P.proposed_at.desc(), _P.id))
        return [self._proposal(row) for row in found]

    def waiting_proposals(self) -> list[Proposal]:
        """What waits for a second person, the oldest first."""
        return [self._proposal(row) for row in self.rows(_P, _P.state == "waiting", order=_P.proposed_at)]

    def lapsed_proposals(self, kind: ProposalKind, today: date) -> list[Proposal]:
        """Those in force whose last day is over."""
        over = _P.valid_to < today.isoformat()
        return [self._proposal(row) for row in self.rows(_P, _P.kind == str(kind), _P.state == "approved", over)]

    def decide_proposal(
        self, proposal: Proposal, state: ProposalState, decided_by: str, body: Mapping[str, Any]
    ) -> bool:
        """Approve or refuse what waits; False when somebody was first."""
        where = (_P.firm_id == self.work.firm_id, _P.id == proposal.id, _P.state == "waiting")
        blob = self.seal(_P, "body_sealed", proposal.id, dict(body))
        values = {"state": str(state), "decided_by": decided_by, "decided_at": self.work.now, "body_sealed": blob}
        return self.work.update_one(_P, where, **values)

    def end_proposal(self, proposal_id: str) -> bool:
        """What was approved is no longer in force; False when it was not."""
        where = (_P.firm_id == self.work.firm_id, _P.id == proposal_id, _P.state == "approved")
        return self.work.update_one(_P, where, state="ended")

    # -- requests
    def _request(self, r: Row[Any]) -> DataRequest:
        body = self.unseal(_R, "body_sealed", r.id, r.body_sealed)
        return DataRequest(
            r.id, r.subject, RequestKind(r.kind), body, r.created_at, r.due_at, r.answered_by, r.answered_at
        )

    def add_request(self, request: DataRequest) -> None:
        """Insert a request."""
        self.add(
            _R,
            id=request.id,
            subject=request.subject,
            kind=str(request.kind),
            body_sealed=self.seal(_R, "body_sealed", request.id, dict(request.body)),
            created_at=request.created_at,
            due_at=request.due_at,
        )

    def find_request(self, request_id: str) -> DataRequest | None:
        """A request or None."""
        row = self.row(_R, _R.id == request_id)
        return self._request(row) if row else None

    def requests_of(self, subjects: Collection[str]) -> list[DataRequest]:
        """Everything a person asked under any of these names, newest first."""
        found = self.rows(_R, _R.subject.in_(subjects), order=(_R.created_at.desc(), _R.id))
        return [self._request(row) for row in found]

    def open_requests(self) -> list[DataRequest]:
        """What has to be answered, the earliest due first."""
        found = self.rows(_R, _R.due_at.is_not(None), _R.answered_at.is_(None), order=_R.due_at)
        return [self._request(row) for row in found]

    def answer_request(self, request: DataRequest, answered_by: str, body: Mapping[str, Any]) -> bool:
        """Store the answer; False when it has one already."""
        where = (_R.firm_id == self.work.firm_id, _R.id == request.id, _R.answered_at.is_(None))
        blob = self.seal(_R, "body_sealed", request.id, dict(body))
        return self.work.update_one(_R, where, answered_by=answered_by, answered_at=self.work.now, body_sealed=blob)

    def move_subject(self, old: str, new: str) -> None:
        """Notes and requests of a person who is known under another name from now on."""
        for table in (_N, _R):
            where = (table.firm_id == self.work.firm_id, table.subject == old)
            self.work.connection.execute(update(table).where(*where).values(subject=new))
