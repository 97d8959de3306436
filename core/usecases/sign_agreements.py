"""Prepare the agreements for signing and take the signatures: slow work first, then one short transaction."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from core.actor import Actor
from core.agreements import Agreement, to_sign
from core.audit import Tag
from core.case import Action
from core.errors import NotFound, Stale
from core.flow import Evidence, Proof
from core.permissions import own
from core.ports import Desk, Work
from core.ports_documents import AgreementHeader, PreparedSignature
from core.records import Document
from core.steps.sign import signature_print, unsigned
from core.usecases.answer_step import load_own
from core.usecases.certificates import authority_of, signing_certificate
from core.usecases.loading import Loaded, settle


def prepare_signing(desk: Desk, actor: Actor, case_id: str) -> list[Document]:
    """The documents to sign, in order; those already prepared in this very form are offered again."""
    with desk.read(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.SIGN, "sign")
        wanted = unsigned(loaded.facts, loaded.rules, loaded.now)
        ready = work.documents.of_case(case_id, "prepared")
    marks = {a.code: signature_print(a, loaded.facts) for a in wanted}
    if [(d.code, d.body["fingerprint"]) for d in ready] == list(marks.items()):
        return ready
    made = [(a, *_prepare(desk, loaded, a)) for a in wanted]
    with desk.write(actor.firm_id) as work:
        load_own(work, actor, case_id, Action.SIGN, "sign")
        for old in work.documents.of_case(case_id, "prepared"):
            work.documents.change_document(old.id, "prepared", state="void")
        for position, (agreement, prepared, body) in enumerate(made):
            item = _evidence(work, "prepared", prepared)
            work.cases.add_evidence(case_id, item, actor.id)
            body["fingerprint"] = marks[agreement.code]
            document = Document(
                work.new_id(), case_id, agreement.code, agreement.title, agreement.version, position, "prepared",
                body, item.id, None, None, None,
            )  # fmt: skip
            work.documents.add_document(document)
        work.audit(actor, Tag.CUSTOMER_DOCUMENT_PREPARE, f"case:{case_id}", documents=[a.code for a in wanted])
        return work.documents.of_case(case_id, "prepared")


def _prepare(desk: Desk, loaded: Loaded, agreement: Agreement) -> tuple[Any, dict[str, Any]]:
    """Render one agreement with a hole for the signature; its file goes to the vault."""
    with desk.read(loaded.case.firm_id) as work:
        certificate = signing_certificate(work, loaded)
    leaf, *chain = (b64decode(each) for each in certificate.secret["chain"])
    profile = loaded.facts.values("profile")
    header = AgreementHeader(
        agreement.code, agreement.version, loaded.case.number, str(loaded.rules["firm"]["name"]),
        str(profile["name"]), loaded.now,
    )  # fmt: skip
    signature = loaded.facts.slot("signature")[-1]
    reader = desk.vault.open(loaded.case.firm_id, signature.file_id)
    picture = reader.read(0, reader.size)
    prepared, seal_place = desk.papers.prepare(
        agreement.title, agreement.text, agreement.values, header, leaf, tuple(chain), picture
    )
    stored = desk.vault.put(loaded.case.firm_id, prepared.pdf)
    body = {"prepared": prepared.to_json(), "seal_place": asdict(seal_place), "kid": certificate.kid}
    return stored, {**body, "agreement": agreement.fingerprint}


def _evidence(work: Work, slot: str, stored: Any) -> Evidence:
    return Evidence(work.new_id(), slot, stored.file_id, stored.sha256, "application/pdf", stored.size, work.now)


def to_component(documents: list[Document]) -> list[dict[str, Any]]:
    """What the browser's component needs to check and sign each document."""
    return [
        {
            "id": d.id,
            "title": d.title,
            "tbs": d.body["prepared"]["signed_attributes"],
            "start": d.body["prepared"]["region_start"],
            "end": d.body["prepared"]["region_end"],
            "pdf_url": f"/evidence/{d.prepared_file}",
        }
        for d in documents
    ]


