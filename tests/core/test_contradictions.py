"""Where the manuals contradict each other the firm chooses (C01-C24): each setting with both of its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.case import State
from core.errors import WrongState
from core.usecases.answer_step import answer_step
from core.usecases.book_reservation import reservation_board
from tests.builders import Walk, case_at
from tests.desk_bench import Bench, defaults
from tests.duty import at, on_duty, rules

SATURDAY = "2026-03-07T10:00"
WEEK = {day: [["08:40", "17:45"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def policy(bench: Bench, business: str, **changes: Any) -> None:
    """Other rules for one business from now on."""
    every = defaults()["business_rules"]["businesses"]
    rules(bench, "business_rules", businesses={**every, business: {**every[business], **changes}})


def customer(bench: Bench) -> Walk:
    """Somebody whose account is open, with 大商所 only."""
    return case_at(bench, "active", chosen=("DCE",))


def begun(bench: Bench, walk: Walk, business: str, **changes: Any) -> Walk:
    """This customer begins another business, under the rules as they are now."""
    later = walk.again(business, **changes)
    later.start(bench)
    return later


def steps(bench: Bench, walk: Walk) -> list[str]:
    return [step.key for step in walk.loaded(bench).plan]


@pytest.mark.parametrize("hours", [[], [["01:23", "23:58"]]])
def test_the_desk_is_open_when_the_firm_says(bench: Bench, hours: list[list[str]]) -> None:
    """C01: closed on Saturdays, or open nearly all day."""
    first = customer(bench)
    channels = defaults()["service_hours"]["channels"]
    witness = {**channels["witness"], "weekly": {**WEEK, "sat": hours, "sun": []}, "makeup_workdays": "closed"}
    rules(bench, "service_hours", channels={**channels, "witness": witness})
    walk = begun(bench, first, "add_code", chosen=("SHFE",))
    walk.walk_to(bench, "witness")
    at(bench, SATURDAY)
    if hours:
        assert walk.join(bench).state == "waiting"
    else:
        with pytest.raises(WrongState, match="08:40-17:45"):
            walk.join(bench)


@pytest.mark.parametrize("video", ["always", "if_no_certificate"])
def test_the_video_is_always_or_only_without_a_certificate(bench: Bench, video: str) -> None:
    """C06"""
    first = customer(bench)
    policy(bench, "settlement", video=video)
    walk = begun(bench, first, "settlement")
    walk.walk_to(bench)
    witnessed = any(proof.kind == "witness" for proof in walk.facts(bench).proofs)
    assert witnessed is (video == "always")


@pytest.mark.parametrize("review", [True, False])
def test_a_business_is_reviewed_or_done_at_once(bench: Bench, review: bool) -> None:
    """C07"""
    first = customer(bench)
    policy(bench, "settlement", review=review)
    walk = begun(bench, first, "settlement")
    walk.walk_to(bench)
    walk.hand_in(bench)
    assert walk.case(bench).state is (State.SUBMITTED if review else State.DONE)


@pytest.mark.parametrize("online", [True, False])
def test_an_expired_card_is_renewed_online_or_at_the_counter(bench: Bench, online: bool) -> None:
    """C08: online only in the one business that renews it, and under the eyes of a witness where the firm says so."""
    walk = customer(bench)
    with bench.work() as work:
        found = work.people.find_customer(id_number=walk.person.id_number)
        assert found is not None
        work.people.change_customer(replace(found, id_valid_to="2020-01-01"))
    rules(bench, "business_rules", online_id_renewal=online)
    with pytest.raises(WrongState, match="我的基本资料" if online else "营业部"):
        begun(bench, walk, "settlement")
    if online:
        later = begun(bench, walk, "profile", part="identity", profile={"long_term": True, "valid_to": None})
        assert "part" in later.answer(bench, "part", {"part": "contact"})
        later.walk_to(bench)
        assert {"found", "passed"} <= {proof.subject for proof in later.facts(bench).proofs}
    else:
        with pytest.raises(WrongState, match="营业部"):
            begun(bench, walk, "profile", part="identity")


@pytest.mark.parametrize("whole", [True, False])
def test_the_list_of_relations_is_data_and_holds_both_manuals(bench: Bench, whole: bool) -> None:
    """C09: three and 无关系 in one manual, the executives of international organisations in the other."""
    first = customer(bench)
    lists = defaults()["codes"]["lists"]
    items = lists["pep"]["items"]
    assert [row["code"] for row in items] == ["foreign_official", "family", "close_associate", "intl_executive", "none"]
    if not whole:
        shorter = [row for row in items if row["code"] != "intl_executive"]
        rules(bench, "codes", lists={**lists, "pep": {**lists["pep"], "items": shorter}})
    walk = begun(bench, first, "profile", part="other")
    walk.walk_to(bench, "profile")
    held = walk.facts(bench).values("profile")
    errors = walk.answer(bench, "profile", {**held, "pep": "intl_executive"})
    assert set(errors) == (set() if whole else {"pep"})


def test_wrong_and_manifold_names_became_one() -> None:
    """C10, C11, C12: slips of the pen in one manual, three names of one letter; one code, one label each."""
    lists = defaults()["codes"]["lists"]
    labels = {row["code"]: row["label"] for name in ("dishonesty", "account_type") for row in lists[name]["items"]}
    assert (labels["regulator"], labels["brokerage"]) == ("监管机构、自律组织", "期货经纪")
    assert not {"监管机制、自律组织", "期货经济"} & set(labels.values())
    letters = {row["code"]: set(row["aliases"]) for row in defaults()["agreements"]["agreements"]}
    assert letters["certificate_liability"] == {"数字证书安全责任书", "个人数字证书申请责任书", "数字证书用户责任书"}


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("business", ["open_account", "add_code", "assessment"])
def test_the_questions_are_asked_or_not(bench: Bench, business: str, asked: bool) -> None:
    """C15"""
    first = customer(bench) if business != "open_account" else None
    policy(bench, business, follow_up=asked)
    if first is None:
        walk = Walk()
        walk.start(bench)
    else:
        bench.pass_time(days=2)
        walk = begun(bench, first, business, chosen=("SHFE",))
    assert ("follow_up" in steps(bench, walk)) is asked


@pytest.mark.parametrize(
    ("changes", "days", "slots"),
    [
        ({}, 31, ["上午", "下午"]),
        ({"horizon_days": 10}, 11, ["上午", "下午"]),
        ({"slots": [{"title": "一", "begins": "09:00", "ends": "10:00"}]}, 31, ["一"]),
        ({"enabled": False}, 0, []),
    ],
)
def test_reservations_are_as_fine_and_as_far_as_the_firm_wants(
    bench: Bench, changes: Mapping[str, Any], days: int, slots: list[str]
) -> None:
    """C16: 上午 and 下午 within 30 days, finer, nearer, or not at all."""
    walk = case_at(bench, "witness")
    on_duty(bench)
    rules(bench, **changes)
    board = reservation_board(bench.desk, walk.actor, walk.case_id)
    assert len(board.days) == days and bool(board.refusal) is not bool(days)
    assert [slot.window.slot.title for day in board.days[:1] for slot in day.slots] == slots


@pytest.mark.parametrize("enabled", [True, False])
def test_an_exchange_is_offered_or_not(bench: Bench, enabled: bool) -> None:
    """C19"""
    first = customer(bench)
    every = defaults()["exchanges"]["exchanges"]
    rules(bench, "exchanges", exchanges=[{**row, "enabled": row["code"] != "GFEX" or enabled} for row in every])
    walk = begun(bench, first, "add_code")
    walk.walk_to(bench, "exchanges")
    assert ("chosen" in walk.answer(bench, "exchanges", {"chosen": ["GFEX"]})) is not enabled


def test_the_same_data_are_read_in_one_business_and_changed_in_another(bench: Bench) -> None:
    """C21: read only in 增开交易编码 (R099), one part at a time in 我的基本资料."""
    first = customer(bench)
    moved = {"contact_address": "样张路 300 号 4 室"}
    walk = begun(bench, first, "profile", part="other", profile=moved)
    walk.walk_to(bench, "agreements")
    assert walk.facts(bench).values("profile")["contact_address"] == moved["contact_address"]
    with bench.work() as work:
        work.cases.change(work.cases.get(walk.case_id), state=State.ABANDONED)
    reader = begun(bench, first, "add_code", chosen=("SHFE",))
    reader.walk_to(bench, "profile_read")
    held = reader.facts(bench).values("profile")
    with pytest.raises(WrongState):
        answer_step(bench.desk, reader.actor, reader.case_id, "profile", {**held, **moved})
    assert reader.answer(bench, "profile_read", {**moved, "confirmed": True}) == {}
    assert reader.facts(bench).values("profile") == held


@pytest.mark.parametrize(("least", "demanding", "missing"), [(2, True, 2), (1, True, 1), (2, False, 0)])
def test_score_reports_are_due_as_the_firm_says(bench: Bench, least: int, demanding: bool, missing: int) -> None:
    """C22: two at least, one, or none for 中金所."""
    first = customer(bench)
    table = defaults()["exchanges"]
    groups = [{**row, "score_reports": row["score_reports"] and demanding} for row in table["groups"]]
    rules(bench, "exchanges", groups=groups, score_reports={**table["score_reports"], "min": least})
    walk = begun(bench, first, "add_code", chosen=("CFFEX",))
    walk.walk_to(bench, "exchanges")
    given = 0
    while "score_report" in walk.answer(bench, "exchanges", {"chosen": ["CFFEX"]}):
        given += 1
        walk.add_photo(bench, "score_report", f"report {given}")
    assert given == missing
