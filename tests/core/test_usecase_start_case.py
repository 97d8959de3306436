"""Start a business: numbered, with pinned rules, and one open business at a time (R016, R066)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.actor import Actor
from core.case import Case, State
from core.errors import DeskError, NotAllowed, Stale, WrongState
from core.usecases.abandon_case import abandon_case
from core.usecases.start_case import start_case
from tests.builders import LI, ZHANG, case_at, sign_in
from tests.desk_bench import EXISTING, Bench
from tests.stand_ins import START


def start(bench: Bench, owner: str = "phone:abc", firm: str = "f1", branch: str = "b1") -> Case:
    return start_case(bench.desk, Actor(firm, owner), "open_account", branch, ZHANG.phone)


def test_a_new_case_is_numbered_and_stands_at_its_first_step(bench: Bench) -> None:
    case = start(bench)
    assert re.fullmatch(r"8001260302\d{6}", case.number)
    assert (case.state, case.current_step, case.branch_id) == (State.FILLING, "device", "b1")
    assert bench.audit()[-1][:2] == ("customer:case:start", f"case:{case.id}")


def test_the_day_in_the_number_is_the_day_in_shanghai(bench: Bench) -> None:
    bench.pass_time(START.replace(hour=16) - bench.now)
    assert start(bench).number.startswith("8001260303")


def test_numbers_run_on_within_the_firm_only(bench: Bench) -> None:
    numbers = [start(bench, f"phone:{n}").number[-6:] for n in range(3)]
    assert numbers == ["000001", "000002", "000003"]
    assert start(bench, firm="f2").number == "8002260302000001"


def test_the_rules_in_effect_are_pinned(bench: Bench) -> None:
    case = start(bench)
    with bench.work() as work:
        assert case.rules == work.firms.current_versions()


def test_later_firm_data_does_not_change_a_running_case(bench: Bench) -> None:
    walk = case_at(bench, "suitability")
    with bench.work() as work:
        body = {**walk.loaded(bench).rules["questionnaire"], "title": "新问卷"}
        work.firms.add_data("questionnaire", 2, body, work.now, "staff:admin")
    bench.pass_time(seconds=5)
    assert walk.loaded(bench).rules["questionnaire"]["title"] != "新问卷"
    assert start(bench, "phone:other").rules["questionnaire"] == 2


def test_starting_again_finds_the_open_case(bench: Bench) -> None:
    first = start(bench)
    assert start(bench).id == first.id
    assert bench.tags().count("customer:case:start") == 1


def test_starting_at_the_same_time_makes_one_case(bench: Bench) -> None:
    assert bench.desk

    def one(_: int) -> str:
        try:
            return start(bench).id
        except Stale:
            return ""

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(one, range(4))) - {""}
    assert len(ids) == 1


@pytest.mark.parametrize("place", ["submitted", "in_review", "callback"])
def test_a_case_with_the_firm_is_still_the_open_one(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    assert start_case(bench.desk, walk.actor, "open_account", "b1", ZHANG.phone).id == walk.case_id


def test_the_open_case_is_found_by_phone_and_by_id_number(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    bench.pass_time(seconds=61)
    actor = Actor("f1", sign_in(bench, id_number=ZHANG.id_number))
    assert actor.id.startswith("customer:")
    assert start_case(bench.desk, actor, "open_account", "b1", ZHANG.phone).id == walk.case_id


def test_after_giving_up_a_new_case_starts(bench: Bench) -> None:
    first = start(bench)
    abandon_case(bench.desk, Actor("f1", "phone:abc"), first.id)
    assert start(bench).id != first.id


def test_another_business_must_wait_for_the_open_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from core import businesses
    from core.businesses import open_account

    other = replace(open_account.BUSINESS, key="other", title="其他业务")
    monkeypatch.setitem(businesses.BUSINESSES, "other", other)  # type: ignore[arg-type]
    start(bench)
    with pytest.raises(WrongState, match="放弃"):
        start_case(bench.desk, Actor("f1", "phone:abc"), "other", "b1", ZHANG.phone)


def test_who_has_an_account_opens_no_second_one(bench: Bench) -> None:
    case_at(bench, "active")
    bench.pass_time(seconds=61)
    actor = Actor("f1", sign_in(bench, id_number=ZHANG.id_number))
    with pytest.raises(WrongState, match="已经开立"):
        start_case(bench.desk, actor, "open_account", "b1", ZHANG.phone)


def test_a_customer_on_file_brings_what_is_known(bench: Bench) -> None:
    case = start(bench, f"customer:{EXISTING.id}")
    assert case.customer_id == EXISTING.id
    assert case.clear == {"opened": list(EXISTING.exchanges), "investor_class": "ordinary"}


def test_an_unknown_branch_becomes_the_first_one(bench: Bench) -> None:
    assert start(bench, branch="b2").branch_id == "b2"
    assert start(bench, "phone:other", branch="nowhere").branch_id == "b1"


@pytest.mark.parametrize("business", ["", "supplement", "device"])
def test_a_business_that_is_not_open_cannot_be_started(bench: Bench, business: str) -> None:
    with pytest.raises(NotAllowed):
        start_case(bench.desk, Actor("f1", "phone:abc"), business, "b1", LI.phone)


def test_staff_start_no_business(bench: Bench) -> None:
    with pytest.raises(DeskError):
        start_case(bench.desk, bench.staff("admin"), "open_account", "b1", ZHANG.phone)
    assert "customer:case:start" not in bench.tags()
