"""Every kind of firm data is described; the description finds what is wrong and tells differences in words."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from core.defaults import load_defaults
from core.rule_kinds import KINDS, find_problems
from core.rule_kinds.compare import changes, path_words
from core.rule_kinds.file import read_rules, write_rules

ALL = load_defaults()
MONDAY = ("channels", "witness", "weekly", "mon")
SUNDAY = ("channels", "witness", "weekly", "sun")
WHEN = "exceptions"


@pytest.mark.parametrize("demo", [False, True])
def test_every_first_version_is_right(demo: bool) -> None:
    bodies = load_defaults(demo=demo)
    assert bodies.keys() == KINDS.keys()
    assert {kind: found for kind in KINDS if (found := find_problems(kind, bodies[kind], bodies))} == {}


def put(path: tuple[Any, ...], value: Any) -> Any:
    """A change of a body at a place; `...` instead of a value takes it away."""

    def change(body: Any) -> None:
        for step in path[:-1]:
            body = body[step]
        if value is ...:
            del body[path[-1]]
        else:
            body[path[-1]] = value

    return change


WRONG: dict[str, list[tuple[tuple[Any, ...], Any, tuple[Any, ...], str]]] = {
    "service_hours": [
        (MONDAY, [["11:00", "09:00"]], MONDAY, "从早到晚"),
        (MONDAY, [["9", "10"]], MONDAY, "08:40-11:30"),
        (SUNDAY, ..., SUNDAY, "周日"),
        ((WHEN,), [{"day": "2026-13-01", "channel": "witness", "intervals": []}], (WHEN, 0, "day"), "日期"),
        ((WHEN,), [{"day": "2026-03-01", "channel": "x", "intervals": []}], (WHEN, 0, "channel"), "可以选择"),
    ],
    "reservation_rules": [
        (("slots", 1, "begins"), "11:00", ("slots", 1, "begins"), "互不重叠"),
        (("capacity_percent",), 120, ("capacity_percent",), "0 至 100"),
    ],
    "questionnaire": [
        (("bands", 1, "from"), 30, ("bands", 1, "from"), "首尾相接"),
        (("questions", 0, "cap"), 50, ("questions", 0, "cap"), "达不到"),
        (("questions", 0, "key"), "q02", ("questions", 1, "key"), "已经用过"),
        (("questions", 0, "options", 0, "score"), "5", ("questions", 0, "options", 0, "score"), "整数"),
        (("age_question", "question"), "q77", ("age_question", "question"), "不在可选范围"),
        (("contradictions", 0, "first", "options"), ["h"], ("contradictions", 0, "first", "options"), "没有选项"),
    ],
    "match_table": [
        (("match", "C3"), ..., ("match", "C3"), "C3"),
        (("match", "C4"), ["R4"], ("match", "C4"), "也能匹配"),
        (("lowest_match",), ["R1", "R2"], ("lowest_match",), "最低类别只能"),
        (("notices", 0, "keys"), ["nothing"], ("notices", 0, "keys"), "nothing"),
        (("notices", 0, "insist"), False, ("notices", 0, "insist"), "不一致"),
    ],
    "access_rules": [
        (("rows", 0, "text"), "连续 {weeks} 周。", ("rows", 0, "text"), "{weeks}"),
        (("rows", 0, "valid_from"), "tomorrow", ("rows", 0, "valid_from"), "日期"),
        (("rows", 0, "group"), "x", ("rows", 0, "group"), "可以选择"),
    ],
    "age_rules": [
        (("rules", 0, "min"), 16, ("rules", 0, "min"), "18 至 120"),
        (("rules", 0, "action"), "warn", ("rules", 0, "from"), "未满"),
    ],
    "knowledge_test": [
        (("rules", "pass"), 120, ("rules", "pass"), "满分"),
        (("questions", 0, "right"), "z", ("questions", 0, "right"), "代号"),
        (("rules", "questions", "single"), 99, ("rules", "questions", "single"), "不够"),
    ],
    "business_rules": [
        (("businesses", "add_code", "video"), "never", ("businesses", "add_code", "video"), "可以选择"),
        (("expiry", "notice_days"), 30, ("expiry", "notice_days"), "早于失效"),
    ],
    "thresholds": [
        (("network", "round_trip_ms", "good"), 900, ("network", "round_trip_ms", "good"), "小于"),
        (("desk_figures", "service_level"), 80, ("desk_figures", "service_level"), "100%"),
    ],
    "reject_reasons": [
        (("reasons", 0, "step"), "nowhere", ("reasons", 0, "step"), "不在可选范围"),
        (("reasons", 0, "step"), None, ("reasons", 0, "step"), "退回到哪一步"),
        (("reasons", 4, "customer_text"), "不能办理。", ("reasons", 4, "customer_text"), "热线"),
        (("reasons", 1, "code"), "P01", ("reasons", 1, "code"), "已经用过"),
        (("reasons", 0, "stages"), [], ("reasons", 0, "stages"), "至少选择"),
    ],
    "witness_script": [
        (("steps", 0, "order"), 7, ("steps",), "次序"),
        (("steps", 0, "staff"), "{名字}您好", ("steps", 0, "staff"), "不能识别"),
        (("steps", 0, "staff"), "{firm您好", ("steps", 0, "staff"), "大括号"),
        (("abort", 0, "reason"), "X99", ("abort", 0, "reason"), "不在可选范围"),
        (("steps", 6, "evidence"), "mark", ("steps",), "缺少截取"),
    ],
    "follow_up": [(("questions", 0, "options", 1, "result"), "normal", ("questions", 0, "options"), "异常")],
    "callback_topics": [(("closing",), "{email}再见", ("closing",), "{email}")],
    "case_work": [
        (("cap",), 0, ("cap",), "1 至 200"),
        (("samples", "share", "call"), 101, ("samples", "share", "call"), "0 至 100"),
    ],
    "sms_texts": [
        (("texts", "code", "text"), "{name}的验证码", ("texts", "code", "text"), "{name}"),
        (("texts", "code", "text"), "请查收。", ("texts", "code", "text"), "{code}"),
        (("texts", "submitted", "text"), "在 {slot} 提交", ("texts", "submitted", "text"), "{slot}"),
        (("texts", "submitted", "text"), "长" * 101, ("texts", "submitted", "text"), "最多 100 字"),
        (("texts", "submitted"), ..., ("texts", "submitted"), "缺少"),
    ],
    "notices": [
        (("notices", "low_level_1", "buttons"), [], ("notices", "low_level_1", "buttons"), "按钮"),
        (("notices", "pilot", "text"), "{case_number}", ("notices", "pilot", "text"), "{case_number}"),
    ],
    "prepare": [(("items", 0, "icon"), "a b", ("items", 0, "icon"), "字母")],
    "help": [(("topics", 0, "steps"), ["nowhere"], ("topics", 0, "steps"), "nowhere")],
    "education": [(("topics", 0, "text"), " ", ("topics", 0, "text"), "请填写")],
    "exchanges": [
        (("exchanges", 0, "risk"), "R9", ("exchanges", 0, "risk"), "可以选择"),
        (("score_reports", "min"), 12, ("score_reports", "max"), "不少于"),
    ],
    "banks": [
        (("banks", 0, "debit"), ["12345"], ("banks", 0, "debit", 0), "六位"),
        (("banks", 0, "extra"), 1, ("banks", 0, "extra"), "不能识别"),
    ],
    "codes": [(("lists", "education"), ..., ("lists", "education"), "不能删除")],
    "regions": [(("provinces", 0, "code"), "1", ("provinces", 0, "code"), "两位")],
    "agreements": [(("agreements", 0, "place"), "hall", ("agreements", 0, "place"), "可以选择")],
    "retention": [
        (("classes", 0, "keep"), {"years": 5}, ("classes", 0, "keep", "years"), "至少保存 20 年"),
        (("classes", 0, "keep"), {}, ("classes", 0, "keep"), "只写一个"),
        (("classes", 0, "key"), "other", ("classes",), "不能删除"),
    ],
    "reporting": [
        (("fields", 0, "source"), "nowhere", ("fields", 0, "source"), "不在可选范围"),
        (("fields", 1, "name"), "ApplyNo", ("fields", 1, "name"), "已经用过"),
        (("photos", 0, "max_kb"), 0, ("photos", 0, "max_kb"), "10240"),
        (("photos", 1, "code"), "11", ("photos", 1, "code"), "已经用过"),
        (("names", "data"), "{secret}", ("names", "data"), "{secret}"),
        (("names", "photo"), "{account}.jpg", ("names", "photo"), "会重复"),
        (("names", "document"), "x.pdf", ("names", "document"), "会重复"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "case"), [(kind, case) for kind, rows in WRONG.items() for case in rows])
def test_what_is_wrong_is_found_at_its_place(kind: str, case: tuple[Any, Any, Any, str]) -> None:
    path, value, where, words = case
    body = deepcopy(ALL[kind])
    put(path, value)(body)
    found = find_problems(kind, body, ALL)
    assert where in [problem.path for problem in found], found
    assert any(words in problem.text for problem in found if problem.path == where), found
    assert all(path_words(KINDS[kind].shape, body, problem.path) for problem in found)


def test_every_kind_has_something_that_is_refused() -> None:
    assert WRONG.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, {"a": 1}])
def test_junk_is_refused_without_a_crash(kind: str, junk: Any) -> None:
    assert find_problems(kind, junk, ALL)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_wrong_value_at_any_place_crashes_the_check(kind: str) -> None:
    """Each value of the body, one after the other, is replaced by one of another type."""
    for path in places(ALL[kind]):
        for junk in (None, -1, "", [], {}):
            body = deepcopy(ALL[kind])
            put(path, junk)(body)
            find_problems(kind, body, ALL)
            changes(KINDS[kind], ALL[kind], body, ALL)


def places(value: Any, path: tuple[Any, ...] = (), most: int = 1) -> list[tuple[Any, ...]]:
    """Every place of a body; of a list the first rows only."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:most]) if isinstance(value, list) else ()
    found = [] if not path else [path]
    for step, each in inner:
        found += places(each, (*path, step), most)
    return found


