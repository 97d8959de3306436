"""协议管理: a version of an agreement from its draft to the customer, its past, its try-out, who read and signed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.agreement_book import editions, new_row
from core.agreements import agreements_for
from core.errors import BadFile, NotAllowed, WrongState
from core.records_rules import DraftContent, RuleDraft
from core.rules.agreement_text import Weight
from core.rules.calendar import local_day
from core.text_diff import Change, changed_only, diff
from core.usecases.agreement_desk import (
    Question,
    agreement_book,
    agreement_readers,
    draft_changes,
    end_agreement,
    import_word,
    preview_agreement,
    put_agreement,
    try_out,
)
from core.usecases.decide_rules import approve_draft
from core.usecases.draft_rules import begin_draft, propose_draft
from tests.builders import LI, case_at
from tests.desk_bench import Bench

TEXT = "{{客户姓名}}：\n\n## 一、时间\n\n夜盘从二十一时开始。"
MAKER, SECOND = "supervisor", "compliance"


def night(**changes: Any) -> dict[str, Any]:
    return {**new_row("night_notice", "夜盘交易告知书", TEXT, 300), "version": "2026.1", **changes}


def terms(bench: Bench, days: int = 10, **changes: Any) -> DraftContent:
    return DraftContent(None, "开通夜盘", local_day(bench.now) + timedelta(days=days), **changes)


def written(bench: Bench, row: Mapping[str, Any], days: int = 10, **changes: Any) -> RuleDraft:
    actor = bench.staff(MAKER)
    draft = begin_draft(bench.desk, actor, "agreements")
    return put_agreement(bench.desk, actor, draft, row, terms(bench, days, **changes))


def approved(bench: Bench, row: Mapping[str, Any], days: int = 10, **changes: Any) -> None:
    draft = written(bench, row, days, **changes)
    assert propose_draft(bench.desk, bench.staff(MAKER), draft.id) == ()
    approve_draft(bench.desk, bench.staff(SECOND), draft.id)


def present(bench: Bench, code: str = "risk_statement") -> dict[str, Any]:
    book = agreement_book(bench.desk, bench.staff(MAKER))
    return dict(next(each for each in book.entries if each.code == code).shown(book.today).row)


def codes(bench: Bench, walk: Any) -> list[str]:
    loaded = walk.loaded(bench)
    return [each.code for each in agreements_for("agreements", loaded.facts, loaded.rules, loaded.now)]


def test_a_new_agreement_reaches_new_cases_on_its_day(bench: Bench) -> None:
    before = case_at(bench, "agreements")
    approved(bench, night())
    bench.pass_time(seconds=10 * 86_400)
    assert "night_notice" in codes(bench, case_at(bench, "agreements", person=LI))
    assert "night_notice" not in codes(bench, before), "a case keeps what it began with"
    entry = next(each for each in agreement_book(bench.desk, bench.staff(MAKER)).entries if each.code == "night_notice")
    assert [each.row["effective_from"] for each in entry.editions] == ["2026-03-12"]


def test_open_cases_get_it_where_the_firm_says_so(bench: Bench) -> None:
    walk = case_at(bench, "agreements")
    approved(bench, night(), open_cases=True)
    bench.pass_time(seconds=10 * 86_400)
    bench.run_jobs()
    assert "night_notice" in codes(bench, walk)


@pytest.mark.parametrize(("changes", "days", "sentence"), [
    ({"text": "TODO"}, 10, "有试写的内容没有删除"),
    ({"version": ""}, 10, "请填写版本"),
    ({"order": 50}, 10, "必须最先签署"),
    ({"applies": {"exchange": ["NYSE"]}}, 10, "不在可选范围内"),
    ({"applies": {"age": {"from": 70, "to": 60}}}, 10, "永远不会出现"),
])  # fmt: skip
def test_what_is_wrong_is_not_handed_in(bench: Bench, changes: dict[str, Any], days: int, sentence: str) -> None:
    draft = written(bench, night(**changes), days)
    found = propose_draft(bench.desk, bench.staff(MAKER), draft.id)
    assert found and any(sentence in each.text for each in found)


def test_a_used_version_never_gets_another_text(bench: Bench) -> None:
    row = present(bench)
    draft = written(bench, {**row, "text": row["text"] + "\n\n新的一段。"})
    (problem,) = propose_draft(bench.desk, bench.staff(MAKER), draft.id)
    assert problem.text == "《期货交易风险说明书》版本 2026.1 已经使用过，内容不能再改。请换一个新的版本号。"
    (change,) = draft_changes(bench.desk, bench.staff(SECOND), draft.id)
    assert [r.said for r in change.remarks if r.weight is Weight.ERROR] == [
        problem.text.removeprefix("《期货交易风险说明书》")
    ]
    approved(bench, {**row, "version": "2026.2", "text": row["text"] + "\n\n新的一段。"})
    draft = written(bench, {**row, "version": "2026.1", "text": "又改"}, 20)
    assert "已经使用过" in propose_draft(bench.desk, bench.staff(MAKER), draft.id)[0].text


def test_an_agreement_needs_a_day(bench: Bench) -> None:
    draft = written(bench, night())
    draft = put_agreement(bench.desk, bench.staff(MAKER), draft, night(), DraftContent(None, "原因"))
    found = propose_draft(bench.desk, bench.staff(MAKER), draft.id)
    assert found and "生效日期" in found[0].text
    actor = bench.staff(MAKER)
    ending = end_agreement(
        bench.desk, actor, begin_draft(bench.desk, actor, "agreements"), "tax_statement", DraftContent(None, "原因")
    )
    assert [each.text for each in propose_draft(bench.desk, actor, ending.id)] == [
        "请选择生效日期。协议要注明从哪一天起使用。"
    ]


def test_an_agreement_ends_and_one_that_pages_need_does_not(bench: Bench) -> None:
    actor = bench.staff(MAKER)
    draft = end_agreement(
        bench.desk, actor, begin_draft(bench.desk, actor, "agreements"), "tax_statement", terms(bench)
    )
    assert [(each.code, each.after) for each in draft_changes(bench.desk, actor, draft.id)] == [("tax_statement", None)]
    assert propose_draft(bench.desk, actor, draft.id) == ()
    approve_draft(bench.desk, bench.staff(SECOND), draft.id)
    entry = next(each for each in agreement_book(bench.desk, actor).entries if each.code == "tax_statement")
    assert entry.editions[-1].until == local_day(bench.now) + timedelta(days=9)
    draft = end_agreement(bench.desk, actor, begin_draft(bench.desk, actor, "agreements"), "privacy", terms(bench, 20))
    assert "不能停用《隐私政策》" in propose_draft(bench.desk, actor, draft.id)[0].text


def test_the_maker_does_not_approve(bench: Bench) -> None:
    draft = written(bench, night())
    propose_draft(bench.desk, bench.staff(MAKER), draft.id)
    with pytest.raises(NotAllowed, match="两个人"):
        approve_draft(bench.desk, bench.staff(MAKER), draft.id)


def test_versions_follow_from_the_versions_of_the_list() -> None:
    a1, a2, b = ({"code": c, "version": v, "order": 1} for c, v in (("a", "1"), ("a", "2"), ("b", "1")))
    found = editions([
        (date(2026, 1, 1), "x", [a1]), (date(2026, 2, 1), "x", [a1, b]), (date(2026, 3, 1), "y", [a2]),
        (date(2026, 4, 1), "y", [{**a2, "order": 9}]),
    ])  # fmt: skip
    spans = {
        code: [(e.row["version"], e.since.month, e.until and e.until.month) for e in each]
        for code, each in found.items()
    }
    assert spans == {"a": [("1", 1, 2), ("2", 3, None)], "b": [("1", 2, 2)]}
    assert found["a"][1].row["order"] == 9
    assert [e.state(date(2026, 3, 15)) for e in found["a"]] == ["past", "present"]
    assert found["a"][1].state(date(2026, 2, 15)) == "planned"


# -- trying out
@pytest.mark.parametrize(("asked", "has", "lacks"), [
    ({"level": "C4", "exchanges": ("DCE",)}, "brokerage_contract", "high_risk_warning"),
    ({"level": "C3", "exchanges": ("CFFEX",)}, "high_risk_warning", "professional_addendum"),
    ({"investor_class": "professional", "exchanges": ("CFFEX",)}, "professional_addendum", "suitability_match"),
    ({"business": "settlement"}, "bank_transfer", "brokerage_contract"),
    ({"business": "profile", "part": "contact"}, "business_commitment", "tax_statement"),
    ({"business": "profile", "part": "other"}, "tax_statement", "bank_transfer"),
])  # fmt: skip
def test_the_try_out_says_what_and_why(bench: Bench, asked: dict[str, Any], has: str, lacks: str) -> None:
    question = Question(local_day(bench.now), **{"business": "open_account", **asked})
    found = {each.row["code"]: each for each in try_out(bench.desk, bench.staff(SECOND), question)}
    assert found[has].applied and all(reason.met for reason in found[has].reasons)
    assert not found[lacks].applied and [reason.text for reason in found[lacks].reasons if not reason.met]


@pytest.mark.parametrize(
    ("bank", "own"), [("ICBC", {"bank_transfer_icbc"}), ("BOCOM", {"bank_transfer_bocom"}), ("CCB", set())]
)
def test_two_banks_have_an_agreement_of_their_own(bench: Bench, bank: str, own: set[str]) -> None:
    """R086, R129"""
    question = Question(local_day(bench.now), "settlement", banks=(bank,))
    tried = try_out(bench.desk, bench.staff(SECOND), question)
    applied = {each.row["code"] for each in tried if each.applied}
    assert {code for code in applied if code.startswith("bank_transfer_")} == own
    assert "bank_transfer" in applied


def test_the_try_out_says_what_a_case_gets(bench: Bench) -> None:
    walk = case_at(bench, "agreements", chosen=("DCE",))
    question = Question(local_day(bench.now), "open_account", level="C4", exchanges=("DCE",))
    tried = try_out(bench.desk, bench.staff(MAKER), question)
    assert [each.row["code"] for each in tried if each.applied] == codes(bench, walk)


def test_age_level_and_bank_decide_in_try_out_and_case(bench: Bench) -> None:
    approved(bench, night(applies={"age": {"from": 70}, "level": ["C4"]}), 0)
    asked = Question(local_day(bench.now), "open_account", level="C4")
    for age, level, applied in ((70, "C4", True), (69, "C4", False), (70, "C3", False), (None, "C4", False)):
        tried = try_out(bench.desk, bench.staff(MAKER), replace(asked, age=age, level=level))
        assert next(each for each in tried if each.row["code"] == "night_notice").applied is applied
    assert "night_notice" not in codes(bench, case_at(bench, "agreements"))
    row = present(bench, "night_notice")
    approved(
        bench, {**row, "applies": {"age": {"from": 18, "to": 60}, "level": ["C4"], "bank": ["ICBC", "CCB", "ABC"]}}, 0
    )
    walk = case_at(bench, "agreements", person=LI)
    bank = walk.facts(bench).values("bank")["cards"][0]["bank"]
    assert ("night_notice" in codes(bench, walk)) is (bank in ("ICBC", "CCB", "ABC"))


def test_a_draft_and_a_later_day_are_tried_too(bench: Bench) -> None:
    draft = written(bench, night())
    asked = Question(local_day(bench.now), "open_account")
    by_draft = try_out(bench.desk, bench.staff(SECOND), asked, draft.id)
    assert "night_notice" in [each.row["code"] for each in by_draft]
    propose_draft(bench.desk, bench.staff(MAKER), draft.id)
    approve_draft(bench.desk, bench.staff(SECOND), draft.id)
    for days, there in ((9, False), (10, True)):
        day = local_day(bench.now) + timedelta(days=days)
        tried = try_out(bench.desk, bench.staff(SECOND), replace(asked, day=day))
        assert ("night_notice" in [each.row["code"] for each in tried]) is there


# -- who read and signed
def test_who_read_and_signed_how_long_and_on_record(bench: Bench) -> None:
    walk = case_at(bench, "active")
    found = agreement_readers(bench.desk, bench.staff(SECOND), "risk_statement", "2026.1")
    (row,) = found.rows
    assert row.case.id == walk.case_id and row.signed_at and row.in_force and found.median == row.seconds
    assert row.seconds is not None and row.seconds >= 14 and walk.person.name not in row.customer
    assert bench.audit()[-1][0] == "staff:agreement:readers"
    assert agreement_readers(bench.desk, bench.staff(SECOND), "risk_statement", "2026.9").rows == ()
    entry = next(
        each for each in agreement_book(bench.desk, bench.staff(MAKER)).entries if each.code == "risk_statement"
    )
    assert (entry.uses["2026.1"].cases, entry.uses["2026.1"].signed) == (1, 1)


def test_a_preview_is_the_pdf_with_invented_values(bench: Bench) -> None:
    made = preview_agreement(bench.desk, bench.staff(MAKER), "夜盘", TEXT + "{{没有}}", "night", "")
    assert made.pdf.startswith(b"%PDF") and made.pages == 1


def test_an_import_gives_text_and_refuses_what_is_none(bench: Bench) -> None:
    with pytest.raises(BadFile):
        import_word(bench.desk, bench.staff(MAKER), b"no word")


def test_nobody_else_does_any_of_it(bench: Bench) -> None:
    draft = written(bench, night())
    other = bench.staff("review")
    for act in (
        lambda: agreement_book(bench.desk, other),
        lambda: draft_changes(bench.desk, other, draft.id),
        lambda: preview_agreement(bench.desk, other, "a", "b", "c", "d"),
        lambda: import_word(bench.desk, other, b""),
        lambda: try_out(bench.desk, other, Question(local_day(bench.now), "open_account")),
        lambda: put_agreement(bench.desk, other, draft, night(), terms(bench)),
        lambda: agreement_readers(bench.desk, bench.staff("witness"), "risk_statement", "2026.1"),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(WrongState, match="另一位同事"):
        put_agreement(bench.desk, bench.staff(SECOND), draft, night(), terms(bench))


# -- comparing
def test_a_comparison_tells_words_and_lines() -> None:
    old, new = "一\n客户应在三日内通知公司。\n删\n末", "一\n客户应在五日内书面通知公司。\n末\n加"
    lines = diff(old, new)
    assert [(line.old, line.new) for line in lines] == [(1, 1), (2, 2), (3, 0), (4, 3), (0, 4)]
    assert lines[1].pieces == (
        (Change.SAME, "客户应在"), (Change.REMOVED, "三"), (Change.ADDED, "五"), (Change.SAME, "日内"),
        (Change.ADDED, "书面"), (Change.SAME, "通知公司。"),
    )  # fmt: skip
    assert changed_only(diff("\n".join("abcdef"), "\n".join("abcdeX")), 1)[0] is None
