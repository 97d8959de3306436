"""The vault under attack and in accidents: altered files are refused, a crash costs what was not flushed."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import MediaTrouble
from core.keys import MasterKeys, Unreadable
from media.storage import LocalStorage
from media.vault import Vault
from media.vault_format import CHUNK, HEADER, RECORD_EXTRA
from tests.media.test_vault import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "evidence")


DATA = random.Random(7).randbytes(2 * CHUNK + 500)


def sealed(bench: Bench) -> tuple[str, bytes]:
    file_id = bench.vault.put("f1", DATA).file_id
    return file_id, bench.path(file_id).read_bytes()


def refused(bench: Bench, file_id: str, blob: bytes) -> bool:
    bench.path(file_id).write_bytes(blob)
    try:
        bench.content(file_id)
    except Unreadable:
        return True
    return False


def test_any_flipped_bit_is_refused(bench: Bench) -> None:
    file_id, blob = sealed(bench)
    pick = random.Random(3)
    edges = [*range(HEADER + 8), *range(len(blob) - 90, len(blob)), HEADER + CHUNK + RECORD_EXTRA]
    for at in edges + [pick.randrange(len(blob)) for _ in range(60)]:
        changed = bytearray(blob)
        changed[at] ^= 1 << pick.randrange(8)
        assert refused(bench, file_id, bytes(changed)), at
    assert not refused(bench, file_id, blob)


def test_cut_or_lengthened_file_is_refused(bench: Bench) -> None:
    file_id, blob = sealed(bench)
    ends = [0, 1, HEADER - 1, HEADER, HEADER + 4, HEADER + CHUNK + RECORD_EXTRA, len(blob) - 4, len(blob) - 1]
    for end in ends + [random.Random(n).randrange(len(blob)) for n in range(60)]:
        assert refused(bench, file_id, blob[:end]), end
    for more in (b"\0", b"\0" * 4, blob[-4:], blob[HEADER:]):
        assert refused(bench, file_id, blob + more)


def test_reordered_doubled_or_dropped_chunks_are_refused(bench: Bench) -> None:
    file_id, blob = sealed(bench)
    step = CHUNK + RECORD_EXTRA
    head, first, second, rest = (
        blob[:HEADER],
        blob[HEADER:][:step],
        blob[HEADER:][step : 2 * step],
        blob[HEADER + 2 * step :],
    )
    for wrong in [(second, first), (first, first), (first,), (second,), (first, second, first)]:
        assert refused(bench, file_id, head + b"".join(wrong) + rest)


def test_chunk_of_another_file_is_refused(bench: Bench) -> None:
    file_id, blob = sealed(bench)
    _, other = sealed(bench)
    first = slice(HEADER, HEADER + CHUNK + RECORD_EXTRA)
    assert refused(bench, file_id, blob[: first.start] + other[first] + blob[first.stop :])
    assert refused(bench, file_id, other[:HEADER] + blob[HEADER:])


PIECES = (b"a" * 100, DATA, b"b" * 3, b"c" * CHUNK)


@pytest.fixture
def torn(bench: Bench) -> Iterator[tuple[Bench, str, bytes]]:
    """A recording whose process ended: the bytes of its unfinished file."""
    writer = bench.write(*PIECES)
    blob = bench.part(writer.file_id).read_bytes()
    writer.leave()
    yield bench, writer.file_id, blob


def test_crash_at_any_byte_keeps_whole_chunks(torn: tuple[Bench, str, bytes]) -> None:
    bench, file_id, blob = torn
    plain, sizes = b"".join(PIECES), [100, CHUNK, CHUNK, 500, 3, CHUNK]
    ends = [HEADER + sum(sizes[:n]) + n * RECORD_EXTRA for n in range(len(sizes) + 1)]
    assert ends[-1] == len(blob)
    cuts = {near for end in ends for near in range(max(HEADER, end - 20), min(len(blob), end + 20) + 1)}
    for cut in sorted(cuts | {random.Random(n).randrange(HEADER, len(blob)) for n in range(100)}):
        bench.part(file_id).write_bytes(blob[:cut])
        whole = sum(size for size, end in zip(sizes, ends[1:], strict=True) if end <= cut)
        reader = bench.vault.open("f1", file_id)
        assert (reader.size, reader.complete, reader.read(0, len(plain))) == (whole, False, plain[:whole])
        stored = bench.vault.recover("f1", file_id)
        assert (stored.size, stored.sha256) == (whole, hashlib.sha256(plain[:whole]).hexdigest())
        assert bench.content(file_id) == plain[:whole]
        bench.path(file_id).unlink()


def test_crash_in_the_header_is_unreadable(torn: tuple[Bench, str, bytes]) -> None:
    bench, file_id, blob = torn
    for cut in range(HEADER):
        bench.part(file_id).write_bytes(blob[:cut])
        with pytest.raises(Unreadable):
            bench.vault.open("f1", file_id)
        with pytest.raises(Unreadable):
            bench.vault.recover("f1", file_id)


def test_crash_while_closing_or_recovering_ends_the_same(torn: tuple[Bench, str, bytes]) -> None:
    bench, file_id, blob = torn
    bench.vault.recover("f1", file_id)
    finished = bench.path(file_id).read_bytes()
    bench.path(file_id).unlink()
    for cut in range(len(blob), len(finished) + 1):
        bench.part(file_id).write_bytes(finished[:cut])
        assert bench.vault.open("f1", file_id).read(0, 10**6) == b"".join(PIECES)
        bench.vault.recover("f1", file_id)
        assert bench.path(file_id).read_bytes() == finished
        bench.path(file_id).unlink()


def test_recovery_refuses_to_drop_what_follows_a_changed_middle(torn: tuple[Bench, str, bytes]) -> None:
    bench, file_id, blob = torn
    changed = bytearray(blob)
    changed[HEADER + 50] ^= 1
    bench.part(file_id).write_bytes(changed)
    assert bench.vault.open("f1", file_id).size == 0
    with pytest.raises(Unreadable):
        bench.vault.recover("f1", file_id)
    assert bench.part(file_id).read_bytes() == changed


WRITER = """
import sys
from pathlib import Path
from core.keys import MasterKeys
from media.storage import LocalStorage
from media.vault import Vault
root = Path(sys.argv[1])
writer = Vault(LocalStorage(root / "evidence"), MasterKeys.load(root / "master.key", None)).create("f1")
print(writer.file_id, flush=True)
number = 0
while True:
    writer.write(b"%015d\\n" % number * 400)
    writer.flush()
    print(number, flush=True)
    number += 1
