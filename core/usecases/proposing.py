"""Changes of a customer that take two persons: one member of staff proposes, another one decides (办法 art. 12, 32)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale, WrongState
from core.permissions import Permission, allow, second_person
from core.ports import Work
from core.records import Customer
from core.records_customers import Proposal, ProposalKind, ProposalState

MOST_REASON = 500


def customer_for(work: Work, actor: Actor, customer_id: str) -> Customer:
    """The customer on file, for whoever may propose and decide; raises `NotAllowed`, `NotFound`."""
    allow(actor, Permission.CASE_APPROVE)
    customer = work.people.find_customer(customer_id=customer_id)
    if customer is None:
        raise NotFound("没有找到这位客户。")
    return customer


def add_proposal(
    work: Work,
    actor: Actor,
    customer_id: str,
    kind: ProposalKind,
    body: Mapping[str, Any],
    valid_to: date | None = None,
) -> Proposal:
    """Put a proposal on record; one of its kind at a time. Raises `WrongState` while another one waits."""
    if any(p.kind is kind and p.state is ProposalState.WAITING for p in work.matters.proposals_of(customer_id)):
        raise WrongState("已有一项同类变更在等待确认，请先处理。")
    proposal = Proposal(work.new_id(), customer_id, kind, ProposalState.WAITING, body, valid_to, actor.id, work.now)
    work.matters.add_proposal(proposal)
    work.audit(actor, Tag.STAFF_PROPOSAL_ADD, f"customer:{customer_id}", proposal=proposal.id, kind=str(kind))
    return proposal


def take_decision(work: Work, actor: Actor, proposal_id: str, state: ProposalState, note: str) -> Proposal:
    """Decide what somebody else proposed; the caller writes the audit. Raises `NotAllowed` for the proposer."""
    proposal = work.matters.find_proposal(proposal_id)
    if proposal is None:
        raise NotFound
    second_person(actor, proposal.proposed_by)
    body = {**proposal.body, "note": note}
    if not work.matters.decide_proposal(proposal, state, actor.id, body):
        raise Stale
    return proposal
