"""Service hours with holidays and exceptions, and the rules of reservations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rule_kinds.fields import (
    Choice,
    Clock,
    Day,
    Found,
    Problem,
    Text,
    Times,
    Whole,
    Yes,
)
from core.rule_kinds.groups import Group, Named, Rows
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import branches_of, own_branches
from core.rules.reservation import ReservationRules
from core.rules.service_hours import WEEKDAYS
from core.sentence import Sentence

DAYS = dict(zip(WEEKDAYS, ("周一", "周二", "周三", "周四", "周五", "周六", "周日"), strict=True))
CHANNELS = {"self_service": "自助填写", "witness": "视频验证"}
_LIKE = {"closed": "不受理", **{key: Sentence("按{name}的时间", name=name) for key, name in DAYS.items()}}

_OWN_HOURS = {
    "weekly": Named("每周时间", item=Times("时间段"), names=DAYS, help="空着表示当天不受理；全天写 00:00-24:00。"),
    "holidays": Choice("法定节假日", options={"open": "照常", "closed": "不受理"}),
    "makeup_workdays": Choice("调休上班的周末", options=_LIKE),
}
_CHANNEL = Group("渠道", fields={"title": Text("名称", 20), **_OWN_HOURS})
_BRANCH = Group(
    "营业部",
    fields={
        "self_service": Group("自助填写", fields=_OWN_HOURS, optional=True),
        "witness": Group("视频验证", fields=_OWN_HOURS),
    },
)
_EXCEPTION = Group(
    "例外日期",
    fields={
        "day": Day("日期"),
        "channel": Choice("渠道", options=CHANNELS),
        "branch": Choice("营业部", options=branches_of, optional=True, help="空着表示全部营业部。"),
        "intervals": Times("时间段"),
        "reason": Text("原因", 60, optional=True, nullable=True, least=0),
    },
)
SERVICE_HOURS = Kind(
    "service_hours",
    "服务时间与节假日",
    Subject.TIMES,
    Group(
        "服务时间",
        fields={
            "channels": Named("渠道", item=_CHANNEL, names=CHANNELS),
            "branches": Named(
                "营业部自己的时间",
                item=_BRANCH,
                source=own_branches,
                help="没有单独设置的营业部使用上面的时间。",
            ),
            "exceptions": Rows("例外日期", item=_EXCEPTION, title="day", help="这一天不按每周时间，只按这里写的时间。"),
        },
    ),
    "客户页面上写的服务时间都由这里生成；法定节假日与调休取自工作日历。",
)


def _order(body: Any, _others: Mapping[str, Any]) -> Found:
    slots = body["slots"]
    for number, slot in enumerate(slots):
        if slot["ends"] <= slot["begins"]:
            yield Problem(("slots", number, "ends"), "结束时间应晚于开始时间。")
            return
        if number and slot["begins"] < slots[number - 1]["ends"]:
            yield Problem(("slots", number, "begins"), "时段应从早到晚，互不重叠。")
            return
    ReservationRules.of(body)


_SLOT = Group("时段", fields={"title": Text("名称", 10), "begins": Clock("开始"), "ends": Clock("结束")})
RESERVATIONS = Kind(
    "reservation_rules",
    "视频预约",
    Subject.TIMES,
    Group(
        "视频预约",
        fields={
            "enabled": Yes("开放预约"),
            "horizon_days": Whole("最多提前预约", least=1, most=90, unit="天"),
            "slots": Rows("时段", item=_SLOT, key="begins", title="title", least=1, most=12),
            "capacity_percent": Whole("可预约的名额占接待能力", least=0, most=100, unit="%"),
            "handling_minutes": Whole("每位客户预计用时", least=1, most=120, unit="分钟"),
            "sign_in_deadline": Choice("登录截止", options={"start": "时段开始前", "end": "时段结束前"}),
            "remind_day_before_at": Clock("前一天提醒的时间"),
            "remind_minutes_before": Whole("时段开始前提醒", least=0, most=1440, unit="分钟"),
        },
    ),
    checks=(_order,),
)
KINDS = (SERVICE_HOURS, RESERVATIONS)
