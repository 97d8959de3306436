"""What follows a review: the decision itself, capital account, exchange requests, phone callbacks."""

from __future__ import annotations

from datetime import timedelta

from core.case import Case
from core.records import Callback, ExchangeRequest
from db import tables as t
from db.stores.base import Store


class Results(Store):
    """Numbers handed out here are never used twice."""

    def add_account(self, number: str, case_id: str) -> None:
        """Store a capital account number; `Stale` when the case or the number already has one."""
        self.add(t.CapitalAccount, number=number, case_id=case_id, created_at=self.work.now)

    def account_of(self, case_id: str) -> str | None:
        """Capital account number of a case."""
        row = self.row(t.CapitalAccount, t.CapitalAccount.case_id == case_id)
        return row.number if row else None

    def add_decision(
        self, case: Case, result: str, working: timedelta, decided_by: str = "", first_by: str = ""
    ) -> None:
        """Append a decision of the review: when the case was handed in, when promised, and the service time between.

        `Stale` when the witness of the case, or the first of two reviewers, decides alone: the database refuses it.
        """
        self.add(
            t.DecisionRow,
            id=self.work.new_id(),
            case_id=case.id,
            result=result,
            submitted_at=case.submitted_at,
            due_at=case.due_at,
            decided_at=self.work.now,
            working_s=working // timedelta(seconds=1),
            decided_by=decided_by or None,
            first_by=(first_by or None) if result == "approved" else None,
            witness_id=self.work.cases.witness_of(case.id),
        )

    def requests(self, case_id: str) -> list[ExchangeRequest]:
        """Exchange requests of a case."""
        table = t.ExchangeRequest
        found = self.rows(table, table.case_id == case_id, order=table.exchange)
        return [
            ExchangeRequest(
                r.exchange,
                r.state,
                r.return_code,
                self.unseal(table, "code_sealed", f"{case_id}|{r.exchange}", r.code_sealed) if r.code_sealed else "",
                r.updated_at,
            )
            for r in found
        ]

    def add_request(self, case_id: str, exchange: str, actor: str) -> None:
        """Open a request at one exchange."""
        self.add(
            t.ExchangeRequest,
            case_id=case_id,
            exchange=exchange,
            state="waiting",
            updated_by=actor,
            updated_at=self.work.now,
        )

    def set_request(
        self, case_id: str, exchange: str, state: str, return_code: int, trading_code: str, actor: str
    ) -> bool:
        """Store the answer that staff entered."""
        table = t.ExchangeRequest
        blob = self.seal(table, "code_sealed", f"{case_id}|{exchange}", trading_code) if trading_code else None
        where = (table.firm_id == self.work.firm_id, table.case_id == case_id, table.exchange == exchange)
        return self.work.update_one(
            table,
            where,
            state=state,
            return_code=return_code,
            code_sealed=blob,
            updated_by=actor,
            updated_at=self.work.now,
        )

    def callbacks(self, case_id: str) -> list[Callback]:
        """Attempts of the phone callback, oldest first."""
        table = t.CallbackRow
        found = self.rows(table, table.case_id == case_id, order=(table.created_at, table.id))
        return [
            Callback(
                r.id, r.outcome, self.unseal(table, "note_sealed", r.id, r.note_sealed), r.created_by, r.created_at
            )
            for r in found
        ]

    def add_callback(self, case_id: str, outcome: str, note: str, actor: str) -> None:
        """Append one attempt."""
        row_id = self.work.new_id()
        self.add(
            t.CallbackRow,
            id=row_id,
            case_id=case_id,
            outcome=outcome,
            created_by=actor,
            created_at=self.work.now,
            note_sealed=self.seal(t.CallbackRow, "note_sealed", row_id, note),
        )
