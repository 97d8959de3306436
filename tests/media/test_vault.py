"""The vault: equal bytes back from any range, nothing plain on disk, no altered file accepted."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DeskError, MediaTrouble, NotFound, WrongState
from core.keys import MasterKeys, Unreadable
from media.storage import LocalStorage
from media.vault import Vault, VaultWriter
from media.vault_format import CHUNK, HEADER

KEYS = MasterKeys.in_memory()


class Bench:
    """A vault in a folder, with a clock that stands still until told."""

    def __init__(self, root: Path) -> None:
        self.root, self.seconds = root, 0.0
        self.vault = Vault(LocalStorage(root), KEYS, lambda: self.seconds)

    def path(self, file_id: str, firm: str = "f1") -> Path:
        return self.root / firm / file_id[:2] / file_id

    def part(self, file_id: str) -> Path:
        return self.root / "f1" / file_id[:2] / (file_id + ".part")

    def write(self, *pieces: bytes) -> VaultWriter:
        writer = self.vault.create("f1")
        for piece in pieces:
            writer.write(piece)
            writer.flush()
        return writer

    def content(self, file_id: str) -> bytes:
        return b"".join(self.vault.open("f1", file_id))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "evidence")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("evidence"))


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_003]


@pytest.mark.parametrize("size", SIZES)
def test_put_gives_back_the_same_bytes(bench: Bench, size: int) -> None:
    data = random.Random(size).randbytes(size)
    stored = bench.vault.put("f1", data)
    reader = bench.vault.open("f1", stored.file_id)
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert (reader.size, reader.complete, reader.stored) == (size, True, stored)
    assert reader.read(0, size + 1) == data
    assert bench.vault.recover("f1", stored.file_id) == stored


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 150_000), max_size=8), st.lists(st.tuples(st.integers(0), st.integers(0)), max_size=8))
def test_random_ranges_are_equal(shared: Bench, pieces: list[int], ranges: list[tuple[int, int]]) -> None:
    data = random.Random(len(pieces)).randbytes(sum(pieces))
    writer, at = shared.vault.create("f1"), 0
    for number, size in enumerate(pieces):
        assert writer.write(data[at : at + size]) == size
        at += size
        if number % 2:
            writer.flush()
    reader = shared.vault.open("f1", writer.close().file_id)
    for low, high in ranges:
        offset, length = low % (len(data) + 2), high % (len(data) + 70_000)
        assert reader.read(offset, length) == data[offset : offset + length]
    assert b"".join(reader) == data


def test_stream_reads_and_seeks_like_a_file(bench: Bench) -> None:
    data = random.Random(1).randbytes(300_000)
    with bench.vault.open("f1", bench.vault.put("f1", data).file_id).stream() as stream:
        assert stream.read(10) == data[:10]
        assert stream.seek(-5, os.SEEK_END) == 299_995
        assert stream.read() == data[-5:]
        assert stream.seek(100_000) + stream.seek(20, os.SEEK_CUR) == 200_020
        assert stream.read(70_000) == data[100_020:170_020]


def test_folders_and_files_are_private(bench: Bench) -> None:
    before = os.umask(0o002)
    try:
        stored, writer = bench.vault.put("f1", b"x"), bench.write(b"x")
    finally:
        os.umask(before)
    paths = [bench.root, *bench.root.rglob("*")]
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths}
    writer.abort()
    assert modes == {(True, 0o700), (False, 0o600)}
    assert bench.path(stored.file_id).is_file()


def test_flush_comes_by_itself_after_a_second(bench: Bench) -> None:
    writer = bench.vault.create("f1")
    writer.write(b"one")
    before = bench.content(writer.file_id)
    bench.seconds = 1.0
    writer.write(b"two")
    after = bench.content(writer.file_id)
    bench.seconds = 1.9
    writer.write(b"three")
    assert (before, after, bench.content(writer.file_id)) == (b"", b"onetwo", b"onetwo")
    writer.close()
    assert bench.content(writer.file_id) == b"onetwothree"


def test_unfinished_file_is_readable_and_says_so(bench: Bench) -> None:
    writer = bench.write(b"a" * 70_000)
    reader = bench.vault.open("f1", writer.file_id)
    assert (reader.size, reader.complete) == (70_000, False)
    writer.close()
    assert reader.read(69_999, 9) == b"a"
    assert bench.vault.open("f1", writer.file_id).complete


def test_file_being_written_cannot_be_recovered(bench: Bench) -> None:
    writer = bench.write(b"a" * 10)
    with pytest.raises(WrongState):
        bench.vault.recover("f1", writer.file_id)
    writer.write(b"b")
    assert writer.close().size == 11


def test_closed_writer_takes_no_more(bench: Bench) -> None:
    writer = bench.write(b"a")
    writer.close()
    for late in (writer.close, lambda: writer.write(b"b" * CHUNK)):
        with pytest.raises(MediaTrouble):
            late()
    assert bench.content(writer.file_id) == b"a"


def test_abort_leaves_nothing(bench: Bench) -> None:
    writer = bench.write(b"a")
    writer.abort()
    assert [path for path in bench.root.rglob("*") if path.is_file()] == []


def test_wrong_ids_are_not_found(bench: Bench) -> None:
    file_id = bench.vault.put("f1", b"x").file_id
    for firm, name in [("f2", file_id), ("f1", "0" * 32), ("f1", f"../{file_id}"), ("..", file_id), ("f1", "")]:
        with pytest.raises(NotFound):
            bench.vault.open(firm, name)
        with pytest.raises(NotFound):
            bench.vault.recover(firm, name)


def test_file_moved_to_another_firm_or_id_is_refused(bench: Bench) -> None:
    one, two = bench.vault.put("f1", b"one").file_id, bench.vault.put("f1", b"two").file_id
    elsewhere = bench.path(one, "f2")
    elsewhere.parent.mkdir(parents=True)
    shutil.copy(bench.path(one), elsewhere)
    with pytest.raises(Unreadable):
        bench.vault.open("f2", one)
    shutil.copy(bench.path(one), bench.path(two))
    with pytest.raises(Unreadable):
        bench.vault.open("f1", two)


def test_delete_destroys_the_key_before_the_file(bench: Bench) -> None:
    file_id = bench.vault.put("f1", b"x" * 500).file_id
    kept = bench.root / "kept"
    kept.hardlink_to(bench.path(file_id))
    bench.vault.delete("f1", file_id)
    bench.vault.delete("f1", file_id)
    assert kept.read_bytes()[:HEADER] == bytes(HEADER)
    shutil.move(kept, bench.path(file_id))
    with pytest.raises(Unreadable):
        bench.vault.open("f1", file_id)


def test_delete_takes_unfinished_files_too(bench: Bench) -> None:
    writer = bench.write(b"x")
    writer.leave()
    bench.vault.delete("f1", writer.file_id)
    with pytest.raises(NotFound):
        bench.vault.open("f1", writer.file_id)


def test_orphans_are_old_and_unknown_files_of_the_firm(bench: Bench) -> None:
    known, lost = (bench.vault.put("f1", b"x").file_id for _ in range(2))
    bench.vault.put("f2", b"x")
    torn = bench.write(b"x")
    torn.leave()
    now = datetime.now(UTC)
    assert bench.vault.orphans("f1", {known}, 3600, now) == []
    found = bench.vault.orphans("f1", {known}, 3600, now + timedelta(seconds=3700))
    assert sorted(found) == sorted([lost, torn.file_id])
    assert bench.vault.orphans("f3", set(), 0, now) == []


def test_disk_errors_name_no_path(bench: Bench) -> None:
    bench.root.write_bytes(b"")
    with pytest.raises(DeskError) as caught:
        bench.vault.put("f1", b"x")
    assert str(bench.root) not in str(caught.value)
    assert caught.value.__suppress_context__


def test_rotated_master_key_still_opens_old_files(tmp_path: Path) -> None:
    keys = MasterKeys.in_memory()
    vault = Vault(LocalStorage(tmp_path), keys)
    old = vault.put("f1", b"old").file_id
    keys.rotate()
    new = vault.put("f1", b"new").file_id
    assert [vault.open("f1", each).read(0, 9) for each in (old, new)] == [b"old", b"new"]
    assert [(tmp_path / "f1" / each[:2] / each).read_bytes()[5:7] for each in (old, new)] == [b"\0\1", b"\0\2"]


def test_no_plain_byte_reaches_the_disk(bench: Bench) -> None:
    canary = b"11010519491231002X\n"
    bench.vault.put("f1", canary * 9000)
    writer = bench.write(canary, canary * 5000)
    writer.write(canary)
    files = [path for path in bench.root.rglob("*") if path.is_file()]
    found = [path for path in files if canary[:6] in path.read_bytes()]
    writer.abort()
    assert (len(files), found) == (2, [])
