"""Seal signed agreements for the firm: seal and timestamp outside the transaction, one document at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.flow import Evidence
from core.ports import Desk
from core.ports_documents import Place
from core.records import Document
from core.usecases.certificates import authority_of


def seal_documents(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Seal every signed document of the case; what is sealed already stays as it is."""
    with desk.read(firm_id) as work:
        waiting = work.documents.of_case(payload["case"], "signed")
    for document in waiting:
        _seal(desk, firm_id, document)
    return True


def _seal(desk: Desk, firm_id: str, document: Document) -> None:
    with desk.read(firm_id) as work:
        found = work.cases.find_evidence(str(document.signed_file))
    assert found is not None
    reader = desk.vault.open(firm_id, found[0].file_id)
    authority = authority_of(desk, firm_id)
    place = Place(**document.body["seal_place"])
    pdf = desk.papers.seal(authority, reader.read(0, reader.size), place, desk.clock())
    stored = desk.vault.put(firm_id, pdf)
    with desk.write(firm_id) as work:
        item = Evidence(
            work.new_id(), "signed", stored.file_id, stored.sha256, "application/pdf", stored.size, work.now
        )
        if work.documents.change_document(
            document.id, "signed", state="sealed", signed_file=item.id, sealed_at=work.now
        ):
            work.cases.add_evidence(document.case_id, item, "system")
            work.audit(system(firm_id), Tag.SYSTEM_DOCUMENT_SEAL, f"case:{document.case_id}", document=document.code)
