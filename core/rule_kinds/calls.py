"""What is said and decided about a customer: reject reasons, witness script, online follow-up, phone callback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.rule_kinds.fields import Choice, Found, Problem, Several, Text, Whole, Words, Yes, code
from core.rule_kinds.groups import Group, Named, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import (
    CAPTURE_TITLES,
    CASE_FIELDS,
    EVIDENCE,
    INSISTED,
    SITUATIONS,
    SPOKEN_FACTS,
    STAGES,
    STEP_TITLES,
    rows_of,
)
from core.sentence import Sentence

REASON_KINDS = {
    "retry": "退回客户修改",
    "counter": "请客户到营业部办理",
    "stop": "终止办理",
    "wait": "等待，不需要客户操作",
    "silent": "终止办理，不向客户说明原因",
}
ENDS = frozenset({"counter", "stop", "silent"})


def _reasons(body: Any, _others: Mapping[str, Any]) -> Found:
    for number, row in enumerate(body["reasons"]):
        path = ("reasons", number)
        if (row["kind"] == "retry") != (row["step"] is not None):
            yield Problem((*path, "step"), "退回客户修改的原因要写明退回到哪一步；其他原因不写。")
        if row["kind"] in ENDS and not any(way in row["customer_text"] for way in ("营业部", "热线")):
            yield Problem((*path, "customer_text"), "不能继续办理时，要告诉客户去营业部或拨打热线。")
        if row["compliance"] and row["kind"] not in {"stop", "silent"}:
            yield Problem((*path, "kind"), "需要报合规的原因只能是终止办理。")


_REASON = Group(
    "原因",
    fields={
        "code": code("代码", help="统计按代码计算，改了意思请用新的代码。"),
        "stages": Several("环节", options=STAGES, least=1),
        "label": Text("名称（工作人员看）", 60),
        "kind": Choice("处理", options=REASON_KINDS),
        "step": Choice("退回到", options=STEP_TITLES, nullable=True),
        "also": Several("一并重做", options=STEP_TITLES),
        "field": Choice("指向的内容", options=CASE_FIELDS, nullable=True),
        "customer_text": Text("给客户的文字", 200, 3),
        "compliance": Yes("报合规"),
        "flag": Choice("记号", options={"fraud_hint": "疑似造假"}, optional=True, nullable=True),
        "keep_priority_minutes": Whole("保留优先", least=0, most=120, unit="分钟", optional=True),
    },
)
REJECT_REASONS = Kind(
    "reject_reasons",
    "退回与终止原因",
    Subject.CALLS,
    Group(
        "原因",
        fields={
            "max_attempts_per_code": Whole("同一原因最多退回", least=1, most=50, unit="次"),
            "kinds": Named("处理的名称", item=Text("名称", 20), names=REASON_KINDS),
            "reasons": Rows("原因", item=_REASON, key="code", title="label", least=1, most=200),
        },
    ),
    checks=(_reasons,),
)

_SAID = {
    "firm": "期货公司名称", "witness": "见证人员", "licence": "执业证号", "business": "业务名称", "time": "现在时间",
    "challenge": "随机动作", "exchanges": "所选交易所", "level": "客户等级", "beside": "协助人",
}  # fmt: skip
_SCRIPT_STEP = Group(
    "步骤",
    fields={
        "key": code("代号"),
        "order": Whole("次序", least=1, most=100),
        "title": Text("标题", 30),
        "evidence": Choice("留存", options=EVIDENCE),
        "required": Yes("必做"),
        "when": Choice("何时出现", options=SITUATIONS, nullable=True, help="空着表示每次都出现。"),
        "staff": Text("工作人员说", 300, 4, names=_SAID),
        "customer": Text("客户看到", 100, 2),
        "random_questions": Whole("随机提问", least=1, most=5, unit="题", optional=True),
        "seconds": Whole("录制", least=1, most=60, unit="秒", optional=True),
        "challenges": Whole("随机动作", least=1, most=3, unit="个", optional=True),
    },
)
_CAPTURE = Group(
    "截取",
    fields={
        "key": Choice("截取的内容", options=CAPTURE_TITLES, fixed=True),
        "title": Text("名称", 20),
        "kind": Choice("形式", options={"still": "照片", "clip": "短片"}, fixed=True),
        "seconds": Whole("时长", least=1, most=60, unit="秒", optional=True),
    },
)


def _script_in_order(body: Any, _others: Mapping[str, Any]) -> Found:
    if [step["order"] for step in body["steps"]] != list(range(1, len(body["steps"]) + 1)):
        yield Problem(("steps",), "步骤的次序应从 1 开始依次编号。")
    taken = {step["evidence"] for step in body["steps"]} & CAPTURE_TITLES.keys()
    for key in sorted(CAPTURE_TITLES.keys() - taken):
        yield Problem(("steps",), Sentence("缺少截取“{CAPTURE_TITLES}”的步骤。", CAPTURE_TITLES=CAPTURE_TITLES[key]))


WITNESS_SCRIPT = Kind(
    "witness_script",
    "视频验证话术",
    Subject.CALLS,
    Group(
        "话术",
        fields={
            "steps": Rows("步骤", item=_SCRIPT_STEP, key="key", title="title", least=1, most=40),
            "captures": Rows("截取", item=_CAPTURE, key="key", title="title", least=4, most=4),
            "random_questions": Rows(
                "随机问题",
                key="key",
                title="text",
                least=1,
                item=Group(
                    "问题",
                    fields={
                        "key": code("代号"),
                        "text": Text("问题", 80),
                        "fact": Choice("核对的内容", options=SPOKEN_FACTS),
                    },
                ),
            ),
            "challenges": Rows(
                "随机动作",
                key="key",
                title="text",
                least=1,
                item=Group("动作", fields={"key": code("代号"), "text": Text("动作", 60)}),
            ),
            "abort": Rows(
                "中止通话的情形",
                key="key",
                title="text",
                item=Group(
                    "情形",
                    fields={
                        "key": code("代号"),
                        "text": Text("情形", 60),
                        "reason": Choice(
                            "对应的原因", options=rows_of("reject_reasons", "reasons", title="label"), nullable=True
                        ),
                    },
                ),
            ),
            "sentences": Words("常用语", least=1, most=30, longest=200, help="每行一句。"),
            "neutral_end": Text("结束通话的话", 100, 2),
        },
    ),
    checks=(_script_in_order,),
)


def _one_normal(body: Any, _others: Mapping[str, Any]) -> Found:
    for number, question in enumerate(body["questions"]):
        results = [option["result"] for option in question["options"]]
        if "normal" not in results or results.count("normal") == len(results):
            text = "选项中要有正常的回答，也要有需要确认或异常的回答。"
            yield Problem(("questions", number, "options"), text)


_RESULTS = {"normal": "正常", "confirm": "需要确认", "red_flag": "异常"}
FOLLOW_UP = Kind(
    "follow_up",
    "在线回访问题",
    Subject.CALLS,
    Group(
        "在线回访",
        fields={
            "title": Text("标题", 20),
            "intro": Text("说明", 200, 2),
            "results": Named("结果的名称", item=Text("名称", 10), names=_RESULTS),
            "questions": Rows(
                "问题",
                key="key",
                title="text",
                least=1,
                most=40,
                item=Group(
                    "问题",
                    fields={
                        "key": code("代号"),
                        "topic": Text("主题", 20),
                        "when": Choice("何时出现", options=INSISTED, nullable=True, help="空着表示每次都出现。"),
                        "text": Text("问题", 200, 2),
                        "options": Rows(
                            "选项",
                            key="key",
                            title="text",
                            least=2,
                            most=8,
                            item=Group(
                                "选项",
                                fields={
                                    "key": code("代号"),
                                    "text": Text("文字", 60),
                                    "result": Choice("结果", options=_RESULTS),
                                },
                            ),
                        ),
                    },
                ),
            ),
        },
    ),
    checks=(_one_normal,),
)

_CALLED = {
    "firm": "期货公司名称", "hotline": "客服热线", "staff": "回访人员", "business": "业务名称", "name": "客户姓名",
    "level": "客户等级",
}  # fmt: skip
CALLBACK_TOPICS = Kind(
    "callback_topics",
    "电话回访话术",
    Subject.CALLS,
    Group(
        "电话回访",
        fields={
            "opening": Text("开场", 200, 3, names=_CALLED),
            "closing": Text("结束", 200, 3, names=_CALLED),
            "topics": Rows(
                "内容",
                key="key",
                title="title",
                least=1,
                most=40,
                item=Group(
                    "内容",
                    fields={
                        "key": code("代号"),
                        "title": Text("标题", 20),
                        "ask": Text("怎样问", 200, 2, names=_CALLED),
                        "expect": Text("正常的回答", 100, names=_CALLED),
                        "red_flag": Text("异常的回答", 100, names=_CALLED, nullable=True),
                        "required": Yes("必问"),
                        "when": Choice("何时出现", options=INSISTED, nullable=True),
                    },
                ),
            ),
        },
    ),
)
_CHECK_FORM = Rows(
    "检查项目",
    key="key",
    item=Group("项目", fields={"key": code("代码", help="统计按代码计算。"), "text": Text("检查什么", 60)}),
    least=1,
    most=20,
)
CASE_WORK = Kind(
    "case_work",
    "办理分配与抽查",
    Subject.CALLS,
    Group(
        "办理分配与抽查",
        fields={
            "cap": Whole("一人最多同时领取", least=1, most=200, unit="笔"),
            "snooze_days": Whole("最多搁置", least=1, most=60, unit="天"),
            "due_soon_hours": Whole("到期前多久列为即将超时", least=1, most=48, unit="小时"),
            "samples": Group(
                "质量抽查",
                fields={
                    "share": Group(
                        "抽查比例",
                        fields={
                            "call": Whole("见证通话", least=0, most=100, unit="%"),
                            "review": Whole("复核", least=0, most=100, unit="%"),
                        },
                    ),
                    "questions": Group(
                        "检查表",
                        fields={
                            "call": replace(_CHECK_FORM, label="见证通话的检查项目"),
                            "review": replace(_CHECK_FORM, label="复核的检查项目"),
                        },
                    ),
                },
            ),
        },
    ),
)
KINDS = (REJECT_REASONS, WITNESS_SCRIPT, FOLLOW_UP, CALLBACK_TOPICS, CASE_WORK)
