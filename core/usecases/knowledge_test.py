"""The online knowledge test: begin, keep each answer, hand in; time runs on the server's clock (R119, C22).

An attempt whose time ran out counts with what was saved: ended by whoever comes first, the customer's next look, an
answer that is too late, or the sweeper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random, SystemRandom
from typing import Any

from core.actor import Actor, system
from core.audit import Tag
from core.case import WITH_CUSTOMER, Action
from core.errors import NotAllowed, WrongState
from core.flow import Proof
from core.permissions import own
from core.ports import Desk, Work
from core.rules import knowledge_test as rule
from core.rules.calendar import local_day
from core.rules.knowledge_test import Asked, Attempt, Given, KnowledgeRules
from core.steps.access import TEST, offered_test, passed_test, person
from core.steps.exchanges import access_of
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded, load, settle

STEP = "exchanges"


@dataclass(frozen=True)
class Sheet:
    """A running test as its customer sees it: no right answers. `answers`: question -> chosen option."""

    id: str
    due_at: datetime
    questions: tuple[Asked, ...]
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a test ended; `topics` (label, what to read up) are those with a wrong answer."""

    points: int
    passed: bool
    ended_at: datetime
    holds_until: date
    topics: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Standing:
    """Where a customer stands with the test: a running one, the last result of this case, why none can begin now.

    `earlier` is a pass of another case of the same customer that still holds and may be used here.
    """

    sheet: Sheet | None
    last: Outcome | None
    earlier: Outcome | None
    refusal: str
    left: int


def read_test(desk: Desk, actor: Actor, loaded: Loaded) -> Standing | None:
    """For the page that has just loaded the case; None when the firm has no test. A test whose time has run out is
    ended first."""
    own(actor, loaded.case)
    body = offered_test(loaded.rules)
    if body is None:
        return None
    with desk.read(actor.firm_id) as work:
        attempts = _attempts(work, loaded)
    mine = [each for each in attempts if each.case_id == loaded.case.id]
    running = next((each for each in mine if each.ended_at is None), None)
    if running and rule.is_over(running.due_at, loaded.now):
        hand_in(desk, actor, loaded.case.id, running.id)
        with desk.read(actor.firm_id) as work:
            ended_now = load(work, loaded.case.id)
        return read_test(desk, actor, ended_now)
    ended = [each for each in mine if each.ended_at]
    earlier = _earlier(loaded, attempts, body)
    return Standing(
        sheet=_sheet(running) if running else None,
        last=_outcome(ended[-1], body) if ended else None,
        earlier=_outcome(earlier, body) if earlier else None,
        refusal=_refusal(loaded, attempts, body),
        left=max(0, KnowledgeRules.of(body).attempts_total - len(attempts)),
    )


def _attempts(work: Work, loaded: Loaded) -> Sequence[Attempt]:
    """The tries of the person, whether signed in by phone or, later, as a customer on file."""
    return work.knowledge.of_person(loaded.case.owner, person(loaded.facts))


def start_test(desk: Desk, actor: Actor, case_id: str, chance: Random | None = None) -> Sheet:
    """Draw a test and start its clock; a running one is given again (second click, second tab).

    `chance` is the server's own unless a test brings another. Raises `WrongState` when none can begin.
    """
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, STEP)
        running = work.knowledge.find_open(loaded.case.owner)
        if running and running.case_id == case_id and not rule.is_over(running.due_at, work.now):
            return _sheet(running)
        if running:
            _end_anyhow(work, actor, running.id)
        body = offered_test(loaded.rules)
        refusal = _refusal(loaded, _attempts(work, loaded), body)
        if body is None or refusal:
            raise WrongState(refusal or None)
        attempt = _new_attempt(work, loaded, body, chance or SystemRandom())
        work.knowledge.add_attempt(attempt)
        work.audit(actor, Tag.CUSTOMER_TEST_START, f"case:{case_id}", test=attempt.id, version=attempt.version)
        return _sheet(attempt)


def _new_attempt(work: Work, loaded: Loaded, body: Mapping[str, Any], chance: Random) -> Attempt:
    rules = KnowledgeRules.of(body)
    return Attempt(
        id=work.new_id(),
        case_id=loaded.case.id,
        owner=loaded.case.owner,
        started_at=work.now,
        due_at=work.now + rules.length,
        version=loaded.rules.versions[TEST],
        person=person(loaded.facts),
        questions=rule.draw(body["questions"], rules.questions, chance),
    )


def choose_option(desk: Desk, actor: Actor, case_id: str, attempt_id: str, question: str, option: str) -> bool:
    """Keep one answer; the same again changes nothing. False when the time is over or the test was handed in.

    Raises `WrongState` for a question or option that the test does not have.
    """
    with desk.write(actor.firm_id) as work:
        loaded, attempt = _own_attempt(work, actor, case_id, attempt_id)
        if attempt.ended_at is not None:
            return False
        if rule.is_over(attempt.due_at, work.now):
            _end(work, actor, loaded, attempt)
            return False
        asked = next((each for each in attempt.questions if each.key == question), None)
        if asked is None or option not in dict(asked.options):
            raise WrongState
        given = attempt.answers.get(question)
        if given is None or given.option != option:
            answers = {**attempt.answers, question: Given(option, work.now)}
            work.knowledge.save_answers(replace(attempt, answers=answers))
        return True


