"""What a supervisor may do with those who wait: ahead, another branch, a certain colleague. Always with a reason."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.queueing import DEVIATION_REASONS
from core.records import Ticket
from core.usecases.offers import times_of

GONE = "该客户已不在等待，页面已为您更新。"


def put_ahead(desk: Desk, actor: Actor, ticket_id: str, reason: str) -> None:
    """Put a waiting customer before everybody of the branch."""
    with desk.write(actor.firm_id) as work:
        ticket = _waiting(work, actor, ticket_id, reason)
        if not work.queue.put_ahead(ticket, actor.id, reason):
            raise Stale(GONE)
        work.audit(actor, Tag.STAFF_QUEUE_AHEAD, f"case:{ticket.case_id}", ticket=ticket_id, reason=reason)


def transfer_to_branch(desk: Desk, actor: Actor, ticket_id: str, branch_id: str, reason: str) -> None:
    """Let a waiting customer queue at another branch; the time of joining counts there too."""
    with desk.write(actor.firm_id) as work:
        ticket = _waiting(work, actor, ticket_id, reason)
        if branch_id == ticket.branch_id or branch_id not in {branch.id for branch in work.firms.branches()}:
            raise NotFound("请选择另一个营业部。")
        if not work.queue.transfer(ticket_id, branch_id, actor.id, reason):
            raise Stale(GONE)
        _audit_transfer(work, actor, ticket, reason, branch=branch_id)


def transfer_to_staff(desk: Desk, actor: Actor, ticket_id: str, staff_id: str, reason: str) -> None:
    """Let a waiting customer ring at a certain colleague, who must be online and free."""
    with desk.write(actor.firm_id) as work:
        ticket = _waiting(work, actor, ticket_id, reason)
        if staff_id not in {duty.staff_id for duty in work.duty.idle()}:
            raise WrongState("这位同事现在不在线或正忙，请选择其他同事。")
        if not work.queue.offer(ticket_id, staff_id, times_of(work).ring):
            raise Stale(GONE)
        work.queue.ledger(ticket_id, "transfer", actor.id, ticket.fence + 1, reason)
        _audit_transfer(work, actor, ticket, reason, staff=staff_id)


def _audit_transfer(work: Work, actor: Actor, ticket: Ticket, reason: str, **to: str) -> None:
    detail = {"ticket": ticket.id, "reason": reason, "from_branch": ticket.branch_id, **to}
    work.audit(actor, Tag.STAFF_QUEUE_TRANSFER, f"case:{ticket.case_id}", **detail)


def _waiting(work: Work, actor: Actor, ticket_id: str, reason: str) -> Ticket:
    allow(actor, Permission.QUEUE_MANAGE)
    if reason not in DEVIATION_REASONS:
        raise NotFound("请选择原因。")
    ticket = work.queue.find(ticket_id, lock=True)
    if ticket is None or ticket.state != "waiting":
        raise Stale(GONE)
    return ticket
