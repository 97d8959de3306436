"""Audit tags and the rule by which rows are chained. Detail holds codes and counts, never personal values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from core.records import AuditEntry


class Tag(StrEnum):
    """subject:noun:verb"""

    CUSTOMER_CALL_CHAT = "customer:call:chat"
    CUSTOMER_CASE_ABANDON = "customer:case:abandon"
    CUSTOMER_CASE_START = "customer:case:start"
    CUSTOMER_CASE_SUBMIT = "customer:case:submit"
    CUSTOMER_CERTIFICATE_BEGIN = "customer:certificate:begin"
    CUSTOMER_CERTIFICATE_DETECT = "customer:certificate:detect"
    CUSTOMER_CERTIFICATE_ISSUE = "customer:certificate:issue"
    CUSTOMER_CERTIFICATE_LOCK = "customer:certificate:lock"
    CUSTOMER_CERTIFICATE_UNLOCK = "customer:certificate:unlock"
    CUSTOMER_CERTIFICATE_WRONG = "customer:certificate:wrong_password"
    CUSTOMER_CODE_REQUEST = "customer:code:request"
    CUSTOMER_CONSENT_WITHDRAW = "customer:consent:withdraw"
    CUSTOMER_COPY_OPEN = "customer:copy:open"
    CUSTOMER_DOCUMENT_EXPORT = "customer:document:export"
    CUSTOMER_DOCUMENT_PREPARE = "customer:document:prepare"
    CUSTOMER_DOCUMENT_READ = "customer:document:read"
    CUSTOMER_DOCUMENT_SIGN = "customer:document:sign"
    CUSTOMER_EVIDENCE_ADD = "customer:evidence:add"
    CUSTOMER_EVIDENCE_REMOVE = "customer:evidence:remove"
    CUSTOMER_NOTICE_ACKNOWLEDGE = "customer:notice:acknowledge"
    CUSTOMER_PHOTO_CHOOSE = "customer:photo:choose"
    CUSTOMER_PHOTO_CORNERS = "customer:photo:corners"
    CUSTOMER_QUEUE_JOIN = "customer:queue:join"
    CUSTOMER_QUEUE_LEAVE = "customer:queue:leave"
    CUSTOMER_REQUEST_ADD = "customer:request:add"
    CUSTOMER_RESERVATION_BOOK = "customer:reservation:book"
    CUSTOMER_RESERVATION_CANCEL = "customer:reservation:cancel"
    CUSTOMER_RESERVATION_REBOOK = "customer:reservation:rebook"
    CUSTOMER_SESSION_CLOSE = "customer:session:close"
    CUSTOMER_SESSION_FAIL = "customer:session:fail"
    CUSTOMER_SESSION_OPEN = "customer:session:open"
    CUSTOMER_STEP_SAVE = "customer:step:save"
    CUSTOMER_TEST_END = "customer:test:end"
    CUSTOMER_TEST_REUSE = "customer:test:reuse"
    CUSTOMER_TEST_START = "customer:test:start"
    STAFF_ACCESS_DECIDE = "staff:access:decide"
    STAFF_AGREEMENT_READERS = "staff:agreement:readers"
    STAFF_BLOCK_DECIDE = "staff:block:decide"
    STAFF_BLOCK_LIFT = "staff:block:lift"
    STAFF_BLOCK_PROPOSE = "staff:block:propose"
    STAFF_BRANCH_CHANGE = "staff:branch:change"
    STAFF_CALENDAR_CHANGE = "staff:calendar:change"
    STAFF_CALL_CAPTURE = "staff:call:capture"
    STAFF_CALL_CHAT = "staff:call:chat"
    STAFF_CALL_CLAIM = "staff:call:claim"
    STAFF_CALL_FINISH = "staff:call:finish"
    STAFF_CALL_OBSERVE = "staff:call:observe"
    STAFF_CALL_RELEASE = "staff:call:release"
    STAFF_CALL_STEP = "staff:call:step"
    STAFF_CALL_TAKEOVER = "staff:call:takeover"
    STAFF_CALL_WHISPER = "staff:call:whisper"
    STAFF_CALLBACK_RECORD = "staff:callback:record"
    STAFF_CASE_ACTIVATE = "staff:case:activate"
    STAFF_CASE_AGREE = "staff:case:agree"
    STAFF_CASE_APPROVE = "staff:case:approve"
    STAFF_CASE_ASSIGN = "staff:case:assign"
    STAFF_CASE_ERASE = "staff:case:erase"
    STAFF_CASE_ESCALATE = "staff:case:escalate"
    STAFF_CASE_FINISH = "staff:case:finish"
    STAFF_CASE_NOTE = "staff:case:note"
    STAFF_CASE_REJECT = "staff:case:reject"
    STAFF_CASE_RELEASE = "staff:case:release"
    STAFF_CASE_SETTLE = "staff:case:settle"
    STAFF_CASE_SNOOZE = "staff:case:snooze"
    STAFF_CASE_TAKE = "staff:case:take"
    STAFF_CASE_TERMINATE = "staff:case:terminate"
    STAFF_CASE_WAKE = "staff:case:wake"
    STAFF_CHART_EXPORT = "staff:chart:export"
    STAFF_CUSTOMER_NOTE = "staff:customer:note"
    STAFF_DUTY_CHANGE = "staff:duty:change"
    STAFF_EVIDENCE_EXPORT = "staff:evidence:export"
    STAFF_EXCHANGE_IMPORT = "staff:exchange:import"
    STAFF_EXCHANGE_RECORD = "staff:exchange:record"
    STAFF_EXCHANGE_SEND = "staff:exchange:send"
    STAFF_FINDING_JUDGE = "staff:finding:judge"
    STAFF_HOLD_LIFT = "staff:hold:lift"
    STAFF_HOLD_SET = "staff:hold:set"
    STAFF_KEY_ADD = "staff:key:add"
    STAFF_KEY_REVOKE = "staff:key:revoke"
    STAFF_MARK_ADD = "staff:mark:add"
    STAFF_MARK_REMOVE = "staff:mark:remove"
    STAFF_MATCH_DECIDE = "staff:match:decide"
    STAFF_OFFER_DECLINE = "staff:offer:decline"
    STAFF_PERSON_CHANGE = "staff:person:change"
    STAFF_PERSONAL_READ = "staff:personal:read"
    STAFF_PROPOSAL_ADD = "staff:proposal:add"
    STAFF_PROPOSAL_APPROVE = "staff:proposal:approve"
    STAFF_PROPOSAL_REFUSE = "staff:proposal:refuse"
    STAFF_QUEUE_AHEAD = "staff:queue:ahead"
    STAFF_QUEUE_MESSAGE = "staff:queue:message"
    STAFF_QUEUE_TRANSFER = "staff:queue:transfer"
    STAFF_REPORT_EXPORT = "staff:report:export"
    STAFF_REQUEST_ANSWER = "staff:request:answer"
    STAFF_RESERVATION_CANCEL = "staff:reservation:cancel"
    STAFF_RESERVATION_CAPACITY = "staff:reservation:capacity"
    STAFF_RESERVATION_CLOSE = "staff:reservation:close"
    STAFF_RESERVATION_OPEN = "staff:reservation:open"
    STAFF_ROSTER_CHANGE = "staff:roster:change"
    STAFF_RULE_APPROVE = "staff:rule:approve"
    STAFF_RULE_BEGIN = "staff:rule:begin"
    STAFF_RULE_EXPORT = "staff:rule:export"
    STAFF_RULE_IMPORT = "staff:rule:import"
    STAFF_RULE_PROPOSE = "staff:rule:propose"
    STAFF_RULE_REFUSE = "staff:rule:refuse"
    STAFF_RULE_SAVE = "staff:rule:save"
    STAFF_RULE_TRY = "staff:rule:try"
    STAFF_RULE_WITHDRAW = "staff:rule:withdraw"
    STAFF_SAMPLE_CHECK = "staff:sample:check"
    STAFF_SESSION_CLOSE = "staff:session:close"
    STAFF_SESSION_FAIL = "staff:session:fail"
    STAFF_SESSION_OPEN = "staff:session:open"
    STAFF_SHEET_PRINT = "staff:sheet:print"
    STAFF_SUPPLEMENT_CANCEL = "staff:supplement:cancel"
    STAFF_SUPPLEMENT_REMIND = "staff:supplement:remind"
    STAFF_SUPPLEMENT_START = "staff:supplement:start"
    STAFF_WEBHOOK_ADD = "staff:webhook:add"
    STAFF_WEBHOOK_CLOSE = "staff:webhook:close"
    STAFF_WEBHOOK_DROP = "staff:webhook:drop"
    STAFF_WEBHOOK_RESEND = "staff:webhook:resend"
    SYSTEM_BLOCK_HIT = "system:block:hit"
    SYSTEM_CASE_APPROVE = "system:case:approve"
    SYSTEM_CASE_ERASE = "system:case:erase"
    SYSTEM_CASE_EXPIRE = "system:case:expire"
    SYSTEM_CASE_RELEASE = "system:case:release"
    SYSTEM_CASE_WARN = "system:case:warn"
    SYSTEM_DOCUMENT_SEAL = "system:document:seal"
    SYSTEM_FILES_SWEEP = "system:files:sweep"
    SYSTEM_FIRM_COMPLETE = "system:firm:complete"
    SYSTEM_FIRM_SEED = "system:firm:seed"
    SYSTEM_PHOTO_READ = "system:photo:read"
    SYSTEM_PROPOSAL_END = "system:proposal:end"
    SYSTEM_QUEUE_SWEEP = "system:queue:sweep"
    SYSTEM_RECORDING_CHECK = "system:recording:check"
    SYSTEM_RECORDING_STORE = "system:recording:store"
    SYSTEM_RESERVATION_END = "system:reservation:end"
    SYSTEM_RESERVATION_REMIND = "system:reservation:remind"
    SYSTEM_RULE_APPLY = "system:rule:apply"
    SYSTEM_RULE_TRY = "system:rule:try"
    SYSTEM_SAMPLE_DRAW = "system:sample:draw"
    SYSTEM_SMS_SEND = "system:sms:send"
    SYSTEM_SUPPLEMENT_TELL = "system:supplement:tell"
    SYSTEM_TEST_END = "system:test:end"


class Mac(Protocol):
    """Keyed MAC of the firm (32 bytes)."""

    def __call__(self, purpose: str, data: bytes) -> bytes: ...


def link(mac: Mac, previous: bytes, entry: AuditEntry) -> bytes:
    """MAC of one row over the previous row's MAC and its own content."""
    row: list[Any] = [entry.seq, _stamp(entry.at), entry.actor, entry.tag, entry.object, dict(entry.detail)]
    body = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return mac("audit", hashlib.sha256(previous).digest() + body)


def _stamp(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def first_break(mac: Mac, entries: Iterable[AuditEntry]) -> int | None:
    """Sequence number of the first row that does not fit (edited, moved, inserted or missing); None if whole."""
    previous, expected = b"", 1
    for entry in entries:
        if entry.seq != expected or link(mac, previous, entry) != entry.mac:
            return expected
        previous, expected = entry.mac, expected + 1
    return None


def clean(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Keep only plain JSON values, so that no object with personal values slips in by its text form."""
    allowed = (str, int, float, bool, type(None))
    return {
        k: [str(x) for x in v] if isinstance(v, list | tuple) else v
        for k, v in detail.items()
        if isinstance(v, (*allowed, list, tuple))
    }
