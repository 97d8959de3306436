"""CPU of a 12-megapixel photo by stage, the worker's peak memory, and pages while ten photos arrive at once.

`python -m tests.bench.photo` takes about two minutes. A fresh process does what upload and worker do with six invented
photos (tests/photos), so its peak is a worker's. Then ten customers upload at once while the pages of another one are
drawn again and again in the same process, and a worker reads beside it. Prints one JSON line per figure.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from core.keys import MasterKeys

ROOT = Path(__file__).resolve().parents[2]
KINDS, LEVELS, SEED = ("id_front", "id_back", "bank_card"), ("easy", "medium"), 41_000
MORE = (
    ("id_back", 905_011, "hard"),
    ("portrait", 7, "medium"),
    ("score_report", 21, "medium"),
    ("signature", 21, "medium"),
)
"""Kinds that take more memory, one of them with a second look: read for the peak alone."""
TOTAL_S, PEAK_MIB, RERUN_MS = 1.2, 400, 1000.0
AT_ONCE, PATIENCE_S = 10, 120.0
COMMAND = [sys.executable, "-m", "tests.bench.photo"]
STAGES = {
    "locate": "media.photo_card.locate", "straighten": "media.photo_card.straighten",
    "measure": "media.photo_measure.measure", "glare": "media.photo_measure.glare_boxes",
    "looks": "media.photo_measure.looks", "read_text": "media.photo_card.read_text",
    "decode_stored": "media.photo_picture.decode", "encode_crop": "media.photo_card.encode",
    "second_words": "media.photo_card.find_words", "second_locate": "media.photo_card.locate_by_words",
}  # fmt: skip


def report(figure: str, value: float, unit: str) -> None:
    """One JSON line."""
    print(json.dumps({"bench": "photo", "figure": figure, "value": round(value, 3), "unit": unit}), flush=True)


def _timed(spent: dict[str, float], name: str, act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def timed(*args: Any, **named: Any) -> Any:
        begun = time.process_time()
        try:
            return act(*args, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - begun

    return timed


def read_photos(folder: Path) -> None:
    """In a process of its own: read every photo of the folder, print CPU by stage."""
    import importlib

    from media.images import safe_decode
    from media.photo_reader import PhotoMachine
    from media.photo_text import is_available

    assert is_available()
    spent: dict[str, float] = {}
    for name, path in STAGES.items():
        module, function = path.rsplit(".", 1)
        owner = importlib.import_module(module)
        setattr(owner, function, _timed(spent, name, getattr(owner, function)))
    decode, machine = _timed(spent, "safe_decode", safe_decode), PhotoMachine()
    read = _timed(spent, "machine", machine.read)
    paths = sorted(folder.glob("*.jpg"))
    for warm_up in (True, False):
        spent.clear()
        for path in paths[:1] if warm_up else paths:
            picture = decode(path.read_bytes(), path.name)
            read("x", path.stem.split("-")[1], picture.jpeg, notes=picture.notes)
    print(json.dumps({"stages": {k: v / len(paths) for k, v in spent.items()}}))


def read_stored(folder: Path) -> None:
    """In a process that is a worker: read every stored picture, print the peak."""
    from media.photo_reader import PhotoMachine
    from pages import worker

    worker.be_modest()
    for path in sorted((folder / "stored").glob("*.jpg")):
        PhotoMachine().read("x", path.stem.split("-")[1], path.read_bytes())
    status = Path("/proc/self/status").read_text()  # getrusage would tell the peak of the process that started this one
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"peak_mib": peak}))


def stages(folder: Path) -> bool:
    """Report CPU by stage; whether total and peak stay within their limits."""
    done = subprocess.run([*COMMAND, "--read", str(folder)], check=True, capture_output=True, text=True, cwd=ROOT)
    found = json.loads(done.stdout.splitlines()[-1])
    done = subprocess.run([*COMMAND, "--peak", str(folder)], check=True, capture_output=True, text=True, cwd=ROOT)
    found |= json.loads(done.stdout.splitlines()[-1])
    for name in ("safe_decode", *STAGES):
        report(f"{name}_cpu_s", found["stages"].get(name, 0.0), "s")
    total = found["stages"]["safe_decode"] + found["stages"]["machine"]
    report("total_cpu_s", total, "s")
    report("peak_mib", found["peak_mib"], "MiB")
    return total <= TOTAL_S and found["peak_mib"] <= PEAK_MIB


async def _reruns(user: dict[str, Any], busy: threading.Event) -> list[float]:
    """Wall times in ms of reruns of a customer's page until nothing is busy any more."""
    from tests.bench.pages import Browser, runtime

    server = runtime()
    await server.start()
    page, found = Browser(server, ROOT / "pages" / "router.py", user), []
    for _ in range(3):
        await page.rerun()
    while busy.is_set():
        begun = time.perf_counter()
        await page.rerun()
        found.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.05)
    server.stop()
    await server.stopped
    return found