"""


def test_killed_process_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        file_id = process.stdout.readline().strip()
        seen = [int(process.stdout.readline()) for _ in range(60)][-1]
        process.send_signal(signal.SIGKILL)
        seen = max([seen, *(int(line) for line in process.stdout if line.endswith("\n"))])
    vault = Vault(LocalStorage(tmp_path / "evidence"), MasterKeys.load(tmp_path / "master.key", None))
    stored = vault.recover("f1", file_id)
    content = vault.open("f1", file_id).read(0, stored.size)
    assert stored.size >= (seen + 1) * 6400
    assert content == b"".join(b"%015d\n" % number * 400 for number in range(stored.size // 6400))


class FullDisk:
    """An appender on a disk with room for so many bytes."""

    def __init__(self, inner: object, room: int) -> None:
        self.inner, self.room = inner, room

    def append(self, data: bytes) -> None:
        self.inner.append(data[: self.room])
        self.room -= len(data)
        if self.room < 0:
            raise MediaTrouble

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


@pytest.mark.parametrize("room", [0, HEADER, HEADER + 100, HEADER + CHUNK + RECORD_EXTRA + 10])
def test_full_disk_refuses_and_leaves_no_file(bench: Bench, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    create = LocalStorage.create
    monkeypatch.setattr(LocalStorage, "create", lambda self, name: FullDisk(create(self, name), room))
    with pytest.raises(MediaTrouble):
        bench.vault.put("f1", DATA)
    assert [path for path in bench.root.rglob("*") if path.is_file()] == []


def test_recording_on_a_full_disk_stops_and_keeps_what_it_has(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    create = LocalStorage.create
    room = HEADER + CHUNK + RECORD_EXTRA + 10
    monkeypatch.setattr(LocalStorage, "create", lambda self, name: FullDisk(create(self, name), room))
    writer = bench.vault.create("f1")
    writer.write(DATA[:CHUNK])
    for _ in range(2):
        with pytest.raises(MediaTrouble):
            writer.write(DATA[CHUNK:])
    assert bench.vault.recover("f1", writer.file_id).size == CHUNK
    assert bench.content(writer.file_id) == DATA[:CHUNK]
