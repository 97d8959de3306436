"""Who may open which file: role x slot x own or foreign case and firm; each look of staff is on record once."""

from __future__ import annotations

import pytest

from core.actor import Actor, Role
from core.errors import NotFound
from core.usecases.open_evidence import CUSTOMER_SLOTS, open_evidence
from core.usecases.serve_customer import add_companion
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.stand_ins import tiny_picture

OWN = ("id_front", "id_back", "signature", "bank_card", "score_report", "proof_funds", "proof_experience", "prepared",
       "signed")  # fmt: skip
FIRM_ONLY = ("capture_front", "capture_back", "capture_portrait", "capture_front_still", "clip_head")
FINANCIAL = ("CFFEX", "SHFE")


def may(bench: Bench, actor: Actor, evidence_id: str) -> bool:
    try:
        item, reader = open_evidence(bench.desk, actor, evidence_id)
    except NotFound:
        return False
    return item.id == evidence_id and len(reader.read(0, reader.size)) == reader.size > 0


def files(bench: Bench, walk: Walk) -> dict[str, str]:
    """Slot -> one file of the case."""
    return {item.slot: item.id for item in walk.facts(bench).evidence}


def signed_case(bench: Bench, **options: object) -> Walk:
    walk = case_at(bench, "in_call", chosen=FINANCIAL, **options)
    for slot in ("proof_funds", "proof_experience"):
        walk.add_photo(bench, slot)
    add_companion(bench.desk, walk.actor, walk.ticket, "capture_front", tiny_picture("still"))
    for milestone in ("in_call", "certificate", "sign", "prepared"):
        walk.go_on(bench, milestone)
    return walk


def test_a_customer_sees_the_own_uploads_and_documents_and_nothing_of_the_firm(bench: Bench) -> None:
    walk = signed_case(bench)
    found = files(bench, walk)
    assert set(found) == {*OWN, *FIRM_ONLY}
    assert {slot for slot in found if may(bench, walk.actor, found[slot])} == set(OWN)
    assert {*OWN, "portrait"} == set(CUSTOMER_SLOTS)


def test_a_customer_sees_nothing_of_others(bench: Bench) -> None:
    walk, other = case_at(bench, "follow_up"), case_at(bench, "device", person=LI)
    for actor in (other.actor, Actor("f2", walk.owner), Actor("f1", ""), Actor("f1", "customer:None")):
        assert not any(may(bench, actor, item) for item in files(bench, walk).values())


def test_the_customer_on_file_sees_what_was_done_by_phone(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    case = walk.case(bench)
    assert may(bench, Actor("f1", f"customer:{case.customer_id}"), files(bench, walk)["signed"])


@pytest.mark.parametrize(
    ("roles", "during", "after"),
    [
        ((Role.WITNESS,), True, False),
        ((Role.WITNESS, Role.SUPERVISOR), True, False),
        ((Role.WITNESS, Role.CALLBACK, Role.SERVICE, Role.ADMIN, Role.ANALYST), True, False),
        ((Role.WITNESS, Role.REVIEW), True, True),
        ((Role.REVIEW,), True, True),
        ((Role.COMPLIANCE,), True, True),
        ((Role.SUPERVISOR,), False, False),
        ((Role.CALLBACK,), False, False),
        ((Role.ANALYST,), False, False),
        ((Role.SERVICE,), False, False),
        ((Role.ADMIN,), False, False),
    ],
)
def test_staff_see_files_by_role_and_a_witness_only_during_the_own_call(
    bench: Bench, roles: tuple[Role, ...], during: bool, after: bool
) -> None:
    walk, other = case_at(bench, "in_call"), case_at(bench, "witness", person=LI)
    actor, wide = bench.staff("witness", *roles), not {*roles}.isdisjoint({Role.REVIEW, Role.COMPLIANCE})
    assert all(may(bench, actor, item) is during for item in files(bench, walk).values())
    assert all(may(bench, actor, item) is wide for item in files(bench, other).values())
    walk.do_witness(bench)
    assert all(may(bench, actor, item) is after for item in files(bench, walk).values())


def test_another_witness_sees_nothing_of_the_call(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    assert not any(may(bench, bench.staff("witness2"), item) for item in files(bench, walk).values())


def test_no_role_of_another_firm_sees_anything(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    every = Actor("f2", "staff:witness", frozenset(Role))
    assert not any(may(bench, every, item) for item in files(bench, walk).values())


@pytest.mark.parametrize("evidence_id", ["", "nonsense", "0" * 32, "../secret"])
def test_an_unknown_file_is_like_a_forbidden_one(bench: Bench, evidence_id: str) -> None:
    case_at(bench, "bank")
    assert not may(bench, bench.staff("review"), evidence_id)


def test_a_replaced_photo_stays_open_to_the_reviewer(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    old = files(bench, walk)["id_front"]
    walk.add_photo(bench, "id_front", "new")
    assert files(bench, walk)["id_front"] != old
    assert may(bench, bench.staff("review"), old)


# -- on record
def test_a_look_of_staff_is_on_record_once_in_ten_minutes(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    item, actor = files(bench, walk)["id_front"], bench.staff("review")
    for minutes in (0, 1, 11):
        bench.pass_time(minutes=minutes)
        assert may(bench, actor, item)
    found = [(subject, detail) for tag, subject, detail in bench.audit() if tag == "staff:personal:read"]
    assert found == [(f"case:{walk.case_id}", {"purpose": "evidence:id_front"})] * 2


def test_each_person_and_each_kind_of_file_has_a_row_of_its_own(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    for login in ("review", "review2"):
        for slot in ("id_front", "signed"):
            assert may(bench, bench.staff(login), files(bench, walk)[slot])
    assert bench.tags().count("staff:personal:read") == 4


def test_a_refused_look_leaves_no_row(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    before = bench.audit()
    assert not may(bench, bench.staff("callback"), files(bench, walk)["id_front"])
    assert bench.audit() == before


def test_a_customer_who_downloads_a_signed_document_is_on_record(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    item = files(bench, walk)["signed"]
    assert may(bench, walk.actor, item)
    assert bench.audit()[-1] == ("customer:document:read", f"case:{walk.case_id}", {"evidence": item})
    assert may(bench, walk.actor, files(bench, walk)["id_front"])
    assert bench.tags()[-1] == "customer:document:read"
