"""What holds for the businesses as a whole: video, review, follow-up, deadlines, figures of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rule_kinds.fields import Choice, Field, Found, Problem, Several, Share, Whole, Yes
from core.rule_kinds.groups import Group
from core.rule_kinds.kind import Kind, Subject
from core.rule_kinds.references import BUSINESS_TITLES
from core.rules.firm_choices import (
    ALWAYS,
    BRANCH,
    BY_RISK,
    FIRM,
    ID_FIRST,
    IF_FLAGGED,
    NEVER,
    PHONE_FIRST,
    UploadRule,
)

_VIDEO = Choice("视频验证", options={"always": "每次都要", "if_no_certificate": "没有可用证书时才要",
                                   BY_RISK: "没有可用证书，或者有风险情形时要"})  # fmt: skip
_FOLLOW_UP = Yes("在线回访")
_REVIEW = Yes("需要复核")
_ASKED: Mapping[str, Mapping[str, Field]] = {
    "open_account": {
        "login": Choice(
            "新客户登录", options={PHONE_FIRST: "先验证手机号", ID_FIRST: "先填身份证号，再验证手机号"}, optional=True
        ),
        "follow_up": _FOLLOW_UP,
        "phone_callback": Choice(
            "电话回访",
            options={ALWAYS: "每户都打", IF_FLAGGED: "在线回访有异常回答时才打", NEVER: "不打"},
            optional=True,
        ),
    },
    "add_code": {"video": _VIDEO, "follow_up": _FOLLOW_UP},
    "password_reset": {},
    "supplement": {"video": _VIDEO, "follow_up": _FOLLOW_UP, "review": _REVIEW},
}
"""What the firm decides for a business; all others: video and follow-up."""
_OTHERS: Mapping[str, Field] = {"video": _VIDEO, "follow_up": _FOLLOW_UP}


def _notice_in_time(body: Any, _others: Mapping[str, Any]) -> Found:
    if body["expiry"]["notice_days"] >= body["expiry"]["days"]:
        yield Problem(("expiry", "notice_days"), "提醒应早于失效：提前的天数要少于失效的天数。")


def _long_enough(body: Any, _others: Mapping[str, Any]) -> Found:
    rule = body.get("certificate_password")
    if rule and rule["least"] > rule["most"]:
        yield Problem(("certificate_password", "most"), "最多的位数不应少于最少的位数。")


_CHOICES: Mapping[str, Field] = {
    "video_risks": Several(
        "按风险要求视频时看哪些情形",
        options={
            "assisted": "有人在旁协助",
            "age": "年龄需要双人复核",
            "flagged": "业务带有提示标记",
            "phone": "本次变更手机号",
        },
        optional=True,
    ),
    "certificate_password": Group(
        "证书密码",
        fields={
            "least": Whole("最少", least=6, most=16, unit="位"),
            "most": Whole("最多", least=6, most=16, unit="位"),
            "letters": Yes("须有字母"),
        },
        optional=True,
    ),
    "uploads": Group(
        "上传的图片",
        fields={
            "kinds": Several("可以上传的格式", options={kind: kind.upper() for kind in UploadRule.kinds}, least=1),
            "most_mb": Whole("每张最大", least=1, most=10, unit="MB"),
        },
        optional=True,
    ),
    "pictures": Group(
        "由谁拍照",
        help="没有由客户上传的证件面，由见证人员在视频中拍摄；签名照总由客户上传，因为每份协议都要用。",
        fields={
            "customer": Several(
                "客户上传", options={"id_front": "身份证正面", "id_back": "身份证反面", "signature": "签名照"}, least=1
            ),
            "witness": Several(
                "见证人员拍摄",
                options={
                    "capture_front": "证件正面",
                    "capture_back": "证件反面",
                    "capture_portrait": "手持证件照",
                    "clip_head": "头部短视频",
                },
            ),
        },
        optional=True,
    ),
    "photos": Group(
        "拍照要求",
        fields={
            "live_portrait": Several("须现场拍摄手持证件照的业务", options=BUSINESS_TITLES),
            "draw_signature": Yes("签名可以在屏幕上手写"),
        },
        optional=True,
    ),
    "bank_branch": Group("开户网点", fields={"asked": Yes("银行卡要填开户网点")}, optional=True),
    "queue": Group(
        "视频排队方式",
        fields={"line": Choice("排队", options={BRANCH: "各营业部分别排队", FIRM: "全公司排一队"})},
        optional=True,
    ),
}
"""Where the manuals contradict each other (core/rules/firm_choices.py)."""


BUSINESS_RULES = Kind(
    "business_rules",
    "业务规则",
    Subject.BUSINESSES,
    Group(
        "业务规则",
        fields={
            "businesses": Group(
                "各项业务",
                fields={key: Group(title, fields=_ASKED.get(key, _OTHERS)) for key, title in BUSINESS_TITLES.items()},
            ),
            "assessment": Group(
                "重新评估",
                fields={
                    "valid_months": Whole("评估有效期", least=1, most=60, unit="个月", nullable=True),
                    "cool_down_days": Whole("两次评估至少间隔", least=0, most=90, unit="天"),
                    "most_in_30_days": Whole("30 天内最多", least=1, most=100, unit="次"),
                },
            ),
            "online_id_renewal": Yes("身份证到期可以线上更新"),
            "expiry": Group(
                "未提交的申请",
                fields={
                    "days": Whole("没有操作多少天后失效", least=1, most=365, unit="天"),
                    "notice_days": Whole("提前提醒", least=0, most=60, unit="天"),
                },
            ),
            "personal_data": Group(
                "个人信息请求", fields={"answer_days": Whole("最晚答复", least=1, most=30, unit="天")}, optional=True
            ),
            **_CHOICES,
        },
    ),
    checks=(_notice_in_time, _long_enough),
)


def _grow(body: Any, _others: Mapping[str, Any]) -> Found:
    slow, fast = body["network"]["round_trip_ms"], body["network"]["download_kbps"]
    if slow["good"] >= slow["usable"]:
        yield Problem(("network", "round_trip_ms", "good"), "“良好”的往返时间应小于“可用”的往返时间。")
    if fast["good"] <= fast["usable"]:
        yield Problem(("network", "download_kbps", "good"), "“良好”的下载速度应大于“可用”的下载速度。")
    if body["conversion"]["financial_assets_yuan"] > body["professional"]["financial_assets_yuan"]:
        text = "普通投资者转化的条件不应高于专业投资者的条件。"
        yield Problem(("conversion", "financial_assets_yuan"), text)


def _class(label: str) -> Group:
    most = 1_000_000_000
    return Group(
        label,
        fields={
            "financial_assets_yuan": Whole("金融资产", least=0, most=most, unit="元"),
            "yearly_income_yuan": Whole("年均收入", least=0, most=most, unit="元"),
            "income_years": Whole("收入按最近", least=1, most=10, unit="年"),
            "experience_years": Whole("投资经历", least=0, most=20, unit="年"),
        },
    )


THRESHOLDS = Kind(
    "thresholds",
    "时限与标准",
    Subject.BUSINESSES,
    Group(
        "时限与标准",
        fields={
            "review": Group("复核", fields={"trading_days": Whole("完成期限", least=1, most=10, unit="个交易日")}),
            "callback": Group(
                "电话回访",
                fields={
                    "trading_days": Whole("完成期限", least=1, most=10, unit="个交易日"),
                    "max_tries": Whole("最多拨打", least=1, most=20, unit="次"),
                    "retry_after_minutes": Whole("未接通多久后再拨", least=1, most=1440, unit="分钟"),
                },
            ),
            "network": Group(
                "网络",
                fields={
                    "round_trip_ms": Group(
                        "往返时间",
                        fields={
                            "good": Whole("良好，不超过", least=1, most=5000, unit="毫秒"),
                            "usable": Whole("可用，不超过", least=1, most=5000, unit="毫秒"),
                        },
                    ),
                    "download_kbps": Group(
                        "下载速度",
                        fields={
                            "good": Whole("良好，不低于", least=1, most=100_000, unit="kbit/s"),
                            "usable": Whole("可用，不低于", least=1, most=100_000, unit="kbit/s"),
                        },
                    ),
                },
            ),
            "desk_figures": Group(
                "经营指标",
                fields={
                    "target_s": Whole("接听目标", least=1, most=3600, unit="秒"),
                    "short_s": Whole("短时放弃不计", least=0, most=600, unit="秒"),
                    "service_level": Share("服务水平目标"),
                    "abandon_rate": Share("放弃率上限"),
                    "occupancy": Share("占用率上限"),
                    "longest_s": Whole("最长等待上限", least=1, most=7200, unit="秒"),
                },
            ),
            "queue": Group(
                "视频排队",
                fields={
                    "alone_hint_minutes": Whole("无人接听多久后提示", least=1, most=60, unit="分钟"),
                    "ring_seconds": Whole("振铃时长", least=5, most=120, unit="秒"),
                    "wrap_up_seconds": Whole("话后整理", least=0, most=600, unit="秒"),
                    "default_call_minutes": Whole("每通预计", least=1, most=60, unit="分钟"),
                    "keep_priority_minutes": Whole("保留优先", least=0, most=120, unit="分钟"),
                },
            ),
            "professional": _class("专业投资者"),
            "conversion": _class("普通投资者转化为专业投资者"),
        },
    ),
    checks=(_grow,),
)
KINDS = (BUSINESS_RULES, THRESHOLDS)
