"""投资者类型: ordinary or professional, set by two members of staff on proof, for a time (R108, R115, R121).

证券期货投资者适当性管理办法 art. 8 (professional by means and experience), 11 and 12 (conversion); the firm's
thresholds stand in its data (`thresholds`: `professional`, `conversion`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from core.actor import Actor, system
from core.audit import Tag
from core.case import WITH_CUSTOMER
from core.errors import BadFile
from core.flow import Evidence
from core.permissions import Permission, allow
from core.ports import Desk, Picture, Work
from core.records import Customer
from core.records_customers import Proposal, ProposalKind
from core.rules.calendar import local_day
from core.sentence import Sentence
from core.usecases.loading import rules_for, settle
from core.usecases.notify import notify
from core.usecases.proposing import MOST_REASON, add_proposal, customer_for

CLASSES: Mapping[str, str] = {"ordinary": "普通投资者", "professional": "专业投资者"}
BASES: Mapping[str, str] = {"professional": "符合专业投资者条件", "conversion": "普通投资者申请转化"}
PROOF_SLOT, MOST_FILES = "class_proof", 10
KIND = ProposalKind.INVESTOR_CLASS
Upload = tuple[bytes, str]
"""Bytes and file name."""
_TEN_THOUSAND = 10_000


def threshold_words(row: Mapping[str, Any]) -> str:
    """A row of `thresholds` in words."""
    assets, income = row["financial_assets_yuan"] // _TEN_THOUSAND, row["yearly_income_yuan"] // _TEN_THOUSAND
    return Sentence(
        "金融资产不低于 {assets} 万元，或最近 {income_years} 年年均收入不低于 {income} 万元；"
        "并有 {years} 年以上投资经历",
        assets=assets,
        income_years=row["income_years"],
        income=income,
        years=row["experience_years"],
    )


def how_to_apply(hotline: str) -> str:
    """What a customer does who wants to be a professional investor; there is no application online."""
    return Sentence(
        "申请专业投资者：请携带身份证和资产、收入、投资经历证明到营业部办理，或拨打 {hotline} 咨询。", hotline=hotline
    )


def propose_class(
    desk: Desk, actor: Actor, customer_id: str, wanted: str, *, basis: str = "", reason: str = "",
    valid_to: date | None = None, files: Sequence[Upload] = (),
) -> dict[str, str]:  # fmt: skip
    """Propose a class with its proof; returns errors by field, also for a file that is no picture."""
    with desk.read(actor.firm_id) as work:
        customer = customer_for(work, actor, customer_id)
        today = local_day(work.now)
    errors = _errors(customer, wanted, basis, reason.strip(), valid_to, files, today)
    if errors:
        return errors
    try:
        pictures = [desk.images.safe_decode(data, name) for data, name in files]
    except BadFile as refused:
        return {"files": refused.text}
    stored = [_store(desk, actor.firm_id, data, picture) for (data, _), picture in zip(files, pictures, strict=True)]
    with desk.write(actor.firm_id) as work:
        customer_for(work, actor, customer_id)
        body = {"wanted": wanted, "basis": basis, "reason": reason.strip()}
        proposal = add_proposal(work, actor, customer_id, KIND, body, valid_to if wanted == "professional" else None)
        for item in stored:
            work.cases.add_evidence(proposal.id, replace(item, id=work.new_id(), created_at=work.now), actor.id)
    return {}


def _errors(
    customer: Customer,
    wanted: str,
    basis: str,
    reason: str,
    valid_to: date | None,
    files: Sequence[Upload],
    today: date,
) -> dict[str, str]:
    found = {}
    if wanted not in CLASSES or wanted == customer.investor_class == "ordinary":
        found["wanted"] = "客户已经是普通投资者。" if wanted in CLASSES else "请选择投资者类型。"
    if not 0 < len(reason) <= MOST_REASON:
        found["reason"] = Sentence("请写明理由，最多 {most_reason} 字。", most_reason=MOST_REASON)
    if wanted != "professional":
        return found
    if basis not in BASES:
        found["basis"] = "请选择认定依据。"
    if valid_to is None or valid_to <= today:
        found["valid_to"] = "请选择今天以后的日期。"
    if not 0 < len(files) <= MOST_FILES:
        found["files"] = Sentence("请上传证明材料，1 至 {most_files} 张图片。", most_files=MOST_FILES)
    return found


def _store(desk: Desk, firm_id: str, data: bytes, picture: Picture) -> Evidence:
    """Both files into the vault; the row follows in the transaction."""
    original, stored = desk.vault.put(firm_id, data), desk.vault.put(firm_id, picture.jpeg)
    meta = {"width": picture.width, "height": picture.height, "original_file": original.file_id}
    return Evidence("", PROOF_SLOT, stored.file_id, stored.sha256, "image/jpeg", stored.size, desk.clock(), meta)


def proof_files(desk: Desk, actor: Actor, proposal_id: str) -> tuple[Evidence, ...]:
    """The pictures handed in with a proposal; their bytes come through the protected route."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        return work.cases.evidence(proposal_id)


def take_effect(work: Work, proposal: Proposal) -> None:
    """The class counts from now on; what was in force before is no more."""
    for other in work.matters.proposals_of(proposal.customer_id):
        if other.kind is KIND and other.id != proposal.id:
            work.matters.end_proposal(other.id)
    _set_class(work, proposal.customer_id, str(proposal.body["wanted"]), proposal.valid_to)


def end_classes(work: Work) -> int:
    """Professional investors whose last day is over are ordinary again; how many. Part of the sweep."""
    lapsed = work.matters.lapsed_proposals(KIND, local_day(work.now))
    for proposal in lapsed:
        work.matters.end_proposal(proposal.id)
        _set_class(work, proposal.customer_id, "ordinary", None)
        subject = f"customer:{proposal.customer_id}"
        work.audit(system(work.firm_id), Tag.SYSTEM_PROPOSAL_END, subject, proposal=proposal.id)
    return len(lapsed)


def _set_class(work: Work, customer_id: str, wanted: str, valid_to: date | None) -> None:
    """On file, and in the business the customer is busy with: its notices and agreements follow from the class."""
    customer = work.people.find_customer(customer_id=customer_id)
    assert customer is not None, "a proposal belongs to a customer on file"
    work.people.change_customer(replace(customer, investor_class=wanted))
    owner = f"customer:{customer_id}"
    for case in work.cases.of_owner(owner, customer_id):
        if case.state in WITH_CUSTOMER:
            settle(work, work.cases.change(case, clear={**case.clear, "investor_class": wanted}))
    day = f"{valid_to:%Y-%m-%d}" if valid_to else ""
    notify(work, rules_for(work), owner, customer.phone, f"class_{wanted}", day=day)
