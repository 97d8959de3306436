"""The exported heads of the audit chain: once an hour, signed, and a chain that was cut at its end is found by them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from core.audit import Tag
from core.audit_heads import HeadCheck, read_line
from core.errors import DeskError
from core.jobs.export_audit_head import export_audit_head
from core.jobs.run import post_repeated
from core.usecases.verify_audit import AuditCheck, check_chain, verify_audit
from db.tables import AuditRow
from media.head_log import HeadLog
from tests.desk_bench import Bench

MONTH = "2026-03"


def grow(bench: Bench, rows: int, firm: str = "f1") -> None:
    for number in range(rows):
        with bench.work(firm) as work:
            work.audit(bench.staff("review", firm=firm), Tag.STAFF_CASE_TAKE, f"case:{number}")


def cut(bench: Bench, after: int) -> None:
    """Delete the rows after this one behind the product's back."""
    with bench.database.engine.execution_options(write=True).begin() as connection:
        connection.execute(delete(AuditRow).where(AuditRow.firm_id == "f1", AuditRow.seq > after))


def export(bench: Bench, firm: str = "f1") -> None:
    assert export_audit_head(bench.desk, firm, {})


def lines(bench: Bench, number: str = "8001") -> list[str]:
    return bench.desk.audit_heads.lines(number)


def check(bench: Bench) -> AuditCheck:
    return check_chain(bench.desk, "f1")


@pytest.fixture
def exported(bench: Bench) -> Bench:
    """Ten rows, a head after the fourth and after the tenth."""
    for rows in (3, 6):
        grow(bench, rows)
        export(bench)
        bench.pass_time(hours=1)
    return bench


# -- export
def test_a_head_says_firm_number_row_and_time_and_nothing_else(bench: Bench) -> None:
    grow(bench, 3)
    export(bench)
    [line] = lines(bench)
    assert json.loads(line).keys() == {"firm", "seq", "mac", "at", "signature"}
    with bench.work() as work:
        head, (seq, mac) = read_line(work.keys.mac, line), work.audit_head()
    assert head is not None
    assert (head.firm_number, head.seq, head.mac, seq) == ("8001", 4, mac, 4)
    assert timedelta(0) < bench.now - head.at < timedelta(seconds=1)


def test_within_the_hour_a_second_export_writes_nothing(bench: Bench) -> None:
    for _ in range(3):
        export(bench)
        grow(bench, 1)
        bench.pass_time(minutes=15)
    assert len(lines(bench)) == 1
    bench.pass_time(minutes=16)
    export(bench)
    assert [json.loads(line)["seq"] for line in lines(bench)] == [1, 4]


def test_the_job_runs_once_an_hour_however_often_it_is_posted(bench: Bench) -> None:
    for _ in range(2):
        for _ in range(3):
            post_repeated(bench.desk, "f1")
            bench.run_jobs()
        bench.pass_time(hours=1)
    assert len(lines(bench)) == 2


def test_the_same_hour_of_another_day_is_another_hour(bench: Bench) -> None:
    for _ in range(2):
        export(bench)
        bench.pass_time(days=1)
    assert len(lines(bench)) == 2


def test_each_month_has_its_file_and_each_firm_its_folder(bench: Bench) -> None:
    export(bench)
    export(bench, "f2")
    bench.pass_time(days=31)
    export(bench)
    root = bench.vault_folder / "audit-heads"
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.jsonl"))
    assert files == ["8001/2026-03.jsonl", "8001/2026-04.jsonl", "8002/2026-03.jsonl"]
    assert {path.stat().st_mode & 0o777 for path in root.rglob("*.jsonl")} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in root.iterdir()} == {0o700}
    assert bench.desk.audit_heads.lines("8001", MONTH) == lines(bench)[:1]


# -- verification
def test_a_whole_chain_agrees_with_its_heads_also_when_it_grew_since(exported: Bench) -> None:
    grow(exported, 2)
    found = check(exported)
    assert (found.rows, found.heads, found.problem) == (12, HeadCheck(2, None, 0), "")
    assert found.whole and verify_audit(exported.desk, exported.staff("compliance")).whole


def test_a_chain_without_exported_heads_is_whole(bench: Bench) -> None:
    assert (check(bench).heads, check(bench).whole) == (HeadCheck(0, None, 0), True)


@pytest.mark.parametrize(("after", "known"), [(9, 10), (4, 10), (3, 4), (0, 4)])
def test_a_tail_that_was_cut_is_reported(exported: Bench, after: int, known: int) -> None:
    cut(exported, after)
    found = check(exported)
    assert found.broken_at is None, "the chain alone does not show it"
    assert found.heads.contradicted_at == known and not found.whole
    assert found.problem == f"导出的链头记到第 {known} 条，数据库中只有 {after} 条，末尾的记录缺失。"


def test_a_tail_that_was_cut_shows_also_when_the_chain_grew_again(exported: Bench) -> None:
    cut(exported, 7)
    grow(exported, 20)
    found = check(exported)
    assert (found.broken_at, found.heads.contradicted_at) == (None, 10)
    assert found.problem.startswith("第 10 条与导出的链头不符")


def test_a_broken_chain_is_said_first(exported: Bench) -> None:
    with exported.database.engine.execution_options(write=True).begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.firm_id == "f1", AuditRow.seq == 2).values(actor="x"))
    assert check(exported).problem.startswith("第 2 条不符")


def forged(line: str) -> str:
    return json.dumps({**json.loads(line), "seq": 3})


SPOILT: dict[str, Callable[[str], str]] = {
    "another row": forged,
    "torn": lambda line: line[:40],
    "no object": lambda _: "[]",
    "empty": lambda _: "",
    "no signature": lambda line: json.dumps({k: v for k, v in json.loads(line).items() if k != "signature"}),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_line_that_is_not_ours_is_reported_and_not_believed(exported: Bench, how: str) -> None:
    exported.desk.audit_heads.append("8001", MONTH, SPOILT[how](lines(exported)[0]))
    found = check(exported)
    assert (found.heads, found.whole) == (HeadCheck(3, None, 1), False)
    assert found.problem == "导出的链头中有 1 行无法核对。"


def test_a_head_of_another_firm_is_not_believed(exported: Bench) -> None:
    export(exported, "f2")
    exported.desk.audit_heads.append("8001", MONTH, lines(exported, "8002")[0])
    assert check(exported).heads == HeadCheck(3, None, 1)


def test_a_torn_line_does_not_spoil_the_next_one(exported: Bench) -> None:
    path = exported.vault_folder / "audit-heads" / "8001" / f"{MONTH}.jsonl"
    path.write_bytes(path.read_bytes() + b'{"firm":"80')
    export(exported)
    assert check(exported).heads == HeadCheck(4, None, 1)


def test_only_numbers_of_firms_name_a_folder(bench: Bench) -> None:
    log = HeadLog(bench.vault_folder / "audit-heads")
    for number, month in (("..", MONTH), ("", MONTH), ("8001/x", MONTH), ("8001", "../x"), ("8001", "")):
        with pytest.raises(DeskError):
            log.append(number, month, "x")
    assert not list(bench.vault_folder.rglob("*.jsonl"))


def test_a_disk_that_refuses_makes_the_job_try_again(bench: Bench) -> None:
    bench.vault_folder.mkdir(exist_ok=True)
    (bench.vault_folder / "audit-heads").write_text("in the way")
    post_repeated(bench.desk, "f1")
    bench.run_jobs()
    (bench.vault_folder / "audit-heads").unlink()
    bench.pass_time(minutes=1)
    bench.run_jobs()
    assert len(lines(bench)) == 1
