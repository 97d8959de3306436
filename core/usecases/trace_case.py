"""The whole history of a case in one list: changes with old and new values, readings, calls, messages, documents,
rejections, notes, assignments. Values are masked until they are opened, which is on record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.case import STATE_TITLES, Case, State
from core.case_trace import Group, purpose_words, words_of
from core.errors import NotFound
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import AuditEntry
from core.records_casework import CaseEvent, Happened
from core.rules.masks import mask_card, mask_name
from core.rules.two_clocks import Clocks
from core.sentence import Sentence
from core.steps.profile_fields import FIELDS
from core.usecases.call_lines import FOR_CUSTOMER
from core.usecases.case_changes import in_words
from core.usecases.case_clocks import case_clocks
from core.usecases.loading import Loaded, load
from core.usecases.masked_file import MASKS

_FIELDS = {field.key: field for field in FIELDS}
CALLBACK_WORDS = {"confirmed": "接通确认", "unreached": "未接通", "disputed": "异议", "complaint": "投诉"}
STAGES = {"witness": "视频验证", "review": "复核", "callback": "电话回访"}


@dataclass(frozen=True)
class Changed:
    """One field that was changed; both values as they may be shown."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `text` is what somebody wrote; `who` a name, 客户 or 系统."""

    at: datetime
    group: Group
    words: str
    who: str
    text: str = ""
    changes: tuple[Changed, ...] = ()


@dataclass(frozen=True)
class Trace:
    """The history of a case, newest first, and its two clocks."""

    case: Case
    title: str
    branch: str
    customer: str
    clocks: Clocks
    entries: tuple[Entry, ...]
    opened: bool
    now: datetime


def find_trace(desk: Desk, actor: Actor, number: str) -> str:
    """Id of the case with this 16-digit number; raises `NotFound`."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_TRACE)
        case = work.cases.find_number(number.strip())
    if case is None:
        raise NotFound("没有这个受理单号，请核对后再查。")
    return case.id


def trace_case(desk: Desk, actor: Actor, case_id: str, *, opened: bool = False) -> Trace:
    """The timeline; with `opened` values and texts are in full. Either is on record first. Raises `NotFound`."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_TRACE)
        work.cases.get(case_id)
        work.personal_read(actor, f"case:{case_id}", "trace:values" if opened else "trace")
    with desk.read(actor.firm_id) as work:
        return _trace(work, load(work, case_id), opened)


def _trace(work: Work, loaded: Loaded, opened: bool) -> Trace:
    case, events = loaded.case, work.casework.events(loaded.case.id)
    names = {f"staff:{member.id}": member.name for member in work.people.all_staff()}
    name = str(loaded.facts.values("profile").get("name") or "")

    def who(actor: str) -> str:
        return names.get(actor, "系统" if actor in {"", "system"} else "客户")

    found = [*_audited(work, loaded, events, who, opened), *_written(work, loaded, who)]
    shown = found if opened else [replace(each, text=_hidden(each.text)) for each in found]
    return Trace(
        case=case,
        title=loaded.business.title,
        branch=str(loaded.rules["branches"].get(case.branch_id, "")),
        customer=name if opened else mask_name(name),
        clocks=case_clocks(work, case, events),
        entries=tuple(sorted(shown, key=lambda each: each.at, reverse=True)),
        opened=opened,
        now=work.now,
    )


def _hidden(text: str) -> str:
    return Sentence("（{count} 字，打开后可见）", count=len(text)) if text else ""


# -- what the audit says, with the events of the same transaction
def _audited(
    work: Work, loaded: Loaded, events: Sequence[CaseEvent], who: Callable[[str], str], opened: bool
) -> Iterable[Entry]:
    rows = _rows(work, loaded.case)
    known = {row.seq for row in rows}
    beside: dict[int | None, list[CaseEvent]] = {}
    for event in events:
        beside.setdefault(event.seq if event.seq in known else None, []).append(event)
    for row in rows:
        if row.tag != Tag.STAFF_CALLBACK_RECORD:
            yield _entry(row, beside.get(row.seq, ()), loaded, who, opened)
    for event in beside.get(None, ()):
        yield _with(Entry(event.at, Group.STATE, "状态", who(event.actor)), [event], loaded, opened)


def _rows(work: Work, case: Case) -> list[AuditEntry]:
    """The rows of the case, and who read the customer's file while it was open."""
    until = case.closed_at or work.now
    beside = work.casework.audit_of(f"customer:{case.customer_id}") if case.customer_id else []
    reads = [row for row in beside if row.tag == Tag.STAFF_PERSONAL_READ and case.created_at <= row.at <= until]
    return [*work.casework.audit_of(f"case:{case.id}"), *reads]


