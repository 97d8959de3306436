"""The customer's certificate: begin, issue after the witness passed, install, unlock, apply again (R135-R145)."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import NotFound, Stale, WrongState
from core.flow import Proof, Rejection
from core.ports import Desk, Work
from core.ports_documents import CertificateRefused
from core.records import Certificate
from core.rules.firm_choices import password_rule
from core.steps.certificate import attested, installed
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded, settle


@dataclass(frozen=True)
class KeyRequest:
    """What the device needs to make its key; share and challenge in base64.

    `rule` says what the password is made of (C03): least, most, letters, and the same in words.
    """

    kid: str
    owner: str
    share: str
    challenge: str
    avoid: tuple[str, ...]
    rule: Mapping[str, Any]


@dataclass(frozen=True)
class Unlocked:
    """Answer to a password try: the share for a right one, else how many tries are left (0: locked)."""

    share: str
    tries_left: int


def authority_of(desk: Desk, firm_id: str) -> dict[str, str]:
    """The firm's pilot authority, made at its first use; two processes end with the same one."""
    with desk.read(firm_id) as work:
        found = work.documents.find_authority()
        name, now = work.firms.firm().name, work.now
    if found:
        return found
    fresh: dict[str, str] = desk.papers.new_authority(name, now)
    try:
        with desk.write(firm_id) as work:
            work.documents.add_authority(fresh)
    except Stale:
        return authority_of(desk, firm_id)
    return fresh


def begin_certificate(desk: Desk, actor: Actor, case_id: str) -> KeyRequest:
    """Open a key for this case; one that was begun before and not installed is left behind.

    Raises `WrongState` when one is installed: another needs `apply_again` and a witness.
    """
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.SIGN, "certificate")
        _refuse_second(loaded)
        profile = loaded.facts.values("profile")
        birthday = str(profile["birth_date"]).replace("-", "")
        kid, share = work.new_id(), b64encode(desk.papers.new_share()).decode()
        challenge = b64encode(secrets.token_bytes(32)).decode()
        work.documents.add_certificate(kid, case_id, loaded.case.owner, {"share": share, "challenge": challenge})
        work.audit(actor, Tag.CUSTOMER_CERTIFICATE_BEGIN, f"case:{case_id}", kid=kid)
        avoid = (birthday, str(profile["phone"]), str(profile["id_number"]))
        rule = password_rule(loaded.rules["business_rules"])
        held = {**asdict(rule), "words": rule.words()}
        return KeyRequest(kid, loaded.case.owner, share, challenge, avoid, held)


def _refuse_second(loaded: Loaded, kid: str = "") -> None:
    proof = installed(loaded.facts)
    if proof and proof.body["kid"] != kid:
        raise WrongState("这笔业务已经安装了证书。")


def _begun(work: Work, actor: Actor, case_id: str, kid: str, *states: str) -> tuple[Loaded, Certificate]:
    loaded = load_own(work, actor, case_id, Action.SIGN, "certificate")
    found = work.documents.find_certificate(kid)
    if found is None or found.case_id != case_id or found.state not in states:
        raise NotFound
    return loaded, found


def _signing(work: Work, actor: Actor, case_id: str) -> tuple[Loaded, Certificate | None]:
    """The case at its signing step with the certificate that signs it, made in this case or found on the device."""
    loaded = load_own(work, actor, case_id, Action.SIGN, "sign")
    proof = installed(loaded.facts)
    return loaded, work.documents.find_certificate(str(proof.body["kid"])) if proof else None


def _bytes(answer: Mapping[str, Any], name: str) -> bytes:
    """A base64 value of the browser; raises `CertificateRefused` for anything else."""
    try:
        return b64decode(str(answer[name]), validate=True)
    except (KeyError, ValueError) as error:
        raise CertificateRefused from error


def certificate_state(desk: Desk, actor: Actor, case_id: str) -> str:
    """State of the certificate that signs this case (valid, locked, superseded), empty without one."""
    with desk.read(actor.firm_id) as work:
        _loaded, found = _signing(work, actor, case_id)
        return found.state if found else ""


