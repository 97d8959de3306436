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
    BLOCK_MANAGE = "desk:block:manage"
    CALENDAR_MANAGE = "desk:calendar:manage"
    CALL_OBSERVE = "desk:call:observe"
    CALLBACK_RECORD = "desk:callback:record"
    CASE_APPROVE = "desk:case:approve"
    CASE_ASSIGN = "desk:case:assign"
    CASE_READ = "desk:case:read"
    CASE_REPORT = "desk:case:report"
    CASE_TRACE = "desk:case:trace"
    CASE_WORK = "desk:case:work"
    ENTRY_PRINT = "desk:entry:print"
    EVIDENCE_EXPORT = "desk:evidence:export"
    EVIDENCE_READ = "desk:evidence:read"
    INTERFACE_MANAGE = "desk:interface:manage"
    NETWORK_TEST = "desk:network:test"
    PEOPLE_MANAGE = "desk:people:manage"
    PHOTO_EVALUATE = "desk:photo:evaluate"
    QUALITY_CHECK = "desk:quality:check"
    QUEUE_MANAGE = "desk:queue:manage"
    QUEUE_READ = "desk:queue:read"
    QUEUE_SERVE = "desk:queue:serve"
    REQUEST_ANSWER = "desk:request:answer"
    RESERVATION_MANAGE = "desk:reservation:manage"
    RETENTION_MANAGE = "desk:retention:manage"
    RULE_APPROVE = "desk:rule:approve"
    RULE_DRAFT = "desk:rule:draft"
    SKILLS_MANAGE = "desk:skills:manage"
    SMS_READ = "desk:sms:read"


_P = Permission
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.WITNESS: frozenset({_P.QUEUE_SERVE, _P.QUEUE_READ, _P.EVIDENCE_READ}),
    Role.REVIEW: frozenset(
        {_P.CASE_APPROVE, _P.CASE_READ, _P.CASE_REPORT, _P.CASE_TRACE, _P.CASE_WORK, _P.EVIDENCE_READ, _P.QUALITY_CHECK}
    ),
    Role.CALLBACK: frozenset({_P.CALLBACK_RECORD, _P.CASE_READ, _P.CASE_WORK}),
    Role.SUPERVISOR: frozenset(
        {
            _P.QUEUE_MANAGE,
            _P.QUEUE_READ,
            _P.BLOCK_MANAGE,
            _P.CASE_ASSIGN,
            _P.QUALITY_CHECK,
            _P.CASE_READ,
            _P.CASE_WORK,
            _P.RESERVATION_MANAGE,
            _P.CALENDAR_MANAGE,
            _P.CALL_OBSERVE,
            _P.SKILLS_MANAGE,
            _P.ENTRY_PRINT,
            _P.AGREEMENT_MANAGE,
            _P.RULE_DRAFT,
            _P.RULE_APPROVE,
        }
    ),
    Role.ANALYST: frozenset({_P.PHOTO_EVALUATE, _P.QUEUE_READ}),
    Role.COMPLIANCE: frozenset(
        {
            _P.AUDIT_VERIFY,
            _P.BLOCK_MANAGE,
            _P.CASE_READ,
            _P.CASE_TRACE,
            _P.EVIDENCE_EXPORT,
            _P.EVIDENCE_READ,
            _P.PHOTO_EVALUATE,
            _P.QUALITY_CHECK,
            _P.REQUEST_ANSWER,
            _P.RETENTION_MANAGE,
            _P.RULE_APPROVE,
            _P.RULE_DRAFT,
            _P.SMS_READ,
        }
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
            _P.RULE_DRAFT,
        }
    ),
}
"""Rules are the business's: the admin may prepare a change of them, supervisor or compliance let it take effect."""


def holds(actor: Actor, permission: Permission) -> bool:
    """Whether any of the actor's roles carries the permission."""
    return any(permission in ROLE_PERMISSIONS[role] for role in actor.roles)


def allow(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowed` unless the actor is staff and holds the permission."""
    if not actor.is_staff or not holds(actor, permission):
        raise NotAllowed


def second_person(actor: Actor, first: str) -> None:
    """Raise `NotAllowed` when the one who decides is the one who began; `first` is an actor's id."""
    if actor.id == first:
        raise NotAllowed("提出和确认必须是两个人，请由另一位同事确认。")


def owns(actor: Actor, case: Case) -> bool:
    """Whether the case belongs to this customer in this firm, by phone or by the record on file."""
    mine = {case.owner} | ({f"customer:{case.customer_id}"} if case.customer_id else set())
    return not actor.is_staff and actor.firm_id == case.firm_id and actor.id in mine


def own(actor: Actor, case: Case) -> None:
    """Raise `NotAllowed` unless the case belongs to this customer."""
    if not owns(actor, case):
        raise NotAllowed("没有找到该业务。")
