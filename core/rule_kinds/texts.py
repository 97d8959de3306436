"""Words for customers: SMS, notices, what to prepare, help and education."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.defaults import load_kind
from core.rule_kinds.fields import Found, Kept, Problem, Text, Whole, Words, code
from core.rule_kinds.groups import Group, Named, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import STEP_TITLES
from core.sentence import Sentence

SMS_NAMES: Mapping[str, str] = load_kind("sms_texts")["placeholders"]
_SMS = load_kind("sms_texts")["texts"]
_NOTICES = load_kind("notices")["notices"]
_SMS_LONGEST = 100


def _no_more_than_now(body: Any, _others: Mapping[str, Any]) -> Found:
    """Each message is filled by the program with certain values, so a text uses what its first version used."""
    for key, row in body["texts"].items():
        known = {name for name in SMS_NAMES if f"{{{name}}}" in _SMS[key]["text"]} | {"firm", "hotline"}
        for name in SMS_NAMES:
            if f"{{{name}}}" in row["text"] and name not in known:
                usable = "、".join(f"{{{each}}}" for each in sorted(known - {"firm", "hotline"})) or "无"
                text = Sentence("这条短信没有 {{{name}}} 的内容，可以使用：{usable}。", name=name, usable=usable)
                yield Problem(("texts", key, "text"), text)
    if body["texts"]["code"]["text"].count("{code}") != 1:
        yield Problem(("texts", "code", "text"), "验证码短信要写一次 {code}。")


SMS_TEXTS = Kind(
    "sms_texts",
    "短信内容",
    Subject.TEXTS,
    Group(
        "短信",
        fields={
            "signature": Text("签名", 20, names={"firm": "期货公司简称"}),
            "texts": Named(
                "短信",
                title="title",
                names={key: row["title"] for key, row in _SMS.items()},
                item=Group(
                    "短信",
                    fields={"title": Text("名称", 20), "text": Text("内容", _SMS_LONGEST, 3, names=SMS_NAMES)},
                ),
            ),
            "placeholders": Kept("可用的变量"),
        },
    ),
    "短信不得出现姓名、证件号、卡号；大括号里的内容发送时替换。",
    (_no_more_than_now,),
)

_NOTICE_NAMES = {
    "level": "等级", "exchanges": "交易所", "salutation_name": "称呼", "case_number": "受理单号", "business": "业务",
    "due": "承诺时间", "agreement": "协议", "hours": "服务时间", "next_opening": "下次开始时间",
}  # fmt: skip


def _same_buttons(body: Any, _others: Mapping[str, Any]) -> Found:
    """The program acts on the keys of the buttons and fills certain values, so both stay as they were first."""
    for key, row in body["notices"].items():
        first = _NOTICES[key]
        if [button["key"] for button in row["buttons"]] != [button["key"] for button in first["buttons"]]:
            yield Problem(("notices", key, "buttons"), "按钮的作用由系统决定，只能修改按钮上的文字，不能增删或调换。")
        for name in _NOTICE_NAMES:
            if f"{{{name}}}" in row["text"] and f"{{{name}}}" not in first["text"]:
                yield Problem(("notices", key, "text"), Sentence("这条提示没有 {{{name}}} 的内容。", name=name))


NOTICES = Kind(
    "notices",
    "页面提示",
    Subject.TEXTS,
    Group(
        "提示",
        fields={
            "notices": Named(
                "提示",
                title="title",
                names={key: row["title"] for key, row in _NOTICES.items()},
                item=Group(
                    "提示",
                    fields={
                        "title": Text("标题", 30),
                        "text": Text("内容", 400, 5, names=_NOTICE_NAMES),
                        "buttons": Rows(
                            "按钮",
                            key="key",
                            title="label",
                            least=0,
                            most=3,
                            item=Group("按钮", fields={"key": code("作用", fixed=True), "label": Text("文字", 20)}),
                        ),
                    },
                ),
            )
        },
    ),
    checks=(_same_buttons,),
)
_LINE = Group("说明", fields={"key": code("代号"), "text": Text("文字", 100)})
_ITEM = Group(
    "物品",
    fields={
        "key": code("代号"),
        "icon": code("图标", help="Material 图标的英文名，例如 badge。"),
        "title": Text("名称", 20),
        "text": Text("说明", 80),
    },
)
_WAY = Group("方式", fields={"key": code("代号"), "title": Text("名称", 20), "text": Text("说明", 80)})
PREPARE = Kind(
    "prepare",
    "开户准备",
    Subject.TEXTS,
    Group(
        "开户准备",
        fields={
            "conditions": Rows("条件", item=_LINE, key="key", title="text", most=10),
            "items": Rows("要准备的东西", item=_ITEM, key="key", title="title", most=12),
            "minutes": Whole("大约用时", least=1, most=120, unit="分钟"),
            "promise": Text("承诺", 200, 2),
            "no_camera": Text("没有摄像头时", 200, 2),
            "alternatives": Rows("其他办理方式", item=_WAY, key="key", title="title", most=6),
        },
    ),
)


def _topics(key: str, title: str) -> Kind:
    topic = Group(
        title,
        fields={
            "key": code("代号"),
            "title": Text("标题", 40),
            "steps": Words(
                "出现在哪些步骤",
                most=40,
                longest=40,
                help=Sentence("每行一个：{listed}。", listed="、".join(STEP_TITLES)),
            ),
            "keywords": Words("搜索词", most=40, longest=20, help="每行一个。"),
            "text": Text("正文（Markdown）", 4000, 12),
        },
    )
    rows = Rows("文章", item=topic, key="key", title="title", most=100)
    return Kind(key, title, Subject.TEXTS, Group(title, fields={"topics": rows}), checks=(_known_steps,))


_OTHER_PLACES = {"*", "hall", "sign_in", "submit"}
"""Where help stands beside the steps; `*` is everywhere."""


def _known_steps(body: Any, _others: Mapping[str, Any]) -> Found:
    for number, topic in enumerate(body["topics"]):
        for step in topic["steps"]:
            if step not in STEP_TITLES and step not in _OTHER_PLACES:
                yield Problem(("topics", number, "steps"), Sentence("没有步骤“{step}”。", step=step))


HELP, EDUCATION = _topics("help", "帮助"), _topics("education", "投资者教育")
KINDS = (SMS_TEXTS, NOTICES, PREPARE, HELP, EDUCATION)
