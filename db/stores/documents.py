"""Certificates, agreements of a case, and the firm's pilot authority."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, or_, select

from core.records import Certificate, Document
from db import tables as t
from db.stores.base import Store

_K, _D = t.CertificateRow, t.DocumentRow


class Documents(Store):
    """Private keys and password tags are sealed; PDF bytes live in the vault."""

    # -- authority
    def find_authority(self) -> dict[str, str] | None:
        """The firm's authority keys and certificates (base64 by name), or None before the first use."""
        row = self.row(t.AuthorityRow)
        if row is None:
            return None
        keys: dict[str, str] = self.unseal(t.AuthorityRow, "keys_sealed", self.work.firm_id, row.keys_sealed)
        return keys

    def add_authority(self, keys: Mapping[str, str]) -> None:
        """Store the authority; `Stale` when another process was first."""
        blob = self.seal(t.AuthorityRow, "keys_sealed", self.work.firm_id, dict(keys))
        self.add(t.AuthorityRow, keys_sealed=blob, created_at=self.work.now)

    # -- certificates
    def _certificate(self, r: Row[Any]) -> Certificate:
        secret = self.unseal(_K, "secret_sealed", r.kid, r.secret_sealed)
        return Certificate(r.kid, r.case_id, r.owner, r.state, r.serial, secret, r.tries, r.issued_at, r.not_after)

    def find_certificate(self, kid: str) -> Certificate | None:
        """A certificate (or begun key) by key id."""
        row = self.row(_K, _K.kid == kid)
        return self._certificate(row) if row else None

    def certificates_of(self, owner: str, customer_id: str | None = None) -> list[Certificate]:
        """Every issued certificate of an owner or of the customer behind it, in any state, newest first."""
        mine = _K.owner == owner
        if customer_id:
            cases = select(t.CaseRow.id).where(
                t.CaseRow.firm_id == self.work.firm_id, t.CaseRow.customer_id == customer_id
            )
            mine = or_(mine, _K.case_id.in_(cases))
        found = self.rows(_K, mine, _K.issued_at.is_not(None), order=_K.issued_at.desc())
        return [self._certificate(r) for r in found]

    def add_certificate(self, kid: str, case_id: str, owner: str, secret: Mapping[str, Any]) -> None:
        """Begin a certificate: the key id, and the server's secrets."""
        self.add(
            _K,
            kid=kid,
            case_id=case_id,
            owner=owner,
            state="begun",
            created_at=self.work.now,
            secret_sealed=self.seal(_K, "secret_sealed", kid, dict(secret)),
        )

    def change_certificate(self, kid: str, secret: Mapping[str, Any] | None = None, **values: Any) -> bool:
        """Change a certificate's columns (state, serial, tries …)."""
        if secret is not None:
            values["secret_sealed"] = self.seal(_K, "secret_sealed", kid, dict(secret))
        return self.work.update_one(_K, (_K.firm_id == self.work.firm_id, _K.kid == kid), **values)

    def count_password_try(self, kid: str, limit: int) -> bool:
        """Count one try before comparing; False when the certificate may not be tried any more."""
        where = (_K.firm_id == self.work.firm_id, _K.kid == kid, _K.tries < limit, _K.state == "valid")
        return self.work.update_one(_K, where, tries=_K.tries + 1)

    # -- agreements
    def _document(self, r: Row[Any]) -> Document:
        body = self.unseal(_D, "body_sealed", r.id, r.body_sealed)
        return Document(
            r.id,
            r.case_id,
            r.code,
            r.title,
            r.version,
            r.position,
            r.state,
            body,
            r.prepared_file,
            r.signed_file,
            r.signed_at,
            r.sealed_at,
        )

    def of_case(self, case_id: str, *states: str) -> list[Document]:
        """Documents of a case in signing order; without states all that are not void."""
        where = _D.state.in_(states) if states else _D.state != "void"
        return [self._document(r) for r in self.rows(_D, _D.case_id == case_id, where, order=_D.position)]

    def find(self, document_id: str) -> Document | None:
        """One document."""
        row = self.row(_D, _D.id == document_id)
        return self._document(row) if row else None

    def add_document(self, document: Document) -> None:
        """Insert a prepared document."""
        names = (
            "id",
            "case_id",
            "code",
            "title",
            "version",
            "position",
            "state",
            "prepared_file",
            "signed_file",
            "signed_at",
            "sealed_at",
        )
        self.add(
            _D,
            **{n: getattr(document, n) for n in names},
            created_at=self.work.now,
            body_sealed=self.seal(_D, "body_sealed", document.id, dict(document.body)),
        )

    def change_document(self, document_id: str, expected: str, **values: Any) -> bool:
        """Move a document on from an expected state; False when it was not in it."""
        where = (_D.firm_id == self.work.firm_id, _D.id == document_id, _D.state == expected)
        return self.work.update_one(_D, where, **values)
