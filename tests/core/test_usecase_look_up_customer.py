"""客户: exact search, masked results, openings and reveals on record, notes; nobody of another firm or role."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound
from core.rules.masks import mask_id, mask_phone
from core.usecases.look_up_customer import add_note, find_customers, open_customer, reveal_value
from tests.builders import ZHANG, Walk, case_at
from tests.desk_bench import EXISTING, Bench

REF = f"customer:{EXISTING.id}"


def service(bench: Bench, firm: str = "f1") -> Actor:
    return bench.staff("service", firm=firm)


def opened(bench: Bench) -> Walk:
    return case_at(bench, "active", chosen=("DCE",))


def refs(bench: Bench, words: str) -> list[str]:
    return [hit.ref for hit in find_customers(bench.desk, service(bench), words)]


def test_a_customer_is_found_by_each_exact_value_and_shown_masked(bench: Bench) -> None:
    walk = opened(bench)
    number = walk.case(bench).number
    [ref] = refs(bench, ZHANG.id_number)
    assert ref.startswith("customer:")
    for words in (ZHANG.phone, ZHANG.name, walk.account, number, f" {ZHANG.phone[:3]} {ZHANG.phone[3:]} "):
        assert refs(bench, words) == [ref], words
    [hit] = find_customers(bench.desk, service(bench), ZHANG.name)
    assert (hit.name, hit.id_number, hit.phone) == ("张*", mask_id(ZHANG.id_number), mask_phone(ZHANG.phone))
    assert "staff:personal:read" not in bench.tags()[-1:], "a masked list is no reading"


@pytest.mark.parametrize("words", ["", "  ", "张", "11150819999", "00000000", "9999999999999999", ZHANG.name[:1]])
def test_nothing_is_found_by_parts_or_other_values(bench: Bench, words: str) -> None:
    opened(bench)
    assert refs(bench, words) == []


def test_somebody_who_is_not_on_file_yet_is_found_by_phone_number_and_case(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    found = refs(bench, ZHANG.phone)
    assert found == [f"case:{walk.case_id}"] == refs(bench, walk.case(bench).number) == refs(bench, ZHANG.id_number)
    view = open_customer(bench.desk, service(bench), found[0])
    assert view.person.customer is None and view.file.profile["name"] == ZHANG.name
    assert [case.id for case in view.person.cases] == [walk.case_id]


def test_opening_shows_everything_and_is_on_record(bench: Bench) -> None:
    walk = opened(bench)
    [ref] = refs(bench, walk.account)
    view = open_customer(bench.desk, service(bench), ref)
    assert view.person.customer is not None and view.person.customer.capital_account == walk.account
    assert view.file.profile["name"] == ZHANG.name and view.file.bank["cards"]
    assert [case.id for case in view.person.cases] == [walk.case_id]
    assert [each.state for each in view.certificates] == ["valid"]
    assert {message.template for message in view.messages} >= {"approved", "activated"}
    assert ("staff:personal:read", ref, {"purpose": "customer"}) in bench.audit()


def test_each_reveal_is_on_record_once_in_ten_minutes(bench: Bench) -> None:
    for _ in range(2):
        reveal_value(bench.desk, service(bench), REF, "phone")
    row = ("staff:personal:read", REF, {"purpose": "customer:phone"})
    assert bench.audit().count(row) == 1
    bench.pass_time(timedelta(minutes=11))
    reveal_value(bench.desk, service(bench), REF, "phone")
    assert bench.audit().count(row) == 2
    with pytest.raises(NotAllowed):
        reveal_value(bench.desk, service(bench), REF, "password")


def test_notes_are_kept_with_their_author(bench: Bench) -> None:
    assert add_note(bench.desk, service(bench), REF, "  ") == {"note": "请填写备注，最多 500 字。"}
    assert not add_note(bench.desk, service(bench), REF, " 来电询问结算账户。 ")
    [note] = open_customer(bench.desk, bench.staff("compliance"), REF).notes
    assert (note.text, note.created_by) == ("来电询问结算账户。", "staff:service")
    assert "来电" not in str(bench.audit()), "the audit holds no words"


def test_a_note_before_the_account_stays_with_the_customer(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    assert not add_note(bench.desk, service(bench), f"case:{walk.case_id}", "先有备注。")
    walk.do_in_review(bench)
    [ref] = refs(bench, ZHANG.name)
    assert [note.text for note in open_customer(bench.desk, service(bench), ref).notes] == ["先有备注。"]


@pytest.mark.parametrize("role", [Role.WITNESS, Role.ANALYST, Role.ADMIN])
def test_other_roles_find_and_open_nothing(bench: Bench, role: Role) -> None:
    actor = bench.staff("witness", role)
    for act in (
        lambda: find_customers(bench.desk, actor, EXISTING.name),
        lambda: open_customer(bench.desk, actor, REF),
        lambda: reveal_value(bench.desk, actor, REF, "phone"),
        lambda: add_note(bench.desk, actor, REF, "备注"),
        lambda: find_customers(bench.desk, Actor("f1", REF), EXISTING.name),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_firm_knows_nothing_of_the_customer(bench: Bench) -> None:
    opened(bench)
    [ref] = refs(bench, ZHANG.name)
    assert find_customers(bench.desk, service(bench, "f2"), ZHANG.name) == []
    for act in (open_customer, lambda d, a, r: reveal_value(d, a, r, "name"), lambda d, a, r: add_note(d, a, r, "x")):
        with pytest.raises(NotFound):
            act(bench.desk, service(bench, "f2"), ref)
