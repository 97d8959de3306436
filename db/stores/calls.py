"""Running calls as supervisors act on them, and what is written within calls; the rest of a ticket is the queue's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.queueing import LEASE
from core.records import CallLine, Ticket
from db import tables as t
from db.stores.base import Store

_T, _L = t.Ticket, t.CallLine


class Calls(Store):
    """Beside `Queue`, whose ledger is kept here too."""

    def add_line(self, line: CallLine) -> None:
        """Append one line; its text is sealed in its own place."""
        self.add(
            _L,
            id=line.id,
            ticket_id=line.ticket_id,
            case_id=line.case_id,
            fence=line.fence,
            audience=line.audience,
            author=line.author,
            created_at=line.at,
            text_sealed=self.seal(_L, "text_sealed", line.id, line.text),
        )

    def lines(self, case_id: str, audience: str) -> list[CallLine]:
        """What was written in every call of a case for one audience, oldest first."""
        found = self.equal(_L, case_id=case_id, audience=audience, order=("created_at", "id"))
        return [
            CallLine(r.id, r.ticket_id, r.case_id, r.fence, r.audience, r.author, r.created_at,
                     self.unseal(_L, "text_sealed", r.id, r.text_sealed))
            for r in found
        ]  # fmt: skip

    def occupied(self, staff_id: str) -> bool:
        """Whether a member of staff holds a call, or one rings there."""
        return self.row(_T, _T.staff_id == staff_id, _T.state.in_(("offered", "in_call"))) is not None

    def take_over(self, ticket: Ticket, staff_id: str, script: Mapping[str, Any], reason: str) -> Ticket | None:
        """Give a running call to another member of staff under a new fence; None when it is no longer as it was."""
        where = (
            _T.firm_id == self.work.firm_id,
            _T.id == ticket.id,
            _T.state == "in_call",
            _T.fence == ticket.fence,
        )
        values = {"staff_id": staff_id, "fence": ticket.fence + 1, "lease_until": self.work.now + LEASE}
        if not self.work.update_one(_T, where, script=dict(script), **values):
            return None
        self.work.queue.ledger(ticket.id, "takeover", f"staff:{staff_id}", ticket.fence + 1, reason)
        return self.work.queue.find(ticket.id)
