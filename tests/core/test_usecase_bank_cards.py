"""Add and delete bank cards: Luhn, debit only, the bank, the photo (R080-R084)."""

from __future__ import annotations

import pytest

from core.actor import Actor
from core.agreements import printed_values
from core.errors import NotAllowed, NotFound, WrongState
from core.rules.bank_card import luhn_ok
from core.steps.bank import MOST_CARDS
from core.usecases.bank_cards import add_card, remove_card
from tests import samples
from tests.builders import LI, ZHANG, Walk, case_at
from tests.desk_bench import Bench
from tests.duty import rules

UNKNOWN = next(number for number in (f"900000000000000{digit}" for digit in range(10)) if luhn_ok(number))
"""A number that no bank of the table begins with."""
TYPING_ERROR = ZHANG.card[:-1] + str((int(ZHANG.card[-1]) + 1) % 10)


def add(bench: Bench, walk: Walk, number: str = ZHANG.card, bank: str = "", photo: str | None = None) -> list[str]:
    """Fields in error."""
    shown = photo if photo is not None else walk.add_photo(bench, "bank_card", number[-4:]).id
    return list(add_card(bench.desk, walk.actor, walk.case_id, number, bank, shown))


def numbers(bench: Bench, walk: Walk) -> list[str]:
    return [card["number"] for card in walk.facts(bench).values("bank").get("cards", [])]


def test_a_card_is_stored_with_its_bank_and_photo(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    photo = walk.add_photo(bench, "bank_card").id
    assert add(bench, walk, f"{ZHANG.card[:4]} {ZHANG.card[4:]}", "", photo) == []
    assert walk.facts(bench).values("bank") == {
        "cards": [
            {"number": ZHANG.card, "bank": "DEMO", "bank_name": "样张银行", "kind": "debit", "photo": photo},
        ],
        "usage": False,
    }  # fmt: skip
    assert walk.step(bench) == "bank"


@pytest.mark.parametrize(
    ("number", "bank", "field"),
    [
        ("", "", "number"), ("12345", "", "number"), (TYPING_ERROR, "", "number"), (ZHANG.card, "ICBC", "number"),
        (UNKNOWN, "", "bank"), (UNKNOWN, "NONE", "bank"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_at_its_field_and_nothing_stored(bench: Bench, number: str, bank: str, field: str) -> None:
    walk = case_at(bench, "bank")
    assert add(bench, walk, number, bank) == [field]
    assert numbers(bench, walk) == []


def test_an_unknown_number_takes_the_chosen_bank(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    assert add(bench, walk, UNKNOWN, "DEMO") == []
    assert walk.facts(bench).values("bank")["cards"][0]["kind"] == "unknown"


def test_a_card_needs_its_photo_in_this_case(bench: Bench) -> None:
    walk, other = case_at(bench, "bank"), case_at(bench, "bank", person=LI)
    foreign = other.add_photo(bench, "bank_card").id
    for photo in ("", "nonsense", foreign, walk.facts(bench).slot("id_front")[0].id):
        assert add(bench, walk, photo=photo) == ["photo"]


def test_the_same_number_is_not_added_twice(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    assert add(bench, walk) == []
    second = walk.add_photo(bench, "bank_card", "second").id
    assert add(bench, walk, photo=second) == ["number"]
    assert numbers(bench, walk) == [ZHANG.card]


def test_five_cards_are_the_most(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    for seed in range(MOST_CARDS):
        assert add(bench, walk, samples.sample_card(seed + 10)) == []
    assert add(bench, walk, samples.sample_card(99)) == ["number"]
    assert len(numbers(bench, walk)) == MOST_CARDS


def test_each_new_card_asks_for_the_notice_again(bench: Bench) -> None:
    walk = case_at(bench, "suitability")
    assert add(bench, walk, samples.sample_card(50)) == []
    assert walk.step(bench) == "bank"
    assert walk.confirm_bank(bench) == {}
    assert walk.step(bench) == "suitability"


def test_a_card_is_deleted_with_its_photo_and_only_once(bench: Bench) -> None:
    walk = case_at(bench, "suitability")
    photo = walk.facts(bench).slot("bank_card")[0].id
    remove_card(bench.desk, walk.actor, walk.case_id, photo)
    version = walk.case(bench).version
    remove_card(bench.desk, walk.actor, walk.case_id, photo)
    assert (numbers(bench, walk), walk.facts(bench).slot("bank_card")) == ([], ())
    assert (walk.step(bench), walk.case(bench).version) == ("bank", version)


def test_a_changed_first_card_needs_new_reading_and_signing_of_what_prints_it(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    remove_card(bench.desk, walk.actor, walk.case_id, walk.facts(bench).slot("bank_card")[0].id)
    assert add(bench, walk, samples.sample_card(60)) == []
    assert walk.confirm_bank(bench) == {}
    assert walk.step(bench) == "agreements"
    walk.do_agreements(bench)
    assert walk.step(bench) == "sign"
    documents, _ = walk.prepare(bench)
    assert 0 < len(documents) < len(walk.documents(bench, "signed"))


def test_no_card_before_its_step(bench: Bench) -> None:
    early = case_at(bench, "photos")
    with pytest.raises(WrongState):
        add_card(bench.desk, early.actor, early.case_id, ZHANG.card, "", "x")


def test_nothing_changes_once_the_case_is_with_the_firm(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    photo = walk.facts(bench).slot("bank_card")[0].id
    with pytest.raises(WrongState):
        add_card(bench.desk, walk.actor, walk.case_id, samples.sample_card(70), "", photo)
    with pytest.raises(WrongState):
        remove_card(bench.desk, walk.actor, walk.case_id, photo)


def test_only_the_owner_changes_cards(bench: Bench) -> None:
    walk, other = case_at(bench, "suitability"), case_at(bench, "bank", person=LI)
    photo = walk.facts(bench).slot("bank_card")[0].id
    intruders = [(other.actor, NotAllowed), (bench.staff("review"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        with pytest.raises(error):
            add_card(bench.desk, actor, walk.case_id, samples.sample_card(70), "", photo)
        with pytest.raises(error):
            remove_card(bench.desk, actor, walk.case_id, photo)
    assert numbers(bench, walk) == [ZHANG.card]


@pytest.mark.parametrize(
    ("asked", "branch", "fields"),
    [(False, "", []), (True, "", ["branch"]), (True, "样张支行", ["branch"]), (True, "上海市/黄浦区/样张支行", [])],
)
def test_the_office_of_the_bank_is_asked_for_where_the_firm_wants_it(
    bench: Bench, asked: bool, branch: str, fields: list[str]
) -> None:
    """R085: it goes with the card and into the agreement."""
    rules(bench, "business_rules", bank_branch={"asked": asked})
    walk = case_at(bench, "bank")
    photo = walk.add_photo(bench, "bank_card").id
    assert list(add_card(bench.desk, walk.actor, walk.case_id, ZHANG.card, "", photo, branch)) == fields
    printed = printed_values(walk.facts(bench), walk.loaded(bench).rules, bench.now)["结算银行"]
    assert printed == ("" if fields else "样张银行（上海市/黄浦区/样张支行）" if asked else "样张银行")
