"""Work lists: what stands in which, in which order, masked, in how many statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from core.actor import Role
from core.case import State
from core.errors import NotAllowed, NotFound
from core.usecases.reject_case import default_text
from core.usecases.review_case import reject_review, take_case
from core.usecases.work_lists import MOST, counted_lists, counter_list, result_list, review_list, work_list
from core.work_lists import LISTS
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench

MANY = 60


@contextmanager
def statements(bench: Bench) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(bench.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(bench.database.engine, "before_cursor_execute", note)


def copies(bench: Bench, walk: Walk, count: int) -> None:
    """The same case many times, each with its own owner, promise and profile."""
    with bench.work() as work:
        case, profile = work.cases.get(walk.case_id), dict(work.cases.answers(walk.case_id)["profile"].values)
        for number in range(count):
            copy = replace(case, id=f"copy{number:04d}", number=f"{number:016d}", owner=f"phone:{number}")
            work.cases.add_case(copy)
            work.cases.save_answer(copy.id, "profile", profile)
            due = work.now + timedelta(hours=number)
            work.cases.change(replace(copy, state=State.FILLING), state=case.state, submitted_at=work.now, due_at=due)


def counts(bench: Bench, login: str) -> dict[str, int]:
    return {each.spec.key: each.count for each in counted_lists(bench.desk, bench.staff(login)) if each.count}


@pytest.mark.parametrize(
    ("place", "login", "expected"),
    [
        ("witness", "review", set()),
        ("submitted", "review", {"review", "unheld"}),
        ("in_review", "review", {"review", "mine"}),
        ("in_review", "review2", {"review"}),
        ("callback", "callback", {"callback", "unheld"}),
        ("callback", "review", {"unheld"}),
        ("active", "callback", set()),
    ],
)
def test_a_case_stands_in_the_lists_of_its_state(bench: Bench, place: str, login: str, expected: set[str]) -> None:
    walk = case_at(bench, place)
    assert set(counts(bench, login)) == expected
    for key in expected:
        assert [row.case.id for row in work_list(bench.desk, bench.staff(login), key).rows] == [walk.case_id]


def test_a_broken_promise_is_overdue_and_a_near_one_is_due_soon(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    due = walk.case(bench).due_at
    assert due is not None
    bench.pass_time(due - bench.now - timedelta(hours=1))
    assert set(counts(bench, "review")) == {"review", "unheld", "soon"}
    bench.pass_time(hours=2)
    assert set(counts(bench, "review")) == {"review", "unheld", "overdue"}


def test_a_draft_that_is_about_to_expire_is_listed(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    bench.pass_time(days=24)
    assert counts(bench, "review") == {}
    bench.pass_time(days=2)
    assert counts(bench, "review") == {"expiring": 1}
    assert work_list(bench.desk, bench.staff("review"), "expiring").rows[0].case.id == walk.case_id


def test_flags_and_earlier_rejections_have_lists_of_their_own(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    with bench.work() as work:
        case = work.cases.get(walk.case_id)
        work.cases.change(case, flags=("age", "pep"))
    assert counts(bench, "review")["risk"] == 1
    text = default_text(["D02"], walk.loaded(bench).rules)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["D02"], text, "")
    assert counts(bench, "review") == {}
    with bench.work() as work:
        case = work.cases.get(walk.case_id)
        work.cases.change(case, state=State.SUBMITTED, flags=("age",))
    assert {"review", "returned"} <= set(counts(bench, "review"))
    assert "risk" not in counts(bench, "review"), "an age alone is no risk"


def test_rows_are_masked_and_name_who_has_the_case(bench: Bench) -> None:
    walk = case_at(bench, "in_review", person=LI)
    [row] = work_list(bench.desk, bench.staff("review2"), "review").rows
    assert (row.customer, row.holder, row.mine, row.title) == ("李*", "赵强", False, "开立期货账户")
    assert row.branch == "总部营业部"
    assert walk.person.name not in repr(row) and walk.person.id_number not in repr(row)


def test_fifty_rows_need_few_statements_and_one_profile_each(bench: Bench) -> None:
    """The list of 50 among 61 cases: no statement per row, and no answer is unsealed but the one with the name."""
    walk = case_at(bench, "submitted")
    copies(bench, walk, MANY)
    reviewer = bench.staff("review")
    counted_lists(bench.desk, reviewer), review_list(bench.desk, reviewer)
    with statements(bench) as sent:
        found = review_list(bench.desk, reviewer)
    assert (len(found.rows), found.total) == (MOST, MANY + 1)
    assert len([each for each in sent if each.lstrip().upper().startswith("SELECT")]) <= 6, sent
    assert [row.due_at for row in found.rows] == sorted(row.due_at for row in found.rows if row.due_at)
    with statements(bench) as sent:
        assert {each.spec.key: each.count for each in counted_lists(bench.desk, reviewer)}["review"] == MANY + 1
    assert len([each for each in sent if "case_file" in each]) == 1, "all counts in one statement"


def test_lists_of_other_roles_are_refused_and_unknown_ones_not_found(bench: Bench) -> None:
    case_at(bench, "callback")
    with pytest.raises(NotAllowed):
        work_list(bench.desk, bench.staff("review"), "callback")
    with pytest.raises(NotFound):
        work_list(bench.desk, bench.staff("review"), "nonsense")
    keys = {each.spec.key for each in counted_lists(bench.desk, bench.staff("callback"))}
    assert keys == {spec.key for spec in LISTS} - {"review", "returned", "counter"}
    with pytest.raises(NotAllowed):
        counted_lists(bench.desk, bench.staff("x", Role.SERVICE))


def test_the_pages_of_one_stage_list_it_whole(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    [row] = result_list(bench.desk, bench.staff("review")).rows
    assert (row.case.id, row.requests) == (walk.case_id, ("waiting", "waiting"))
    assert counter_list(bench.desk, bench.staff("review")).total == 0
    assert review_list(bench.desk, bench.staff("review")).total == 0


def test_another_firm_sees_none_of_it(bench: Bench) -> None:
    case_at(bench, "submitted")
    stranger = bench.staff("review", firm="f2")
    assert not any(each.count for each in counted_lists(bench.desk, stranger))
    assert review_list(bench.desk, stranger).rows == ()
    with pytest.raises(NotFound):
        take_case(bench.desk, stranger, "copy")