def hand_in(desk: Desk, actor: Actor, case_id: str, attempt_id: str) -> None:
    """End a test; again, or after its time, changes nothing of its result."""
    with desk.write(actor.firm_id) as work:
        loaded, attempt = _own_attempt(work, actor, case_id, attempt_id)
        if attempt.ended_at is None:
            _end(work, actor, loaded, attempt)


def reuse_result(desk: Desk, actor: Actor, case_id: str) -> None:
    """Let a pass of an earlier case of the same customer count here; again changes nothing.

    Raises `WrongState` when there is none that holds for the person on file.
    """
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, STEP)
        if passed_test(loaded.facts, loaded.rules, local_day(loaded.now)):
            return
        earlier = _earlier(loaded, _attempts(work, loaded), offered_test(loaded.rules))
        if earlier is None:
            raise WrongState
        work.cases.add_proof(case_id, _result(earlier), actor.id)
        settle(work, loaded.case)
        work.audit(actor, Tag.CUSTOMER_TEST_REUSE, f"case:{case_id}", test=earlier.id, points=earlier.points)


def _earlier(loaded: Loaded, attempts: Sequence[Attempt], body: Mapping[str, Any] | None) -> Attempt | None:
    """The newest pass of another case by the person on file that still holds, while this case has none."""
    today = local_day(loaded.now)
    if body is None or passed_test(loaded.facts, loaded.rules, today):
        return None
    rules, who = KnowledgeRules.of(body), person(loaded.facts)
    own = [each for each in attempts if each.passed and each.case_id != loaded.case.id and each.person == who]
    return next((e for e in reversed(own) if e.ended_at and today <= rule.holds_until(e.ended_at, rules)), None)


def end_overdue(work: Work) -> int:
    """End every test whose time has run out; returns how many."""
    found = work.knowledge.overdue()
    for attempt in found:
        _end_anyhow(work, system(work.firm_id), attempt.id)
    return len(found)


def _end_anyhow(work: Work, actor: Actor, attempt_id: str) -> None:
    """End an attempt whatever became of its case, unless somebody was first."""
    attempt = work.knowledge.find(attempt_id, lock=True)
    if attempt and attempt.ended_at is None:
        _end(work, actor, load(work, attempt.case_id), attempt)


def _own_attempt(work: Work, actor: Actor, case_id: str, attempt_id: str) -> tuple[Loaded, Attempt]:
    """The case and the attempt that belongs to it, locked."""
    loaded = load_own(work, actor, case_id, Action.ANSWER, STEP)
    attempt = work.knowledge.find(attempt_id, lock=True)
    if attempt is None or attempt.case_id != case_id:
        raise NotAllowed
    return loaded, attempt


def _end(work: Work, actor: Actor, loaded: Loaded, attempt: Attempt) -> None:
    """Count what was saved; the result is a proof of the case, dated with the end of the test."""
    rules = KnowledgeRules.of(loaded.rules[TEST])
    points = rule.score(attempt.questions, attempt.answers, rules.points)
    passed, ended_at = points >= rules.pass_points, min(work.now, attempt.due_at)
    if not work.knowledge.end(attempt.id, ended_at, points, passed=passed):
        return
    ended = replace(attempt, ended_at=ended_at, points=points, passed=passed)
    work.cases.add_proof(attempt.case_id, _result(ended), actor.id)
    if loaded.case.state in WITH_CUSTOMER:
        settle(work, loaded.case)
    tag = Tag.SYSTEM_TEST_END if actor == system(work.firm_id) else Tag.CUSTOMER_TEST_END
    work.audit(actor, tag, f"case:{attempt.case_id}", test=attempt.id, points=points, passed=passed)


def _result(attempt: Attempt) -> Proof:
    """The result of an ended test as a proof, dated with its end."""
    assert attempt.ended_at is not None
    body = {"test": attempt.id, "points": attempt.points, "passed": attempt.passed, "version": attempt.version}
    return Proof(TEST, "passed" if attempt.passed else "failed", attempt.person, attempt.ended_at, body)


def _refusal(loaded: Loaded, attempts: Sequence[Attempt], body: Mapping[str, Any] | None) -> str:
    """Why no test can begin now. A pass that staff did not accept does not stand in the way of another try."""
    if body is None:
        return ""
    known = [each for each in access_of(loaded.facts, loaded.rules, loaded.now) if each.test]
    refused = any(each.decided == "not_met" for each in known)
    if passed_test(loaded.facts, loaded.rules, local_day(loaded.now)) and not refused:
        return "您已经通过，不需要再次答题。"
    problem = rule.may_start(attempts, KnowledgeRules.of(body), loaded.now)
    return problem.text if problem else ""


def _sheet(attempt: Attempt) -> Sheet:
    asked = tuple(each.asked for each in attempt.questions)
    return Sheet(attempt.id, attempt.due_at, asked, {key: given.option for key, given in attempt.answers.items()})


def _outcome(attempt: Attempt, body: Mapping[str, Any]) -> Outcome:
    """The result of an ended test in words that give no answer away."""
    assert attempt.ended_at is not None
    wrong = rule.wrong_topics(attempt.questions, attempt.answers)
    topics = tuple((str(row["label"]), str(row["hint"])) for row in body["topics"] if row["code"] in wrong)
    until = rule.holds_until(attempt.ended_at, KnowledgeRules.of(body))
    return Outcome(attempt.points or 0, bool(attempt.passed), attempt.ended_at, until, topics)
