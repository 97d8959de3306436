"""Speed of the vault beside plain files: `python -m tests.bench.vault`, one JSON line per figure."""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.keys import MasterKeys
from media.storage import LocalStorage
from media.vault import Vault

MIB = 1 << 20
SIZE = 50 * MIB
PIECE = 256 * 1024


def rate(work: Callable[[], object]) -> float:
    """Median MiB/s of three runs over SIZE bytes."""
    took = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return SIZE / MIB / sorted(took)[1]


def report(figure: str, value: float, unit: str, baseline: float | None = None) -> None:
    """Print one figure; ratio says how many times better than a plain file it is."""
    line: dict[str, object] = {"bench": "vault", "figure": figure, "value": round(value, 3), "unit": unit}
    if baseline:
        line |= {"baseline": "plain_file", "baseline_value": round(baseline, 3), "ratio": round(value / baseline, 2)}
    print(json.dumps(line))


def write_plain(path: Path, data: bytes) -> None:
    """Write as the vault does: in pieces, then durable."""
    with path.open("wb") as file:
        for at in range(0, SIZE, PIECE):
            file.write(data[at : at + PIECE])
        os.fsync(file.fileno())


def write_sealed(vault: Vault, data: bytes) -> str:
    """Write one file into the vault in pieces and return its id."""
    writer = vault.create("bench")
    for at in range(0, SIZE, PIECE):
        writer.write(data[at : at + PIECE])
    return writer.close().file_id


def main() -> None:
    """Print write and read rates, and the time to open a file and read 64 KiB of it."""
    data = random.Random(1).randbytes(SIZE)
    with tempfile.TemporaryDirectory() as folder:
        vault, plain = Vault(LocalStorage(Path(folder) / "evidence"), MasterKeys.in_memory()), Path(folder) / "plain"
        report(
            "write_mib_per_s", rate(lambda: write_sealed(vault, data)), "MiB/s", rate(lambda: write_plain(plain, data))
        )
        file_id = write_sealed(vault, data)
        sealed = rate(lambda: [len(piece) for piece in vault.open("bench", file_id)])
        report("read_mib_per_s", sealed, "MiB/s", rate(plain.read_bytes))
        offsets = [random.Random(n).randrange(SIZE) for n in range(200)]
        start = time.perf_counter()
        for offset in offsets:
            vault.open("bench", file_id).read(offset, 65_536)
        report("open_and_seek_ms", (time.perf_counter() - start) * 1000 / len(offsets), "ms")


if __name__ == "__main__":
    main()