def _entry(
    row: AuditEntry, events: Sequence[CaseEvent], loaded: Loaded, who: Callable[[str], str], opened: bool
) -> Entry:
    group, words = words_of(row.tag)
    told = _told(row, loaded, who)
    entry = Entry(row.at, group, Sentence("{words}：{told}", words=words, told=told) if told else words, who(row.actor))
    return _with(entry, events, loaded, opened)


def _told(row: AuditEntry, loaded: Loaded, who: Callable[[str], str]) -> str:
    """What the detail of a row adds in words."""
    detail = row.detail
    if row.tag == Tag.STAFF_PERSONAL_READ:
        return purpose_words(str(detail.get("purpose", "")))
    if row.tag == Tag.CUSTOMER_STEP_SAVE:
        return next((s.title for s in loaded.business.steps if s.key == detail.get("step")), str(detail.get("step")))
    if row.tag == Tag.STAFF_CASE_ASSIGN:
        return who(f"staff:{detail.get('to', '')}")
    if row.tag in {Tag.STAFF_CASE_REJECT, Tag.STAFF_CASE_TERMINATE}:
        return "、".join(detail.get("codes") or ())
    return ""


def _with(entry: Entry, events: Sequence[CaseEvent], loaded: Loaded, opened: bool) -> Entry:
    """The entry with what happened beside it."""
    states = [STATE_TITLES[State(each.subject)] for each in events if each.kind is Happened.STATE]
    texts = [str(each.body["text"]) for each in events if "text" in each.body]
    changes = [
        change for each in events if each.kind is Happened.CHANGED for change in changed_fields(each, loaded, opened)
    ]
    words = f"{entry.words} → {'、'.join(states)}" if states else entry.words
    return replace(entry, words=words, text="\n".join(texts), changes=tuple(changes))


def changed_fields(event: CaseEvent, loaded: Loaded, opened: bool) -> list[Changed]:
    """Old and new value of each field of a changed step, masked unless opened."""
    found = []
    for key, (old, new) in event.body.items():
        field = _FIELDS.get(key) if event.subject == "profile" else None
        show = _shown(key, opened)
        before, after = (in_words(field, value, loaded.rules) if field else _plain(value) for value in (old, new))
        found.append(Changed(field.title if field else key, show(before), show(after)))
    return found


def _shown(key: str, opened: bool) -> Callable[[str], str]:
    def hide(text: str) -> str:
        if not text:
            return "（无）"
        return text if opened else MASKS[key][1](text) if key in MASKS else f"{text[:1]}***"

    return hide


def _plain(value: Any) -> str:
    """A stored value as text: ticks and lists in words, cards by bank and number, anything deeper by its length."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return (
            f"{value['bank_name']} {mask_card(str(value['number']))}"
            if "bank_name" in value
            else Sentence("{count} 项", count=len(value))
        )
    if isinstance(value, list | tuple):
        return "、".join(_plain(each) for each in value)
    return "" if value is None else str(value)


# -- what was written: rejections, callbacks, messages, chat, documents
def _written(work: Work, loaded: Loaded, who: Callable[[str], str]) -> Iterable[Entry]:
    case = loaded.case
    notes = work.cases.internal_notes(case.id)
    for rejection, (stage, by, internal) in zip(loaded.facts.rejections, notes, strict=True):
        words = Sentence("{get}驳回：{listed}", get=STAGES.get(stage, stage), listed="、".join(rejection.codes))
        told = "\n".join(
            filter(
                None, [rejection.customer_text, Sentence("内部备注：{internal}", internal=internal) if internal else ""]
            )
        )
        yield Entry(rejection.created_at, Group.STATE, words, who(by), told)
    for call in work.results.callbacks(case.id):
        words = Sentence("电话回访：{get}", get=CALLBACK_WORDS.get(call.outcome, call.outcome))
        yield Entry(call.created_at, Group.STATE, words, who(call.created_by), call.note)
    for message in work.jobs.sms_since(case.owner, case.created_at):
        title = loaded.rules["sms_texts"]["texts"].get(message.template, {}).get("title", message.template)
        yield Entry(message.created_at, Group.MESSAGE, Sentence("短信：{title}", title=title), "系统", message.text)
    for line in work.calls.lines(case.id, FOR_CUSTOMER):
        yield Entry(line.at, Group.CALL, "文字消息", who(line.author), line.text)
    for document in work.documents.of_case(case.id):
        if document.signed_at:
            yield Entry(document.signed_at, Group.SIGN, Sentence("已签署：{title}", title=document.title), "客户")
