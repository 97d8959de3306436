"""Hostile uploads: mutated files of every accepted kind through `media.images.safe_decode`.

`python -m tests.prove.decoder --files 20000` forks a process for each batch under a limit of memory and time. A file is
accepted or refused with a sentence; anything else is a crash. What is accepted must be a fresh JPEG that carries
nothing of the upload but its picture. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import random
import resource
import signal
from dataclasses import asdict, dataclass, field
from functools import cache
from multiprocessing.connection import Connection

import pillow_heif
from PIL import Image, ImageDraw

from core.errors import BadFile
from media.images import STORED_SIDE, safe_decode

BATCH = 100
SECRET = b"SECRET-PLACE-31.2304N"
"""Written into EXIF, comments and behind pictures: it may stand in no stored one."""
MEMORY_MIB = 700
"""Most a batch may grow by, resident; a limit of address space a little above it stops what would take more."""
FILE_S = 10.0
"""CPU seconds of one file; wall time would blame a file for what else the machine does."""
EXPECTED = ("jpg", "png", "gif", "bmp", "heic")


@dataclass
class Outcome:
    """Counts of a run."""

    files: int = 0
    accepted: int = 0
    refused: int = 0
    crashes: list[str] = field(default_factory=list)
    unsanitised: list[str] = field(default_factory=list)
    peak_mib: float = 0.0

    def add(self, other: Outcome) -> None:
        self.files += other.files
        self.accepted += other.accepted
        self.refused += other.refused
        self.crashes += other.crashes
        self.unsanitised += other.unsanitised
        self.peak_mib = max(self.peak_mib, other.peak_mib)


@cache
def originals() -> dict[str, list[bytes]]:
    """Small honest files of each kind, in the modes that decoders treat differently."""
    chance = random.Random(1)
    picture = Image.new("RGB", (360, 320), (200, 210, 230))
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        corner = (chance.randrange(340), chance.randrange(300))
        draw.rectangle([corner, (corner[0] + 20, corner[1] + 15)], fill=tuple(chance.randrange(256) for _ in range(3)))
    tags = Image.Exif()
    tags[0x0112], tags[0x0131] = 6, SECRET.decode()
    tags.get_ifd(0x8825)[1] = "N"
    found = {
        "jpg": [_saved(picture, "JPEG", exif=tags, comment=SECRET), _saved(picture.convert("L"), "JPEG"),
                _saved(picture, "JPEG", progressive=True, exif=tags), _saved(picture.convert("CMYK"), "JPEG")],
        "png": [_saved(picture, "PNG", exif=tags), _saved(picture.convert("RGBA"), "PNG"),
                _saved(picture.quantize(32), "PNG"), _saved(picture.convert("I;16"), "PNG"),
                _saved(picture.convert("1"), "PNG")],
        "gif": [_saved(picture, "GIF", comment=SECRET),
                _saved(picture, "GIF", save_all=True, append_images=[picture.rotate(9), picture.rotate(20)])],
        "bmp": [_saved(picture, "BMP"), _saved(picture.quantize(16), "BMP"), _saved(picture.convert("1"), "BMP")],
        "heic": [_heic(picture)],
    }  # fmt: skip
    assert tuple(found) == EXPECTED
    return found


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _heic(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture).save(out, quality=60)
    return out.getvalue()


def mutated(number: int) -> tuple[str, bytes]:
    """The kind and the bytes of a file; the same number is the same file."""
    chance = random.Random(number)
    kind = chance.choice(EXPECTED)
    data = bytearray(chance.choice(originals()[kind]))
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice((_flip, _flip_head, _cut, _repeat, _drop, _extreme, _append, _splice))(data, chance)
    return kind, bytes(data)


def _place(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(max(1, len(data)))


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 20, 200))):
        if data:
            data[_place(data, chance)] = chance.randrange(256)


def _flip_head(data: bytearray, chance: random.Random) -> None:
    """Where sizes and offsets stand."""
    for _ in range(chance.choice((1, 2, 6))):
        if data:
            data[chance.randrange(min(len(data), 160))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _repeat(data: bytearray, chance: random.Random) -> None:
    start = _place(data, chance)
    piece = data[start : start + chance.choice((4, 64, 1000))]
    data[start:start] = piece * chance.choice((1, 2, 30))


def _drop(data: bytearray, chance: random.Random) -> None:
    start = _place(data, chance)
    del data[start : start + chance.choice((1, 4, 64, 1000))]


def _extreme(data: bytearray, chance: random.Random) -> None:
    """A number of 2 or 4 bytes becomes 0, the largest, or a large size."""
    start = chance.randrange(max(1, min(len(data) - 4, 300)))
    size, order = chance.choice((2, 4)), chance.choice(("big", "little"))
    value = chance.choice((0, 1, 0x7FFF, 0xFFFF, 12_000, 9_000, 0x7FFFFFFF, 0xFFFFFFFF)) % (1 << 8 * size)
    data[start : start + size] = value.to_bytes(size, order)  # type: ignore[arg-type]


def _append(data: bytearray, chance: random.Random) -> None:
    data += chance.choice((SECRET * 100, b"PK\x03\x04" + SECRET * 200, b"<svg onload=alert(1)>", b"%PDF-1.7"))


def _splice(data: bytearray, chance: random.Random) -> None:
    """The middle of another kind."""
    other = chance.choice(originals()[chance.choice(EXPECTED)])
    start = _place(data, chance)
    data[start : start + 300] = other[chance.randrange(len(other)) :][:300]


def faults(jpeg: bytes) -> list[str]:
    """What a stored picture carries that it must not."""
    found = ["secret"] if SECRET[:12] in jpeg else []
    if not jpeg.endswith(b"\xff\xd9"):
        found.append("something behind the picture")
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        picture.load()
        if picture.mode != "RGB" or max(picture.size) > STORED_SIDE:
            found.append(f"{picture.mode} {picture.size}")
        if dict(picture.getexif()) or {"exif", "icc_profile", "comment", "xmp"} & picture.info.keys():
            found.append("metadata")
    return found


def _batch(first: int, count: int, answer: Connection) -> None:
    """In a process of its own: decode a batch, tell after each file."""
    at_start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open("/proc/self/statm") as file:  # noqa: PTH123 - pseudo file
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + (MEMORY_MIB + 500) * 2**20,) * 2)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process: no file may take that long
    for number in range(first, first + count):
        signal.setitimer(signal.ITIMER_PROF, FILE_S)
        kind, data = mutated(number)
        try:
            picture = safe_decode(data, f"photo.{kind}")
        except BadFile:
            answer.send((number, "refused", ""))
        except BaseException as error:  # noqa: BLE001 - exactly what must not happen
            answer.send((number, "crash", f"{kind} {number} {type(error).__name__}"))
        else:
            answer.send((number, "accepted", ", ".join(faults(picture.jpeg))))
    answer.send((-1, "peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - at_start))


def run_batch(first: int, count: int) -> Outcome:
    """One batch in a forked process; a process that dies is a crash of the file it had."""
    context, outcome = multiprocessing.get_context("fork"), Outcome(files=count)
    originals()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_batch, args=(first, count, theirs))
    process.start()
    theirs.close()
    reached = first - 1
    while True:
        try:
            number, what, detail = ours.recv()
        except EOFError:
            break
        if what == "peak":
            outcome.peak_mib = float(detail)
            continue
        reached = number
        outcome.accepted += what == "accepted"
        outcome.refused += what == "refused"
        if what == "crash":
            outcome.crashes.append(detail)
        elif detail:
            outcome.unsanitised.append(f"{number} {detail}")
    process.join()
    if process.exitcode != 0:
        outcome.crashes.append(f"file {reached + 1} ended the process with {process.exitcode}")
    return outcome


def main() -> int:
    """0 when nothing crashed, nothing was stored unsanitised and memory stayed bounded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    whole = Outcome()
    for first in range(chosen.first, chosen.first + chosen.files, BATCH):
        whole.add(run_batch(first, min(BATCH, chosen.first + chosen.files - first)))
    print(json.dumps({"prove": "decoder", **asdict(whole), "memory_limit_mib": MEMORY_MIB}))
    return 1 if whole.crashes or whole.unsanitised or whole.peak_mib > MEMORY_MIB else 0


if __name__ == "__main__":
    raise SystemExit(main())
