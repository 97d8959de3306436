"""The commands of whoever runs the server, and times in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.actor import Role
from core.jobs.export_audit_head import export_audit_head
from core.usecases.sign_in_staff import sign_in_staff
from pages import commands
from pages.parts import clock_words, wiring
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench

NOON = datetime(2026, 2, 24, 4, 0, tzinfo=UTC)
FOUND = ["new-firm", "8003", "第三期货（样张）", "400-000-8003", "总部营业部", "上海市", "admin"]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = made.make_bench(tmp_path)
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    monkeypatch.setattr(wiring, "database", lambda: bench.database)
    monkeypatch.setenv(commands.PASSWORD, "lan-tian-bai-yun")
    return bench


@pytest.mark.parametrize("which", [[], ["8001"], ["f1"]])
def test_a_whole_chain_is_reported(bench: Bench, capsys: pytest.CaptureFixture[str], which: list[str]) -> None:
    assert commands.main(["verify-audit", *which]) == 0
    assert "8001 样张期货: 1 条 / rows, 0 个链头 / heads, 完整" in capsys.readouterr().out


def test_a_deleted_row_breaks_the_chain(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    made.submitted_case(bench)
    for _ in range(3):
        sign_in_staff(bench.desk, made.FIRM.id, "zhaoqiang", "wrong")
    with bench.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq = 2")
    assert commands.main(["verify-audit"]) == 1
    assert "第 2 条不符" in capsys.readouterr().out


def test_a_tail_that_was_cut_is_found_by_the_exported_head(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    sign_in_staff(bench.desk, made.FIRM.id, "zhaoqiang", "wrong")
    assert export_audit_head(bench.desk, made.FIRM.id, {})
    assert commands.main(["verify-audit"]) == 0
    assert "1 个链头" in capsys.readouterr().out
    with bench.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 1")
    assert commands.main(["verify-audit"]) == 1
    assert "导出的链头记到第 2 条，数据库中只有 1 条" in capsys.readouterr().out


def test_an_unknown_firm_is_said(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["verify-audit", "9999"]) == 2
    assert "没有找到" in capsys.readouterr().err


def test_a_new_firm_has_a_branch_its_data_and_an_administrator(bench: Bench) -> None:
    assert commands.main(FOUND) == 0
    assert sign_in_staff(bench.desk, "firm8003", "admin", "lan-tian-bai-yun")
    with bench.desk.read("firm8003") as work:
        assert work.firms.firm().number == "8003"
        assert [(branch.name, branch.city) for branch in work.firms.branches()] == [("总部营业部", "上海市")]
        assert work.people.all_staff()[0].roles == {Role.ADMIN}
        assert "agreements" in work.firms.current_versions()


@pytest.mark.parametrize(("at", "value", "said"), [
    (1, "80", "4 位数字"), (1, "8001", "已经存在"), (6, "A dmin", "工号"), (6, "lan", "不能包含工号"),
])  # fmt: skip
def test_a_firm_that_cannot_be_is_refused(
    bench: Bench, capsys: pytest.CaptureFixture[str], at: int, value: str, said: str
) -> None:
    assert commands.main([*FOUND[:at], value, *FOUND[at + 1 :]]) == 2
    assert said in capsys.readouterr().err
    assert [firm.number for firm in bench.database.firms()] == ["8001"]


def test_the_password_is_typed_twice_without_the_variable(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(commands.PASSWORD)
    answers = iter(["lan-tian-bai-yun", "lan-tian-hei-yun", "lan-tian-bai-yun", "lan-tian-bai-yun"])
    monkeypatch.setattr(commands.getpass, "getpass", lambda _prompt: next(answers))
    assert commands.main(FOUND) == 2
    assert "不一致" in capsys.readouterr().err
    assert commands.main(FOUND) == 0


def test_figures_are_rebuilt_and_differences_are_said(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    with bench.work() as work:
        work.queue.join("c1", "b1", "open_account")
    assert commands.main(["rebuild-rollups"]) == 0, "what is only marked does not differ"
    with bench.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rollup_day SET offered = 7")
    assert commands.main(["rebuild-rollups", "8001"]) == 1
    assert "rollup_day 2" in capsys.readouterr().out
    assert commands.main(["rebuild-rollups"]) == 0
    assert "8001 样张期货: 一致" in capsys.readouterr().out


@pytest.mark.parametrize(("seconds", "words"), [
    (0, "0 秒"), (59, "59 秒"), (60, "1 分钟"), (200, "3 分 20 秒"), (3600, "1 小时"), (7500, "2 小时 5 分钟"),
    (86400, "1 天"), (273600, "3 天 4 小时"), (-5, "0 秒"),
])  # fmt: skip
def test_a_length_is_said_in_two_units(seconds: int, words: str) -> None:
    assert clock_words.span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("minutes", "words"), [
    (0, "刚刚"), (3, "3 分钟前"), (125, "2 小时前"), (2900, "2 天前"), (-1, "1 分钟后"), (-0.5, "马上"),
])  # fmt: skip
def test_a_moment_is_said_from_now(minutes: float, words: str) -> None:
    assert clock_words.relative(NOON - timedelta(minutes=minutes), NOON) == words


def test_times_are_in_shanghai_and_midnight_ends_its_day() -> None:
    assert clock_words.exact(NOON) == "2026-02-24 12:00:00"
    assert clock_words.promise(NOON + timedelta(hours=5, minutes=45)) == "2月24日 17:45"
    assert clock_words.promise(NOON + timedelta(hours=12)) == "2月24日 24:00"
    assert clock_words.against(NOON, NOON - timedelta(hours=1)) == "剩余 1 小时"
    assert clock_words.against(NOON, NOON + timedelta(days=1)) == "已超时 1 天"
