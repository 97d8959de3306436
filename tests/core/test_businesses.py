"""Each business of a customer on file, from its beginning to its end, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.businesses import BUSINESSES
from core.case import State
from core.errors import NotAllowed, WrongState
from core.records import Customer, CustomerFile
from core.rules.service_hours import WEEKDAYS
from core.usecases.abandon_case import abandon_case
from core.usecases.case_changes import changes_of
from core.usecases.change_phone import prove_phone, request_phone_code
from core.usecases.complete_case import record_counter, record_exchange
from core.usecases.review_case import reject_review
from core.usecases.sign_agreements import prepare_signing
from core.usecases.start_case import start_case
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.device import Device
from tests.duty import rules

TEXT = "请重新上传。"


def customer(bench: Bench, walk: Walk) -> tuple[Customer, CustomerFile]:
    with bench.inner_desk().read(walk.firm) as work:
        found = work.people.find_customer(id_number=walk.person.id_number)
        assert found is not None
        return found, work.people.customer_file(found.id)


def begun(bench: Bench, business: str, **changes: object) -> Walk:
    """A customer whose account is open begins another business."""
    walk = case_at(bench, "active", chosen=("DCE",)).again(business, **changes)
    walk.start(bench)
    return walk


def approved(bench: Bench, walk: Walk) -> None:
    walk.do_submitted(bench)
    walk.do_in_review(bench)


def test_an_opened_account_leaves_a_file(bench: Bench) -> None:
    walk = case_at(bench, "active", chosen=("DCE",))
    found, file = customer(bench, walk)
    assert found.capital_account == walk.account
    assert (file.profile["name"], file.suitability["level"]) == (walk.person.name, "C4")
    assert [card["number"] for card in file.bank["cards"]] == [walk.person.card]
    assert {item.slot for item in file.photos} == {"id_front", "id_back", "signature", "bank_card"}
    assert "part" not in file.profile and "usage" not in file.bank and file.suitability["rated_at"]


def test_codes_are_added_and_the_case_ends_with_the_last_answer(bench: Bench) -> None:
    walk = begun(bench, "add_code", chosen=("SHFE", "CZCE"))
    walk.walk_to(bench, "follow_up")
    assert {proof.kind for proof in walk.facts(bench).proofs} >= {"witness", "signed"}
    assert not [p for p in walk.facts(bench).proofs if p.subject == "installed"], "the certificate of the device signs"
    walk.do_follow_up(bench)
    approved(bench, walk)
    assert walk.case(bench).state is State.APPROVED
    staff = bench.staff("review")
    assert not record_exchange(bench.desk, staff, walk.case_id, "SHFE", 0, "001200000001")
    assert walk.case(bench).state is State.APPROVED
    assert not record_exchange(bench.desk, staff, walk.case_id, "CZCE", 4)
    assert walk.case(bench).state is State.DONE
    assert not record_exchange(bench.desk, staff, walk.case_id, "CZCE", 0, "001200000002")
    assert {"SHFE", "CZCE"} <= set(customer(bench, walk)[0].exchanges)


def test_opened_exchanges_are_not_opened_twice(bench: Bench) -> None:
    first = case_at(bench, "active", chosen=("DCE",))
    assert not record_exchange(bench.desk, bench.staff("review"), first.case_id, "DCE", 0, "001200000001")
    walk = first.again("add_code")
    walk.start(bench)
    walk.walk_to(bench, "exchanges")
    assert "chosen" in walk.answer(bench, "exchanges", {"chosen": ["DCE"]})


def test_a_gap_in_the_file_leads_to_the_assessment(bench: Bench) -> None:
    walk = case_at(bench, "active", chosen=("DCE",))
    found, file = customer(bench, walk)
    with bench.desk.write(walk.firm) as work:
        work.people.keep_file(found.id, replace(file, profile={**file.profile, "education": None}))
    codes, again = walk.again("add_code"), walk.again("assessment")
    with pytest.raises(WrongState, match="学历"):
        codes.start(bench)
    bench.pass_time(days=2)
    again.profile = {"education": "bachelor"}
    again.start(bench)
    again.walk_to(bench)
    again.hand_in(bench)
    approved(bench, again)
    assert customer(bench, walk)[1].profile["education"] == "bachelor"
    codes.start(bench)
    assert codes.step(bench) == "device"


def test_a_new_assessment_replaces_the_rating_and_shows_what_changed(bench: Bench) -> None:
    walk = case_at(bench, "active", chosen=("DCE",)).again("assessment", level="C2")
    bench.pass_time(days=2)
    walk.start(bench)
    walk.walk_to(bench)
    changes = changes_of(walk.loaded(bench))
    assert changes[0].title == "评估结果" and len(changes) > 1
    assert all(change.before != change.after for change in changes)
    walk.hand_in(bench)
    approved(bench, walk)
    assert walk.case(bench).state is State.DONE
    found, file = customer(bench, walk)
    assert (found.level, file.suitability["level"]) == ("C2", "C2")


def test_an_assessment_right_after_the_last_one_is_refused(bench: Bench) -> None:
    walk = case_at(bench, "active", chosen=("DCE",)).again("assessment")
    with pytest.raises(WrongState, match="可以重新评估"):
        walk.start(bench)


def test_the_card_is_replaced_without_a_video_where_the_certificate_is_found(bench: Bench) -> None:
    walk = begun(bench, "settlement")
    assert walk.facts(bench).values("bank")["cards"], "prefilled"
    walk.walk_to(bench)
    assert not [proof for proof in walk.facts(bench).proofs if proof.kind == "witness"]
    walk.hand_in(bench)
    approved(bench, walk)
    assert walk.case(bench).state is State.DONE


def test_another_device_needs_a_video_and_a_new_certificate(bench: Bench) -> None:
    walk = begun(bench, "settlement", device=Device())
    walk.walk_to(bench, "certificate_check")
    assert walk.detect(bench) == "elsewhere"
    walk.walk_to(bench, "sign")
    assert {"passed", "installed"} <= {proof.subject for proof in walk.facts(bench).proofs}
    walk.walk_to(bench)
    walk.hand_in(bench)


def test_the_older_certificate_stops_when_a_new_one_is_installed(bench: Bench) -> None:
    first = case_at(bench, "active", chosen=("DCE",))
    walk = first.again("settlement", device=Device())
    walk.start(bench)
    walk.walk_to(bench)
    walk.hand_in(bench)
    approved(bench, walk)
    later = walk.again("profile")
    later.start(bench)
    later.walk_to(bench, "certificate_check")
    for device, outcome in ((first.device, "superseded"), (Device(), "elsewhere"), (walk.device, "found")):
        later.device = device
        assert later.detect(bench) == outcome


@pytest.mark.parametrize("part", ["other", "identity", "contact"])
def test_one_part_of_the_profile_is_changed(bench: Bench, part: str) -> None:
    changes = {
        "other": {"contact_address": "样张路 99 号 1 室"},
        "identity": {"long_term": True, "valid_to": None},
        "contact": {"landline": "021-55550000"},
    }[part]
    walk = begun(bench, "profile", part=part, profile=changes)
    walk.walk_to(bench, "photos")
    slots = {item.slot for item in walk.facts(bench).evidence}
    assert ("id_front" in slots) is (part != "identity"), "a new validity asks for new photos (R077)"
    walk.walk_to(bench)
    titles = {change.title for change in changes_of(walk.loaded(bench))}
    assert titles & {"联系地址", "有效期止", "长期", "联系电话"}
    walk.hand_in(bench)
    approved(bench, walk)
    assert customer(bench, walk)[1].profile["id_number"] == walk.person.id_number


def test_name_and_number_stay_locked(bench: Bench) -> None:
    walk = begun(bench, "profile", part="identity", profile={"name": "李四", "id_number": "x"})
    walk.walk_to(bench)
    assert walk.facts(bench).values("profile")["name"] == walk.person.name


def test_a_new_mobile_number_counts_after_its_code(bench: Bench) -> None:
    walk = begun(bench, "profile", part="contact")
    walk.walk_to(bench, "profile")
    held = walk.facts(bench).values("profile")
    assert "phone" in walk.answer(bench, "profile", {**held, "phone": "11150813077"})
    assert request_phone_code(bench.desk, walk.actor, walk.case_id, "11150813077", "198.51.100.9") == {}
    bench.run_jobs(walk.firm)
    assert prove_phone(bench.desk, walk.actor, walk.case_id, "000000")
    assert prove_phone(bench.desk, walk.actor, walk.case_id, bench.sms.code()) == {}
    walk.profile = {"phone": "11150813077"}
    walk.walk_to(bench)
    walk.hand_in(bench)
    approved(bench, walk)
    found, _file = customer(bench, walk)
    assert found.phone == "11150813077"
    with bench.desk.read(walk.firm) as work:
        owners = {case.owner for case in work.cases.of_owner(walk.owner, found.id)}
    assert owners == {walk.owner}, "what was begun by the old number is out of its new holder's reach"


def test_the_counter_ends_a_password_reset(bench: Bench) -> None:
    walk = begun(bench, "password_reset")
    old_kid = walk.device.kid
    walk.walk_to(bench)
    assert walk.device.kid != old_kid, "always a new certificate (R132)"
    walk.hand_in(bench)
    approved(bench, walk)
    assert walk.case(bench).state is State.APPROVED
    staff = bench.staff("review")
    assert "note" in record_counter(bench.desk, staff, walk.case_id, done=False, note=" ")
    assert not record_counter(bench.desk, staff, walk.case_id, done=True, note="")
    assert walk.case(bench).state is State.DONE
    bench.run_jobs(walk.firm)
    assert "密码" in bench.sms.sent[-1][1]


def test_only_one_business_at_a_time(bench: Bench) -> None:
    walk = begun(bench, "settlement")
    with pytest.raises(WrongState, match="正在办理"):
        start_case(bench.desk, walk.actor, "profile", "b1", "")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    assert start_case(bench.desk, walk.actor, "profile", "b1", "").business == "profile"


def test_a_supplement_is_not_begun_by_the_customer(bench: Bench) -> None:
    walk = case_at(bench, "active", chosen=("DCE",)).again("supplement")
    with pytest.raises(NotAllowed):
        walk.start(bench)


def test_an_expired_card_leads_to_the_profile_only(bench: Bench) -> None:
    walk = case_at(bench, "active", chosen=("DCE",))
    found, _file = customer(bench, walk)
    with bench.desk.write(walk.firm) as work:
        work.people.change_customer(replace(found, id_valid_to="2020-01-01"))
    with pytest.raises(WrongState, match="有效期"):
        walk.again("settlement").start(bench)
    walk.again("profile", part="identity").start(bench)


@pytest.mark.parametrize("business", [key for key, each in BUSINESSES.items() if not (each.newcomers or each.by_firm)])
def test_a_newcomer_cannot_begin_it(bench: Bench, business: str) -> None:
    walk = Walk()
    walk.sign_in(bench)
    with pytest.raises(WrongState, match="已开户"):
        start_case(bench.desk, walk.actor, business, "b1", walk.person.phone)


@pytest.mark.parametrize("business", ["add_code", "settlement", "profile", "password_reset"])
def test_a_rejected_photo_is_all_that_is_done_again(bench: Bench, business: str) -> None:
    walk = begun(bench, business, chosen=("SHFE",))
    walk.walk_to(bench, "follow_up" if business == "add_code" else "submit")
    walk.do_follow_up(bench) if business == "add_code" else walk.hand_in(bench)
    walk.do_submitted(bench)
    reject_review(bench.desk, bench.staff(walk.reviewer), walk.case_id, ["P06"], TEXT, "")
    assert walk.step(bench) == "photos"
    walk.add_photo(bench, "signature", "again")
    walk.do_photos(bench)
    walk.walk_to(bench)
    assert walk.case(bench).state is State.REJECTED


def test_nothing_new_begins_while_self_service_is_closed_but_who_began_goes_on(bench: Bench) -> None:
    walk = begun(bench, "settlement")
    with bench.desk.write("f1") as work:
        versions = work.firms.current_versions()
        body = work.firms.data("service_hours", versions["service_hours"])
        shut = {**body["channels"]["self_service"], "weekly": {key: [] for key in WEEKDAYS}}
        body = {**body, "channels": {**body["channels"], "self_service": shut}}
        work.firms.add_data("service_hours", versions["service_hours"] + 1, body, work.now, "admin")
    walk.walk_to(bench)
    walk.hand_in(bench)
    with pytest.raises(WrongState, match="不在自助办理时间"):
        Walk(person=LI).start(bench)


def test_what_the_file_says_flags_the_new_case_too(bench: Bench) -> None:
    walk = case_at(bench, "active", chosen=("DCE",))
    found, file = customer(bench, walk)
    with bench.desk.write(walk.firm) as work:
        work.people.keep_file(found.id, replace(file, profile={**file.profile, "pep": "family"}))
    walk = walk.again("settlement")
    walk.start(bench)
    assert walk.case(bench).flags == ("pep",)


def test_a_rating_that_runs_out_on_the_way_is_told_and_nothing_is_signed(bench: Bench) -> None:
    """R100: 增开 begun on the last days of the rating; what was handed in in time is still reviewed."""
    first = case_at(bench, "active", chosen=("DCE",))
    assessment = {"valid_months": 1, "cool_down_days": 1, "most_in_30_days": 5}
    rules(bench, "business_rules", assessment=assessment)
    bench.pass_time(days=30)
    walk, in_time = first.again("add_code", chosen=("SHFE",)), first.again("add_code", chosen=("SHFE",))
    walk.start(bench)
    walk.walk_to(bench, "sign")
    bench.pass_time(days=2)
    assert walk.step(bench) == "exchanges"
    assert "适当性评估已于" in walk.answer(bench, "exchanges", {"chosen": ["SHFE"]})["refused"]
    with pytest.raises(WrongState, match="前面的步骤"):
        prepare_signing(bench.desk, walk.actor, walk.case_id)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(WrongState, match="重新评估"):
        in_time.start(bench)


def test_what_was_handed_in_in_time_is_reviewed_although_the_rating_ran_out(bench: Bench) -> None:
    first = case_at(bench, "active", chosen=("DCE",))
    assessment = {"valid_months": 1, "cool_down_days": 1, "most_in_30_days": 5}
    rules(bench, "business_rules", assessment=assessment)
    bench.pass_time(days=28)
    walk = first.again("add_code", chosen=("SHFE",))
    walk.start(bench)
    walk.walk_to(bench, "follow_up")
    walk.do_follow_up(bench)
    bench.pass_time(days=5)
    walk.do_submitted(bench)
    walk.do_in_review(bench)
    assert walk.case(bench).state is State.APPROVED
