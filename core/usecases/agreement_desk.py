"""协议管理: the firm's agreements with their versions, a draft of one of them, preview, try-out, Word, who signed.

A draft is one of firm data (draft_rules.py, decide_rules.py): here it is written agreement by agreement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from core.actor import Actor
from core.agreement_book import (
    Edition,
    dated,
    editions,
    known_of,
    sample_values,
    titles_of,
    used_texts,
    with_row,
    without_row,
)
from core.audit import Tag
from core.case import Case
from core.errors import NotFound
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.ports_agreements import Use
from core.ports_documents import AgreementHeader, ImportedText, RenderedDocument
from core.records_rules import DraftContent, RuleDraft
from core.rules.agreement_check import check_list
from core.rules.agreement_conditions import Reason, Situation, applies, reasons
from core.rules.agreement_text import Remark, Weight
from core.rules.calendar import local_day
from core.rules.exchanges import groups_of
from core.rules.masks import mask_name
from core.rules.suitability import must_insist
from core.sentence import Sentence
from core.usecases.draft_rules import find_draft, name_of, newest_bodies, save_draft
from core.usecases.loading import body_of
from core.usecases.read_rules import UNFINISHED

KIND = "agreements"
MOST = 200
"""Customers that the list of one agreement names."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One agreement with its versions, the oldest first, and in how many cases each was used."""

    code: str
    editions: tuple[Edition, ...]
    uses: Mapping[str, Use]

    def shown(self, today: date) -> Edition:
        """The version in force, else the next one planned, else the last one."""
        order = {"present": 0, "planned": 1, "past": 2}
        return min(reversed(self.editions), key=lambda each: order[each.state(today)])


@dataclass(frozen=True)
class Book:
    """All agreements in the order in which customers meet them, the open drafts with their makers, and lists."""

    today: date
    entries: tuple[Entry, ...]
    drafts: tuple[tuple[RuleDraft, str], ...]
    names: Mapping[str, str]
    titles: Mapping[str, Mapping[str, str]]
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One agreement of a draft beside what it was: None before a new one, None after one that ends."""

    code: str
    before: Row | None
    after: Row | None
    remarks: tuple[Remark, ...] = ()

    @property
    def title(self) -> str:
        """What it is called."""
        row = self.after or self.before or {}
        return str(row["title"])


@dataclass(frozen=True)
class Question:
    """Whose documents are asked for, and on which day (Shanghai)."""

    day: date
    business: str
    part: str = "other"
    investor_class: str = "ordinary"
    level: str = ""
    exchanges: tuple[str, ...] = ()
    banks: tuple[str, ...] = ()
    age: int | None = None


@dataclass(frozen=True)
class Tried:
    """One agreement of the try-out with every condition and whether it holds."""

    row: Row
    applied: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Reader:
    """Who read or signed an agreement, masked; `seconds` is how long it was open until its end."""

    customer: str
    case: Case
    version: str
    seconds: int | None = None
    read_at: datetime | None = None
    signed_at: datetime | None = None
    in_force: bool = True


@dataclass(frozen=True)
class Readers:
    """Those of one version, the newest first, and the middle one of their reading times in seconds."""

    rows: tuple[Reader, ...] = ()
    median: int | None = None


def agreement_book(desk: Desk, actor: Actor) -> Book:
    """Everything for the list."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        others, uses = newest_bodies(work), work.agreement_use.counts()
        found = editions(_lists(work))
        entries = [
            Entry(code, tuple(each), {version: use for (of, version), use in uses.items() if of == code})
            for code, each in found.items()
        ]
        drafts = [
            (each, name_of(work, each.made_by)) for each in work.rule_drafts.in_states(UNFINISHED) if each.kind == KIND
        ]
        names = {edition.changed_by for entry in entries for edition in entry.editions}
        return Book(
            local_day(work.now), tuple(sorted(entries, key=_order)), tuple(drafts),
            {each: name_of(work, each) for each in names}, titles_of(others),
            {each["name"]: str(each["meaning"]) for each in others[KIND]["variables"]},
        )  # fmt: skip


def _order(entry: Entry) -> tuple[int, str]:
    return int(entry.editions[-1].row["order"]), entry.code


def _lists(work: Work) -> list[tuple[date, str, Sequence[Row]]]:
    """Every version of the list, the oldest first."""
    versions = reversed(work.rule_drafts.versions(KIND))
    return [
        (local_day(each.effective_from), each.changed_by, body_of(work, KIND, each.version)[KIND]) for each in versions
    ]


# -- writing
def put_agreement(desk: Desk, actor: Actor, draft: RuleDraft, row: Row, content: DraftContent) -> RuleDraft:
    """Keep one agreement of an own draft as it is written, right or wrong; `content` brings reason, day and cases."""
    before = _base(desk, actor, draft)
    body = with_row(draft.content.body, row, before, content.effective_on)
    return save_draft(desk, actor, draft.id, draft.revision, replace(content, body=body))


def end_agreement(desk: Desk, actor: Actor, draft: RuleDraft, code: str, content: DraftContent) -> RuleDraft:
    """Take one agreement out of an own draft: from its day on no new case gets it."""
    body = dated(without_row(draft.content.body, code), _base(desk, actor, draft), content.effective_on)
    return save_draft(desk, actor, draft.id, draft.revision, replace(content, body=body))


def keep_terms(desk: Desk, actor: Actor, draft: RuleDraft, content: DraftContent) -> RuleDraft:
    """Keep the reason, the day and what happens to open cases; the agreements stay."""
    body = dated(draft.content.body, _base(desk, actor, draft), content.effective_on)
    return save_draft(desk, actor, draft.id, draft.revision, replace(content, body=body))


