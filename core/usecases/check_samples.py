"""Samples for quality: a finished call or review is looked at again by somebody else, with a form; results a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actor import Actor
from core.audit import Tag
from core.errors import NotAllowed, NotFound, Stale
from core.flow import Rules
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records_watch import RESULTS, Sample
from core.sentence import Sentence
from core.usecases.loading import rules_for

MOST_NOTE = 500
COUNTED = timedelta(days=90)
"""Results of this long are shown."""


@dataclass(frozen=True)
class ToCheck:
    """A sample with the number of its case; `own` when the reader did it."""

    sample: Sample
    number: str
    done_by: str
    checked_by: str
    own: bool


@dataclass(frozen=True)
class PersonResults:
    """What was found of one person's calls or reviews: result -> how many; `missed` question -> how often."""

    name: str
    kind: str
    results: Mapping[str, int]
    missed: Mapping[str, int]


@dataclass(frozen=True)
class Quality:
    """What is to be checked, what was checked, and the results of each person. `questions` by kind: (key, text)."""

    waiting: tuple[ToCheck, ...]
    checked: tuple[ToCheck, ...]
    people: tuple[PersonResults, ...]
    questions: Mapping[str, tuple[tuple[str, str], ...]]
    now: datetime


def questions_of(rules: Rules) -> dict[str, tuple[tuple[str, str], ...]]:
    """The firm's form for each kind of sample."""
    forms = rules["case_work"]["samples"]["questions"]
    return {kind: tuple((row["key"], row["text"]) for row in rows) for kind, rows in forms.items()}


def quality(desk: Desk, actor: Actor) -> Quality:
    """Everything about samples, for those who check them."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUALITY_CHECK)
        names = {member.id: member.name for member in work.people.all_staff()}
        checked = work.samples.checked_since(work.now - COUNTED)
        return Quality(
            waiting=tuple(_to_check(work, actor, each, names) for each in work.samples.open_samples()),
            checked=tuple(_to_check(work, actor, each, names) for each in checked),
            people=_people(checked, names),
            questions=questions_of(rules_for(work)),
            now=work.now,
        )


def _to_check(work: Work, actor: Actor, sample: Sample, names: Mapping[str, str]) -> ToCheck:
    case = work.cases.find(sample.case_id)
    done, checked = names.get(sample.done_by, ""), names.get(sample.checked_by or "", "")
    return ToCheck(sample, case.number if case else "", done, checked, sample.done_by == actor.staff_id)


def _people(checked: Sequence[Sample], names: Mapping[str, str]) -> tuple[PersonResults, ...]:
    found: dict[tuple[str, str], list[Sample]] = {}
    for sample in checked:
        found.setdefault((names.get(sample.done_by, ""), sample.kind), []).append(sample)
    return tuple(
        PersonResults(
            name, kind, Counter(each.result for each in each_of),
            Counter(key for each in each_of for key, met in each.form.items() if not met),
        )
        for (name, kind), each_of in sorted(found.items())
    )  # fmt: skip


def check_sample(
    desk: Desk, actor: Actor, sample_id: str, result: str, met: Mapping[str, bool], note: str
) -> dict[str, str]:
    """Store the form; returns errors by field (`result`, `note`). What is not good needs a note.

    Raises `NotAllowed` for whoever did it, `Stale` when it was checked already.
    """
    words = note.strip()
    errors = {} if result in RESULTS else {"result": "请选择结果。"}
    if len(words) > MOST_NOTE or (result != "good" and not words):
        errors["note"] = Sentence("请写明问题，最多 {MOST_NOTE} 字。", MOST_NOTE=MOST_NOTE)
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.QUALITY_CHECK)
        sample = work.samples.find_sample(sample_id)
        if sample is None:
            raise NotFound
        if sample.done_by == actor.staff_id:
            raise NotAllowed("这是您自己办理的，请由另一位同事检查。")
        if errors:
            return errors
        form = {key: bool(met.get(key)) for key, _ in questions_of(rules_for(work))[sample.kind]}
        if not work.samples.check_sample(sample_id, actor.staff_id, result, form, words):
            raise Stale
        work.audit(actor, Tag.STAFF_SAMPLE_CHECK, f"case:{sample.case_id}", kind=sample.kind, result=result)
    return {}
