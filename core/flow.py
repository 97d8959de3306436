"""The flow engine: a business is a title and an ordered tuple of steps, declared once and checked when loaded.

Nothing here knows a real business. `done` is computed from stored facts, so the resume point, the
progress bar, the guard and what a change invalidates all follow from the declaration (docs/flow.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.case import Case, Ending
from core.errors import DeskError

Answers = Mapping[str, Any]


class Phase(StrEnum):
    """The three phases that the customer sees above the steps."""

    DATA = "资料报审"
    SIGN = "签署协议"
    FOLLOW_UP = "在线回访"


@dataclass(frozen=True)
class Answer:
    """What a customer saved in a step; `values` are JSON values."""

    step: str
    values: Answers
    saved_at: datetime


@dataclass(frozen=True)
class Evidence:
    """One stored file of a case. `slot` says what it shows (id_front, capture_portrait, recording_customer …)."""

    id: str
    slot: str
    file_id: str
    sha256: str
    mime: str
    size: int
    created_at: datetime
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """Something that happened and attests facts: read record, witness result, certificate, signature."""

    kind: str
    subject: str
    fingerprint: str
    created_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rejection:
    """One rejection with its coded reasons; `targets` are the steps to be done again."""

    id: str
    stage: str
    codes: tuple[str, ...]
    targets: tuple[str, ...]
    customer_text: str
    created_at: datetime


@dataclass(frozen=True)
class Rules:
    """The firm data that a case pinned: kind -> body. Unknown kinds raise KeyError (a broken installation)."""

    data: Mapping[str, Any]
    versions: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, kind: str) -> Any:
        return self.data[kind]


@dataclass(frozen=True)
class Facts:
    """Everything stored about one case, as plain values. Evidence holds only what was not replaced."""

    case: Case
    answers: Mapping[str, Answer] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    proofs: tuple[Proof, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was worked out from these facts, for whoever is asked the same again; a changed copy starts without it."""

    def values(self, step: str) -> Answers:
        """Saved values of a step, empty when it was never answered."""
        answer = self.answers.get(step)
        return answer.values if answer else {}

    def slot(self, slot: str) -> tuple[Evidence, ...]:
        """Live evidence in a slot, oldest first."""
        return tuple(item for item in self.evidence if item.slot == slot)

    def rejected_after(self, step: str, moment: datetime) -> bool:
        """Whether a later rejection sends the customer back to this step."""
        return any(step in r.targets and r.created_at > moment for r in self.rejections)

    def open_rejection(self, step: str) -> Rejection | None:
        """The newest rejection of this step that its saved answer does not postdate."""
        answer = self.answers.get(step)
        hits = [r for r in self.rejections if step in r.targets]
        if not hits or (answer and answer.saved_at >= hits[-1].created_at):
            return None
        return hits[-1]

    def proof(self, kind: str, subject: str, fingerprint: str, step: str) -> Proof | None:
        """Newest proof that still attests the present facts and was not rejected since, else None."""
        for proof in reversed(self.proofs):
            if (proof.kind, proof.subject, proof.fingerprint) == (kind, subject, fingerprint):
                return None if self.rejected_after(step, proof.created_at) else proof
        return None


@dataclass(frozen=True)
class Checked:
    """Result of checking answers: errors and warnings by field, and the values to store."""

    errors: Mapping[str, str] = field(default_factory=dict)
    values: Answers = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the values may be stored as a finished step."""
        return not self.errors


Check = Callable[[Answers, Facts, Rules, datetime], Checked]
Question = Callable[[Facts, Rules, datetime], bool]


def always(_facts: Facts, _rules: Rules, _now: datetime) -> bool:
    """The step belongs to every case of its business."""
    return True


@dataclass(frozen=True)
class Step:
    """A screen of a business. Without `done` of its own a step is done when its saved answer still holds."""

    key: str
    title: str
    phase: Phase
    check: Check
    applies: Question = always
    done: Question | None = None
    hint: str = ""
    screen: str = ""
    """Name of the screen in pages/steps when several steps share one or a key has two; empty: the key."""

    def is_done(self, facts: Facts, rules: Rules, now: datetime) -> bool:
        """Whether nothing is left to do here, from stored facts only."""
        if self.done is not None:
            return self.done(facts, rules, now)
        return self.answer_holds(facts, rules, now)

    def answer_holds(self, facts: Facts, rules: Rules, now: datetime) -> bool:
        """A saved answer that was not rejected since and still passes its check under today's facts."""
        answer = facts.answers.get(self.key)
        if answer is None or facts.rejected_after(self.key, answer.saved_at):
            return False
        return self.check(answer.values, facts, rules, now).ok


class BrokenDeclaration(DeskError):
    """A business was declared wrongly; the program does not start."""

    text = "业务定义有误，系统未启动。"


@dataclass(frozen=True)
class Business:
    """A business (业务): what it is called, its steps in order, who it is for and what follows its approval.

    `takes` are the parts of the customer file that a case starts with: profile, bank, suitability, photos.
    A business with `by_firm` is started by staff and cannot be given up (R007).
    """

    key: str
    title: str
    steps: tuple[Step, ...]
    summary: str = ""
    minutes: int = 15
    ending: Ending = Ending.ACCOUNT
    newcomers: bool = False
    by_firm: bool = False
    takes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an empty business, an unnamed step or a repeated key."""
        keys = [step.key for step in self.steps]
        if not keys or len(set(keys)) != len(keys) or not all(s.key and s.title for s in self.steps):
            raise BrokenDeclaration(f"业务 {self.key} 的步骤定义有误：{keys}")

    def step(self, key: str) -> Step:
        """The step with this key; raises `BrokenDeclaration` for a foreign key."""
        for step in self.steps:
            if step.key == key:
                return step
        raise BrokenDeclaration(f"业务 {self.key} 没有步骤 {key}")

    def plan(self, facts: Facts, rules: Rules, now: datetime) -> tuple[Step, ...]:
        """The steps that apply to this case, in order."""
        return tuple(step for step in self.steps if step.applies(facts, rules, now))

    def current(self, facts: Facts, rules: Rules, now: datetime) -> Step | None:
        """First applicable step that is not done; None when the case can be submitted."""
        for step in self.plan(facts, rules, now):
            if not step.is_done(facts, rules, now):
                return step
        return None

    def may_enter(self, key: str, facts: Facts, rules: Rules, now: datetime) -> bool:
        """Whether every applicable step before `key` is done (R064: no skipping by any way in)."""
        for step in self.plan(facts, rules, now):
            if step.key == key:
                return True
            if not step.is_done(facts, rules, now):
                return False
        return False


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint(*facts: Any) -> str:
    """SHA-256 (hex) over the canonical JSON of the attested facts; kept sealed with the proof, never in clear."""
    return hashlib.sha256(_CANONICAL.encode(facts).encode()).hexdigest()