def _base(desk: Desk, actor: Actor, draft: RuleDraft) -> Any:
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        return body_of(work, KIND, draft.base_version)


def draft_changes(desk: Desk, actor: Actor, draft_id: str) -> list[Change]:
    """What a draft does to each agreement, with everything to be said about it: errors, and warnings apart."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        draft = find_draft(work, draft_id)
        if draft.kind != KIND:
            raise NotFound
        body, base = draft.content.body, body_of(work, KIND, draft.base_version)
        earlier = [body_of(work, KIND, each.version) for each in work.rule_drafts.versions(KIND)]
        used = used_texts(earlier) if draft in work.rule_drafts.in_states(UNFINISHED) else {}
        known = known_of(body, newest_bodies(work), local_day(work.now), used)
    found = check_list(body[KIND], base[KIND], known)
    before, after = ({row["code"]: row for row in rows} for rows in (base[KIND], body[KIND]))
    codes = [code for code in dict.fromkeys([*after, *before]) if before.get(code) != after.get(code)]
    return [
        Change(code, before.get(code), after.get(code), (*found.get(code, ()), *_unprintable(desk, after.get(code))))
        for code in codes
    ]


def _unprintable(desk: Desk, row: Row | None) -> list[Remark]:
    """Characters that no font of the documents has, with the line where they stand first."""
    if row is None:
        return []
    lines = [str(row["title"]), *str(row["text"]).splitlines()]
    missing = desk.papers.unprintable("\n".join(lines))
    place = {each: next(number for number, line in enumerate(lines) if each in line) for each in missing}
    return [
        Remark(Weight.ERROR, Sentence("字体中没有这个字：{each}，PDF 无法生成。", each=each), line)
        for each, line in place.items()
    ]


def preview_agreement(desk: Desk, actor: Actor, title: str, text: str, code: str, version: str) -> RenderedDocument:
    """The PDF that a customer would get, with invented values and marked 样张; nothing is written."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        firm, branches, now = work.firms.firm(), work.firms.branches(), work.now
    values = sample_values(text, firm.name, branches[0].name if branches else "", local_day(now))
    header = AgreementHeader(code or "draft", version or "草稿", "1300000000000000", firm.name, "张样张", now)
    return desk.papers.sample(title or "未命名", text, values, header)


def import_word(desk: Desk, actor: Actor, data: bytes) -> ImportedText:
    """A Word file as text for the editor; nothing is kept of it. Raises `BadFile`."""
    allow(actor, Permission.RULE_DRAFT)
    return desk.papers.read_word(data)


# -- asking
def try_out(desk: Desk, actor: Actor, asked: Question, draft_id: str = "") -> list[Tried]:
    """Which documents such a customer would read on that day, and why; with a draft, under its list."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.RULE_DRAFT)
        others = newest_bodies(work)
        rows = find_draft(work, draft_id).content.body[KIND] if draft_id else _on(work, asked.day)
    situation = _situation(asked, others)
    names = titles_of(others)
    return [
        Tried(row, applies(row, situation), tuple(reasons(row, situation, names)))
        for row in sorted(rows, key=lambda row: row["order"])
        if row["place"] == "agreements"
    ]


def _on(work: Work, day: date) -> Sequence[Row]:
    """The list on a day: the last version that is in force then."""
    lists = _lists(work)
    return next((rows for since, _, rows in reversed(lists) if since <= day), lists[0][2])


def _situation(asked: Question, others: Mapping[str, Any]) -> Situation:
    groups = groups_of(asked.exchanges, others["exchanges"])
    level = asked.level or "C1"
    insisted = must_insist(level, False, asked.investor_class, groups, others["match_table"])
    return Situation(
        asked.business, asked.part, asked.investor_class, asked.level, bool(insisted), frozenset(asked.exchanges),
        frozenset(asked.banks), asked.age,
    )  # fmt: skip


def agreement_readers(desk: Desk, actor: Actor, code: str, version: str) -> Readers:
    """Who read and signed a version, at most `MOST` each, with masked names; opening the list is on record."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_READ)
        rows = _readers(work, code, version)
        work.audit(actor, Tag.STAFF_AGREEMENT_READERS, f"agreement:{code}", version=version, rows=len(rows))
        seconds = sorted(row.seconds for row in rows if row.seconds is not None)
        return Readers(tuple(rows), seconds[len(seconds) // 2] if seconds else None)


def _readers(work: Work, code: str, version: str) -> list[Reader]:
    found: dict[str, Reader] = {}
    for reading in work.agreement_use.readings(code, MOST):
        if reading.version == version and reading.case_id not in found:
            reader = _reader(work, reading.case_id, version)
            found[reading.case_id] = replace(reader, seconds=reading.seconds, read_at=reading.read_at)
    for signing in work.agreement_use.signings(code, MOST):
        known = found.get(signing.case_id) or _reader(work, signing.case_id, version)
        if signing.version == version and known.signed_at is None:
            found[signing.case_id] = replace(known, signed_at=signing.signed_at, in_force=signing.in_force)
    moments = {case_id: row.signed_at or row.read_at for case_id, row in found.items()}
    return [found[case_id] for case_id in sorted(found, key=lambda each: (str(moments[each]), each), reverse=True)]


def _reader(work: Work, case_id: str, version: str) -> Reader:
    profile = work.cases.answers(case_id).get("profile")
    return Reader(mask_name(str(profile.values.get("name", ""))) if profile else "", work.cases.get(case_id), version)
