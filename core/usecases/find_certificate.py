"""证书检测: the server decides by a signed challenge whether the customer's certificate is on this device (R135)."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.flow import Proof
from core.ports import Desk, Work
from core.records import Certificate
from core.steps.certificate import attested, installed
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded, load, settle

STEP = "certificate_check"
_CHALLENGE = "certificate_challenge"


@dataclass(frozen=True)
class Detection:
    """What the device is asked: the owners under which it may hold keys, and a challenge (base64) to sign."""

    owners: tuple[str, ...]
    challenge: str


def begin_detection(desk: Desk, actor: Actor, case_id: str) -> Detection:
    """A fresh challenge for this case; the one before counts no more."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.SIGN, STEP)
        challenge = b64encode(secrets.token_bytes(32)).decode()
        work.cases.save_answer(case_id, _CHALLENGE, {"challenge": challenge})
        owners = {loaded.case.owner, *(known.owner for known in _known(work, loaded))}
        return Detection(tuple(sorted(owners)), challenge)


def _known(work: Work, loaded: Loaded) -> list[Certificate]:
    return work.documents.certificates_of(loaded.case.owner, loaded.case.customer_id)


def find_certificate(desk: Desk, actor: Actor, case_id: str, keys: Sequence[Mapping[str, Any]]) -> str:
    """Store the certificate that this device proved to hold; returns "found" or why none can be used.

    `keys` are the device's answers: kid, installed and presence (base64 signature of the challenge). The outcomes
    are those of `core.steps.certificate_check.OUTCOMES`.
    """
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.SIGN, STEP)
        challenge = str(loaded.facts.values(_CHALLENGE).get("challenge") or "")
        present = {str(key.get("kid")): str(key.get("presence") or "") for key in keys if key.get("installed")}
        known = _known(work, loaded)
        here = [each for each in known if _is_here(desk, each, challenge, present.get(each.kid, ""))]
        best = next((each for each in here if not _fault(work, loaded, each)), None)
        if best is None:
            outcome = _why_none(work, loaded, known, here)
        else:
            outcome = "found"
            _store(work, actor, loaded, best)
        work.cases.save_answer(case_id, _CHALLENGE, {})
        work.audit(actor, Tag.CUSTOMER_CERTIFICATE_DETECT, f"case:{case_id}", outcome=outcome)
        return outcome


def _is_here(desk: Desk, certificate: Certificate, challenge: str, presence: str) -> bool:
    spki = str(certificate.secret.get("presence") or "")
    if not (challenge and presence and spki):
        return False
    try:
        parts = [b64decode(each, validate=True) for each in (spki, challenge, presence)]
    except ValueError:
        return False
    return desk.papers.is_present(*parts)


def _fault(work: Work, loaded: Loaded, certificate: Certificate) -> str:
    """Why a certificate on this device cannot sign this case; empty when it can."""
    if certificate.state == "locked":
        return "locked"
    if certificate.state != "valid":
        return "superseded"
    if certificate.not_after is None or certificate.not_after <= work.now:
        return "expired"
    made_for = installed(load(work, certificate.case_id).facts)
    return "" if made_for and made_for.fingerprint == attested(loaded.facts) else "changed"


def _why_none(work: Work, loaded: Loaded, known: Sequence[Certificate], here: Sequence[Certificate]) -> str:
    if here:
        return _fault(work, loaded, here[0])
    usable = any(not _fault(work, loaded, each) for each in known)
    return "elsewhere" if usable else "missing"


def _store(work: Work, actor: Actor, loaded: Loaded, certificate: Certificate) -> None:
    body = {"kid": certificate.kid, "serial": certificate.serial}
    proof = Proof("certificate", "found", attested(loaded.facts), work.now, body)
    work.cases.add_proof(loaded.case.id, proof, actor.id)
    settle(work, work.cases.change(loaded.case))
