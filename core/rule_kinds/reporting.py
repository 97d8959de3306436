"""What goes to the monitoring centre and under which names: fields, copies of photos, files (domain.md 4.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.reporting import DOCUMENT_NAMES, NAMES, PHOTO_NAMES, SOURCES
from core.rule_kinds.fields import Choice, Found, Options, Problem, Several, Text, Whole, Yes, code
from core.rule_kinds.groups import Group, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import PROFILE_TITLES
from core.sentence import Sentence, listed
from core.steps.photos import ALL_SLOTS
from core.steps.witness import CAPTURES

_SOURCES: Options = {**SOURCES, **{f"profile.{key}": title for key, title in PROFILE_TITLES.items()}}
_SLOTS: Options = {
    **{slot: Sentence("{title}（上传）", title=title) for slot, title in ALL_SLOTS.items()},
    **{slot: Sentence("{title}（视频截图）", title=title) for slot, title in CAPTURES.items()},
}


def _file_name(label: str, names: Options) -> Text:
    known = listed(Sentence("{{{name}}} {title}", name=name, title=title) for name, title in names.items())
    return Text(label, 80, names=names, help=Sentence("可以使用：{known}", known=known))


def _files_apart(body: Any, _others: Mapping[str, Any]) -> Found:
    """A file name that does not tell the files of a case apart would let one overwrite the other."""
    if "{code}" not in body["names"]["photo"]:
        yield Problem(("names", "photo"), "照片的文件名会重复，请加上 {code}。")
    if "{number}" not in body["names"]["document"]:
        yield Problem(("names", "document"), "协议的文件名会重复，请加上 {number}。")


REPORTING = Kind(
    "reporting",
    "监控中心报送",
    Subject.REPORTING,
    Group(
        "报送",
        fields={
            "profile": Text("格式名称", 40),
            "names": Group(
                "文件名",
                fields={
                    "folder": _file_name("文件夹", NAMES),
                    "data": _file_name("数据文件", NAMES),
                    "photo": _file_name("照片", PHOTO_NAMES),
                    "document": _file_name("协议", DOCUMENT_NAMES),
                },
            ),
            "photos": Rows(
                "照片",
                key="code",
                title="title",
                most=20,
                item=Group(
                    "照片",
                    fields={
                        "code": code("代码"),
                        "title": Text("名称", 20),
                        "slots": Several("取自", options=_SLOTS, least=1, help="按选择的先后，取第一个有照片的。"),
                        "max_kb": Whole("大小不超过", least=1, most=10_240, unit="KB"),
                        "required": Yes("必须有"),
                    },
                ),
            ),
            "fields": Rows(
                "字段",
                key="name",
                title="title",
                least=1,
                most=200,
                item=Group(
                    "字段",
                    fields={
                        "name": code("字段名"),
                        "title": Text("名称", 20),
                        "source": Choice("取自", options=_SOURCES),
                        "required": Yes("必须有"),
                    },
                ),
            ),
            "applications": Group(
                "交易编码申请",
                fields={
                    "name": code("清单的字段名"),
                    "exchange": code("交易所的字段名"),
                    "status": code("状态的字段名"),
                    "return": code("回报代码的字段名"),
                },
            ),
        },
    ),
    "导出给监控中心的数据、照片和协议，字段和文件用什么名称。",
    (_files_apart,),
)
KINDS = (REPORTING,)
