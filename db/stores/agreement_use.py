"""Who read and signed which agreement, from the proofs and documents of cases."""

from __future__ import annotations

from sqlalchemy import case, func, select

from core.ports_agreements import Reading, Signing, Use
from db import tables as t
from db.stores.base import Store

_D, _P = t.DocumentRow, t.ProofRow
_IN_FORCE = ("signed", "sealed")


class AgreementUse(Store):
    """Figures and traces, of the own firm only; nothing sealed is opened but readings."""

    def counts(self) -> dict[tuple[str, str], Use]:
        """(code, version) -> in how many cases it was prepared, and signed in force."""
        signed = case((_D.state.in_(_IN_FORCE), _D.case_id))
        query = (
            select(_D.code, _D.version, func.count(_D.case_id.distinct()), func.count(signed.distinct()))
            .where(_D.firm_id == self.work.firm_id)
            .group_by(_D.code, _D.version)
        )
        return {(row[0], row[1]): Use(row[2], row[3]) for row in self.work.connection.execute(query)}

    def readings(self, code: str, limit: int) -> list[Reading]:
        """The newest readings of an agreement in any version."""
        rows = self.rows(
            _P, _P.kind == "read", _P.subject == code, order=(_P.created_at.desc(), _P.id), limit=limit
        )  # fmt: skip
        found = []
        for row in rows:
            body = self.unseal(_P, "body_sealed", row.id, row.body_sealed)["body"]
            found.append(Reading(row.case_id, str(body["version"]), int(body["seconds"]), row.created_at))
        return found

    def signings(self, code: str, limit: int) -> list[Signing]:
        """The newest signatures of an agreement in any version."""
        rows = self.rows(
            _D, _D.code == code, _D.signed_at.is_not(None), order=(_D.signed_at.desc(), _D.id), limit=limit
        )
        return [Signing(row.case_id, row.version, row.signed_at, row.state in _IN_FORCE) for row in rows]