def test_differences_are_told_in_words() -> None:
    old, new = ALL["reject_reasons"], deepcopy(ALL["reject_reasons"])
    new["reasons"][0]["step"] = "profile"
    new["reasons"].append({**new["reasons"][1], "code": "P20", "label": "照片有水印"})
    del new["reasons"][5]
    found = {(change.what, change.where): change for change in changes(KINDS["reject_reasons"], old, new, ALL)}
    label = old["reasons"][0]["label"]
    changed = found["修改", f"原因 › {label} › 退回到"]
    assert (changed.old, changed.new) == ("上传照片", "个人基本资料")
    assert "照片有水印" in found["新增", "原因 › 照片有水印"].new
    assert ("删除", f"原因 › {old['reasons'][5]['label']}") in found
    assert len(found) == 3


def test_a_new_order_is_one_difference() -> None:
    new = deepcopy(ALL["banks"])
    new["banks"].reverse()
    assert [change.what for change in changes(KINDS["banks"], ALL["banks"], new, ALL)] == ["调整次序"]


def test_hours_are_told_as_times() -> None:
    new = deepcopy(ALL["service_hours"])
    new["channels"]["witness"]["weekly"]["mon"] = [["09:00", "11:30"], ["13:00", "17:00"]]
    [change] = changes(KINDS["service_hours"], ALL["service_hours"], new, ALL)
    assert (change.where, change.old, change.new) == (
        "渠道 › 视频验证 › 每周时间 › 周一", "08:40-17:45", "09:00-11:30、13:00-17:00",
    )  # fmt: skip


