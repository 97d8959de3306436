"""What a request to delete comes to (个人信息保护法 art. 47): what the law keeps and until when, and what can go now.

The plan follows the firm's table `retention`. Staff decide every line of it before they answer; what they mark as
deleted is deleted with the answer, and the decided plan is recorded in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.businesses import BY_FIRM
from core.case import WITH_CUSTOMER, Case
from core.ports import Work
from core.records_customers import DataRequest
from core.rules.calendar import local_day
from core.rules.retention import GIVEN_UP, MESSAGES, RECORDS, SIGN_INS, UNFINISHED, last_day
from core.sentence import Sentence
from core.usecases.loading import rules_for
from core.usecases.persons import Person, of_case, of_customer

DELETED, KEPT = "deleted", "kept"
OUTCOMES = {DELETED: "删除", KEPT: "依法保留"}
HOLD = "法定保全，解除后重新计算"


@dataclass(frozen=True)
class PlanLine:
    """One class of data of this person. `kept`: it must not be deleted yet; `until` is None while nothing counts.

    `cases` are the ids of what can go.
    """

    key: str
    title: str
    basis: str
    kept: bool
    until: date | None = None
    cases: tuple[str, ...] = ()
    held: bool = False

    @property
    def words(self) -> str:
        """Why it stays and until when, or that it can go."""
        if self.held:
            return HOLD
        if not self.kept:
            return "可以删除"
        if self.until is None:
            return Sentence("账户或业务结束后才开始计算（{basis}）", basis=self.basis)
        return Sentence("保留至 {until}（{basis}）", until=self.until, basis=self.basis)


def plan_of(work: Work, request: DataRequest) -> tuple[PlanLine, ...]:
    """The lines that this person's data come under, in the order of the firm's table."""
    person = _person(work, request)
    rows = rules_for(work)["retention"]["classes"]
    found = (_line(work, row, person) for row in rows)
    return tuple(line for line in found if line)


def _person(work: Work, request: DataRequest) -> Person:
    if request.subject.startswith("customer:"):
        customer_id = request.subject.removeprefix("customer:")
        return of_customer(work, work.people.find_customer(customer_id=customer_id))
    cases = work.cases.of_owner(request.subject)
    return of_case(work, cases[0]) if cases else Person("", None, ())


def _line(work: Work, row: Mapping[str, Any], person: Person) -> PlanLine | None:
    key, words = str(row["key"]), (row["title"], row["basis"])
    held = [case for case in person.cases if work.retention.is_record(case.id)]
    if key in RECORDS and (held or person.customer):
        return PlanLine(key, *words, True, _records_end(row, person, held))
    if key in (MESSAGES, SIGN_INS):
        return PlanLine(key, *words, True, last_day(local_day(work.now), row["keep"]))
    own = [case for case in person.cases if case not in held and case.business not in BY_FIRM]
    loose = [case for case in own if (case.state in WITH_CUSTOMER) == (key == UNFINISHED)]
    if key not in (UNFINISHED, GIVEN_UP) or not loose:
        return None
    on_hold = any(work.retention.is_held(case.id) for case in loose)
    return PlanLine(key, *words, on_hold, cases=tuple(case.id for case in loose), held=on_hold)


def _records_end(row: Mapping[str, Any], person: Person, held: list[Case]) -> date | None:
    """The last day of the years that count from the end of the newest business; None while an account is open."""
    has_account = person.customer is not None and person.customer.capital_account is not None
    ended = [case.closed_at for case in held if case.closed_at]
    if has_account or len(ended) < len(held) or not ended:
        return None
    return last_day(local_day(max(ended)), row["keep"])


def plan_errors(plan: tuple[PlanLine, ...], outcomes: Mapping[str, str]) -> dict[str, str]:
    """Errors by `outcome_<key>`: every line is decided, and nothing is deleted that must be kept."""
    errors = {}
    for line in plan:
        chosen = outcomes.get(line.key)
        if chosen not in OUTCOMES:
            errors[f"outcome_{line.key}"] = "请选择处理结果。"
        elif chosen == DELETED and line.kept:
            errors[f"outcome_{line.key}"] = Sentence("不能删除：{words}。", words=line.words)
    return errors


def recorded(plan: tuple[PlanLine, ...], outcomes: Mapping[str, str]) -> list[dict[str, str]]:
    """The decided plan as it stands in the answered request, for customer and staff."""
    return [
        {"title": line.title, "outcome": outcomes[line.key], "words": line.words if line.kept else ""} for line in plan
    ]
