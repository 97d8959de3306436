"""Put a text of the firm's SMS templates into the outbox."""

from __future__ import annotations

from typing import Any

from core.flow import Rules
from core.ports import Work
from core.usecases.customer_file import phone_in
from core.usecases.loading import Loaded, rules_for


def notify(work: Work, rules: Rules, owner: str, phone: str, template: str, **values: Any) -> None:
    """Fill a template (kind `sms_texts`) and post it; nothing happens without a phone number.

    A firm whose texts are older than the template sends the product's first version of it.
    """
    if not phone:
        return
    texts, firm = rules["sms_texts"], rules["firm"]
    values = {"firm": firm["name"], "hotline": firm["hotline"], **values}
    # A case may have pinned a version from before this text existed.
    body = texts["texts"].get(template) or rules_for(work)["sms_texts"]["texts"][template]
    text = texts["signature"].format(**values) + body["text"].format(**values)
    work.jobs.add_sms(owner, phone, template, text)


def notify_case(work: Work, loaded: Loaded, template: str, **values: Any) -> None:
    """A message about a case to its customer."""
    facts, case = loaded.facts, loaded.case
    customer = work.people.find_customer(customer_id=case.customer_id) if case.customer_id else None
    stated = facts.values("profile").get("phone") or facts.values("identity").get("phone")
    phone = phone_in(facts, customer) if customer else str(stated or "")
    known = {"business": loaded.business.title, "case_number": case.number}
    notify(work, loaded.rules, case.owner, phone, template, **known, **values)
