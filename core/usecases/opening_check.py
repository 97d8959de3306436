"""开业准备: what a firm has to set up before its first customer, and what of it is still missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.actor import Actor, Role
from core.permissions import ROLE_PERMISSIONS, Permission, allow
from core.ports import Desk, Work
from core.records import StaffMember
from core.sentence import Sentence
from core.usecases.loading import rules_for
from core.usecases.work_calendar import unknown_from


@dataclass(frozen=True)
class Point:
    """One thing to set up; `key` says where, `hint` what to do while it is not done."""

    key: str
    title: str
    done: bool
    hint: str


def opening_check(desk: Desk, actor: Actor) -> tuple[Point, ...]:
    """All points in the order in which one sets them up."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.PEOPLE_MANAGE)
        staff = [member for member in work.people.all_staff() if member.active]
        found = [*_people(work, staff), *_rules(work)]
    known = unknown_from(desk, actor) is None
    found.append(Point("calendar", "工作日历", known, "导入国务院办公厅公布的放假安排，预约才不会落在休息日。"))
    if not desk.settings.demo:
        relay = bool(desk.settings.turn_urls)
        found.append(
            Point("network", "中继服务器", relay, "没有中继时，部分手机网络无法接通视频。请运维配置后在这里检测。")
        )
    return tuple(found)


def _people(work: Work, staff: list[StaffMember]) -> Iterable[Point]:
    """Four eyes need two persons each: witness and reviewer, who drafts and who approves."""

    def ids(role: Role) -> set[str]:
        return {member.id for member in staff if role in member.roles}

    serving = {member.id for member in staff if Role.WITNESS in member.roles and work.duty.skills(member.id)}
    draft, approve = (
        {member.id for member in staff if any(permission in ROLE_PERMISSIONS[role] for role in member.roles)}
        for permission in (Permission.RULE_DRAFT, Permission.RULE_APPROVE)
    )
    yield Point("people", "见证人员", bool(serving), "添加见证人员，并设置其服务的营业部和业务。")
    yield Point("people", "复核人员", _apart(ids(Role.REVIEW), serving), "添加复核人员。见证和复核不能是同一个人。")
    yield Point("people", "回访人员", bool(ids(Role.CALLBACK)), "开户通过后要电话回访，请添加回访人员。")
    yield Point("people", "规则审批人", _apart(approve, draft), "添加主管或合规人员。规则由一人修改、另一人批准。")
    yield Point("people", "合规人员", bool(ids(Role.COMPLIANCE)), "个人信息申请和审计由合规人员处理。")


def _apart(first: set[str], second: set[str]) -> bool:
    """Whether there is one of each, and not only the same person."""
    return bool(first and second) and len(first | second) > 1


def _rules(work: Work) -> Iterable[Point]:
    rules = rules_for(work)
    table, booking = rules["agreements"], rules["reservation_rules"]
    samples = sum(table["marking"] in row["text"] for row in table["agreements"]) if table["marking"] else 0
    rostered = any(work.reservations.roster(branch.id) for branch in work.firms.branches())
    yield Point(
        "hours", "服务时间", rules.versions["service_hours"] > 1, "核对视频和自助的服务时间，按公司的安排修改。"
    )
    yield Point(
        "roster", "值班安排", rostered or not booking["enabled"], "在“预约日历”安排每周值班，客户才能预约视频。"
    )
    yield Point(
        "agreements",
        "协议正文",
        samples == 0,
        Sentence("还有 {count} 份是试点样张，请换成公司的正式文本。", count=samples),
    )
