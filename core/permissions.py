"""Permissions `scope:resource:action`, sorted, and which role holds which. Checked in every use case."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.actor import Actor, Role
from core.case import Case
from core.errors import NotAllowed


class Permission(StrEnum):
    """What a member of staff may do."""

    AGREEMENT_MANAGE = "desk:agreement:manage"
    AUDIT_VERIFY = "desk:audit:verify"
    CALENDAR_MANAGE = "desk:calendar:manage"
    CALL_OBSERVE = "desk:call:observe"
    CALLBACK_RECORD = "desk:callback:record"
    CASE_APPROVE = "desk:case:approve"
    CASE_READ = "desk:case:read"
    CASE_REPORT = "desk:case:report"
    ENTRY_PRINT = "desk:entry:print"
    EVIDENCE_EXPORT = "desk:evidence:export"
    EVIDENCE_READ = "desk:evidence:read"
    INTERFACE_MANAGE = "desk:interface:manage"
    NETWORK_TEST = "desk:network:test"
    PEOPLE_MANAGE = "desk:people:manage"
    QUEUE_MANAGE = "desk:queue:manage"
    QUEUE_READ = "desk:queue:read"
    QUEUE_SERVE = "desk:queue:serve"
    REQUEST_ANSWER = "desk:request:answer"
    RESERVATION_MANAGE = "desk:reservation:manage"
    SKILLS_MANAGE = "desk:skills:manage"
    SMS_READ = "desk:sms:read"


_P = Permission
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.WITNESS: frozenset({_P.QUEUE_SERVE, _P.QUEUE_READ, _P.EVIDENCE_READ}),
    Role.REVIEW: frozenset({_P.CASE_APPROVE, _P.CASE_READ, _P.CASE_REPORT, _P.EVIDENCE_READ}),
    Role.CALLBACK: frozenset({_P.CALLBACK_RECORD, _P.CASE_READ}),
    Role.SUPERVISOR: frozenset(
        {
            _P.QUEUE_MANAGE,
            _P.QUEUE_READ,
            _P.CASE_READ,
            _P.RESERVATION_MANAGE,
            _P.CALENDAR_MANAGE,
            _P.CALL_OBSERVE,
            _P.SKILLS_MANAGE,
            _P.ENTRY_PRINT,
            _P.AGREEMENT_MANAGE,
        }
    ),
    Role.ANALYST: frozenset({_P.QUEUE_READ}),
    Role.COMPLIANCE: frozenset(
        {_P.AUDIT_VERIFY, _P.CASE_READ, _P.EVIDENCE_EXPORT, _P.EVIDENCE_READ, _P.REQUEST_ANSWER, _P.SMS_READ}
    ),
    Role.SERVICE: frozenset({_P.CASE_READ}),
    Role.ADMIN: frozenset(
        {
            _P.INTERFACE_MANAGE,
            _P.NETWORK_TEST,
            _P.PEOPLE_MANAGE,
            _P.AUDIT_VERIFY,
            _P.CALENDAR_MANAGE,
            _P.SKILLS_MANAGE,
            _P.ENTRY_PRINT,
            _P.AGREEMENT_MANAGE,
        }
    ),
}


def holds(actor: Actor, permission: Permission) -> bool:
    """Whether any of the actor's roles carries the permission."""
    return any(permission in ROLE_PERMISSIONS[role] for role in actor.roles)


def allow(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowed` unless the actor is staff and holds the permission."""
    if not actor.is_staff or not holds(actor, permission):
        raise NotAllowed


def owns(actor: Actor, case: Case) -> bool:
    """Whether the case belongs to this customer in this firm, by phone or by the record on file."""
    mine = {case.owner} | ({f"customer:{case.customer_id}"} if case.customer_id else set())
    return not actor.is_staff and actor.firm_id == case.firm_id and actor.id in mine


def own(actor: Actor, case: Case) -> None:
    """Raise `NotAllowed` unless the case belongs to this customer."""
    if not owns(actor, case):
        raise NotAllowed("没有找到该业务。")
