"""The risk notices of the exchange page: when each is asked, what it attests, giving up (R108-R121)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.actor import Actor
from core.case import State
from core.errors import NotAllowed, NotFound, WrongState
from core.steps.exchanges import insisted, pending_notices
from core.usecases.acknowledge_notice import acknowledge_notice
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench

COMMODITY, FINANCIAL, ENERGY = ("DCE", "SHFE"), ("CFFEX", "SHFE"), ("INE", "SHFE")


def waiting(bench: Bench, walk: Walk, chosen: Sequence[str] = ()) -> list[str]:
    loaded = walk.loaded(bench)
    moment = "next" if chosen else "entry"
    return pending_notices(loaded.facts, loaded.rules, moment, chosen)


def press(bench: Bench, walk: Walk, key: str, decision: str, chosen: Sequence[str] = ()) -> None:
    acknowledge_notice(bench.desk, walk.actor, walk.case_id, key, decision, chosen)


def choose(bench: Bench, walk: Walk, chosen: Sequence[str]) -> list[str]:
    """Fields in error."""
    return list(walk.answer(bench, "exchanges", {"chosen": list(chosen)}))


def reports(bench: Bench, walk: Walk) -> None:
    for name in ("first", "second"):
        walk.add_photo(bench, "score_report", name)


@pytest.mark.parametrize("level", ["C1", "C2"])
def test_a_low_level_is_asked_twice_on_entry(bench: Bench, level: str) -> None:
    walk = case_at(bench, "exchanges", level=level)
    assert waiting(bench, walk) == ["low_level_1", "low_level_2"]
    assert choose(bench, walk, COMMODITY) == ["notice"]
    press(bench, walk, "low_level_1", "insist")
    assert waiting(bench, walk) == ["low_level_2"]
    press(bench, walk, "low_level_2", "insist")
    assert choose(bench, walk, COMMODITY) == []
    loaded = walk.loaded(bench)
    assert insisted(loaded.facts, loaded.rules)


def test_a_low_level_is_warned_once_more_of_financial_products(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="C2")
    walk.insist(bench)
    reports(bench, walk)
    assert waiting(bench, walk, FINANCIAL) == ["low_level_high_risk"]
    press(bench, walk, "low_level_high_risk", "ok", FINANCIAL)
    assert choose(bench, walk, FINANCIAL) == []


@pytest.mark.parametrize("chosen", [FINANCIAL, ENERGY])
def test_c3_is_asked_twice_at_the_next_button(bench: Bench, chosen: Sequence[str]) -> None:
    walk = case_at(bench, "exchanges", level="C3")
    assert waiting(bench, walk) == []
    reports(bench, walk)
    assert choose(bench, walk, chosen) == ["notice"]
    press(bench, walk, "high_risk_1", "insist", chosen)
    assert waiting(bench, walk, chosen) == ["high_risk_2"]
    press(bench, walk, "high_risk_2", "insist", chosen)
    assert choose(bench, walk, chosen) == []


def test_c3_is_not_asked_about_commodities(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="C3")
    assert waiting(bench, walk, COMMODITY) == []
    assert choose(bench, walk, COMMODITY) == []


def test_choosing_again_is_recorded_and_proves_nothing(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="C3")
    press(bench, walk, "high_risk_1", "choose_again", FINANCIAL)
    assert waiting(bench, walk, FINANCIAL) == ["high_risk_1", "high_risk_2"]
    assert bench.audit()[-1][2] == {"notice": "high_risk_1", "decision": "choose_again"}


@pytest.mark.parametrize("level", ["C4", "C5"])
def test_a_high_level_sees_no_notice(bench: Bench, level: str) -> None:
    walk = case_at(bench, "exchanges", level=level)
    reports(bench, walk)
    assert waiting(bench, walk) == waiting(bench, walk, FINANCIAL) == []
    assert choose(bench, walk, FINANCIAL) == []
    loaded = walk.loaded(bench)
    assert not insisted(loaded.facts, loaded.rules)


def test_the_first_financial_choice_needs_two_to_ten_reports(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="C5")
    assert choose(bench, walk, FINANCIAL) == ["score_report"]
    walk.add_photo(bench, "score_report", "first")
    assert choose(bench, walk, FINANCIAL) == ["score_report"]
    walk.add_photo(bench, "score_report", "second")
    assert choose(bench, walk, FINANCIAL) == []


# -- 最低类别
def test_the_lowest_class_is_refused_whatever_it_insists(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="lowest")
    assert waiting(bench, walk) == ["lowest_refused"]
    for key, decision in [("low_level_1", "insist"), ("lowest_refused", "insist"), ("lowest_refused", "ok")]:
        with pytest.raises(WrongState):
            press(bench, walk, key, decision)
    assert choose(bench, walk, COMMODITY) == ["refused"]
    press(bench, walk, "lowest_refused", "give_up")
    assert walk.case(bench).state is State.ABANDONED


# -- giving up
@pytest.mark.parametrize("key", ["low_level_1", "low_level_2"])
def test_giving_up_ends_the_business_at_once(bench: Bench, key: str) -> None:
    walk = case_at(bench, "exchanges", level="C1")
    press(bench, walk, key, "give_up")
    assert walk.case(bench).state is State.ABANDONED
    assert bench.tags()[-1] == "customer:case:abandon"


# -- what an answer attests
def test_another_level_asks_again_and_the_old_level_does_not(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="C2")
    walk.insist(bench)
    walk.level = "C1"
    walk.do_suitability(bench)
    assert waiting(bench, walk) == ["low_level_1", "low_level_2"]
    walk.level = "C2"
    walk.do_suitability(bench)
    assert waiting(bench, walk) == []


def test_an_answer_about_financial_products_does_not_cover_energy(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="C3")
    for key in ("high_risk_1", "high_risk_2"):
        press(bench, walk, key, "insist", FINANCIAL)
    assert waiting(bench, walk, FINANCIAL) == []
    assert waiting(bench, walk, (*FINANCIAL, "INE")) == ["high_risk_1", "high_risk_2"]
    assert waiting(bench, walk, ("CFFEX", "CZCE")) == []


def test_a_worse_level_later_leads_back_to_the_exchanges(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    walk.level = "C2"
    walk.do_suitability(bench)
    assert walk.step(bench) == "exchanges"


# -- wrong answers, wrong people
@pytest.mark.parametrize(
    ("key", "decision"),
    [("low_level_1", "ok"), ("low_level_1", ""), ("high_risk_1", "insist"), ("nonsense", "insist"), ("pilot", "ok")],
)
def test_only_an_offered_answer_to_a_waiting_notice_counts(bench: Bench, key: str, decision: str) -> None:
    walk = case_at(bench, "exchanges", level="C1")
    with pytest.raises(WrongState):
        press(bench, walk, key, decision)
    assert walk.facts(bench).proofs == ()


def test_an_answer_cannot_be_given_twice(bench: Bench) -> None:
    walk = case_at(bench, "exchanges", level="C1")
    press(bench, walk, "low_level_1", "insist")
    with pytest.raises(WrongState):
        press(bench, walk, "low_level_1", "insist")
    assert len(walk.facts(bench).proofs) == 1


@pytest.mark.parametrize("place", ["suitability", "submitted"])
def test_no_notice_before_its_step_nor_after_submitting(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    before = walk.case(bench)
    for decision in ("insist", "give_up"):
        with pytest.raises(WrongState):
            press(bench, walk, "low_level_1", decision)
    assert walk.case(bench) == before


def test_only_the_owner_answers(bench: Bench) -> None:
    walk, other = case_at(bench, "exchanges", level="C1"), case_at(bench, "exchanges", person=LI)
    intruders = [(other.actor, NotAllowed), (bench.staff("witness"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        with pytest.raises(error):
            acknowledge_notice(bench.desk, actor, walk.case_id, "low_level_1", "give_up")
    assert walk.case(bench).state is State.FILLING