def together(photos: list[bytes]) -> bool:
    """Ten uploads at once beside a page that is drawn again and again; whether it stays quick."""
    from core.usecases.photos import add_photo
    from tests.bench.standing import Standing

    with tempfile.TemporaryDirectory() as keys:
        case = Standing(MasterKeys.load(Path(keys) / "keys.json", None))
        case.device()
        case.photos()
        case.profile()
        with subprocess.Popen([*COMMAND, "--work", *_place(case), keys], stdout=subprocess.PIPE, cwd=ROOT) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            spans, took = _crowded(case, photos, add_photo)
            worker.terminate()
    report("ten_photos_read_after_s", took, "s")
    slow = spans[int(0.95 * (len(spans) - 1))]
    report("ten_photos_reruns", len(spans), "reruns")
    report("ten_photos_rerun_p50_ms", spans[len(spans) // 2], "ms")
    report("ten_photos_rerun_p95_ms", slow, "ms")
    return slow <= RERUN_MS


def _place(case: Any) -> list[str]:
    """Database and vault of a standing customer."""
    return [case.bench.database.url, str(case.bench.vault_folder)]


def work_through(url: str, vault: str, keys: str) -> None:
    """The worker of the ten photos: the product's slow lane on the bench's database, until it is ended."""
    from core.jobs.run import SLOW, run_next
    from db.database import Database
    from media.photo_reader import PhotoMachine
    from media.photo_text import is_available
    from tests.desk_bench import Backend, make_desk
    from tests.stand_ins import START, SmsRecorder

    def tomorrow() -> datetime:
        return START + timedelta(days=1)  # every photo is due

    os.nice(10)
    assert is_available()
    ring = MasterKeys.load(Path(keys) / "keys.json", None)
    backend = Backend("sqlite", Path(vault).parent, ring)
    desk = make_desk(Database(url, ring, tomorrow), backend, Path(vault), tomorrow, SmsRecorder(), light=False)
    desk = replace(desk, photo_reader=PhotoMachine())
    print("ready", flush=True)
    while True:
        if not run_next(desk, "f1", SLOW):
            time.sleep(0.1)


def _crowded(case: Any, photos: list[bytes], add_photo: Callable[..., Any]) -> tuple[list[float], float]:
    """Sorted wall times of reruns in ms while the photos arrive and are read, and how long that took in s."""
    busy, desk, walk = threading.Event(), case.bench.desk, case.walk
    busy.set()
    began = time.perf_counter()

    def upload(data: bytes) -> None:
        add_photo(desk, walk.actor, walk.case_id, "id_front", data, "photo.jpg")

    def all_of_it() -> None:
        threads = [threading.Thread(target=upload, args=(data,)) for data in photos]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        while _waiting(desk, walk) and time.perf_counter() - began < PATIENCE_S:
            time.sleep(0.1)
        busy.clear()

    threading.Thread(target=all_of_it, daemon=True).start()
    spans = sorted(asyncio.run(_reruns(case.user(), busy)))
    return spans, time.perf_counter() - began


def _waiting(desk: Any, walk: Any) -> bool:
    with desk.read(walk.firm) as work:
        return bool(work.photos.waiting_of(walk.case_id) > 0)


def make_photos(folder: Path) -> list[bytes]:
    """Twelve-megapixel photos of the generator as files; ten of them, some twice with another byte."""
    from media.images import safe_decode
    from tests.photos.held import hand_held
    from tests.photos.scenes import photo

    made = []
    for level in LEVELS:
        for kind in KINDS:
            made.append(photo(kind, level, SEED).jpeg)
            (folder / f"{level}-{kind}-.jpg").write_bytes(made[-1])
    stored = {f"{index}-{KINDS[index % len(KINDS)]}": jpeg for index, jpeg in enumerate(made)}
    for kind, number, level in MORE:
        drawn = hand_held(number, level, size=(3024, 4032)) if kind == "portrait" else photo(kind, level, number)
        stored[f"more-{kind}"] = drawn.jpeg
    (folder / "stored").mkdir()
    for name, jpeg in stored.items():
        (folder / "stored" / f"{name}.jpg").write_bytes(safe_decode(jpeg, "a.jpg").jpeg)
    return [made[index % len(made)] + bytes([index]) for index in range(AT_ONCE)]


def main() -> int:
    """0 when every figure stays within its limit."""
    if sys.argv[1:2] == ["--read"]:
        read_photos(Path(sys.argv[2]))
        return 0
    if sys.argv[1:2] == ["--peak"]:
        read_stored(Path(sys.argv[2]))
        return 0
    if sys.argv[1:2] == ["--work"]:
        work_through(*sys.argv[2:])
    with tempfile.TemporaryDirectory() as pictures:
        photos = make_photos(Path(pictures))
        good = stages(Path(pictures))
        logging.disable(logging.WARNING)
        return 0 if together(photos) and good else 1


if __name__ == "__main__":
    raise SystemExit(main())
