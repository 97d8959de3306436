"""Where the manuals contradict each other the firm chooses (C01-C24): each setting with both of its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.case import State
from core.errors import BadFile, WrongState
from core.flow import Evidence
from core.steps.witness import TAKEN
from core.usecases.answer_step import answer_step
from core.usecases.begin_supplement import begin_supplement
from core.usecases.book_reservation import reservation_board
from core.usecases.certificates import begin_certificate
from core.usecases.photos import add_photo
from core.usecases.serve_customer import missing_proofs, script_steps
from core.usecases.sign_in_customer import CodeRequested, NumberLooked, look_at_number, new_captcha, request_code
from core.usecases.supplements import start_supplements
from core.usecases.wait_for_witness import look_at_queue
from tests.builders import LI, ZHANG, Walk, case_at, sign_in
from tests.core.access_worlds import DEMAND
from tests.desk_bench import EXISTING, Bench, defaults, id_number
from tests.duty import at, on_duty, rules
from tests.forms import CONSENTS
from tests.stand_ins import tiny_picture

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


@pytest.mark.parametrize(
    ("flags", "risks", "seen"),
    [((), ["flagged", "age"], False), (("recording",), ["flagged", "age"], True), (("recording",), ["age"], False)],
)
def test_a_risk_asks_for_a_video_although_there_is_a_certificate(
    bench: Bench, flags: tuple[str, ...], risks: list[str], seen: bool
) -> None:
    """C06, by risk: only the signs that the firm looks at."""
    first = customer(bench)
    every = defaults()["business_rules"]["businesses"]
    settlement = {**every["settlement"], "video": "by_risk"}
    rules(bench, "business_rules", businesses={**every, "settlement": settlement}, video_risks=risks)
    walk = begun(bench, first, "settlement")
    with bench.work() as work:
        work.cases.change(work.cases.get(walk.case_id), flags=flags)
    walk.walk_to(bench)
    assert any(proof.kind == "witness" for proof in walk.facts(bench).proofs) is seen


@pytest.mark.parametrize(
    ("business", "review", "reviewed"),
    [("supplement", True, True), ("supplement", False, False), ("settlement", False, True)],
)
def test_a_business_is_reviewed_or_done_at_once(bench: Bench, business: str, review: bool, reviewed: bool) -> None:
    """C07: the firm chooses for what it asks for itself; what customers begin is always reviewed."""
    first = customer(bench)
    policy(bench, business, review=review)
    walk = _asked_to_sign(bench, first) if business == "supplement" else begun(bench, first, business)
    walk.walk_to(bench)
    walk.hand_in(bench)
    assert walk.case(bench).state is (State.SUBMITTED if reviewed else State.DONE)


def _asked_to_sign(bench: Bench, walk: Walk) -> Walk:
    """The firm asks for a signature; the customer has signed in and begun."""
    start_supplements(bench.desk, bench.staff("supervisor"), DEMAND)
    bench.run_jobs()
    bench.pass_time(seconds=61)
    later = walk.again("supplement")
    later.owner = sign_in(bench, id_number=walk.person.id_number)
    case = begin_supplement(bench.desk, later.actor)
    assert case is not None
    later.case_id = case.id
    return later


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
    board = reservation_board(bench.desk, walk.actor, walk.case(bench))
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


@pytest.mark.parametrize("first", ["phone_first", "id_first"])
def test_newcomers_sign_in_by_phone_or_by_number_and_phone(bench: Bench, first: str) -> None:
    """C02, R060: the number is looked at on a page of its own, and nobody skips that page."""
    policy(bench, "open_account", login=first)
    assert ("own_id" in _ask(bench).errors) is (first == "id_first")
    bench.pass_time(seconds=61)
    assert bool(_ask(bench, passed="invented").code_id) is (first == "phone_first")
    bench.pass_time(seconds=61)
    looked = _look(bench, ZHANG.id_number)
    asked = _ask(bench, passed=looked.passed)
    assert asked.code_id and not looked.errors
    bench.pass_time(minutes=16)
    assert bool(_ask(bench, passed=looked.passed).code_id) is (first == "phone_first")


def test_the_page_of_the_number_wants_a_right_one_of_age_and_keeps_nothing(bench: Bench) -> None:
    """R060: whether the number is known is not told."""
    policy(bench, "open_account", login="id_first")
    assert set(_look(bench, "123").errors) == {"own_id"}
    assert "未满 18 周岁" in _look(bench, id_number(5, "20150101")).errors["own_id"]
    assert set(_look(bench, ZHANG.id_number, "0").errors) == {"captcha"}
    for number in (EXISTING.id_number, id_number(77)):
        assert _look(bench, number).passed
    assert EXISTING.id_number not in str(bench.audit())


def _look(bench: Bench, own_id: str, text: str = "") -> NumberLooked:
    shown = new_captcha(bench.desk, "f1")
    return look_at_number(bench.desk, "f1", own_id=own_id, captcha_id=shown.id, captcha=text or shown.png.decode())


def _ask(bench: Bench, **more: str) -> CodeRequested:
    shown = new_captcha(bench.desk, "f1")
    return request_code(
        bench.desk, "f1", phone=ZHANG.phone, captcha_id=shown.id, captcha=shown.png.decode(), address="198.51.100.7",
        **more,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["brokerage", "other"])
def test_accounts_of_the_brokerage_are_served_and_others_are_told_where(bench: Bench, kind: str) -> None:
    """R049"""
    asked = _ask(bench, account_type=kind)
    assert bool(asked.code_id) is (kind == "brokerage") and ("account_type" in asked.errors) is (kind == "other")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"least": 6, "most": 8, "letters": False}, "6-8位数字"),
        ({"least": 8, "most": 12, "letters": True}, "8-12位数字和字母"),
        ({"least": 1, "most": 1}, "6-6位数字"),
    ],
)
def test_the_password_is_made_of_what_the_firm_says(bench: Bench, rule: Mapping[str, Any], words: str) -> None:
    """C03: digits, or digits and letters; six signs at least, whatever is set."""
    rules(bench, "business_rules", certificate_password=rule)
    walk = case_at(bench, "certificate")
    asked = begin_certificate(bench.desk, walk.actor, walk.case_id)
    assert asked.rule["words"] == words and asked.rule["letters"] is bool(rule.get("letters"))


@pytest.mark.parametrize(
    ("uploads", "said"),
    [
        ({}, ""),
        ({"uploads": {"kinds": ["png"], "most_mb": 10}}, "请上传 png 格式的照片。"),
        ({"uploads": {"kinds": ["jpg"], "most_mb": 1}}, "图片超过 1 MB"),
    ],
)
def test_what_may_be_uploaded(bench: Bench, uploads: Mapping[str, Any], said: str) -> None:
    """C13: kinds and size; what is stored is always a JPEG."""
    rules(bench, "business_rules", **uploads)
    walk = Walk()
    walk.start(bench)
    walk.walk_to(bench, "photos")
    big = tiny_picture("front") + bytes(1024 * 1024)

    def upload() -> Evidence:
        return add_photo(bench.desk, walk.actor, walk.case_id, "id_front", big, "front.jpg")

    if said:
        with pytest.raises(BadFile, match=said):
            upload()
    else:
        assert upload().mime == "image/jpeg"


@pytest.mark.parametrize(
    ("customer_takes", "witness_takes", "missing"),
    [
        (["id_front", "id_back", "signature"], ["capture_front", "capture_back", "capture_portrait", "clip_head"], 4),
        (["signature"], ["capture_portrait", "clip_head"], 4),
        (["id_front", "id_back", "signature"], ["capture_portrait"], 1),
    ],
)
def test_who_takes_which_picture(
    bench: Bench, customer_takes: list[str], witness_takes: list[str], missing: int
) -> None:
    """C14: what nobody uploads is taken in the call, and only the pictures of the firm are asked for."""
    policy(bench, "open_account", pictures={"customer": customer_takes, "witness": witness_takes})
    walk = Walk()
    walk.start(bench)
    walk.walk_to(bench, "photos")
    assert set(walk.answer(bench, "photos", {})) - CONSENTS.keys() == set(customer_takes)
    for slot in customer_takes:
        walk.add_photo(bench, slot, slot)
    assert walk.answer(bench, "photos", CONSENTS) == {}
    walk.walk_to(bench, "witness")
    walk.call(bench)
    assert len([title for title in _missing(bench, walk) if title in TAKEN.values()]) == missing
    script = {step["evidence"] for step in script_steps(walk.loaded(bench))}
    assert len(script & TAKEN.keys()) == missing
    walk.do_witness(bench)
    assert walk.step(bench) == "certificate"


def _missing(bench: Bench, walk: Walk) -> list[str]:
    with bench.work() as work:
        ticket = work.queue.find(walk.ticket)
    assert ticket is not None
    return missing_proofs(walk.loaded(bench), ticket)


def test_who_uploads_no_card_shows_it_to_a_witness(bench: Bench) -> None:
    """C14: with a certificate there is no video, but a card that nobody saw is shown all the same."""
    first = customer(bench)
    policy(bench, "settlement", pictures={"customer": ["signature"]})
    walk = begun(bench, first, "settlement")
    assert walk.loaded(bench).rules["business_rules"]["businesses"]["settlement"]["video"] == "if_no_certificate"
    walk.walk_to(bench, "submit")
    with bench.work() as work:
        work.cases.replace_evidence(walk.case_id, slot="id_front")
    assert "witness" in steps(bench, walk)


@pytest.mark.parametrize(
    ("when", "answer", "state"),
    [
        ("always", {}, State.CALLBACK),
        ("if_flagged", {}, State.ACTIVE),
        ("if_flagged", {"f02": "b"}, State.CALLBACK),
        ("never", {"f02": "b"}, State.ACTIVE),
    ],
)
def test_an_account_is_called_back_or_active_at_once(
    bench: Bench, when: str, answer: dict[str, str], state: State
) -> None:
    """C15: always by phone, only for answers that need it, or not at all."""
    policy(bench, "open_account", phone_callback=when)
    walk = case_at(bench, "callback", follow_up=answer)
    assert walk.case(bench).state is state
    assert ("staff:case:activate" in bench.tags()) is (state is State.ACTIVE)
    bench.run_jobs()
    told = bench.sms.sent[-1][1]
    assert ("电话回访" in told) is (state is State.CALLBACK) and ("已激活" in told) is (state is State.ACTIVE)


@pytest.mark.parametrize("line", ["branch", "firm"])
def test_each_branch_serves_its_own_line_or_the_firm_one(bench: Bench, line: str) -> None:
    """C20: two customers of two branches."""
    rules(bench, "business_rules", queue={"line": line})
    walks = [case_at(bench, "witness"), Walk(person=LI, branch="b2")]
    walks[1].start(bench)
    walks[1].walk_to(bench, "witness")
    for walk in walks:
        walk.join(bench)
        bench.pass_time(seconds=1)
    place = look_at_queue(bench.desk, walks[1].actor, walks[1].case_id)
    assert place is not None and (place.position, place.people) == ((2, 2) if line == "firm" else (1, 1))
    assert walks[1].case(bench).branch_id == "b2", "the case stays with its branch"
