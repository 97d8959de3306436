"""The first firm data is complete and consistent."""

from __future__ import annotations

import json
import re
from datetime import date
from string import Formatter

from core.businesses.open_account import BUSINESS
from core.defaults import load_defaults, load_kind
from core.rules.bank_card import find_bank
from core.rules.reservation import ReservationRules
from core.rules.suitability import level_name
from core.steps.photos import ALL_SLOTS
from core.steps.profile_fields import FIELDS
from core.steps.witness import CAPTURES, HEAD_CLIP
from core.usecases.call_lines import LINE_MAX

ALL = load_defaults()
STEPS = [step.key for step in BUSINESS.steps]
KINDS = {
    "access_rules", "age_rules", "agreements", "banks", "callback_topics", "codes", "education", "exchanges",
    "follow_up", "help", "knowledge_test", "match_table", "notices", "prepare", "questionnaire", "regions",
    "reject_reasons", "reservation_rules", "retention", "service_hours", "sms_texts", "thresholds", "witness_script",
    "business_rules", "case_work",
}  # fmt: skip


def unique(values: list[str]) -> bool:
    return len(values) == len(set(values))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_kind_is_there():
    assert set(ALL) == KINDS
    assert json.loads(json.dumps(ALL)) == ALL


def test_bodies_are_copies():
    load_kind("banks")["banks"].clear()
    assert load_kind("banks")["banks"]


def test_reject_reasons_lead_to_steps_and_fields():
    body = ALL["reject_reasons"]
    fields = {field.key for field in FIELDS} | {*ALL_SLOTS, *CAPTURES}
    fields |= {"card_number", "bank", "exchanges", "score_reports"}
    for reason in body["reasons"]:
        assert reason["kind"] in body["kinds"], reason["code"]
        assert (reason["kind"] == "retry") == (reason["step"] is not None), reason["code"]
        assert {reason["step"], *reason["also"]} - {None} <= set(STEPS), reason["code"]
        assert reason["field"] is None or reason["field"] in fields, reason["code"]
        assert reason["stages"], reason["code"]
        assert set(reason["stages"]) <= {"witness", "review", "callback"}, reason["code"]
    assert body["max_attempts_per_code"] == 9


def test_all_codes_of_the_requirements_are_there():
    codes = [reason["code"] for reason in ALL["reject_reasons"]["reasons"]]
    wanted = "P01 P02 P03 P04 P05 P06 P07 D01 D02 D03 D04 D05 B01 B02 S01 S02 S03 S04 V01 V02 V03 V04 V05 V06 V07"
    assert unique(codes)
    assert set(codes) >= {*wanted.split(), "A01", "T01", "K01", "M01", "M02", "M03", "M04"}


def test_hard_reasons_tell_the_customer_what_to_do():
    for reason in ALL["reject_reasons"]["reasons"]:
        if reason["kind"] in {"counter", "stop", "silent"}:
            assert "营业部" in reason["customer_text"] or "热线" in reason["customer_text"], reason["code"]
        if reason["compliance"]:
            assert reason["kind"] in {"stop", "silent"}, reason["code"]


def test_silent_reasons_say_nothing_about_lists():
    [silent] = [reason for reason in ALL["reject_reasons"]["reasons"] if reason["kind"] == "silent"]
    assert not re.search("名单|制裁|洗钱|失信", silent["customer_text"])


def test_code_lists_are_whole():
    lists = ALL["codes"]["lists"]
    for name, row in lists.items():
        assert unique([item["code"] for item in row["items"]]), name
        assert unique([item["label"] for item in row["items"]]), name
        assert all(re.fullmatch(r"[a-z0-9_]+", item["code"]) for item in row["items"]), name
    assert {field.codes for field in FIELDS if field.codes} <= set(lists)
    assert len(lists["pep"]["items"]) == 5
    assert len(lists["dishonesty"]["items"]) == 9
    assert [item["code"] for item in lists["dishonesty"]["items"] if item.get("exclusive")] == ["none"]


def test_questionnaire_is_whole():
    sheet = ALL["questionnaire"]
    assert unique([question["key"] for question in sheet["questions"]])
    assert len(sheet["questions"]) == 18
    assert sum(question["cap"] for question in sheet["questions"]) == 100
    covered = [score for band in sheet["bands"] for score in range(band["from"], band["to"] + 1)]
    assert covered == list(range(101))
    assert [band["level"] for band in sheet["bands"]] == ["C1", "C2", "C3", "C4", "C5"]


def test_questionnaire_options_are_whole():
    for question in ALL["questionnaire"]["questions"]:
        scores = [option["score"] for option in question["options"]]
        reachable = sum(scores) if question["scoring"] == "sum" else max(scores)
        assert reachable >= question["cap"], question["key"]
        assert unique([option["key"] for option in question["options"]]), question["key"]
        exclusive = any(option.get("exclusive") for option in question["options"])
        assert exclusive == (question["choice"] == "multi"), question["key"]
    lowest = [q["key"] for q in ALL["questionnaire"]["questions"] if any(o.get("lowest") for o in q["options"])]
    assert lowest == ["q14", "q18"]


