"""SMS to the customers of a 补签协议 campaign: asked at first, reminded later, at most once a day each.

Campaigns that remind by themselves do so some days before their last day and on the day after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.actor import system
from core.audit import Tag
from core.ports import Desk, Work
from core.rules.calendar import local_day
from core.supplement import Campaign, Request
from core.usecases.loading import rules_for
from core.usecases.notify import notify
from core.usecases.supplements import tell

AT_ONCE = 100
"""Messages of one transaction, so that the write lock is held for a short time only."""


def tell_supplements(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Post the campaign's last message to everybody who has not signed; whoever got it is not told twice."""
    while _tell_some(desk, firm_id, str(payload["campaign"])):
        pass
    return True


def remind_supplements_due(desk: Desk, firm_id: str, _payload: Mapping[str, Any]) -> bool:
    """Once a day: post the messages of the campaigns that remind by themselves on this day."""
    with desk.write(firm_id) as work:
        today = local_day(work.now)
        for campaign in work.supplements.campaigns():
            if campaign.reminds_on(today) and work.supplements.tell_again(campaign.id, today):
                tell(work, replace(campaign, told_on=today))
    return True


def _tell_some(desk: Desk, firm_id: str, campaign_id: str) -> bool:
    with desk.write(firm_id) as work:
        campaign = work.supplements.find_campaign(campaign_id)
        found = work.supplements.untold(campaign, AT_ONCE) if campaign else []
        if campaign is None or not found:
            return False
        for request in found:
            _tell(work, campaign, request)
        work.supplements.note_told([request.id for request in found], campaign.told_on)
        work.audit(system(firm_id), Tag.SYSTEM_SUPPLEMENT_TELL, f"supplement:{campaign_id}", customers=len(found))
    return True


def _tell(work: Work, campaign: Campaign, request: Request) -> None:
    customer = work.people.find_customer(customer_id=request.customer_id)
    if customer is None:
        return
    late = local_day(work.now) > campaign.due_on
    template = "supplement_overdue" if late else "supplement_reminder" if request.told_on else "supplement_asked"
    values = {"reason": campaign.reason, "day": f"{campaign.due_on.month}月{campaign.due_on.day}日"}
    notify(work, rules_for(work), f"customer:{customer.id}", customer.phone, template, **values)
