"""Agreements (edited on a page of their own) and how long records are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.agreement_book import known_of, used_texts
from core.defaults import load_kind
from core.rule_kinds.fields import Choice, Day, Found, Problem, Several, Text, Whole, Words, Yes, code
from core.rule_kinds.groups import Group, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import BUSINESS_TITLES, INVESTOR_CLASSES, rows_of
from core.rules.agreement_check import check_agreement, check_list, check_version
from core.rules.agreement_conditions import OLDEST
from core.rules.agreement_text import Weight
from core.sentence import Sentence
from core.steps.on_file import PARTS

_APPLIES = Group(
    "适用范围",
    fields={
        "business": Several("业务", options=BUSINESS_TITLES, optional=True, least=1),
        "part": Several("变更内容", options=PARTS, optional=True, least=1),
        "investor_class": Several("投资者类型", options=INVESTOR_CLASSES, optional=True, least=1),
        "level": Several("风险等级", options=rows_of("match_table", "levels"), optional=True, least=1),
        "insisted": Yes("客户坚持开立时", optional=True),
        "exchange": Several("交易所", options=rows_of("exchanges", "exchanges"), optional=True, least=1),
        "bank": Several("结算银行", options=rows_of("banks", "banks"), optional=True, least=1),
        "age": Group(
            "年龄",
            optional=True,
            fields={
                "from": Whole("从", most=OLDEST, unit="周岁", optional=True),
                "to": Whole("到", most=OLDEST, unit="周岁", optional=True),
            },
        ),
    },
)
_AGREEMENT = Group(
    "协议",
    fields={
        "code": code("代号"),
        "title": Text("名称", 60),
        "aliases": Words("别名", most=10),
        "version": Text("版本", 20),
        "effective_from": Day("生效日期"),
        "file": Text("文件名", 60, fixed=True),
        "place": Choice("出现的位置", options={"sign_in": "登录", "photos": "上传照片", "agreements": "阅读协议"}),
        "order": Whole("次序", least=0, most=10_000),
        "signed": Yes("需要签署"),
        "min_read_seconds": Whole("最短阅读", least=0, most=600, unit="秒"),
        "applies": _APPLIES,
        "text": Text("正文", 100_000, 20),
    },
)


def _right(body: Any, others: Mapping[str, Any]) -> Found:
    """What each agreement and the whole list must hold on any day; history and day come with a draft."""
    known = known_of(body, others)
    for place, row in enumerate(body["agreements"]):
        for remark in check_agreement(row, body["agreements"], known):
            if remark.weight is Weight.ERROR:
                yield Problem(
                    ("agreements", place, "text"), Sentence("《{title}》{said}", title=row["title"], said=remark.said)
                )
    for remark in check_list(body["agreements"], load_kind("agreements")["agreements"], known).get("", ()):
        yield Problem(("agreements",), remark.said)


def _unused(body: Any, others: Mapping[str, Any], day: date | None, earlier: Sequence[Any]) -> Found:
    """A version keeps its text for ever, and what is new begins on the day of the draft."""
    if body["agreements"] == earlier[0]["agreements"]:
        return
    if day is None:
        yield Problem(("agreements",), "请选择生效日期。协议要注明从哪一天起使用。")
        return
    before = {row["code"]: row for row in earlier[0]["agreements"]}
    known = known_of(body, others, day, used_texts(earlier))
    for place, row in enumerate(body["agreements"]):
        if before.get(row["code"]) == row:
            continue
        if str(row["effective_from"]) != day.isoformat():
            yield Problem(
                ("agreements", place, "effective_from"),
                Sentence("《{title}》的生效日期应与草稿的生效日期相同。", title=row["title"]),
            )
        for remark in check_version(row, known):
            yield Problem(
                ("agreements", place, "version"), Sentence("《{title}》{said}", title=row["title"], said=remark.said)
            )


AGREEMENTS = Kind(
    "agreements",
    "协议",
    Subject.PAPERS,
    Group(
        "协议",
        fields={
            "marking": Text("样张标记", 40, least=0),
            "variables": Rows(
                "变量",
                key="name",
                title="name",
                item=Group("变量", fields={"name": Text("名称", 20), "meaning": Text("含义", 60)}),
            ),
            "agreements": Rows("协议", item=_AGREEMENT, key="code", title="title", least=1),
        },
    ),
    checks=(_right,),
    against=(_unused,),
    page="agreements",
)
LAWFUL_YEARS: Mapping[str, int] = {
    "business_record": 20, "recording": 20, "identity": 20, "certificate": 5, "impact_assessment": 3,
}  # fmt: skip
"""期货和衍生品法第一百一十七条, 电子签名法第二十四条, 个人信息保护法第五十六条."""


def _lawful(body: Any, _others: Mapping[str, Any]) -> Found:
    there = {row["key"] for row in body["classes"]}
    for row in load_kind("retention")["classes"]:
        if row["key"] not in there:
            yield Problem(("classes",), Sentence("缺少“{title}”，这一类不能删除。", title=row["title"]))
    for number, row in enumerate(body["classes"]):
        if len(row["keep"]) != 1:
            yield Problem(("classes", number, "keep"), "保存期限写年数或天数，只写一个。")
        elif row["keep"].get("years", 0) < LAWFUL_YEARS.get(row["key"], 0):
            text = Sentence(
                "{title}至少保存 {LAWFUL_YEARS} 年（{basis}）。",
                title=row["title"],
                LAWFUL_YEARS=LAWFUL_YEARS[row["key"]],
                basis=row["basis"],
            )
            yield Problem(("classes", number, "keep", "years"), text)


RETENTION = Kind(
    "retention",
    "保存期限",
    Subject.PAPERS,
    Group(
        "保存期限",
        fields={
            "classes": Rows(
                "资料",
                key="key",
                title="title",
                least=1,
                item=Group(
                    "资料",
                    fields={
                        "key": code("代号", fixed=True),
                        "title": Text("名称", 40),
                        "keep": Group(
                            "期限",
                            fields={
                                "years": Whole("年", least=1, most=100, unit="年", optional=True),
                                "days": Whole("天", least=1, most=36_500, unit="天", optional=True),
                            },
                        ),
                        "from": Text("从何时起算", 40),
                        "basis": Text("依据", 80),
                        "then": Choice(
                            "到期后", options={"delete": "删除", "delete_with_certificate": "删除并出具证明"}
                        ),
                    },
                ),
            ),
            "legal_hold": Text("法定保全的说明", 120, 2),
        },
    ),
    checks=(_lawful,),
)
KINDS = (AGREEMENTS, RETENTION)
