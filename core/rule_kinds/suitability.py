"""Questionnaire with scoring, match table, conditions of access, age rules, the online knowledge test."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from string import Formatter
from typing import Any

from core.rule_kinds.fields import (
    Choice,
    Day,
    Found,
    Problem,
    Several,
    Span,
    Text,
    Whole,
    Yes,
    code,
)
from core.rule_kinds.groups import Group, Named, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import (
    groups_and_options,
    groups_or_class,
    notice_keys,
    own_rows,
    rows_of,
)
from core.rules.access import CUSTOMER_UPLOADS
from core.rules.access import KINDS as CONDITIONS
from core.sentence import Sentence

LEVELS = {level: level for level in ("C1", "C2", "C3", "C4", "C5")}
RISKS = {risk: risk for risk in ("R1", "R2", "R3", "R4", "R5")}
LAWFUL_AGE = 18
PERFECT = 100

_OPTION = Group(
    "选项",
    fields={
        "key": code("代号"),
        "text": Text("文字", 60),
        "score": Whole("分值", least=0, most=100),
        "exclusive": Yes("与其他选项互斥", optional=True),
        "lowest": Yes("选了即为最低类别", optional=True),
    },
)
_QUESTION = Group(
    "题目",
    fields={
        "key": code("代号", help="答案按代号保存；题目改了意思，请换新的代号。"),
        "topic": Text("分类", 20),
        "text": Text("题目", 200, 2),
        "choice": Choice("选法", options={"single": "单选", "multi": "多选"}),
        "scoring": Choice("计分", options={"max": "取最高分", "sum": "相加"}),
        "cap": Whole("本题最高分", least=0, most=100),
        "options": Rows("选项", item=_OPTION, key="key", title="text", least=2, most=12),
    },
)
_SIDE = Group(
    "一边",
    fields={
        "question": Choice("题目", options=own_rows("questions")),
        "options": Several(
            "选项", options={each: each for each in "abcdefgh"}, least=1, help="填写选项的代号，例如 a、b。"
        ),
    },
)


def _scores(body: Any, _others: Mapping[str, Any]) -> Found:
    bands = body["bands"]
    total = sum(question["cap"] for question in body["questions"])
    for number, (first, second) in enumerate(pairwise(bands)):
        if second["from"] != first["to"] + 1:
            text = Sentence(
                "{level} 应从 {to} 分开始，各等级的分数要首尾相接。", level=second["level"], to=first["to"] + 1
            )
            yield Problem(("bands", number + 1, "from"), text)
    if [band["level"] for band in bands] != list(LEVELS):
        yield Problem(("bands",), "分数段应依次是 C1 至 C5，每个等级一段。")
    elif bands[0]["from"] != 0 or bands[-1]["to"] < total:
        yield Problem(("bands",), Sentence("分数段应从 0 分覆盖到满分，现在满分是 {total} 分。", total=total))
    for number, question in enumerate(body["questions"]):
        scores = [option["score"] for option in question["options"]]
        reachable = sum(scores) if question["scoring"] == "sum" else max(scores)
        if reachable < question["cap"]:
            text = Sentence(
                "各选项最多得 {reachable} 分，达不到本题最高分 {cap} 分。", reachable=reachable, cap=question["cap"]
            )
            yield Problem(("questions", number, "cap"), text)


def _pairs(body: Any, _others: Mapping[str, Any]) -> Found:
    options = {question["key"]: {option["key"] for option in question["options"]} for question in body["questions"]}
    for number, pair in enumerate(body["contradictions"]):
        for side in ("first", "second"):
            missing = sorted(set(pair[side]["options"]) - options[pair[side]["question"]])
            if missing:
                text = Sentence("该题没有选项 {listed}。", listed="、".join(missing))
                yield Problem(("contradictions", number, side, "options"), text)
    age = body["age_question"]
    if set(age["bands"]) != options[age["question"]]:
        yield Problem(("age_question", "bands"), "年龄题的每个选项都要写明年龄范围，代号与选项一致。")


QUESTIONNAIRE = Kind(
    "questionnaire",
    "适当性问卷与评分",
    Subject.SUITABILITY,
    Group(
        "问卷",
        fields={
            "title": Text("标题", 40),
            "intro": Text("说明", 300, 3),
            "valid_months": Whole("评估有效期", least=1, most=60, unit="个月", nullable=True, help="空着表示不限。"),
            "bands": Rows(
                "分数与等级",
                key="level",
                title="level",
                least=5,
                most=5,
                item=Group(
                    "分数段",
                    fields={
                        "level": Choice("等级", options=LEVELS),
                        "from": Whole("从", least=0, most=PERFECT * 10, unit="分"),
                        "to": Whole("到", least=0, most=PERFECT * 10, unit="分"),
                    },
                ),
            ),
            "questions": Rows("题目", item=_QUESTION, key="key", title="text", least=1, most=60),
            "contradictions": Rows(
                "前后矛盾的回答",
                title="hint",
                item=Group("矛盾", fields={"first": _SIDE, "second": _SIDE, "hint": Text("给工作人员的提示", 60)}),
                help="客户同时选中两边时，工作人员会看到提示。",
            ),
            "age_question": Group(
                "年龄题",
                fields={
                    "question": Choice("题目", options=own_rows("questions")),
                    "bands": Named("各选项的年龄", item=Span("年龄范围")),
                },
            ),
        },
    ),
    "一份受理单始终用它开始时的问卷；改动后，新开始的业务用新问卷。",
    (_scores, _pairs),
)


def _complete_match(body: Any, others: Mapping[str, Any]) -> Found:
    for number, (lower, higher) in enumerate(pairwise(LEVELS)):
        lost = sorted(set(body["match"][lower]) - set(body["match"][higher]))
        if lost:
            text = Sentence(
                "{higher} 高于 {lower}，{listed} 应当也能匹配。", higher=higher, lower=lower, listed="、".join(lost)
            )
            yield Problem(("match", list(LEVELS)[number + 1]), text)
    if set(body["lowest_match"]) - {"R1"}:
        yield Problem(("lowest_match",), "最低类别只能匹配 R1（证券期货投资者适当性管理办法第二十二条）。")
    notices = others.get("notices", {}).get("notices", {})
    for number, rule in enumerate(body["notices"]):
        for key in rule["keys"]:
            buttons = {button["key"] for button in notices.get(key, {}).get("buttons", ())}
            if notices and ("insist" in buttons) != rule["insist"]:
                text = Sentence("提示“{title}”的按钮与“需要客户坚持”不一致。", title=notices[key]["title"])
                yield Problem(("notices", number, "insist"), text)


_NOTICE = Group(
    "提示规则",
    fields={
        "levels": Several("等级", options=LEVELS, least=1),
        "moment": Choice("时机", options={"entry": "进入选择交易所时", "next": "选好点下一步时"}),
        "groups": Several("品种", options=rows_of("exchanges", "groups", title="label"), nullable=True, least=1),
        "keys": Several("提示", options=notice_keys, least=1),
        "insist": Yes("需要客户坚持"),
    },
)
MATCH_TABLE = Kind(
    "match_table",
    "适当性匹配表",
    Subject.SUITABILITY,
    Group(
        "匹配表",
        fields={
            "levels": Rows(
                "投资者等级",
                key="code",
                title="name",
                least=5,
                most=5,
                item=Group(
                    "等级",
                    fields={
                        "code": Choice("等级", options=LEVELS),
                        "name": Text("名称", 10),
                        "meaning": Text("给客户的说明", 120, 2),
                    },
                ),
            ),
            "risks": Rows(
                "产品风险等级",
                key="code",
                title="name",
                least=5,
                most=5,
                item=Group("风险等级", fields={"code": Choice("等级", options=RISKS), "name": Text("名称", 10)}),
            ),
            "match": Named("可以匹配的产品", item=Several("产品风险等级", options=RISKS, least=1), names=LEVELS),
            "lowest_match": Several("最低类别可以匹配", options=RISKS, least=1),
            "lowest_name": Text("最低类别的名称", 10),
            "lowest_meaning": Text("最低类别的说明", 120, 2),
            "professional_match": Several("专业投资者可以匹配", options=RISKS, least=1),
            "notices": Rows("不匹配时的提示", item=_NOTICE),
        },
    ),
    checks=(_complete_match,),
)


def _lawful_age(body: Any, _others: Mapping[str, Any]) -> Found:
    for number, rule in enumerate(body["rules"]):
        block = rule["action"] == "block"
        if block == ("min" not in rule) or ("min" in rule) == ("from" in rule):
            field = "min" if block else "from"
            text = "“不能办理”写“未满”的年龄；“提示”和“两人复核”写“年满”的年龄。两个年龄只写一个。"
            yield Problem(("rules", number, field), text)
    blocks = [rule.get("min", 0) for rule in body["rules"] if rule["action"] == "block"]
    if max(blocks, default=0) < LAWFUL_AGE:
        yield Problem(("rules",), "应有一条规则使未满 18 周岁的客户不能办理（民法典第十八条）。")


AGE_RULES = Kind(
    "age_rules",
    "年龄规则",
    Subject.SUITABILITY,
    Group(
        "年龄规则",
        fields={
            "rules": Rows(
                "规则",
                title="text",
                least=1,
                most=20,
                item=Group(
                    "规则",
                    fields={
                        "min": Whole("未满", least=LAWFUL_AGE, most=120, unit="周岁", optional=True),
                        "from": Whole("年满", least=LAWFUL_AGE, most=120, unit="周岁", optional=True),
                        "action": Choice(
                            "处理",
                            options={"block": "不能办理", "warn": "提示", "extra_review": "由两人复核"},
                        ),
                        "text": Text("给客户的文字", 120, 2),
                    },
                ),
            )
        },
    ),
    checks=(_lawful_age,),
)

_AMOUNTS = Group(
    "金额与数量",
    fields={
        "funds_yuan": Whole("可用资金", least=0, most=100_000_000, unit="元", optional=True),
        "funds_days": Whole("连续交易日", least=1, most=60, unit="天", optional=True),
        "simulated_days": Whole("仿真交易日", least=0, most=250, unit="天", optional=True),
        "simulated_trades": Whole("仿真成交", least=0, most=1000, unit="笔", optional=True),
        "real_trades": Whole("实盘成交", least=0, most=1000, unit="笔", optional=True),
        "real_years": Whole("实盘期限", least=1, most=20, unit="年", optional=True),
        "points": Whole("知识测试", least=0, most=PERFECT, unit="分", optional=True),
    },
)
_EXEMPTION = Group(
    "豁免",
    fields={
        "key": code("代号"),
        "text": Text("说明", 60),
        "on_file": Choice("档案能证明", options=groups_or_class, nullable=True),
    },
)


def _conditions(body: Any, _others: Mapping[str, Any]) -> Found:
    last: dict[str, tuple[str, str]] = {}
    for number, row in sorted(enumerate(body["rows"]), key=lambda each: str(each[1]["valid_from"])):
        path = ("rows", number)
        if row["key"] != f"{row['group']}_{row['kind']}":
            yield Problem(
                (*path, "key"),
                Sentence("代号应是 {group}_{kind}，由品种和条件组成。", group=row["group"], kind=row["kind"]),
            )
        used = {name for _, name, _, _ in Formatter().parse(row["text"]) if name}
        for name in sorted(used - {*row["amounts"], "funds_wan"}):
            yield Problem((*path, "text"), Sentence("文字用到 {{{name}}}，请在金额与数量中填写。", name=name))
        before = last.get(row["key"])
        if before and (not before[1] or before[1] >= row["valid_from"]):
            yield Problem((*path, "valid_from"), "同一条件的有效期不能重叠，请先给旧的一条填写截止日期。")
        last[row["key"]] = (row["valid_from"], row["valid_to"] or "")


ACCESS_RULES = Kind(
    "access_rules",
    "准入条件",
    Subject.SUITABILITY,
    Group(
        "准入条件",
        fields={
            "title": Text("标题", 20),
            "rows": Rows(
                "条件",
                title="key",
                item=Group(
                    "条件",
                    fields={
                        "key": code("代号"),
                        "group": Choice("品种", options=groups_and_options),
                        "kind": Choice("条件", options=CONDITIONS),
                        "valid_from": Day("有效期从"),
                        "valid_to": Day("有效期到", nullable=True, help="空着表示没有截止日期。"),
                        "proof": Choice(
                            "由谁证明", options={CUSTOMER_UPLOADS: "客户上传", "firm_checks": "公司自行核查"}
                        ),
                        "text": Text(
                            "给客户的文字", 300, 3, help="可以用 {funds_wan} 写万元，其余写金额与数量的名字。"
                        ),
                        "amounts": _AMOUNTS,
                        "exemptions": Rows("豁免", item=_EXEMPTION, key="key", title="text"),
                    },
                ),
            ),
        },
    ),
    checks=(_conditions,),
)

KINDS = (QUESTIONNAIRE, MATCH_TABLE, ACCESS_RULES, AGE_RULES)
