"""How well the machine reads photos of the generator, by kind and level, with counts.

`python -m tests.photos.evaluate --seed 7 --n 8` prints the tables of docs/photos.md; the last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from media.images import safe_decode
from media.photo_geometry import overlap
from media.photo_reader import PhotoMachine
from tests.photos.held import hand_held
from tests.photos.scenes import LEVELS, Photo, photo

KINDS = ("id_front", "id_back", "bank_card")
MORE_KINDS = ("score_report", "portrait")
"""Read as well; what the product promises is counted over cards alone."""
NUMBERS = ("id_number", "card_number")
LOW, CLEAR = 14.0, 20.0
"""dE76 in the scene below which a warning is due, and above which it is false; between them either answer is right."""
GOOD_CROP = 0.9
"""Least intersection over union of a right crop."""


@dataclass
class Cell:
    """Counts of one kind at one level."""

    photos: int = 0
    all_exact: int = 0
    exact: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    filled: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong_filled: list[str] = field(default_factory=list)
    good_crop: int = 0
    wrong_crop_ok: int = 0
    verdicts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    low_found: int = 0
    low_photos: int = 0
    low_false: int = 0
    clear_photos: int = 0
    cpu_s: list[float] = field(default_factory=list)


def photos(kinds: tuple[str, ...], seed: int, count: int, size: tuple[int, int]) -> Iterator[Photo]:
    """The photos of a seed."""
    for level in LEVELS:
        for kind in kinds:
            for index in range(count):
                number = seed * 1000 + index
                yield hand_held(number, level) if kind == "portrait" else photo(kind, level, number, size)


def judge(machine: PhotoMachine, made: Photo, cell: Cell) -> list[str]:
    """Read one photo and count; returns what was wrong."""
    truth = made.truth
    picture = safe_decode(made.jpeg, "photo.jpg")
    begun = time.process_time()
    reading = machine.read("x", truth.kind, picture.jpeg, notes=picture.notes).reading
    cell.cpu_s.append(time.process_time() - begun)
    quad = np.array(reading.quad) * truth.size if reading.quad else None
    right = quad is not None and overlap(quad, np.array(truth.corners)) >= GOOD_CROP
    read = {name: reading.fields[name].value for name in truth.fields if name in reading.fields}
    cell.photos += 1
    cell.all_exact += read == truth.fields
    cell.good_crop += right
    cell.wrong_crop_ok += reading.verdict == "ok" and quad is not None and not right
    cell.verdicts[reading.verdict] += 1
    warned = any(f.code == "low_contrast" for f in reading.findings)
    is_card = truth.kind in KINDS
    low, clear = is_card and truth.contrast < LOW, is_card and truth.contrast > CLEAR
    cell.low_photos += low
    cell.low_found += low and warned
    cell.clear_photos += clear
    cell.low_false += warned and clear
    for name, value in truth.fields.items():
        cell.exact[name] += read.get(name) == value
        if held := reading.holding(name):
            cell.filled[name] += 1
            if held != value:
                cell.wrong_filled.append(name)
    wrong = [
        f"{name} {read.get(name)!r} for {value!r}" for name, value in truth.fields.items() if read.get(name) != value
    ]
    contrast = reading.measures.get("contrast")
    missed = (low and not warned) or (clear and warned)
    notes = [f"low contrast {contrast} of {truth.contrast} on {truth.ground}"] if missed else []
    return wrong + notes + ([] if right else [f"crop {reading.verdict} on {truth.ground}"])


def table(cells: dict[tuple[str, str], Cell]) -> str:
    """Markdown rows."""
    lines = [
        "| kind | level | n | all fields exact | filled (wrong) | crop right | ok/check/none |",
        "|---|---|---|---|---|---|---|",
    ]
    for (kind, level), cell in cells.items():
        n = cell.photos
        filled = ", ".join(f"{name} {cell.filled[name]} ({cell.wrong_filled.count(name)})" for name in cell.exact)
        verdicts = "/".join(str(cell.verdicts[v]) for v in ("ok", "check", "none"))
        exact = f"{cell.all_exact}/{n} = {cell.all_exact / n:.2f}"
        lines.append(f"| {kind} | {level} | {n} | {exact} | {filled} | {cell.good_crop}/{n} | {verdicts} |")
    return "\n".join(lines)


def summary(cells: dict[tuple[str, str], Cell]) -> dict[str, Any]:
    """The figures that the product promises."""
    every = [cell for (kind, _level), cell in cells.items() if kind in KINDS]
    low, clear = sum(c.low_photos for c in every), sum(c.clear_photos for c in every)
    shares = {f"{kind} {level}": round(cell.all_exact / cell.photos, 2) for (kind, level), cell in cells.items()}
    return {
        "photos": sum(c.photos for c in every),
        "all_exact": shares,
        "wrong_crop_ok": sum(c.wrong_crop_ok for c in every),
        "wrong_numbers_filled": sum(c.wrong_filled.count(name) for c in every for name in NUMBERS),
        "wrong_others_filled": sum(len([n for n in c.wrong_filled if n not in NUMBERS]) for c in every),
        "low_contrast_found": [sum(c.low_found for c in every), low],
        "low_contrast_false": [sum(c.low_false for c in every), clear],
        "cpu_s_median": round(float(np.median([s for c in cells.values() for s in c.cpu_s])), 2),
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=8)
    parser.add_argument("--size", default="2016x1512")
    parser.add_argument("--kinds", default=",".join((*KINDS, *MORE_KINDS)))
    parser.add_argument("--wrong", action="store_true", help="name what was read wrong")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    width, height = (int(each) for each in chosen.size.split("x"))
    machine, cells = PhotoMachine(), dict[tuple[str, str], Cell]()
    for made in photos(tuple(chosen.kinds.split(",")), chosen.seed, chosen.n, (width, height)):
        cell = cells.setdefault((made.truth.kind, made.truth.level), Cell())
        wrong = judge(machine, made, cell)
        if wrong and chosen.wrong:
            print(made.truth.level, made.truth.kind, made.truth.seed, "; ".join(wrong), flush=True)
    print(table(cells))
    print(json.dumps(summary(cells), ensure_ascii=False))


if __name__ == "__main__":
    main()