def test_contradictions_name_real_options():
    options = {q["key"]: {o["key"] for o in q["options"]} for q in ALL["questionnaire"]["questions"]}
    for pair in ALL["questionnaire"]["contradictions"]:
        for side in (pair["first"], pair["second"]):
            assert set(side["options"]) <= options[side["question"]]
    age = ALL["questionnaire"]["age_question"]
    assert set(age["bands"]) == options[age["question"]]


def test_match_table_and_notices_fit():
    table, notices = ALL["match_table"], ALL["notices"]["notices"]
    assert [row["code"] for row in table["levels"]] == list(table["match"])
    for rule in table["notices"]:
        assert set(rule["keys"]) <= set(notices)
        for key in rule["keys"]:
            assert ("insist" in {button["key"] for button in notices[key]["buttons"]}) == rule["insist"], key
    assert level_name("C5", False, table) == "C5 进取型"


def test_the_two_pairs_of_notices_have_their_own_buttons():
    labels = {key: [b["label"] for b in row["buttons"]] for key, row in ALL["notices"]["notices"].items()}
    for key in ("low_level_1", "low_level_2"):
        assert labels[key] == ["坚持开立交易编码", "放弃开户"]
    for key in ("high_risk_1", "high_risk_2"):
        assert labels[key] == ["坚持开立交易编码", "重新选择交易所"]
    assert labels["photo_guide"] == ["我知道了"]
    assert labels["bank_usage"] == ["确定"]


def test_exchanges_have_groups_and_risks():
    body = ALL["exchanges"]
    groups = {group["code"] for group in body["groups"]}
    risks = {row["code"] for row in ALL["match_table"]["risks"]}
    for row in body["exchanges"]:
        assert row["group"] in groups
        assert row["risk"] in risks
        date.fromisoformat(row["opens_from"])
    assert {row["code"] for row in body["exchanges"] if row["risk"] == "R4"} == {"CFFEX", "INE"}


def test_bank_prefixes_belong_to_one_bank():
    prefixes = [prefix for bank in ALL["banks"]["banks"] for kind in ("debit", "credit") for prefix in bank[kind]]
    assert unique(prefixes)
    assert all(prefix.isdigit() and len(prefix) == 6 for prefix in prefixes)
    for bank in ALL["banks"]["banks"]:
        assert find_bank(bank["debit"][0], ALL["banks"], allow_demo=True).code == bank["code"]
        assert bank["demo"] == all(prefix.startswith("9999") for prefix in bank["debit"] + bank["credit"])


def test_witness_script_is_in_order_and_takes_every_capture():
    body = ALL["witness_script"]
    assert [step["order"] for step in body["steps"]] == list(range(1, len(body["steps"]) + 1))
    assert unique([step["key"] for step in body["steps"]])
    evidence = {step["evidence"] for step in body["steps"]}
    captures = {row["key"] for row in body["captures"]}
    assert captures == {*CAPTURES, HEAD_CLIP} == evidence - {"mark", "result", "note"}
    assert {step["when"] for step in body["steps"]} == {None, "assisted", "insisted"}
    assert unique(body["sentences"]) and all(0 < len(said) <= LINE_MAX for said in body["sentences"])


def test_witness_script_knows_facts_and_reasons():
    body = ALL["witness_script"]
    reasons = {row["code"] for row in ALL["reject_reasons"]["reasons"] if "witness" in row["stages"]}
    assert {row["reason"] for row in body["abort"]} - {None} <= reasons
    fields = {field.key for field in FIELDS} | {"bank", "exchanges", "birth_date"}
    assert {row["fact"] for row in body["random_questions"]} <= fields
    allowed = {"firm", "witness", "licence", "business", "time", "challenge", "exchanges", "level", "beside"}
    assert all(placeholders(step["staff"]) <= allowed for step in body["steps"])


def test_follow_up_has_one_normal_answer_at_least():
    body = ALL["follow_up"]
    assert unique([question["key"] for question in body["questions"]])
    for question in body["questions"]:
        results = [option["result"] for option in question["options"]]
        assert set(results) <= set(body["results"]), question["key"]
        assert "normal" in results, question["key"]
        assert len(results) > results.count("normal"), question["key"]
        assert question["when"] in {None, "insisted"}, question["key"]


def test_age_rules_begin_with_the_law():
    assert [(rule.get("min") or rule["from"], rule["action"]) for rule in ALL["age_rules"]["rules"]] == [
        (18, "block"),
        (65, "warn"),
        (70, "extra_review"),
    ]


def test_retention_keeps_what_the_law_asks():
    keep = {row["key"]: row["keep"] for row in ALL["retention"]["classes"]}
    assert unique([row["key"] for row in ALL["retention"]["classes"]])
    for key in ("business_record", "recording", "identity"):
        assert keep[key] == {"years": 20}
    assert keep["impact_assessment"] == {"years": 3}
    assert keep["unfinished"] == {"days": 90}


def test_reservations_reach_thirty_days_in_slots_of_the_working_day():
    body = ALL["reservation_rules"]
    rules = ReservationRules.of(body)
    assert (rules.enabled, rules.horizon_days, rules.capacity_percent) == (True, 30, 60)
    assert [slot.title for slot in rules.slots] == ["上午", "下午"]
    assert body["sign_in_deadline"] == "end"
