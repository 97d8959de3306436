"""补签协议, the customer's side: the case begins when the customer comes and nothing else is open (R007, R066)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.actor import Actor
from core.case import Case
from core.errors import Stale
from core.ports import Desk, Work
from core.records import Customer
from core.rules.calendar import local_day
from core.supplement import Campaign, asked_agreements
from core.usecases.loading import rules_for
from core.usecases.start_case import customer_id_of, open_case

BUSINESS = "supplement"


@dataclass(frozen=True)
class Wanted:
    """Why the firm wants agreements signed, until when (a day in Shanghai), and what happens to who does not."""

    reason: str
    due_on: date
    overdue: bool
    consequence: str


def begin_supplement(desk: Desk, actor: Actor) -> Case | None:
    """What waits for this customer becomes a case, unless another business is open; that one is given back then.

    None when nothing waits. Everything that waits is signed in one case. It pins the firm's data of this moment.
    """
    customer_id = customer_id_of(actor)
    if customer_id is None:
        return None
    with desk.read(actor.firm_id) as work:
        if not work.supplements.waiting_of(customer_id):
            return None
    try:
        with desk.write(actor.firm_id) as work:
            return work.cases.find_open(actor.id, customer_id) or _begin(work, actor, customer_id)
    except Stale:  # another tab was first
        with desk.read(actor.firm_id) as work:
            return work.cases.find_open(actor.id, customer_id)


def _begin(work: Work, actor: Actor, customer_id: str) -> Case | None:
    waiting = work.supplements.waiting_of(customer_id)
    customer = work.people.find_customer(customer_id=customer_id)
    known = asked_agreements(rules_for(work)["agreements"]["agreements"])
    asked = dict.fromkeys(code for _, campaign in waiting for code in campaign.codes)
    codes = [code for code in asked if code in known]
    if customer is None or not codes:
        return None
    before = work.cases.of_owner(actor.id, customer_id)
    case = open_case(
        work, actor, BUSINESS, before[0].branch_id if before else "", _first_answers(customer, codes), customer
    )
    work.supplements.begin([request_id for request_id, _ in waiting], case.id)
    return case


def _first_answers(customer: Customer, codes: list[str]) -> dict[str, dict[str, Any]]:
    """What is known before the first step; a customer without a file is still named in the documents."""
    who = {"name": customer.name, "id_number": customer.id_number, "phone": customer.phone}
    return {"identity": {"phone": customer.phone}, "profile": who, BUSINESS: {"codes": codes}}


def wanted_of(work: Work, case: Case) -> Wanted | None:
    """What the firm said with a 补签协议; None for any other business."""
    return _wanted(work.supplements.of_case(case.id), local_day(work.now)) if case.business == BUSINESS else None


def _wanted(campaigns: Sequence[Campaign], today: date) -> Wanted | None:
    if not campaigns:
        return None
    reasons = "；".join(dict.fromkeys(campaign.reason for campaign in campaigns))
    consequences = "；".join(dict.fromkeys(each.consequence for each in campaigns if each.consequence))
    return Wanted(reasons, campaigns[0].due_on, today > campaigns[0].due_on, consequences)
