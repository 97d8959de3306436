"""Files that no row knows are deleted after a day; what a row or a job names is never touched."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from core.errors import MediaTrouble, NotFound
from core.jobs.run import ATTEMPTS, post_repeated
from core.jobs.sweep_files import ORPHAN_AGE, sweep_files
from core.usecases.serve_customer import release_call, start_recording
from media.vault import Vault, VaultWriter
from tests.builders import Walk, case_at
from tests.desk_bench import Bench


def put(bench: Bench, firm: str = "f1") -> str:
    """A file without a row."""
    return bench.desk.vault.put(firm, b"left behind").file_id


def files(bench: Bench, firm: str = "f1") -> set[str]:
    """Ids of all files of a firm, finished or not."""
    return {path.name.removesuffix(".part") for path in (bench.vault_folder / firm).glob("??/*")}


def age(bench: Bench, length: timedelta) -> None:
    """Let all files and the clock stand so far apart."""
    moment = (bench.now - length).timestamp()
    for path in bench.vault_folder.glob("*/??/*"):
        os.utime(path, (moment, moment))


def sweep(bench: Bench, firm: str = "f1") -> None:
    assert sweep_files(bench.desk, firm, {})


def record(bench: Bench, walk: Walk) -> VaultWriter:
    """A recording that is being written with its index, and the promised job."""
    assert isinstance(bench.desk.vault, Vault)
    writer, index = bench.desk.vault.create("f1"), bench.desk.vault.create("f1")
    start_recording(bench.desk, bench.staff("witness"), *walk.held, "customer", writer.file_id, index.file_id)
    for each in (index, writer):
        each.write(b"webm " * 100)
        each.flush()
    index.close()
    return writer


def swept(bench: Bench, firm: str = "f1") -> list[int]:
    """Counts on record."""
    return [detail["count"] for tag, _, detail in bench.audit(firm) if tag == "system:files:sweep"]


def test_an_orphan_goes_after_a_day_and_is_counted(bench: Bench) -> None:
    put(bench)
    put(bench)
    age(bench, ORPHAN_AGE - timedelta(minutes=1))
    sweep(bench)
    assert (len(files(bench)), swept(bench)) == (2, [])
    age(bench, ORPHAN_AGE + timedelta(minutes=1))
    sweep(bench)
    assert (files(bench), swept(bench)) == (set(), [2])
    sweep(bench)
    assert swept(bench) == [2]


def test_every_file_of_a_case_is_kept(bench: Bench) -> None:
    """Originals, stills, documents prepared and sealed, recordings: all that a whole case left behind."""
    case_at(bench, "callback")
    bench.run_jobs()
    before = files(bench)
    orphan = put(bench)
    age(bench, timedelta(days=400))
    sweep(bench)
    assert files(bench) == before and orphan not in before and len(before) > 20
    assert swept(bench) == [1]


def test_what_was_replaced_is_kept_until_its_retention_ends(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    first = walk.add_photo(bench, "id_front")
    walk.add_photo(bench, "id_front", "another")
    age(bench, timedelta(days=2))
    sweep(bench)
    assert first.file_id in files(bench) and swept(bench) == []


def test_a_running_recording_is_kept_however_old_it_looks(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    writer = record(bench, walk)
    age(bench, timedelta(days=3))
    sweep(bench)
    assert writer.file_id in files(bench) and swept(bench) == []
    writer.close()
    release_call(bench.desk, bench.staff("witness"), *walk.held)
    bench.pass_time(minutes=1)
    bench.run_jobs()
    assert len(walk.facts(bench).slot("recording_customer")) == 1
    age(bench, timedelta(days=3))
    sweep(bench)
    assert writer.file_id in files(bench) and swept(bench) == []


def test_a_recording_whose_job_failed_is_kept_for_staff(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = case_at(bench, "in_call")
    writer = record(bench, walk)
    writer.close()
    release_call(bench.desk, bench.staff("witness"), *walk.held)

    def broken(_webm: bytes) -> tuple[dict[str, object], bytes | None]:
        raise MediaTrouble

    monkeypatch.setattr(bench.desk.recordings, "check", broken)
    for _ in range(ATTEMPTS + 1):
        bench.run_jobs()
        bench.pass_time(minutes=11)
    with bench.work() as work:
        assert work.jobs.unfinished() == 0
    age(bench, timedelta(days=3))
    sweep(bench)
    assert writer.file_id in files(bench)


def test_an_unfinished_file_that_nothing_names_goes(bench: Bench) -> None:
    assert isinstance(bench.desk.vault, Vault)
    writer = bench.desk.vault.create("f1")
    writer.write(b"webm")
    writer.leave()
    age(bench, timedelta(days=2))
    sweep(bench)
    assert (files(bench), swept(bench)) == (set(), [1])


def test_each_firm_sweeps_its_own_files(bench: Bench) -> None:
    ours, theirs = put(bench), put(bench, "f2")
    age(bench, timedelta(days=2))
    sweep(bench)
    assert (files(bench), files(bench, "f2")) == (set(), {theirs})
    with pytest.raises(NotFound):
        bench.desk.vault.open("f1", ours)
    assert swept(bench, "f2") == []


def test_the_sweep_comes_once_a_day(bench: Bench) -> None:
    for day in range(3):
        put(bench)
        age(bench, timedelta(days=2))
        for _ in range(2):
            post_repeated(bench.desk, "f1")
            bench.run_jobs()
        assert swept(bench) == [1] * (day + 1)
        bench.pass_time(days=1)
