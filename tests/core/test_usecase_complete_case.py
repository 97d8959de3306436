"""After the approval, on both databases: answers of exchanges also after the callback, corrections, repetition."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.actor import Actor, Role
from core.case import State
from core.errors import NotAllowed, NotFound, WrongState
from core.usecases.callback_plan import call_plan
from core.usecases.complete_case import record_callback, record_exchange
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.walk import required_topics

CODE, OTHER = "001200345678", "001200345679"


def report(bench: Bench, walk: Walk, exchange: str, code: int, number: str = "") -> dict[str, str]:
    return record_exchange(bench.desk, bench.staff("review"), walk.case_id, exchange, code, number)


def call(bench: Bench, walk: Walk, outcome: str, note: str = "", asked: Sequence[str] = ()) -> dict[str, str]:
    return record_callback(bench.desk, bench.staff("callback"), walk.case_id, outcome, note, asked)


def confirm(bench: Bench, walk: Walk, note: str = "") -> dict[str, str]:
    return call(bench, walk, "confirmed", note, required_topics(walk.loaded(bench)))


def exchanges(bench: Bench, walk: Walk) -> tuple[str, ...]:
    with bench.work() as work:
        found = work.people.find_customer(id_number=walk.person.id_number)
    assert found is not None
    return found.exchanges


def texts(bench: Bench) -> list[str]:
    bench.run_jobs()
    return [text for _, text in bench.sms.sent]


@pytest.mark.parametrize("place", ["callback", "active"])
def test_answers_are_stored_before_and_after_the_activation(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    assert report(bench, walk, "SHFE", 0, CODE) == {}
    assert report(bench, walk, "DCE", 3) == {}
    with bench.work() as work:
        found = {r.exchange: (r.state, r.return_code, r.trading_code) for r in work.results.requests(walk.case_id)}
    assert found == {"SHFE": ("opened", 0, CODE), "DCE": ("failed", 3, "")}
    assert exchanges(bench, walk) == ("SHFE",)


def test_the_same_answer_twice_tells_the_customer_once(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    for _ in range(2):
        assert report(bench, walk, "SHFE", 0, CODE) == {}
    assert sum("已开通" in text for text in texts(bench)) == 1
    assert bench.tags().count("staff:exchange:record") == 1


def test_a_corrected_answer_takes_the_exchange_away_again(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    report(bench, walk, "SHFE", 0, CODE)
    report(bench, walk, "SHFE", 2)
    assert exchanges(bench, walk) == ()
    report(bench, walk, "SHFE", 0, OTHER)
    assert exchanges(bench, walk) == ("SHFE",)


@pytest.mark.parametrize("number", ["", "12345678901", "００１２００３４５６７８", "0012003456 8", "1234567890123"])
def test_a_success_needs_twelve_digits(bench: Bench, number: str) -> None:
    walk = case_at(bench, "callback")
    assert list(report(bench, walk, "SHFE", 0, number)) == ["trading_code"]
    assert exchanges(bench, walk) == ()


def test_the_trading_code_is_sealed(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    report(bench, walk, "SHFE", 0, CODE)
    with bench.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM exchange_request").fetchall()
    assert rows and CODE not in str(rows)


def test_an_exchange_that_was_not_asked_for_is_unknown(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    for exchange in ("CFFEX", "", "XXX"):
        with pytest.raises(NotFound):
            report(bench, walk, exchange, 0, CODE)


# -- callback
def test_a_confirmed_call_activates_once(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    assert confirm(bench, walk, "本人接听") == {}
    case = walk.case(bench)
    assert case.state is State.ACTIVE and case.closed_at is not None
    with pytest.raises(WrongState):
        confirm(bench, walk)
    assert sum("已激活" in text for text in texts(bench)) == 1


def test_a_call_that_left_a_required_topic_out_does_not_activate(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    required = required_topics(walk.loaded(bench))
    plan = {topic.key: topic.title for topic in call_plan(walk.loaded(bench), "").topics}
    for left_out in required:
        asked = [key for key in plan if key != left_out]
        assert call(bench, walk, "confirmed", "", asked) == {"outcome": f"还没有核对：{plan[left_out]}。"}
    assert "、".join(plan[key] for key in required) in call(bench, walk, "confirmed", "", ["unknown"])["outcome"]
    assert walk.case(bench).state is State.CALLBACK
    with bench.work() as work:
        assert work.results.callbacks(walk.case_id) == []
    assert "staff:callback:record" not in bench.tags()


def test_topics_that_may_be_left_out_do_not_stop_the_activation(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    assert set(required_topics(walk.loaded(bench))) < {t.key for t in call_plan(walk.loaded(bench), "").topics}
    assert confirm(bench, walk, "本人接听") == {}
    with bench.work() as work:
        [made] = work.results.callbacks(walk.case_id)
    assert made.note.startswith("已核对：身份确认、本人自愿、") and made.note.endswith("\n本人接听")


def test_a_topic_that_only_some_cases_have_is_required_of_them(bench: Bench) -> None:
    """两次提示 is a topic of who insisted: a level below what the chosen exchange asks for."""
    plain, insisted = case_at(bench, "callback"), case_at(bench, "callback", person=LI, level="C2")
    assert "insisted" not in required_topics(plain.loaded(bench))
    asked = required_topics(plain.loaded(bench))
    assert call(bench, insisted, "confirmed", "", asked) == {"outcome": "还没有核对：两次提示。"}
    assert call(bench, plain, "confirmed", "", asked) == {}


def test_an_unreached_customer_stays_on_the_list(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    call(bench, walk, "unreached", " 关机 ")
    with bench.work() as work:
        assert [(c.outcome, c.note) for c in work.results.callbacks(walk.case_id)] == [("unreached", "关机")]
    assert walk.case(bench).state is State.CALLBACK


def test_an_objection_needs_words_and_ends_the_case(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    assert call(bench, walk, "disputed", "  ") == {"note": "客户有异议时，请写明内容。"}
    assert walk.case(bench).state is State.CALLBACK
    call(bench, walk, "disputed", "不是本人办理")
    assert walk.case(bench).state is State.TERMINATED
    with pytest.raises(WrongState):
        report(bench, walk, "SHFE", 0, CODE)


@pytest.mark.parametrize("place", ["submitted", "in_review"])
def test_nothing_is_completed_before_the_approval(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        report(bench, walk, "SHFE", 0, CODE)
    with pytest.raises(WrongState):
        call(bench, walk, "confirmed")


def test_each_role_completes_its_own_part_in_its_own_firm(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    for role in Role:
        actor = bench.staff("review", role)
        if role is not Role.REVIEW:
            with pytest.raises(NotAllowed):
                record_exchange(bench.desk, actor, walk.case_id, "SHFE", 1)
        if role is not Role.CALLBACK:
            with pytest.raises(NotAllowed):
                record_callback(bench.desk, actor, walk.case_id, "unreached", "")
    for actor, error in [(walk.actor, NotAllowed), (Actor("f2", "staff:review", frozenset(Role)), NotFound)]:
        with pytest.raises(error):
            record_exchange(bench.desk, actor, walk.case_id, "SHFE", 1)
        with pytest.raises(error):
            record_callback(bench.desk, actor, walk.case_id, "unreached", "")
