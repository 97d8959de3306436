"""Lists to choose from: exchanges, banks, the options of the personal data, provinces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rule_kinds.fields import Choice, Day, Found, Problem, Text, Whole, Words, Yes, code
from core.rule_kinds.groups import Group, Named, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import own_rows, rows_of
from core.sentence import Sentence
from core.steps.profile_fields import FIELDS

_LISTS = {field.codes for field in FIELDS if field.codes}
"""Lists that the profile asks for by name."""


def _known_exchanges(body: Any, _others: Mapping[str, Any]) -> Found:
    if body["score_reports"]["min"] > body["score_reports"]["max"]:
        yield Problem(("score_reports", "max"), "最多的份数应不少于最少的份数。")
    if not any(row["enabled"] for row in body["exchanges"]):
        yield Problem(("exchanges",), "至少要有一个交易所可以选择。")


EXCHANGES = Kind(
    "exchanges",
    "交易所",
    Subject.LISTS,
    Group(
        "交易所",
        fields={
            "exchanges": Rows(
                "交易所",
                key="code",
                title="name",
                least=1,
                most=30,
                item=Group(
                    "交易所",
                    fields={
                        "code": code("代码"),
                        "name": Text("全称", 40),
                        "short": Text("简称", 10),
                        "group": Choice("品种", options=own_rows("groups", "code", "label")),
                        "risk": Choice("风险等级", options=rows_of("match_table", "risks")),
                        "opens_from": Day("成立日期"),
                        "examples": Text("品种举例", 60),
                        "enabled": Yes("可以选择"),
                    },
                ),
            ),
            "groups": Rows(
                "品种分类",
                key="code",
                title="label",
                least=1,
                item=Group(
                    "分类",
                    fields={
                        "code": code("代码"),
                        "label": Text("名称", 10),
                        "score_reports": Yes("需要成绩报告单"),
                        "asks_again": Yes("再次提示风险"),
                    },
                ),
            ),
            "score_reports": Group(
                "成绩报告单",
                fields={
                    "min": Whole("最少", least=1, most=20, unit="份"),
                    "max": Whole("最多", least=1, most=20, unit="份"),
                    "online_test": Text("在线测试按钮", 20),
                },
            ),
        },
    ),
    "停用的交易所不再出现在新业务的选择中，已开通的不受影响。",
    (_known_exchanges,),
)


def _prefixes(body: Any, _others: Mapping[str, Any]) -> Found:
    if body["number_lengths"]["min"] > body["number_lengths"]["max"]:
        yield Problem(("number_lengths", "max"), "最长的位数应不小于最短的位数。")
    owners: dict[str, str] = {}
    for number, bank in enumerate(body["banks"]):
        for card in ("debit", "credit"):
            for prefix in bank[card]:
                if prefix in owners:
                    text = Sentence("卡号前六位 {prefix} 已属于{owners}。", prefix=prefix, owners=owners[prefix])
                    yield Problem(("banks", number, card), text)
                owners[prefix] = bank["name"]


def _bins(label: str) -> Words:
    return Words(label, pattern=r"\d{6}", shape="应是六位数字", longest=6, help="卡号前六位，每行一个。")


BANKS = Kind(
    "banks",
    "银行",
    Subject.LISTS,
    Group(
        "银行",
        fields={
            "banks": Rows(
                "银行",
                key="code",
                title="name",
                least=1,
                most=200,
                item=Group(
                    "银行",
                    fields={
                        "code": code("代码"),
                        "name": Text("全称", 40),
                        "short": Text("简称", 20),
                        "phone": Text("客服电话", 20, nullable=True),
                        "enabled": Yes("可以选择"),
                        "demo": Yes("仅用于演示", fixed=True),
                        "debit": _bins("借记卡"),
                        "credit": _bins("信用卡"),
                    },
                ),
            ),
            "number_lengths": Group(
                "卡号位数",
                fields={
                    "min": Whole("最短", least=12, most=24, unit="位"),
                    "max": Whole("最长", least=12, most=24, unit="位"),
                },
            ),
            "branch_hint": Text("支行的填写提示", 60),
        },
    ),
    checks=(_prefixes,),
)


def _lists_there(body: Any, _others: Mapping[str, Any]) -> Found:
    for name in sorted(_LISTS - body["lists"].keys()):
        yield Problem(("lists", name), "个人基本资料要用这个清单，不能删除。")


_FLAGS = {
    "actual_control": "存在实际控制关系", "dishonesty": "有不良诚信记录", "other_beneficiary": "受益人为他人",
    "pep": "政要关系", "review_income": "核实收入来源", "tax_statement_exempt": "免税收声明",
}  # fmt: skip
_CODE_LIST = Group(
    "清单",
    fields={
        "title": Text("名称", 30),
        "choice": Choice("选法", options={"single": "单选", "multi": "多选"}, fixed=True),
        "required": Yes("必填", fixed=True),
        "items": Rows(
            "选项",
            key="code",
            title="label",
            least=2,
            most=60,
            item=Group(
                "选项",
                fields={
                    "code": code("代号"),
                    "label": Text("文字", 40),
                    "salutation": Text("称呼", 10, optional=True),
                    "flag": Choice("提醒复核人员", options=_FLAGS, optional=True),
                    "exclusive": Yes("与其他选项互斥", optional=True),
                },
            ),
        ),
    },
)
CODES = Kind(
    "codes",
    "资料选项",
    Subject.LISTS,
    Group("资料选项", fields={"lists": Named("清单", item=_CODE_LIST, title="title")}),
    "客户资料中各项选择的文字。代号写入客户档案，已用过的代号不要删除。",
    (_lists_there,),
)
REGIONS = Kind(
    "regions",
    "省市与邮政编码",
    Subject.LISTS,
    Group(
        "省市",
        fields={
            "provinces": Rows(
                "省份",
                key="code",
                title="name",
                least=30,
                most=40,
                item=Group(
                    "省份",
                    fields={
                        "code": Text("代码", 2, pattern=r"\d\d", shape="应是两位数字"),
                        "name": Text("名称", 20),
                        "postcodes": Words("邮政编码前两位", pattern=r"\d\d", shape="应是两位数字"),
                        "cities": Words("城市", most=60, longest=20, help="每行一个。"),
                    },
                ),
            )
        },
    ),
)
KINDS = (EXCHANGES, BANKS, CODES, REGIONS)
