"""Same ID, phone, card or device behind different customers: found, judged before the approval; the block list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from core.actor import Actor
from core.case import State
from core.errors import DeskError, NotAllowed, NotFound, NotYet, Stale, WrongState
from core.usecases.answer_step import answer_step
from core.usecases.block_list import NEUTRAL, block_list, decide_block, lift_block, propose_block
from core.usecases.decide_match import decide_match, matches_of
from core.usecases.review_case import approve_case, take_case
from core.usecases.start_case import start_case
from db.tables_watch import BlockRow
from tests.builders import LI, ZHANG, Person, Walk, case_at
from tests.desk_bench import Bench, id_number
from tests.samples import sample_card

SPOUSE = Person("李四", "11150813002", id_number(3), ZHANG.card)
"""Another customer with the first one's bank card."""


def reviewed(bench: Bench, person: Person) -> Walk:
    case_at(bench, "submitted", person=ZHANG)
    return case_at(bench, "in_review", person=person)


def found(bench: Bench, walk: Walk) -> list[tuple[str, str, str]]:
    return [(m.kind, m.name, m.verdict) for m in matches_of(bench.desk, bench.staff("review"), walk.case_id)]


def judge(bench: Bench, walk: Walk, verdict: str, note: str = "夫妻，已电话核实") -> None:
    [match] = matches_of(bench.desk, bench.staff("review"), walk.case_id)
    decide_match(bench.desk, bench.staff("review"), walk.case_id, match.key, verdict, note)


def test_different_people_have_nothing_in_common(bench: Bench) -> None:
    walk = reviewed(bench, LI)
    assert found(bench, walk) == []
    assert approve_case(bench.desk, bench.staff("review"), walk.case_id)


def test_a_shared_card_is_shown_masked_and_keeps_the_case_until_it_is_judged(bench: Bench) -> None:
    walk = reviewed(bench, SPOUSE)
    assert found(bench, walk) == [("card", "张*", "")]
    with pytest.raises(WrongState, match="银行卡"):
        approve_case(bench.desk, bench.staff("review"), walk.case_id)
    with pytest.raises(WrongState, match="依据"):
        judge(bench, walk, "family", " ")
    with pytest.raises(NotFound):
        judge(bench, walk, "whatever")
    judge(bench, walk, "family")
    assert found(bench, walk) == [("card", "张*", "family")]
    assert approve_case(bench.desk, bench.staff("review"), walk.case_id)


def test_a_refusal_keeps_the_case_from_being_approved_until_it_is_judged_anew(bench: Bench) -> None:
    walk = reviewed(bench, SPOUSE)
    judge(bench, walk, "refuse", "借用他人银行卡")
    with pytest.raises(WrongState, match="拒绝"):
        approve_case(bench.desk, bench.staff("review"), walk.case_id)
    judge(bench, walk, "no_concern", "银行确认系误录")
    assert approve_case(bench.desk, bench.staff("review"), walk.case_id)


def test_a_phone_of_a_customer_on_file_counts_as_well(bench: Bench) -> None:
    first = case_at(bench, "active", person=ZHANG)
    with bench.work() as work:
        customer = work.people.customers_with("id_number", ZHANG.id_number)[0]
        work.people.change_customer(replace(customer, phone=LI.phone))
    walk = case_at(bench, "in_review", person=LI)
    assert ("phone", "张*", "") in found(bench, walk)
    assert first.case(bench).customer_id == customer.id


def test_the_same_customer_again_is_nobody_else(bench: Bench) -> None:
    walk = case_at(bench, "callback", person=ZHANG)
    with bench.work() as work:
        case = work.cases.get(walk.case_id)
        work.cases.change(case, state=State.IN_REVIEW, reviewer_id="review")
    assert found(bench, walk) == []


def test_a_shared_device_is_found_by_its_owner(bench: Bench) -> None:
    first = case_at(bench, "submitted", person=ZHANG)
    walk = case_at(bench, "in_review", person=LI)
    with bench.work() as work:
        for owner in (first.owner, walk.owner):
            work.watch.mark("device", "the-same-browser", owner)
    assert found(bench, walk) == [("device", "张*", "")]


def test_only_the_reviewer_of_the_case_judges(bench: Bench) -> None:
    walk = reviewed(bench, SPOUSE)
    with pytest.raises(NotAllowed):
        matches_of(bench.desk, bench.staff("review2"), walk.case_id)


