"""Running calls as supervisors act on them; everything else about a ticket is the queue's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.queueing import LEASE
from core.records import Ticket
from db import tables as t
from db.stores.base import Store

_T = t.Ticket


class Calls(Store):
    """Beside `Queue`, whose ledger is kept here too."""

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
