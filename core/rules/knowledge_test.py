"""Online knowledge test: drawing questions, scoring, who may start when (R118, R119, C22, domain.md 4.5).

Everything here is pure: the source of chance and the time are handed in. Right answers stay in these records, which
never leave the server; a page gets `Asked`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from core.rules.calendar import SHANGHAI, local_day
from core.rules.problem import Problem
from core.sentence import Sentence

SINGLE, JUDGE = "single", "judge"
"""Kinds of questions: one right of four options, true or false."""


@dataclass(frozen=True)
class KnowledgeRules:
    """What a firm sets for its test. `questions`: kind -> how many are drawn; `valid_days`: how long a pass holds."""

    questions: Mapping[str, int]
    points: int
    length: timedelta
    pass_points: int
    attempts_per_day: int
    attempts_total: int
    cool_down: timedelta
    valid_days: int

    @staticmethod
    def of(body: Mapping[str, Any]) -> KnowledgeRules:
        """From the body of firm data `knowledge_test`."""
        row = body["rules"]
        return KnowledgeRules(
            questions={kind: int(count) for kind, count in row["questions"].items()},
            points=int(row["points"]),
            length=timedelta(minutes=row["minutes"]),
            pass_points=int(row["pass"]),
            attempts_per_day=int(row["attempts_per_day"]),
            attempts_total=int(row["attempts_total"]),
            cool_down=timedelta(minutes=row["cool_down_minutes"]),
            valid_days=int(row["valid_days"]),
        )


@dataclass(frozen=True)
class Asked:
    """A drawn question as the customer sees it: options as (key, text) in the drawn order."""

    key: str
    kind: str
    text: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawn(Asked):
    """A drawn question as it is kept: complete in itself, so that it can be read when the bank has changed."""

    topic: str
    right: str

    @property
    def asked(self) -> Asked:
        """What may be shown."""
        return Asked(self.key, self.kind, self.text, self.options)


@dataclass(frozen=True)
class Given:
    """A saved answer: the option's key and when it was chosen."""

    option: str
    at: datetime


@dataclass(frozen=True)
class Attempt:
    """One test of one customer; `person` is the fingerprint of who was on file at the start, `version` the bank's."""

    id: str
    case_id: str
    owner: str
    started_at: datetime
    due_at: datetime
    version: int
    person: str
    questions: tuple[Drawn, ...]
    answers: Mapping[str, Given] = field(default_factory=dict)
    ended_at: datetime | None = None
    points: int | None = None
    passed: bool | None = None


def draw(bank: Sequence[Mapping[str, Any]], counts: Mapping[str, int], chance: Random) -> tuple[Drawn, ...]:
    """Draw a test, kind by kind in the order of `counts`; topics as even as the bank allows, no question twice.

    Options of a single choice are shuffled. ValueError when the bank has too few questions of a kind.
    """
    found: list[Drawn] = []
    for kind, count in counts.items():
        pool = [row for row in bank if row["kind"] == kind]
        if len(pool) < count:
            raise ValueError(f"the bank has {len(pool)} of {count} questions of kind {kind}")
        found += [_drawn(row, chance) for row in _balanced(pool, count, chance)]
    return tuple(found)


def _balanced(pool: Sequence[Mapping[str, Any]], count: int, chance: Random) -> list[Mapping[str, Any]]:
    """Take turns among the topics, both the topics and the questions within them in random order."""
    by_topic: dict[str, list[Mapping[str, Any]]] = {}
    for row in chance.sample(pool, len(pool)):
        by_topic.setdefault(row["topic"], []).append(row)
    turns = chance.sample(list(by_topic.values()), len(by_topic))
    longest = max((len(rows) for rows in turns), default=0)
    taken = [rows[turn] for turn in range(longest) for rows in turns if turn < len(rows)][:count]
    return chance.sample(taken, count)


def _drawn(row: Mapping[str, Any], chance: Random) -> Drawn:
    options = [(str(option["key"]), str(option["text"])) for option in row["options"]]
    if row["kind"] != JUDGE:
        chance.shuffle(options)
    return Drawn(row["key"], row["kind"], row["text"], tuple(options), row["topic"], row["right"])


def is_right(question: Drawn, answers: Mapping[str, Given]) -> bool:
    """Whether the saved answer is the right one; none is wrong."""
    given = answers.get(question.key)
    return given is not None and given.option == question.right


def score(questions: Iterable[Drawn], answers: Mapping[str, Given], points: int) -> int:
    """Points of a test; answers to questions that were not drawn count for nothing."""
    return points * sum(is_right(question, answers) for question in questions)


def wrong_topics(questions: Iterable[Drawn], answers: Mapping[str, Given]) -> tuple[str, ...]:
    """Topics with at least one question that was not answered right, in the order of the test."""
    return tuple(dict.fromkeys(q.topic for q in questions if not is_right(q, answers)))


def is_over(due_at: datetime, now: datetime) -> bool:
    """Whether the time of a test has run out, on the server's clock."""
    return now >= due_at


def holds_until(ended_at: datetime, rules: KnowledgeRules) -> date:
    """Last day (Asia/Shanghai) on which a passed test holds."""
    return local_day(ended_at) + timedelta(days=rules.valid_days)


def may_start(attempts: Sequence[Attempt], rules: KnowledgeRules, now: datetime) -> Problem | None:
    """Why a customer who has not passed cannot start another test now; the sentence says when or what instead."""
    if len(attempts) >= rules.attempts_total:
        return Problem(
            "test_total",
            Sentence("您已答题 {count} 次，次数已用完。请上传成绩报告单，或取消选择该交易所。", count=len(attempts)),
        )
    today = [attempt for attempt in attempts if local_day(attempt.started_at) == local_day(now)]
    if len(today) >= rules.attempts_per_day:
        return Problem("test_day", Sentence("今天已答题 {count} 次，请明天再来，或上传成绩报告单。", count=len(today)))
    free = max((attempt.ended_at + rules.cool_down for attempt in attempts if attempt.ended_at), default=now)
    if free > now:
        clock = (free + timedelta(seconds=59)).astimezone(SHANGHAI)
        return Problem("test_pause", Sentence("请先复习一下，{clock:%H:%M} 之后可以再次开始。", clock=clock))
    return None
