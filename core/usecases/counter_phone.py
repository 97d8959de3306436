"""A new phone number at the counter, for a customer whose old one does not work any more: two persons, old
sign-ins ended, both numbers told."""

from __future__ import annotations

from dataclasses import replace

from core.actor import Actor
from core.ports import Desk, Work
from core.records import Customer
from core.records_customers import Proposal, ProposalKind
from core.rules.phone import check_mobile
from core.rules.problem import Problem
from core.sentence import Sentence
from core.usecases.loading import rules_for
from core.usecases.notify import notify
from core.usecases.proposing import MOST_REASON, add_proposal, customer_for
from core.usecases.sessions import close_sessions

KIND = ProposalKind.PHONE


def propose_phone(
    desk: Desk, actor: Actor, customer_id: str, phone: str, reason: str, *, id_seen: bool
) -> dict[str, str]:
    """Propose the number after the ID card was seen in person; returns errors by field."""
    number, words = check_mobile(phone, allow_test_numbers=desk.settings.demo), reason.strip()
    with desk.write(actor.firm_id) as work:
        customer = customer_for(work, actor, customer_id)
        errors = {} if id_seen else {"id_seen": "请当面核对客户的身份证原件，核对后勾选。"}
        if isinstance(number, Problem):
            errors["phone"] = number.text
        elif number == customer.phone:
            errors["phone"] = "与登记的手机号码相同。"
        if not 0 < len(words) <= MOST_REASON:
            errors["reason"] = Sentence("请写明原因，最多 {most_reason} 字。", most_reason=MOST_REASON)
        if not errors:
            add_proposal(work, actor, customer_id, KIND, {"phone": number, "reason": words})
        return errors


def take_effect(work: Work, actor: Actor, proposal: Proposal) -> None:
    """The number counts; whoever holds the old one gets in no more, neither to sessions nor to first businesses."""
    customer = work.people.find_customer(customer_id=proposal.customer_id)
    assert customer is not None, "a proposal belongs to a customer on file"
    old, new = customer.phone, str(proposal.body["phone"])
    work.people.change_customer(replace(customer, phone=new))
    file = work.people.customer_file(customer.id)
    if file.profile:
        work.people.keep_file(customer.id, replace(file, profile={**file.profile, "phone": new}))
    leave_number(work, actor, customer, old)
    close_sessions(work, actor, f"customer:{customer.id}")
    for number, template in ((old, "phone_replaced"), (new, "phone_registered")):
        notify(work, rules_for(work), f"customer:{customer.id}", number, template)


def leave_number(work: Work, actor: Actor, customer: Customer, old: str) -> None:
    """Businesses begun by phone belonged to whoever receives its codes; now they belong to the customer on file."""
    owner, subject = f"customer:{customer.id}", f"phone:{work.keys.index('phone', old).hex()}"
    for case in work.cases.of_owner(owner, customer.id):
        if case.owner == subject:
            work.cases.change(case, owner=owner)
    work.matters.move_subject(subject, owner)
    work.watch.move_marks(subject, owner)
    close_sessions(work, actor, subject)
