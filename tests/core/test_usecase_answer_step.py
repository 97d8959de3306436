"""Save a step: mistakes at their field, nothing stored with one, order of steps, second tab, flags."""

from __future__ import annotations

from typing import Any

import pytest

from core.actor import Actor
from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.steps.photos import assistance_words
from core.usecases.answer_step import answer_step
from core.usecases.bank_cards import add_card
from core.usecases.serve_customer import script_steps
from tests.builders import CONSENTS, DEVICE_READY, LI, ZHANG, Walk, case_at
from tests.desk_bench import EXISTING, Bench, id_number
from tests.forms import answers_for


def nothing_stored(bench: Bench, walk: Walk, step: str, values: Any) -> list[str]:
    """Fields in error; the case is as it was."""
    before = walk.loaded(bench)
    errors = walk.answer(bench, step, values)
    after = walk.loaded(bench)
    assert (after.case, after.facts) == (before.case, before.facts)
    return list(errors)


# -- each step
def test_the_device_must_be_measured_or_left_for_later(bench: Bench) -> None:
    walk = case_at(bench, "device")
    for lacking in ("secure", "camera", "microphone", "webrtc", "crypto"):
        assert nothing_stored(bench, walk, "device", {**DEVICE_READY, lacking: False}) == ["device"]
    assert walk.answer(bench, "device", {"later": True}) == {}
    assert walk.step(bench) == "photos"
    assert walk.facts(bench).values("device")["later"] is True


def test_only_what_is_measured_is_kept_of_the_device(bench: Bench) -> None:
    walk = case_at(bench, "device")
    walk.answer(bench, "device", {**DEVICE_READY, "rtt_ms": 40, "address": "198.51.100.7"})
    assert "address" not in walk.facts(bench).values("device")


