"""The page table: which pages a visitor may open. A page that is not listed cannot be reached by any address."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.permissions import Permission, holds
from pages.parts.language import _
from pages.parts.visitor import Visitor

CUSTOMER = {
    "hall": ("业务办理", "customer/hall.py", ":material/home:"),
    "sign_in": ("登录", "customer/sign_in.py", ":material/login:"),
    "case": ("办理中", "customer/case.py", ":material/edit_document:"),
    "my": ("我的业务", "customer/my_cases.py", ":material/list_alt:"),
    "my_data": ("个人信息", "customer/my_data.py", ":material/shield_person:"),
    "documents": ("协议下载", "customer/documents.py", ":material/description:"),
    "continue": ("手机继续办理", "customer/continue_here.py", ":material/smartphone:"),
    "firm": ("选择期货公司", "customer/firm.py", ":material/apartment:"),
    "education": ("投资者教育", "customer/education.py", ":material/school:"),
    "on_phone": ("手机开户", "customer/on_phone.py", ":material/qr_code_2:"),
    "help": ("开户帮助", "customer/help.py", ":material/help:"),
}
STAFF = {
    "desk_witness": ("视频见证", "staff/witness.py", ":material/video_call:", Permission.QUEUE_SERVE),
    "desk_work": ("工作列表", "staff/work.py", ":material/checklist:", Permission.CASE_WORK),
    "desk_review": ("复核", "staff/review.py", ":material/fact_check:", Permission.CASE_APPROVE),
    "desk_results": ("交易所回报", "staff/results.py", ":material/account_balance:", Permission.CASE_REPORT),
    "desk_counter": ("柜台办理", "staff/counter.py", ":material/storefront:", Permission.CASE_REPORT),
    "desk_callback": ("电话回访", "staff/callback.py", ":material/call:", Permission.CALLBACK_RECORD),
    "desk_blocks": ("拦截名单", "staff/block_list.py", ":material/person_off:", Permission.BLOCK_MANAGE),
    "desk_quality": ("质量抽查", "staff/quality.py", ":material/rule:", Permission.QUALITY_CHECK),
    "desk_trace": ("受理单历史", "staff/trace.py", ":material/history:", Permission.CASE_TRACE),
    "desk_customers": ("客户", "staff/customers.py", ":material/person_search:", Permission.CASE_READ),
    "desk_requests": ("个人信息申请", "staff/data_requests.py", ":material/gavel:", Permission.REQUEST_ANSWER),
    "desk_retention": ("保存与删除", "staff/retention.py", ":material/auto_delete:", Permission.RETENTION_MANAGE),
    "desk_queue": ("排队情况", "staff/queue.py", ":material/groups:", Permission.QUEUE_READ),
    "desk_reservations": (
        "预约日历",
        "staff/reservations.py",
        ":material/calendar_month:",
        Permission.RESERVATION_MANAGE,
    ),
    "desk_calendar": ("工作日历", "staff/calendar.py", ":material/event:", Permission.CALENDAR_MANAGE),
    "desk_agreements": ("协议管理", "staff/agreements.py", ":material/contract:", Permission.RULE_DRAFT),
    "desk_supplements": ("补签协议", "staff/supplements.py", ":material/contract_edit:", Permission.AGREEMENT_MANAGE),
    "desk_wallboard": ("看板", "staff/wallboard.py", ":material/monitoring:", Permission.QUEUE_READ),
    "desk_analytics": ("统计分析", "staff/analytics.py", ":material/query_stats:", Permission.QUEUE_READ),
    "desk_reading": ("识别评估", "staff/reading_quality.py", ":material/document_scanner:", Permission.PHOTO_EVALUATE),
    "desk_calls": ("通话监看", "staff/calls.py", ":material/hearing:", Permission.CALL_OBSERVE),
    "desk_recordings": ("录像查阅", "staff/recordings.py", ":material/video_library:", Permission.EVIDENCE_EXPORT),
    "desk_entry": ("入口二维码", "staff/entry.py", ":material/qr_code_2:", Permission.ENTRY_PRINT),
    "desk_rules": ("规则设置", "staff/rules.py", ":material/rule_settings:", Permission.RULE_DRAFT),
    "desk_people": ("人员", "staff/people.py", ":material/badge:", Permission.SKILLS_MANAGE),
    "desk_network": ("网络与中继", "staff/network.py", ":material/lan:", Permission.NETWORK_TEST),
    "desk_interfaces": ("接口与通知", "staff/interfaces.py", ":material/api:", Permission.INTERFACE_MANAGE),
    "desk_sms": ("短信记录", "staff/sms_log.py", ":material/sms:", Permission.SMS_READ),
    "desk_audit": ("审计", "staff/audit.py", ":material/policy:", Permission.AUDIT_VERIFY),
}


def pages_for(visitor: Visitor) -> dict[str, list[StreamlitPage]]:
    """Sections of the navigation: customer pages for all (hidden from the list), staff pages by permission."""
    customer = [
        st.Page(path, title=_(title), url_path=key, icon=icon, default=key == "hall", visibility="hidden")
        for key, (title, path, icon) in CUSTOMER.items()
    ]
    actor = visitor.actor_staff
    home = st.Page("staff/home.py", title=_("工作台"), url_path="desk", icon=":material/desk:")
    if actor is None:
        return {"": [*customer, home]}
    allowed = [
        st.Page(path, title=_(title), url_path=key, icon=icon)
        for key, (title, path, icon, permission) in STAFF.items()
        if holds(actor, permission)
    ]
    return {_("工作台"): [home, *allowed], "": customer}
