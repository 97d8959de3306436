"""开业准备: a firm learns what is missing before its first customer, and nothing is called done that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.actor import Role
from core.defaults import load_kind
from core.errors import NotAllowed
from core.rules.reservation import Shift
from core.usecases.change_staff import close_staff
from core.usecases.opening_check import opening_check
from tests.desk_bench import Bench


def missing(bench: Bench) -> set[str]:
    return {point.title for point in opening_check(bench.desk, bench.staff("admin")) if not point.done}


def close(bench: Bench, *logins: str) -> None:
    for login in logins:
        close_staff(bench.desk, bench.staff("admin"), login)


def test_a_staffed_firm_misses_hours_roster_and_texts(bench: Bench) -> None:
    assert missing(bench) >= {"服务时间", "值班安排", "协议正文"}
    assert not missing(bench) & {"见证人员", "复核人员", "回访人员", "规则审批人", "合规人员", "中继服务器"}


def test_each_point_is_done_by_what_it_asks_for(bench: Bench) -> None:
    with bench.work() as work:
        table = load_kind("agreements")
        own = [{**row, "text": "正式文本"} for row in table["agreements"]]
        work.firms.add_data(
            "agreements", 2, {**table, "agreements": own}, work.now - timedelta(seconds=1), "staff:admin"
        )
        work.firms.add_data(
            "service_hours", 2, load_kind("service_hours"), work.now - timedelta(seconds=1), "staff:admin"
        )
        work.reservations.set_roster("b1", [Shift("witness", 0, 540, 720)])
    bench.pass_time(seconds=1)
    assert not missing(bench) & {"服务时间", "值班安排", "协议正文"}


@pytest.mark.parametrize(
    ("gone", "point"),
    [
        (("witness", "witness2", "witness_b2", "both", "supervisor"), "见证人员"),
        (("review", "review2", "both"), "复核人员"),
        (("callback",), "回访人员"),
        (("compliance",), "合规人员"),
        (("compliance", "supervisor"), "规则审批人"),
    ],
)
def test_who_is_gone_is_missing(bench: Bench, gone: tuple[str, ...], point: str) -> None:
    close(bench, *gone)
    assert point in missing(bench)


def test_one_person_is_not_two(bench: Bench) -> None:
    close(bench, "witness", "witness2", "witness_b2", "supervisor", "review", "review2")
    assert "复核人员" in missing(bench), "the only witness is the only reviewer"


def test_outside_the_demo_a_relay_is_asked_for(bench: Bench) -> None:
    real = replace(bench.desk, settings=replace(bench.desk.settings, mode="production"))
    assert "中继服务器" in {point.title for point in opening_check(real, bench.staff("admin")) if not point.done}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_asks(bench: Bench, role: Role) -> None:
    with pytest.raises(NotAllowed):
        opening_check(bench.desk, bench.staff("review", role))
