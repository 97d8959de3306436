"""Samples for quality: drawn by a keyed number, checked once by somebody else, counted a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.errors import DeskError, NotAllowed, NotFound, Stale
from core.jobs.draw_samples import draw_samples, number_of
from core.records_watch import Finished
from core.usecases.check_samples import check_sample, quality
from db.tables_watch import SampleRow
from tests.builders import case_at
from tests.desk_bench import Bench


def set_share(bench: Bench, call: float, review: float) -> None:
    with bench.work() as work:
        version = work.firms.current_versions()["case_work"]
        body = dict(work.firms.data("case_work", version))
        body["samples"] = {**body["samples"], "share": {"call": call, "review": review}}
        work.firms.add_data("case_work", version + 1, body, work.now, "test")


def drawn(bench: Bench) -> dict[str, str]:
    """Kind -> id of what waits."""
    return {each.sample.kind: each.sample.id for each in quality(bench.desk, bench.staff("compliance")).waiting}


def test_the_whole_share_draws_call_and_review_once(bench: Bench) -> None:
    case_at(bench, "callback")
    set_share(bench, 100, 100)
    assert draw_samples(bench.desk, "f1") == 2
    assert draw_samples(bench.desk, "f1") == 0
    found = quality(bench.desk, bench.staff("compliance"))
    assert {(each.sample.kind, each.done_by) for each in found.waiting} == {("call", "王芳"), ("review", "赵强")}
    assert all(set(each.sample.draw) == {"number", "share"} for each in found.waiting)


def test_no_share_draws_nothing_and_each_firm_draws_its_own(bench: Bench) -> None:
    case_at(bench, "callback")
    set_share(bench, 0, 0)
    assert (draw_samples(bench.desk, "f1"), draw_samples(bench.desk, "f2"), drawn(bench)) == (0, 0, {})


def test_the_draw_is_even_and_can_be_repeated(bench: Bench) -> None:
    """Of 4,000 reviews about 5 % fall below 5, and each gets the same number again."""
    with bench.work() as work:
        done = [Finished("review", f"decision-{n}", "case", "review", work.now) for n in range(4000)]
        numbers = [number_of(work, each) for each in done]
        assert [number_of(work, each) for each in done[:50]] == numbers[:50]
    assert 140 <= sum(number < 5 for number in numbers) <= 260
    assert all(0 <= number < 100.0001 for number in numbers)


def test_somebody_else_checks_with_the_form_and_it_counts_for_the_person(bench: Bench) -> None:
    case_at(bench, "callback")
    set_share(bench, 100, 100)
    draw_samples(bench.desk, "f1")
    sample = drawn(bench)["review"]
    with pytest.raises(NotAllowed, match="自己办理"):
        check_sample(bench.desk, bench.staff("review"), sample, "good", {}, "")
    checker = bench.staff("review2")
    assert set(check_sample(bench.desk, checker, sample, "", {}, "")) == {"result", "note"}
    assert set(check_sample(bench.desk, checker, sample, "bad", {}, " ")) == {"note"}
    assert not check_sample(bench.desk, checker, sample, "minor", {"compared": True, "in_time": True}, "驳回原因不准")
    with pytest.raises(Stale):
        check_sample(bench.desk, bench.staff("compliance"), sample, "good", {}, "")
    found = quality(bench.desk, bench.staff("supervisor"))
    [person] = found.people
    assert (person.name, person.kind, dict(person.results)) == ("赵强", "review", {"minor": 1})
    assert dict(person.missed) == {"suitability": 1, "reasons": 1}
    assert [(each.checked_by, each.sample.note) for each in found.checked] == [("刘洁", "驳回原因不准")]
    with pytest.raises(NotFound):
        check_sample(bench.desk, checker, "nothing", "good", {}, "")


def test_the_database_refuses_who_checks_the_own_work(bench: Bench) -> None:
    case_at(bench, "callback")
    set_share(bench, 100, 100)
    draw_samples(bench.desk, "f1")
    with pytest.raises(DeskError), bench.work() as work:
        work.samples.check_sample(drawn(bench)["review"], "review", "good", {}, "")
    with pytest.raises(DeskError), bench.database.write("f1") as work:
        work.connection.execute(update(SampleRow).values(checked_by=SampleRow.done_by))


def test_what_ended_long_ago_is_not_drawn_any_more(bench: Bench) -> None:
    case_at(bench, "callback")
    set_share(bench, 100, 100)
    bench.pass_time(timedelta(days=3))
    assert draw_samples(bench.desk, "f1") == 0
