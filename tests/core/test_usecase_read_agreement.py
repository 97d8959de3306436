"""Reading counts on the server's clock and for one form of a document only (R123-R126)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.actor import Actor
from core.agreements import agreements_for, to_sign
from core.errors import NotAllowed, NotFound, WrongState
from core.steps.agreements import unread
from core.usecases.read_agreement import UNREAD, finish_agreement, open_agreement
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench, defaults
from tests.duty import rules

RISK = "risk_statement"


def start(bench: Bench, walk: Walk, code: str = RISK) -> None:
    open_agreement(bench.desk, walk.actor, walk.case_id, code)


def finish(bench: Bench, walk: Walk, code: str = RISK) -> str:
    return finish_agreement(bench.desk, walk.actor, walk.case_id, code)


def left(bench: Bench, walk: Walk) -> list[str]:
    loaded = walk.loaded(bench)
    return [d.code for d in unread(loaded.facts, loaded.rules, loaded.now)]


def codes(bench: Bench, walk: Walk) -> list[str]:
    loaded = walk.loaded(bench)
    return [d.code for d in agreements_for("agreements", loaded.facts, loaded.rules, loaded.now)]


def test_reading_to_the_end_is_recorded_with_version_and_seconds(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    start(bench, walk)
    bench.pass_time(seconds=42)
    assert finish(bench, walk) == ""
    proof = walk.facts(bench).proofs[-1]
    assert (proof.kind, proof.subject, proof.body) == ("read", RISK, {"version": "2026.1", "seconds": 42})
    assert RISK not in left(bench, walk)
    assert bench.audit()[-1][2] == {"document": RISK, "event": "end", "seconds": 42}


@pytest.mark.parametrize(("seconds", "good"), [(0, False), (13, False), (14, True), (15, True)])
def test_the_minimum_time_is_measured_here_with_a_second_of_grace(bench: Bench, seconds: int, good: bool) -> None:
    walk = case_at(bench, "agreements")
    start(bench, walk)
    bench.pass_time(seconds=seconds)
    assert finish(bench, walk) == ("" if good else UNREAD)
    assert (RISK not in left(bench, walk)) is good


def test_what_was_never_opened_was_not_read(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    bench.pass_time(hours=1)
    assert finish(bench, walk) == UNREAD


def test_opening_again_does_not_start_the_clock_anew(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    start(bench, walk)
    bench.pass_time(seconds=10)
    start(bench, walk)
    bench.pass_time(seconds=5)
    assert finish(bench, walk) == ""


def test_finishing_again_adds_nothing(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    start(bench, walk)
    bench.pass_time(seconds=20)
    assert [finish(bench, walk), finish(bench, walk)] == ["", ""]
    assert [p.kind for p in walk.facts(bench).proofs] == ["opened", "read"]


def test_all_must_be_read_before_the_step_is_done(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    walk.read_agreements(bench)
    assert left(bench, walk) == []
    assert walk.step(bench) == "agreements"
    assert walk.answer(bench, "agreements", {"agreed": True}) == {}
    assert walk.step(bench) == "witness"


# -- the set of documents
def test_the_risk_statement_comes_first(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    assert codes(bench, walk)[0] == RISK
    loaded = walk.loaded(bench)
    assert next(d.code for d in to_sign(loaded.facts, loaded.rules, loaded.now)) == RISK


def test_who_insisted_reads_the_warning_too(bench: Bench) -> None:
    walk = case_at(bench, "agreements", level="C3", chosen=("CFFEX", "SHFE"))
    assert "high_risk_warning" in codes(bench, walk)


def test_who_did_not_insist_gets_no_warning(bench: Bench) -> None:
    assert "high_risk_warning" not in codes(bench, case_at(bench, "agreements", level="C3"))


def test_a_professional_investor_reads_the_addendum_and_no_match(bench: Bench) -> None:
    """Whom the firm knows as a professional investor; an ordinary one reads how product and rating match (R121)."""
    first = case_at(bench, "active", chosen=("DCE",))
    with bench.work() as work:
        found = work.people.find_customer(id_number=first.person.id_number)
        assert found is not None
        work.people.change_customer(replace(found, investor_class="professional"))
    walk = first.again("add_code", chosen=("SHFE",))
    walk.start(bench)
    walk.walk_to(bench, "agreements")
    assert "professional_addendum" in codes(bench, walk)
    assert not {"suitability_match", "high_risk_warning"} & set(codes(bench, walk))
    assert "professional_addendum" not in codes(bench, first)


@pytest.mark.parametrize(("banks", "read"), [(["DEMO"], True), (["ICBC"], False)])
def test_an_agreement_may_be_bound_to_a_bank(bench: Bench, banks: list[str], read: bool) -> None:
    """R086"""
    first = case_at(bench, "active", chosen=("DCE",))
    table = [
        {**row, "applies": {**row["applies"], "bank": banks}} if row["code"] == "bank_transfer" else row
        for row in defaults()["agreements"]["agreements"]
    ]
    rules(bench, "agreements", agreements=table)
    walk = first.again("settlement")
    walk.start(bench)
    walk.walk_to(bench, "agreements")
    assert ("bank_transfer" in codes(bench, walk)) is read


def test_every_variable_has_a_value(bench: Bench) -> None:
    walk = case_at(bench, "agreements", level="C3", chosen=("CFFEX", "SHFE"))
    loaded = walk.loaded(bench)
    for document in to_sign(loaded.facts, loaded.rules, loaded.now):
        assert all(document.values.values()), document.code


# -- changed data
def test_a_changed_value_asks_for_reading_what_prints_it_and_nothing_else(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    assert walk.answer(bench, "profile", walk.profile_values(contact_address="样张路 200 号 3 室")) == {}
    loaded = walk.loaded(bench)
    printing = [d.code for d in agreements_for("agreements", loaded.facts, loaded.rules, loaded.now)
                if "联系地址" in d.values]  # fmt: skip
    assert left(bench, walk) == printing
    assert printing and printing != codes(bench, walk)
    assert walk.step(bench) == "agreements"


def test_a_changed_name_asks_for_reading_everything_that_names_the_customer(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    assert walk.answer(bench, "profile", walk.profile_values(name="张三丰")) == {}
    assert set(left(bench, walk)) == set(codes(bench, walk))


def test_a_fact_that_no_document_prints_asks_for_no_reading(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    assert walk.answer(bench, "profile", walk.profile_values(education="master")) == {}
    assert walk.step(bench) == "witness"


def test_the_day_of_reading_does_not_matter(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    bench.pass_time(days=30)
    assert left(bench, walk) == []


def test_time_spent_on_an_older_form_does_not_count(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    start(bench, walk, "brokerage_contract")
    bench.pass_time(minutes=5)
    assert walk.answer(bench, "profile", walk.profile_values(name="张三丰")) == {}
    assert finish(bench, walk, "brokerage_contract") == UNREAD


def test_a_tick_for_an_older_form_does_not_count(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    form = walk.facts(bench).values("agreements")["form"]
    assert walk.answer(bench, "profile", walk.profile_values(name="张三丰")) == {}
    walk.read_agreements(bench)
    assert walk.step(bench) == "agreements"
    assert walk.answer(bench, "agreements", {"agreed": True, "form": form}) == {
        "agreed": "请勾选“我已阅读并同意以上所有协议和业务规则内容”。"
    }


# -- wrong state, wrong people
@pytest.mark.parametrize("code", ["", "nonsense", "privacy", "certificate_liability", "high_risk_warning"])
def test_a_document_that_is_not_in_the_set_is_unknown(bench: Bench, code: str) -> None:
    walk = case_at(bench, "agreements")
    for act in (start, finish):
        with pytest.raises(NotFound):
            act(bench, walk, code)


@pytest.mark.parametrize("place", ["exchanges", "submitted"])
def test_nothing_is_read_before_its_step_nor_after_submitting(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    for act in (start, finish):
        with pytest.raises(WrongState):
            act(bench, walk)


def test_only_the_owner_reads(bench: Bench) -> None:
    walk, other = case_at(bench, "agreements"), case_at(bench, "agreements", person=LI)
    intruders = [(other.actor, NotAllowed), (bench.staff("service"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        for act in (open_agreement, finish_agreement):
            with pytest.raises(error):
                act(bench.desk, actor, walk.case_id, RISK)
    assert walk.facts(bench).proofs == ()