def test_photos_need_three_pictures_and_three_ticks(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    assert set(nothing_stored(bench, walk, "photos", {})) == {"id_front", "id_back", "signature", *CONSENTS}
    walk.add_photo(bench, "id_front")
    errors = nothing_stored(bench, walk, "photos", {**CONSENTS, "recording_consent": False})
    assert set(errors) == {"id_back", "signature", "recording_consent"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"name": "张3"}, "name"), ({"name": "张"}, "name"), ({"name": "张" * 51}, "name"),
        ({"id_number": "99990119900312002X"}, "id_number"), ({"id_number": id_number(1, "20100101")}, "id_number"),
        ({"id_number": ""}, "id_number"), ({"id_address": ""}, "id_address"), ({"valid_from": ""}, "valid_from"),
        ({"valid_to": "2026-03-01"}, "valid_to"), ({"valid_to": "2019-01-01"}, "valid_to"),
        ({"valid_from": "2026-04-01"}, "valid_to"), ({"phone": "12345"}, "phone"), ({"phone": LI.phone}, "phone"),
        ({"landline": "123"}, "landline"), ({"city": "苏州市"}, "city"), ({"province": ""}, "province"),
        ({"contact_address": "1 号"}, "contact_address"), ({"postcode": "2000"}, "postcode"),
        ({"email": "a@b"}, "email"), ({"education": "x"}, "education"), ({"education": ""}, "education"),
        ({"tax_residency": "both"}, "tax_family_name"), ({"tax_residency": "both"}, "tin_missing_reason"),
        ({"actual_control": "present"}, "control_note"), ({"beneficiary": "other"}, "beneficiary_name"),
        ({"products": []}, "products"), ({"products": ["x"]}, "products"), ({"products": "funds"}, "products"),
        ({"dishonesty": ["none", "tax"]}, "dishonesty"), ({"dishonesty": []}, "dishonesty"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_profile_is_named_at_its_field(bench: Bench, change: dict[str, Any], field: str) -> None:
    walk = case_at(bench, "profile")
    assert field in nothing_stored(bench, walk, "profile", walk.profile_values(**change))


def test_the_profile_is_stored_normalised(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    wide = f" {ZHANG.id_number[:6]} {ZHANG.id_number[6:].lower()} "
    numbers = {"phone": f"+86 {ZHANG.phone}", "landline": "02162345678", "postcode": "２０００００"}
    assert walk.answer(bench, "profile", walk.profile_values(id_number=wide, **numbers)) == {}
    stored = walk.facts(bench).values("profile")
    assert (stored["id_number"], stored["phone"]) == (ZHANG.id_number, ZHANG.phone)
    assert (stored["landline"], stored["postcode"]) == ("021-62345678", "200000")
    assert (stored["sex"], stored["birth_date"], stored["age_band"]) == ("male", "1990-03-12", "31_40")


def test_long_term_is_kept_as_the_last_day_of_2099(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    assert walk.answer(bench, "profile", walk.profile_values(long_term=True, valid_to="")) == {}
    assert walk.facts(bench).values("profile")["valid_to"] == "2099-12-31"


def test_a_postcode_of_elsewhere_is_a_doubt_and_no_mistake(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    given = walk.profile_values(postcode="150002")
    checked = answer_step(bench.desk, walk.actor, walk.case_id, "profile", given)
    assert checked.ok and list(checked.warnings) == ["postcode"]


def test_hidden_fields_are_dropped(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    assert walk.answer(bench, "profile", walk.profile_values(control_note="说明", tax_number="1")) == {}
    assert not {"control_note", "tax_number"} & set(walk.facts(bench).values("profile"))


def test_the_bank_needs_a_card_and_the_notice(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    assert nothing_stored(bench, walk, "bank", {"cards": [], "usage": True}) == ["cards"]
    photo = walk.add_photo(bench, "bank_card")
    assert add_card(bench.desk, walk.actor, walk.case_id, ZHANG.card, "", photo.id) == {}
    kept = walk.facts(bench).values("bank")["cards"]
    assert nothing_stored(bench, walk, "bank", {"cards": kept, "usage": False}) == ["usage"]
    assert walk.answer(bench, "bank", {"cards": kept, "usage": True}) == {}
    assert walk.step(bench) == "suitability"


@pytest.mark.parametrize("change", [{}, {"photo": "elsewhere"}, {"number": "4111111111111112"}, {"bank": "none"}])
def test_a_card_comes_in_by_its_own_check_only(bench: Bench, change: dict[str, str]) -> None:
    walk = case_at(bench, "bank")
    card = {"number": ZHANG.card, "bank": "DEMO", "photo": walk.add_photo(bench, "bank_card").id, **change}
    assert nothing_stored(bench, walk, "bank", {"cards": [card], "usage": True}) == ["cards"]


@pytest.mark.parametrize("level", ["lowest", "C1", "C2", "C3", "C4", "C5"])
def test_the_rating_is_computed_here(bench: Bench, level: str) -> None:
    walk = case_at(bench, "suitability")
    given = answers_for(walk.loaded(bench).rules["questionnaire"], level)
    assert walk.answer(bench, "suitability", {"answers": given, "level": "C5", "lowest": False}) == {}
    stored = walk.facts(bench).values("suitability")
    expected = ("C1", True) if level == "lowest" else (level, False)
    assert (stored["level"], stored["lowest"], stored["version"]) == (*expected, 1)


def test_an_open_question_is_named(bench: Bench) -> None:
    walk = case_at(bench, "suitability")
    given = answers_for(walk.loaded(bench).rules["questionnaire"], "C3")
    del given["q07"]
    assert nothing_stored(bench, walk, "suitability", {"answers": {**given, "q01": ["zz"]}}) == ["q01", "q07"]


@pytest.mark.parametrize("chosen", [[], ["XXX"], ["SHFE", "XXX"]])
def test_the_choice_of_exchanges_must_be_on_offer(bench: Bench, chosen: list[str]) -> None:
    walk = case_at(bench, "exchanges")
    assert nothing_stored(bench, walk, "exchanges", {"chosen": chosen}) == ["chosen"]


def test_the_agreements_need_reading_and_the_tick(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    assert nothing_stored(bench, walk, "agreements", {"agreed": True}) == ["risk_statement"]
    walk.read_agreements(bench)
    assert nothing_stored(bench, walk, "agreements", {}) == ["agreed"]
    assert walk.answer(bench, "agreements", {"agreed": True}) == {}


@pytest.mark.parametrize(("place", "step"), [("witness", "witness"), ("certificate", "certificate"), ("sign", "sign")])
def test_what_others_do_cannot_be_answered(bench: Bench, place: str, step: str) -> None:
    walk = case_at(bench, place)
    assert nothing_stored(bench, walk, step, {step: True, "passed": True}) == [step]


# -- order, state, rights
def test_no_step_can_be_saved_before_its_turn(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    for step in ("profile", "bank", "follow_up", "nonsense", "identity"):
        with pytest.raises(WrongState, match="前面的步骤"):
            walk.answer(bench, step, walk.profile_values())


def test_an_earlier_step_can_be_changed_at_any_time(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    assert walk.answer(bench, "profile", walk.profile_values(education="master")) == {}
    assert walk.step(bench) == "sign"


@pytest.mark.parametrize("place", ["submitted", "in_review", "callback", "active"])
def test_nothing_is_saved_once_the_case_is_with_the_firm(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        walk.answer(bench, "profile", walk.profile_values())


def test_only_the_owner_saves(bench: Bench) -> None:
    walk, other = case_at(bench, "profile"), case_at(bench, "device", person=LI)
    for actor, error in [
        (other.actor, NotAllowed), (bench.staff("admin"), NotAllowed), (Actor("f2", walk.owner), NotFound),
        (Actor("f1", ""), NotAllowed), (Actor("f1", "customer:None"), NotAllowed),
    ]:  # fmt: skip
        with pytest.raises(error):
            answer_step(bench.desk, actor, walk.case_id, "profile", walk.profile_values())
    assert "profile" not in walk.facts(bench).answers


# -- second tab, repetition
def test_a_second_tab_with_an_old_version_is_told(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    version = walk.case(bench).version
    assert walk.answer(bench, "profile", walk.profile_values(), version) == {}
    with pytest.raises(Stale):
        walk.answer(bench, "profile", walk.profile_values(education="master"), version)
    assert walk.facts(bench).values("profile")["education"] == "bachelor"


def test_saving_the_same_again_invalidates_nothing(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    for step, values in [
        ("device", DEVICE_READY), ("photos", CONSENTS), ("profile", walk.profile_values()),
        ("exchanges", {"chosen": ["SHFE", "DCE"]}), ("agreements", {"agreed": True}),
    ]:  # fmt: skip
        assert walk.answer(bench, step, values) == {}
        assert walk.step(bench) == "follow_up"
    walk.confirm_bank(bench)
    walk.do_suitability(bench)
    assert walk.step(bench) == "follow_up"


# -- what lists and the reviewer learn
def test_lists_learn_only_the_declared_facts(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    assert walk.case(bench).clear == {
        "province": "上海市", "age_band": "31_40", "level": "C4", "lowest": False, "exchanges": ["DCE", "SHFE"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"pep": "family"}, "pep"),
        ({"dishonesty": ["tax"]}, "dishonesty"),
        ({"id_number": id_number(9, "19500101")}, "age"),
    ],
)
def test_the_reviewer_is_warned_by_a_flag_that_goes_with_its_reason(
    bench: Bench, change: dict[str, Any], flag: str
) -> None:
    walk = case_at(bench, "profile")
    assert walk.answer(bench, "profile", walk.profile_values(**change)) == {}
    assert walk.case(bench).flags == (flag,)
    assert walk.answer(bench, "profile", walk.profile_values()) == {}
    assert walk.case(bench).flags == ()


def test_somebody_else_behind_the_id_number_raises_a_flag_and_tells_nothing(bench: Bench) -> None:
    case_at(bench, "bank")
    other = case_at(bench, "profile", person=LI)
    for number in (ZHANG.id_number, EXISTING.id_number):
        assert other.answer(bench, "profile", other.profile_values(id_number=number)) == {}
        assert other.case(bench).flags == ("duplicate",)
    assert other.answer(bench, "profile", other.profile_values()) == {}
    assert other.case(bench).flags == ()


def test_the_same_id_number_in_another_firm_raises_no_flag(bench: Bench) -> None:
    case_at(bench, "bank")
    other = case_at(bench, "profile", person=LI, firm="f2")
    assert other.answer(bench, "profile", other.profile_values(id_number=ZHANG.id_number)) == {}
    assert other.case(bench).flags == ()


# -- somebody beside the customer, and age
@pytest.mark.parametrize(
    ("declared", "fields"),
    [
        ({"relation": "child", "reason": "不熟悉手机"}, set()),
        ({"relation": "", "reason": "不熟悉手机"}, {"relation"}),
        ({"relation": "broker", "reason": "  "}, {"relation", "reason"}),
        ({"relation": "child", "reason": "字" * 101}, {"reason"}),
    ],
)
def test_who_helps_is_declared_with_relation_and_reason(
    bench: Bench, declared: dict[str, Any], fields: set[str]
) -> None:
    walk = case_at(bench, "profile")
    assert set(walk.answer(bench, "photos", {**CONSENTS, "assisted": True, **declared})) == fields
    assert walk.case(bench).flags == (() if fields else ("assisted",))


def test_who_helps_is_told_to_the_witness_and_goes_with_the_declaration(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    assert "beside" not in {step["key"] for step in script_steps(walk.loaded(bench))}
    walk.answer(bench, "photos", {**CONSENTS, "assisted": True, "relation": "child", "reason": " 不熟悉手机 "})
    loaded = walk.loaded(bench)
    assert assistance_words(loaded.facts) == "子女，不熟悉手机"
    keys = [step["key"] for step in script_steps(loaded)]
    assert keys.index("beside") < keys.index("alone")
    walk.answer(bench, "photos", {**CONSENTS, "assisted": False, "relation": "child", "reason": "不熟悉手机"})
    loaded = walk.loaded(bench)
    assert (loaded.case.flags, assistance_words(loaded.facts)) == ((), "")
    assert set(loaded.facts.values("photos")) == set(CONSENTS)


@pytest.mark.parametrize(
    ("born", "notice", "flags"),
    [
        ("19610303", "", ()),
        ("19610302", "与家人商量", ()),
        ("19560303", "与家人商量", ()),
        ("19560302", "两位", ("age",)),
    ],
)
def test_a_notice_from_65_on_and_a_second_reviewer_from_70_on(
    bench: Bench, born: str, notice: str, flags: tuple[str, ...]
) -> None:
    walk = case_at(bench, "profile")
    given = walk.profile_values(id_number=id_number(9, born))
    checked = answer_step(bench.desk, walk.actor, walk.case_id, "profile", given)
    assert checked.ok
    assert bool(checked.warnings.get("id_number")) is bool(notice)
    assert notice in checked.warnings.get("id_number", "")
    assert walk.case(bench).flags == flags
