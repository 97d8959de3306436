"""Send the oldest waiting event to an address; each job delivers one, in the order of the events.

There are as many jobs as waiting deliveries. Whichever runs takes the first one: a later event never goes before an
earlier one, and a receiver that was down gets them one after the other as soon as it answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.errors import OutsideService
from core.ports import Desk
from core.records_interfaces import Delivery, Webhook
from core.webhooks import GIVE_UP, body_of, headers_for, pause_after

CLAIM = timedelta(minutes=1)
"""How long an attempt may take before another worker may begin the next one."""
SOON = timedelta(seconds=1)
ANSWER_MOST = 200


def deliver_webhook(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool | timedelta:
    """One attempt; True when an event is delivered or given up, else how long to wait."""
    taken = _take(desk, firm_id, payload["webhook"])
    if not isinstance(taken, tuple):
        return taken
    hook, delivery = taken
    status, answer = _send(desk, hook, delivery)
    return _settle(desk, firm_id, delivery, status, answer)


def _take(desk: Desk, firm_id: str, webhook_id: str) -> tuple[Webhook, Delivery] | bool | timedelta:
    """The first waiting event, claimed for this attempt."""
    with desk.write(firm_id) as work:
        hook = work.interfaces.find_webhook(webhook_id)
        first = work.interfaces.first_waiting(webhook_id)
        if hook is None or not hook.active or first is None:
            return True
        if first.next_at > work.now:
            return first.next_at - work.now
        if not work.interfaces.claim_delivery(first, work.now + CLAIM):
            return SOON
        return hook, first


def _send(desk: Desk, hook: Webhook, delivery: Delivery) -> tuple[int | None, str]:
    """Status and begin of the answer; no status when there was none."""
    body = body_of(delivery.event)
    try:
        sent = desk.hooks.send(hook.url, headers_for(hook.secret, delivery.event, desk.clock(), body), body)
    except OutsideService as error:
        return None, error.text[:ANSWER_MOST]
    return sent.status, sent.answer[:ANSWER_MOST]


def _settle(desk: Desk, firm_id: str, delivery: Delivery, status: int | None, answer: str) -> bool | timedelta:
    told = {"status": status, "answer": answer}
    with desk.write(firm_id) as work:
        change, now = work.interfaces.change_delivery, work.now
        if status is not None and 200 <= status < 300:
            change(delivery.id, "waiting", state="done", ended_at=now, **told)
            return True
        pause = pause_after(delivery.attempts + 1)
        if now + pause - delivery.began_at > GIVE_UP:
            change(delivery.id, "waiting", state="failed", ended_at=now, **told)
            return True
        change(delivery.id, "waiting", next_at=now + pause, **told)
        return pause