def finish_signing(desk: Desk, actor: Actor, case_id: str, kid: str, signatures: Mapping[str, str]) -> None:
    """Verify, timestamp and store every signature, the risk statement's first; all or none become proofs.

    Repeating it after success (double click, second tab) does nothing.
    """
    with desk.read(actor.firm_id) as work:
        own(actor, work.cases.get(case_id))
        if _is_signed(work, case_id, kid, signatures):
            return
        load_own(work, actor, case_id, Action.SIGN, "sign")
        documents = work.documents.of_case(case_id, "prepared")
        files = {d.id: work.cases.find_evidence(str(d.prepared_file)) for d in documents}
    if not documents or {d.id for d in documents} != set(signatures):
        raise Stale("待签署的协议已更新，请重新签署。")
    authority = authority_of(desk, actor.firm_id)
    signed = []
    for document in documents:
        found = files[document.id]
        if found is None:
            raise NotFound
        reader = desk.vault.open(actor.firm_id, found[0].file_id)
        prepared = PreparedSignature.from_json(reader.read(0, reader.size), document.body["prepared"])
        pdf = desk.papers.finish(authority, prepared, signatures[document.id])
        signed.append((document, desk.vault.put(actor.firm_id, pdf)))
    with desk.write(actor.firm_id) as work:
        if not _is_signed(work, case_id, kid, signatures):
            loaded = load_own(work, actor, case_id, Action.SIGN, "sign")
            _store(work, actor, loaded, kid, signed)


def _is_signed(work: Work, case_id: str, kid: str, document_ids: Collection[str]) -> bool:
    """Whether all these documents of the case were signed with this key already."""
    signed = {d.id for d in work.documents.of_case(case_id, "signed", "sealed") if d.body.get("kid") == kid}
    return bool(document_ids) and set(document_ids) <= signed


def void_outdated(work: Work, loaded: Loaded) -> None:
    """Take out of force what was prepared or signed in another form or with another key; the files stay."""
    present = {a.code: signature_print(a, loaded.facts) for a in to_sign(loaded.facts, loaded.rules, loaded.now)}
    for document in work.documents.of_case(loaded.case.id):
        if document.body.get("fingerprint") != present.get(document.code, ""):
            work.documents.change_document(document.id, document.state, state="void")


def _store(work: Work, actor: Actor, loaded: Loaded, kid: str, signed: list[tuple[Document, Any]]) -> None:
    case_id = loaded.case.id
    signing_certificate(work, loaded)
    for old in work.documents.of_case(case_id, "signed", "sealed"):
        if old.code in {document.code for document, _ in signed}:
            work.documents.change_document(old.id, old.state, state="void")
    wanted = {a.code: signature_print(a, loaded.facts) for a in unsigned(loaded.facts, loaded.rules, loaded.now)}
    for document, stored in signed:
        if wanted.get(document.code) != document.body["fingerprint"] or document.body["kid"] != kid:
            raise Stale("资料在签署期间有变化，请重新签署。")
        item = _evidence(work, "signed", stored)
        work.cases.add_evidence(case_id, item, actor.id)
        work.documents.change_document(document.id, "prepared", state="signed", signed_file=item.id, signed_at=work.now)
        body = {"document": document.id, "kid": kid, "sha256": stored.sha256}
        proof = Proof("signed", document.code, document.body["fingerprint"], work.now, body)
        work.cases.add_proof(case_id, proof, actor.id)
    work.jobs.post("seal_documents", {"case": case_id}, dedupe=f"seal|{case_id}|{loaded.case.version}")
    settle(work, work.cases.change(loaded.case))
    codes = [document.code for document, _ in signed]
    work.audit(actor, Tag.CUSTOMER_DOCUMENT_SIGN, f"case:{case_id}", documents=codes, kid=kid)