def issue_certificate(desk: Desk, actor: Actor, case_id: str, answer: dict[str, Any]) -> list[str]:
    """Certify the device's key after proof of possession; returns the chain in base64, leaf first."""
    kid, spki = str(answer.get("kid", "")), _bytes(answer, "spki")
    authority = authority_of(desk, actor.firm_id)
    pepper = desk.keys.firm(actor.firm_id).subkey("certificate_password")
    with desk.write(actor.firm_id) as work:
        loaded, begun = _begun(work, actor, case_id, kid, "begun")
        _refuse_second(loaded)
        challenge = b64decode(str(begun.secret["challenge"]))
        if not desk.papers.holds_key(spki, challenge, _bytes(answer, "possession")):
            raise CertificateRefused
        tag = desk.papers.protect(str(answer.get("auth", "")), pepper)
        name = str(loaded.facts.values("profile")["name"])
        issued = desk.papers.issue(authority, spki, name, loaded.case.number, work.now)
        secret = {**begun.secret, "auth": b64encode(tag).decode(), "presence": str(answer.get("presence_spki", ""))}
        secret["chain"] = [b64encode(der).decode() for der in (issued.der, *issued.chain)]
        work.documents.change_certificate(
            kid, secret, state="valid", serial=f"{issued.serial:x}", issued_at=work.now, not_after=issued.not_after,
        )  # fmt: skip
        work.audit(actor, Tag.CUSTOMER_CERTIFICATE_ISSUE, f"case:{case_id}", kid=kid, serial=f"{issued.serial:x}")
        return list(secret["chain"])


def confirm_install(desk: Desk, actor: Actor, case_id: str, kid: str) -> None:
    """The device stored its certificate: from now on the customer signs with it and with no older one. Repeatable."""
    with desk.write(actor.firm_id) as work:
        loaded, certificate = _begun(work, actor, case_id, kid, "valid")
        _refuse_second(loaded, kid)
        if installed(loaded.facts):
            return
        for other in work.documents.certificates_of(loaded.case.owner, loaded.case.customer_id):
            if other.kid != kid and other.state in {"valid", "locked"}:
                work.documents.change_certificate(other.kid, state="superseded")
        body = {"kid": kid, "serial": certificate.serial}
        work.cases.add_proof(
            case_id, Proof("certificate", "installed", attested(loaded.facts), work.now, body), actor.id
        )
        settle(work, work.cases.change(loaded.case))
        work.audit(actor, Tag.CUSTOMER_CERTIFICATE_ISSUE, f"case:{case_id}", kid=kid, event="installed")


def unlock_certificate(desk: Desk, actor: Actor, case_id: str, kid: str, auth: str) -> Unlocked:
    """Count the try first, then compare; the fifth wrong one locks the certificate (signing note, section 2).

    A locked one answers with no share and no tries left, whatever the password.
    """
    pepper = desk.keys.firm(actor.firm_id).subkey("certificate_password")
    with desk.write(actor.firm_id) as work:
        _loaded, certificate = _signing(work, actor, case_id)
        if certificate is None or certificate.kid != kid or certificate.state not in {"valid", "locked"}:
            raise NotFound
        if not work.documents.count_password_try(kid, limits.PASSWORD_TRIES):
            return Unlocked("", 0)
        protected = b64decode(str(certificate.secret["auth"]))
        if desk.papers.is_same(auth, pepper, protected):
            work.documents.change_certificate(kid, tries=0)
            work.audit(actor, Tag.CUSTOMER_CERTIFICATE_UNLOCK, f"case:{case_id}", kid=kid)
            return Unlocked(str(certificate.secret["share"]), limits.PASSWORD_TRIES)
        left = limits.PASSWORD_TRIES - certificate.tries - 1
        if left <= 0:
            work.documents.change_certificate(kid, state="locked")
        tag = Tag.CUSTOMER_CERTIFICATE_WRONG if left > 0 else Tag.CUSTOMER_CERTIFICATE_LOCK
        work.audit(actor, tag, f"case:{case_id}", kid=kid, left=left)
        return Unlocked("", max(0, left))


def signing_certificate(work: Work, loaded: Loaded) -> Certificate:
    """The certificate that signs this case; raises `WrongState` when it is locked, superseded or expired."""
    proof = installed(loaded.facts)
    found = work.documents.find_certificate(str(proof.body["kid"])) if proof else None
    if found is None or found.state != "valid" or found.not_after is None or found.not_after <= work.now:
        raise WrongState("证书已失效，请重新申请。")
    return found


def apply_again(desk: Desk, actor: Actor, case_id: str) -> None:
    """重新申请: the old certificate signs no more; the customer is witnessed again before a new one (R132, R141)."""
    with desk.write(actor.firm_id) as work:
        loaded, certificate = _signing(work, actor, case_id)
        if certificate is None:
            raise WrongState("这笔业务还没有安装证书。")
        work.documents.change_certificate(certificate.kid, state="superseded")
        if any(step.key == "certificate_check" for step in loaded.business.steps):
            work.cases.save_answer(case_id, "certificate_check", {"outcome": "again"})
        text = "您选择了重新申请证书。请再次视频验证，然后安装新的证书。"
        rejection = Rejection(work.new_id(), "certificate", (), ("witness", "certificate"), text, work.now)
        work.cases.add_rejection(case_id, rejection, "", actor.id)
        settle(work, work.cases.change(loaded.case))
        work.audit(actor, Tag.CUSTOMER_CERTIFICATE_BEGIN, f"case:{case_id}", event="again")