def test_the_file_is_canonical() -> None:
    data = write_rules(ALL)
    bodies, problems = read_rules(data, {})
    assert (bodies, problems) == (ALL, {})
    assert write_rules(dict(reversed(list(bodies.items())))) == data


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"format":"jianzheng-rules","version":2}'])
def test_another_file_is_refused(data: bytes) -> None:
    bodies, problems = read_rules(data, {})
    assert bodies == {} and "" in problems


def test_a_file_with_a_wrong_kind_names_it() -> None:
    whole = json.loads(write_rules(ALL))
    whole["kinds"]["prepare"]["minutes"] = -1
    _, problems = read_rules(json.dumps(whole).encode(), {})
    assert list(problems) == ["prepare"]
    whole["kinds"]["unknown"] = {}
    assert list(read_rules(json.dumps(whole).encode(), {})[1]) == [""]


def test_hours_of_a_branch_go_by_its_name() -> None:
    """Branches have other ids in another firm; one that is not there is a problem, not a silent loss."""
    own = {"witness": {"weekly": ALL["service_hours"]["channels"]["witness"]["weekly"], "holidays": "closed",
                       "makeup_workdays": "closed"}}  # fmt: skip
    closed = {"day": "2026-05-04", "channel": "witness", "branch": "b2", "intervals": []}
    hours = {**ALL["service_hours"], "branches": {"b2": own}, "exceptions": [closed]}
    data = write_rules({**ALL, "service_hours": hours, "branches": {"b1": "总部", "b2": "郑州"}})
    bodies, problems = read_rules(data, {"x1": "郑州"})
    assert problems == {} and bodies["service_hours"]["branches"] == {"x1": own}
    assert bodies["service_hours"]["exceptions"][0]["branch"] == "x1"
    assert write_rules({**bodies, "branches": {"x1": "郑州"}}) == data
    assert read_rules(data, {"x1": "杭州"})[1].keys() == {"service_hours"}
