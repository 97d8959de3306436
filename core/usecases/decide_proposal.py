"""The second person: approve or refuse what somebody else proposed, and what waits for that."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.permissions import Permission, allow
from core.ports import Desk
from core.records_customers import Proposal, ProposalKind, ProposalState
from core.rules.masks import mask_name
from core.sentence import Sentence
from core.usecases import counter_phone, investor_class
from core.usecases.proposing import MOST_REASON, take_decision


def waiting_proposals(desk: Desk, actor: Actor) -> list[tuple[Proposal, str]]:
    """What waits for a second person, with the masked name of its customer, the oldest first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        found = []
        for proposal in work.matters.waiting_proposals():
            customer = work.people.find_customer(customer_id=proposal.customer_id)
            found.append((proposal, mask_name(customer.name) if customer else ""))
        return found


def approve_proposal(desk: Desk, actor: Actor, proposal_id: str) -> None:
    """Let it take effect. Raises `NotAllowed` for the proposer, `Stale` when it was decided already."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        proposal = take_decision(work, actor, proposal_id, ProposalState.APPROVED, "")
        if proposal.kind is ProposalKind.INVESTOR_CLASS:
            investor_class.take_effect(work, proposal)
        else:
            counter_phone.take_effect(work, actor, proposal)
        subject = f"customer:{proposal.customer_id}"
        work.audit(actor, Tag.STAFF_PROPOSAL_APPROVE, subject, proposal=proposal.id, kind=str(proposal.kind))


def refuse_proposal(desk: Desk, actor: Actor, proposal_id: str, note: str) -> dict[str, str]:
    """Leave everything as it is; returns errors by field."""
    words = note.strip()
    if not 0 < len(words) <= MOST_REASON:
        return {"decision": Sentence("请写明不同意的原因，最多 {most_reason} 字。", most_reason=MOST_REASON)}
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        proposal = take_decision(work, actor, proposal_id, ProposalState.REFUSED, words)
        subject = f"customer:{proposal.customer_id}"
        work.audit(actor, Tag.STAFF_PROPOSAL_REFUSE, subject, proposal=proposal.id, kind=str(proposal.kind))
    return {}
