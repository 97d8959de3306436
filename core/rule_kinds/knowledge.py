"""The online knowledge test: its rules and its bank of questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rule_kinds.fields import Choice, Found, Problem, Text, Whole, Yes, code
from core.rule_kinds.groups import Group, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import own_rows
from core.sentence import Sentence

PERFECT = 100

_ANSWER = Group("选项", fields={"key": code("代号"), "text": Text("文字", 60)})


def _enough_questions(body: Any, _others: Mapping[str, Any]) -> Found:
    for kind, wanted in body["rules"]["questions"].items():
        there = sum(question["kind"] == kind for question in body["questions"])
        if there < wanted:
            text = Sentence(
                "题库中只有 {there} 道{kinds}，不够抽 {wanted} 道。",
                there=there,
                kinds=body["kinds"][kind],
                wanted=wanted,
            )
            yield Problem(("rules", "questions", kind), text)
    full = body["rules"]["points"] * sum(body["rules"]["questions"].values())
    if body["rules"]["pass"] > full:
        yield Problem(("rules", "pass"), Sentence("满分只有 {full} 分，通过分数不能高于满分。", full=full))
    for number, question in enumerate(body["questions"]):
        if question["right"] not in {option["key"] for option in question["options"]}:
            yield Problem(("questions", number, "right"), "正确答案应是选项的代号。")


_TEST_RULES = Group(
    "规则",
    fields={
        "questions": Group(
            "抽题",
            fields={
                "single": Whole("单选题", least=0, most=100, unit="题"),
                "judge": Whole("判断题", least=0, most=100, unit="题"),
            },
        ),
        "points": Whole("每题", least=1, most=PERFECT, unit="分"),
        "minutes": Whole("限时", least=5, most=180, unit="分钟"),
        "pass": Whole("通过分数", least=1, most=PERFECT * 10, unit="分"),
        "attempts_per_day": Whole("每天最多", least=1, most=50, unit="次"),
        "attempts_total": Whole("总共最多", least=1, most=200, unit="次"),
        "cool_down_minutes": Whole("两次之间间隔", least=0, most=1440, unit="分钟"),
        "valid_days": Whole("成绩有效", least=1, most=1000, unit="天"),
    },
)
_INTRO_NAMES = {"single": "单选题数", "judge": "判断题数", "points": "每题分", "pass": "通过分", "minutes": "限时"}
KNOWLEDGE_TEST = Kind(
    "knowledge_test",
    "在线知识测试",
    Subject.SUITABILITY,
    Group(
        "在线测试",
        fields={
            "title": Text("标题", 20),
            "enabled": Yes("开放在线测试"),
            "intro": Text("说明", 300, 3, names=_INTRO_NAMES),
            "rules": _TEST_RULES,
            "kinds": Group("题型名称", fields={"single": Text("单选", 10), "judge": Text("判断", 10)}),
            "topics": Rows(
                "知识点",
                key="code",
                title="label",
                least=1,
                item=Group(
                    "知识点",
                    fields={"code": code("代号"), "label": Text("名称", 20), "hint": Text("复习提示", 120, 2)},
                ),
            ),
            "questions": Rows(
                "题库",
                key="key",
                title="text",
                most=1000,
                item=Group(
                    "题目",
                    fields={
                        "key": code("代号"),
                        "kind": Choice("题型", options={"single": "单选题", "judge": "判断题"}),
                        "topic": Choice("知识点", options=own_rows("topics", "code", "label")),
                        "text": Text("题目", 120, 2),
                        "options": Rows("选项", item=_ANSWER, key="key", title="text", least=2, most=6),
                        "right": code("正确答案"),
                        "why": Text("解释", 120, 2),
                    },
                ),
            ),
        },
    ),
    checks=(_enough_questions,),
)
KINDS = (KNOWLEDGE_TEST,)
