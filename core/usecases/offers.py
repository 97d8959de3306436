"""Offers: the next customer rings at whoever is idle longest; answered in time, declined with a reason, or missed."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.queueing import DECLINE_REASONS, MISSED_OFFER, MISSED_OFFERS, QueueTimes, queue_times
from core.usecases.loading import rules_for


def times_of(work: Work) -> QueueTimes:
    """The firm's times as they are in effect now."""
    return queue_times(rules_for(work)["thresholds"])


def offer_waiting(work: Work) -> int:
    """Let a customer ring at everybody who is idle and can serve one; how many ring anew.

    Called by the page of each witness and by the worker, so that a closed page holds nobody up.
    """
    ring = times_of(work).ring
    return sum(1 for duty in work.duty.idle() if work.queue.claim(duty.staff_id, ring=ring))


def miss_offers(work: Work) -> int:
    """End the offers that nobody answered: the customer is at the head again; two in a row are a break."""
    missed = 0
    for ticket in work.queue.expired_offers():
        staff_id = str(ticket.staff_id)
        duty = work.duty.current(staff_id, lock=True)
        if not work.queue.stop_ringing(ticket.id, staff_id, ticket.fence, "missed"):
            continue
        missed += 1
        if duty and duty.status == "online":
            twice = duty.reason == MISSED_OFFER
            status, reason = ("break", MISSED_OFFERS) if twice else ("online", MISSED_OFFER)
            work.duty.change(staff_id, duty.branch_id, status, reason)
    return missed


def decline_offer(desk: Desk, actor: Actor, ticket_id: str, fence: int, reason: str) -> None:
    """Give the customer who rings to somebody else; `reason` is a code of `DECLINE_REASONS`."""
    if reason not in DECLINE_REASONS:
        raise NotFound("请选择拒接的原因。")
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_SERVE)
        duty = work.duty.current(actor.staff_id, lock=True)
        ticket = work.queue.find(ticket_id)
        if ticket is None or not work.queue.stop_ringing(ticket_id, actor.staff_id, fence, "decline", reason):
            raise Stale("该客户已不在等您接听。")
        if duty:
            work.duty.change(actor.staff_id, duty.branch_id, "online")
        work.audit(actor, Tag.STAFF_OFFER_DECLINE, f"case:{ticket.case_id}", ticket=ticket_id, reason=reason)