# -- the block list
def block(bench: Bench, kind: str, value: str) -> str:
    assert not propose_block(bench.desk, bench.staff("compliance"), kind, value, "冒用他人证件")
    entry = block_list(bench.desk, bench.staff("compliance"))[0].block.id
    decide_block(bench.desk, bench.staff("supervisor"), entry, agreed=True)
    return entry


def begin(bench: Bench, person: Person) -> None:
    walk = case_at(bench, "device", person=person)
    with bench.work() as work:
        work.cases.change(work.cases.get(walk.case_id), state=State.ABANDONED, closed_at=work.now)
    start_case(bench.desk, walk.actor, "open_account", "b1", person.phone)


def test_a_blocked_phone_begins_nothing_and_is_told_nothing(bench: Bench) -> None:
    entry = block(bench, "phone", LI.phone)
    begin(bench, ZHANG)
    with pytest.raises(NotYet) as told:
        start_case(bench.desk, case_actor(bench, LI), "open_account", "b1", LI.phone)
    assert told.value.text == NEUTRAL
    assert not any(word in NEUTRAL for word in ("名单", "拦截", "冒用"))
    [row] = block_list(bench.desk, bench.staff("compliance"))
    assert (row.hits, row.value, row.block.body["reason"]) == (1, "111****3002", "冒用他人证件")
    lift_block(bench.desk, bench.staff("supervisor"), entry, "已查清")
    assert start_case(bench.desk, case_actor(bench, LI), "open_account", "b1", LI.phone)


def case_actor(bench: Bench, person: Person) -> Actor:
    with bench.desk.read("f1") as work:
        return Actor("f1", f"phone:{work.keys.index('phone', person.phone).hex()}")


def test_a_blocked_id_number_stops_at_the_step_that_names_it(bench: Bench) -> None:
    walk = case_at(bench, "bank", person=ZHANG)
    values = walk.facts(bench).values("profile")
    block(bench, "id_number", ZHANG.id_number)
    checked = answer_step(bench.desk, walk.actor, walk.case_id, "profile", values)
    assert checked.errors == {"step": NEUTRAL}
    assert ("system:block:hit", {"at": f"case:{walk.case_id}"}) in [(t, d) for t, _, d in bench.audit()]


def test_who_is_blocked_while_the_case_is_open_is_not_approved_and_staff_read_why(bench: Bench) -> None:
    walk = case_at(bench, "submitted", person=ZHANG)
    block(bench, "id_number", ZHANG.id_number)
    take_case(bench.desk, bench.staff("review"), walk.case_id)
    with pytest.raises(WrongState, match="冒用他人证件"):
        approve_case(bench.desk, bench.staff("review"), walk.case_id)


def test_an_entry_takes_two_persons_also_below_the_use_case(bench: Bench) -> None:
    compliance = bench.staff("compliance")
    assert not propose_block(bench.desk, compliance, "phone", LI.phone, "冒用他人证件")
    [row] = block_list(bench.desk, compliance)
    with pytest.raises(NotAllowed):
        decide_block(bench.desk, compliance, row.block.id, agreed=True)
    own = update(BlockRow).values(state="active", decided_by="staff:compliance")
    with pytest.raises(DeskError), bench.database.write("f1") as work:
        work.connection.execute(own)
    with pytest.raises(WrongState, match="已在名单"):
        propose_block(bench.desk, bench.staff("supervisor"), "phone", LI.phone, "又一次")
    decide_block(bench.desk, bench.staff("supervisor"), row.block.id, agreed=False)
    with pytest.raises(Stale):
        decide_block(bench.desk, bench.staff("supervisor"), row.block.id, agreed=True)
    assert start_case(bench.desk, case_actor(bench, LI), "open_account", "b1", LI.phone)


@pytest.mark.parametrize(
    ("kind", "value", "reason", "fields"),
    [("phone", "123", "原因", ["value"]), ("id_number", "999901199003120011", "原因", ["value"]),
     ("phone", LI.phone, " ", ["reason"]), ("card", sample_card(1), "原因", ["value"])],
)  # fmt: skip
def test_an_entry_needs_a_real_number_and_a_reason(
    bench: Bench, kind: str, value: str, reason: str, fields: list[str]
) -> None:
    assert list(propose_block(bench.desk, bench.staff("compliance"), kind, value, reason)) == fields
    assert block_list(bench.desk, bench.staff("compliance")) == []
