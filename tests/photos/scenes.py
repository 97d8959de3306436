"""Photos of flat cards, taken as customers take them: grounds, tilt, light, glare, blur, noise, a finger on the edge.

`python -m tests.photos.scenes FOLDER --n 4 --seed 1` writes JPEG files with the truth as JSON beside them.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.photos.cards import DRAWN, PX, Card

Floats = NDArray[np.float32]
TWELVE_MEGAPIXELS = (4032, 3024)
FOCAL = 1.15
"""Focal length of the pretended camera in long sides of the picture."""
TURNED = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""EXIF orientation -> how the sensor's pixels lie."""


@dataclass(frozen=True)
class Level:
    """How hard photos of a level are; pairs are the least and the most of a figure."""

    grounds: tuple[str, ...]
    tilt: float
    skew: float
    cover: tuple[float, float]
    blur: tuple[float, float]
    motion: float
    glare: float
    noise: tuple[float, float]
    slope: float
    quality: tuple[int, int]
    turns: tuple[int, ...]
    clutter: float
    finger: float
    gain: tuple[float, float]
    low_contrast: float


ANY_TURN = (0, 90, 180, 270)
LEVELS = {
    "easy": Level(
        ("dark", "plain", "wood"), 10, 6, (0.62, 0.85), (0, 0.6), 0, 0, (1, 3), 0.12, (88, 95), (0,),
        0, 0, (0.95, 1.08), 0,
    ),
    "medium": Level(
        ("plain", "wood", "fabric", "marble", "dark"), 22, 14, (0.5, 0.8), (0, 1.6), 0.2, 0.35, (2, 6), 0.3, (75, 92),
        ANY_TURN, 0.5, 0.2, (0.8, 1.15), 0.15,
    ),
    "hard": Level(
        ("wood", "fabric", "marble", "plain"), 34, 24, (0.38, 0.72), (0.5, 3.2), 0.45, 0.6, (4, 12), 0.5, (45, 80),
        ANY_TURN, 0.9, 0.5, (0.55, 1.25), 0.35,
    ),
}  # fmt: skip


@dataclass
class Truth:
    """What a photo shows. `corners`: of the card as printed, TL TR BR BL, in px of the picture as displayed."""

    kind: str
    level: str
    seed: int
    ground: str
    fields: dict[str, str]
    corners: list[list[float]] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    turn: int = 0
    contrast: float = 0.0
    """dE76 between card and ground at the worst side, before light, lens and sensor."""
    glare: float = 0.0
    blur: float = 0.0
    motion: int = 0
    finger: bool = False
    orientation: int = 1


@dataclass(frozen=True)
class Photo:
    """JPEG as a phone stores it, and the truth."""

    jpeg: bytes
    truth: Truth


def photo(kind: str, level: str, seed: int, size: tuple[int, int] = TWELVE_MEGAPIXELS, **drawn: Any) -> Photo:
    """The photo of a kind, a level and a seed; `ground="lowcontrast"` and the like may be forced."""
    place = list(DRAWN).index(kind) + 1
    ground = drawn.pop("ground", "")
    card = DRAWN[kind](random.Random(seed * 7919 + place), **drawn)
    order = (seed * 31 + list(LEVELS).index(level) + 1) * 17 + place
    pixels, truth = _compose(card, kind, level, order, size, ground)
    chance = random.Random(order * 3 + 1)
    truth.seed, truth.orientation = seed, chance.choice([1, 1, 6, 3, 8])
    return Photo(as_phone(pixels, truth.orientation, chance.randint(*LEVELS[level].quality)), truth)


def as_phone(pixels: NDArray[np.uint8], orientation: int = 1, quality: int = 90, **exif: str) -> bytes:
    """A JPEG whose displayed picture equals `pixels`, with EXIF orientation and a place that must not survive."""
    picture = Image.fromarray(pixels)
    if orientation in TURNED:
        picture = picture.transpose(TURNED[orientation])
    tags = Image.Exif()
    tags[0x0112], tags[0x010F] = orientation, "SAMPLE"
    if "software" in exif:
        tags[0x0131] = exif["software"]
    place = tags.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (31.0, 14.0, 0.0), "E", (121.0, 28.0, 0.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, exif=tags)
    return out.getvalue()


def _noise(noise: np.random.Generator, height: int, width: int, size: float) -> Floats:
    small = noise.normal(0, 1, (max(2, int(height / size) + 2), max(2, int(width / size) + 2))).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def _flat(height: int, width: int, colour: Any) -> Floats:
    return np.ones((height, width, 3), np.float32) * np.asarray(colour, np.float32)


def _dark(noise: np.random.Generator, height: int, width: int) -> Floats:
    return _flat(height, width, noise.uniform(15, 80, 3)) + (_noise(noise, height, width, 3) * 3)[..., None]


def _plain(noise: np.random.Generator, height: int, width: int) -> Floats:
    hue = np.array([[[noise.integers(0, 180), noise.integers(60, 200), noise.integers(60, 200)]]], np.uint8)
    colour = cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0]
    return _flat(height, width, colour) + (_noise(noise, height, width, 2) * 2.5)[..., None]


def _wood(noise: np.random.Generator, height: int, width: int) -> Floats:
    down = np.mgrid[0:height, 0:width][0].astype(np.float32)
    colour = np.array([noise.uniform(110, 190), noise.uniform(70, 130), noise.uniform(35, 85)], np.float32)
    bent = down + 40 * _noise(noise, height, width, 260) + 3 * _noise(noise, height, width, 30)
    fine = cv2.GaussianBlur(noise.normal(0, 9, (height, width)).astype(np.float32), (61, 1), 20) * 3
    grain = np.sin(bent * noise.uniform(0.05, 0.16)) * 13 + fine
    ground = colour + grain[..., None] * np.array([1, 0.8, 0.6], np.float32)
    for row in range(0, height, int(noise.uniform(220, 420))):
        ground[row : row + 3] *= 0.55
    turned = noise.random() < 0.5
    return np.ascontiguousarray(np.rot90(cv2.resize(ground, (height, width)))) if turned else ground


def _fabric(noise: np.random.Generator, height: int, width: int) -> Floats:
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    colour, thread = noise.uniform(50, 200, 3).astype(np.float32), noise.uniform(5, 12)
    weave = (np.sin(across * 6.28 / thread) + np.sin(down * 6.28 / thread)) * 9
    weave += _noise(noise, height, width, 2) * 7 + _noise(noise, height, width, 200) * 9
    return colour + weave[..., None]


def _marble(noise: np.random.Generator, height: int, width: int) -> Floats:
    veins = _noise(noise, height, width, 240) * 18 + _noise(noise, height, width, 60) * 8
    veins += 14 * np.abs(np.sin(_noise(noise, height, width, 320) * 3)) + _noise(noise, height, width, 2) * 2
    colour = np.full(3, noise.uniform(120, 210), np.float32) + noise.uniform(-10, 10, 3).astype(np.float32)
    return colour + veins[..., None]


GROUNDS = {"dark": _dark, "plain": _plain, "wood": _wood, "fabric": _fabric, "marble": _marble}


def _ground(noise: np.random.Generator, size: tuple[int, int], kind: str, card: Floats) -> Floats:
    width, height = size
    if kind == "lowcontrast":  # close to the card's own colour
        colour = card.reshape(-1, 3).mean(0) + noise.uniform(-7, 9, 3)
        rough = _noise(noise, height // 2, width // 2, 3) * 1.5 + _noise(noise, height // 2, width // 2, 300) * 3
        half = _flat(height // 2, width // 2, colour) + rough[..., None]
    else:
        half = GROUNDS[kind](noise, height // 2, width // 2)
    return np.clip(cv2.resize(half.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR), 0, 255)


def _corners(
    level: Level,
    noise: np.random.Generator,
    chance: random.Random,
    size: tuple[int, int],
    card: tuple[int, int],
    turn: int,
) -> Floats:
    """Where the four corners of the card fall on the sensor of a pinhole camera."""
    (width, height), (across, down) = size, card
    cover = chance.uniform(*level.cover)
    wanted = min(cover * width, 0.9 * height * across / down) if turn in {0, 180} else min(cover, 0.92) * height
    focal = FOCAL * width
    tilt_x, tilt_y = np.radians(noise.uniform(-level.tilt, level.tilt, 2))
    spin = math.radians(turn + noise.uniform(-level.skew, level.skew))
    rotation = cv2.Rodrigues(np.array([0, tilt_y, 0]))[0] @ cv2.Rodrigues(np.array([tilt_x, 0, 0]))[0]
    rotation = rotation @ cv2.Rodrigues(np.array([0, 0, spin]))[0]
    flat = np.array(
        [[-across / 2, -down / 2, 0], [across / 2, -down / 2, 0], [across / 2, down / 2, 0], [-across / 2, down / 2, 0]]
    )
    space = (rotation @ flat.T).T
    quad = focal * space[:, :2] / (focal * across / wanted + space[:, 2:])
    extent, margin = np.ptp(quad, 0), 40
    quad *= min(1.0, (width - 2 * margin) / extent[0], (height - 2 * margin) / extent[1])
    low, high = quad.min(0), quad.max(0)
    for axis, length in enumerate(size):
        free = noise.uniform(margin - low[axis], max(margin - low[axis] + 1, length - margin - high[axis]))
        quad[:, axis] += 0.5 * free + 0.5 * (length / 2 - (low[axis] + high[axis]) / 2)
    return quad.astype(np.float32)


def _compose(
    card: Card, kind: str, name: str, order: int, size: tuple[int, int], ground: str
) -> tuple[NDArray[np.uint8], Truth]:
    level, noise, chance = LEVELS[name], np.random.default_rng(order), random.Random(order)
    pixels = np.asarray(card.picture).astype(np.float32)
    low = chance.random() < level.low_contrast
    ground = ground or ("lowcontrast" if low else chance.choice(level.grounds))
    scene = _ground(noise, size, ground, pixels)
    if chance.random() < level.clutter:
        _clutter(scene, noise, chance)
    turn = chance.choice(level.turns)
    quad = _corners(level, noise, chance, size, card.picture.size, turn)
    truth = Truth(kind, name, order, ground, card.fields, quad.round(1).tolist(), size, turn)
    scene, mask = lay(scene, pixels, card, quad, noise)
    truth.contrast = _contrast(scene, quad)
    if chance.random() < level.finger:
        scene, truth.finger = _finger(scene, quad, noise, chance), True
    scene = _light(scene, mask, level, noise, chance, quad, truth)
    return _camera(scene, level, noise, chance, truth), truth


def _clutter(scene: Floats, noise: np.random.Generator, chance: random.Random) -> None:
    """Sheets of paper and pens beside the card."""
    height, width = scene.shape[:2]
    for _ in range(chance.randint(1, 3)):
        long = noise.uniform(0.2, 0.5) * width
        side = noise.uniform(-0.05, 0.2) if noise.random() < 0.5 else noise.uniform(0.8, 1.05)
        middle = (side * width, noise.uniform(0, 1) * height)
        corners = cv2.boxPoints((middle, (long, long * noise.uniform(0.1, 0.7)), noise.uniform(0, 180)))
        cv2.fillPoly(scene, [corners.astype(np.int32)], tuple(noise.uniform(30, 250, 3).tolist()), cv2.LINE_AA)


def lay(scene: Floats, pixels: Floats, card: Card, quad: Floats, noise: np.random.Generator) -> tuple[Floats, Floats]:
    """The card on the ground, with the shadow of its edge."""
    (height, width), (across, down) = scene.shape[:2], card.picture.size
    shape = Image.new("L", (across, down), 0)
    ImageDraw.Draw(shape).rounded_rectangle([1, 1, across - 2, down - 2], card.round_mm * PX, fill=255)
    flat = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32)
    warp = cv2.getPerspectiveTransform(flat, quad)
    mask = (
        cv2.warpPerspective(np.asarray(shape), warp, (width, height), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    )
    laid = cv2.warpPerspective(
        pixels.astype(np.uint8), warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    small = cv2.resize(mask, (width // 4, height // 4))
    move = np.array([[1, 0, noise.uniform(-25, 25) / 4], [0, 1, noise.uniform(-25, 25) / 4]], np.float32)
    shadow = cv2.GaussianBlur(cv2.warpAffine(small, move, (width // 4, height // 4)), (0, 0), 7)
    scene = scene * (1 - 0.35 * cv2.resize(shadow, (width, height)))[..., None]
    return scene * (1 - mask[..., None]) + laid.astype(np.float32) * mask[..., None], mask


def _contrast(scene: Floats, quad: Floats) -> float:
    """The least dE76 over the sides, between strips 2 % of the card inside and outside."""
    lab = cv2.cvtColor(np.clip(scene / 255, 0, 1).astype(np.float32), cv2.COLOR_RGB2Lab)
    middle, found = quad.mean(0), []
    step = 0.02 * math.sqrt(cv2.contourArea(quad))
    for start, end in zip(quad, np.roll(quad, -1, 0), strict=True):
        normal = np.array([-(end - start)[1], (end - start)[0]]) / np.linalg.norm(end - start)
        inward = normal if normal @ (middle - start) > 0 else -normal
        line = start + (end - start) * np.linspace(0.1, 0.9, 40)[:, None]
        colours = []
        for sign in (1, -1):
            at = np.concatenate([line + inward * sign * step * far for far in (0.7, 1.0, 1.4)]).astype(int)
            inside = (at >= 0).all(1) & (at[:, 0] < scene.shape[1]) & (at[:, 1] < scene.shape[0])
            colours.append(np.median(lab[at[inside, 1], at[inside, 0]], 0))
        found.append(float(np.linalg.norm(colours[0] - colours[1])))
    return round(min(found), 1)


def _finger(scene: Floats, quad: Floats, noise: np.random.Generator, chance: random.Random) -> Floats:
    """A thumb on one edge."""
    height, width = scene.shape[:2]
    side, along = chance.randrange(4), noise.uniform(0.25, 0.75)
    tip = quad[side] * (1 - along) + quad[(side + 1) % 4] * along
    out = (tip - quad.mean(0)) / np.linalg.norm(tip - quad.mean(0))
    thick = np.linalg.norm(quad[0] - quad[1]) * 0.09
    ends = [tuple(((tip + out * thick * far) / 4).astype(int).tolist()) for far in (0.1, 9)]
    mask = np.zeros((height // 4, width // 4), np.uint8)
    cv2.line(mask, ends[0], ends[1], 255, int(thick * 1.7 / 4), cv2.LINE_AA)
    skin = cv2.resize(cv2.GaussianBlur(mask, (0, 0), 2), (width, height)).astype(np.float32)[..., None] / 255
    return scene * (1 - skin) + np.array([214, 166, 140], np.float32) * (0.9 + 0.1 * skin) * skin


def _light(
    scene: Floats,
    mask: Floats,
    level: Level,
    noise: np.random.Generator,
    chance: random.Random,
    quad: Floats,
    truth: Truth,
) -> Floats:
    """A slope of light, the exposure, and the reflection of a lamp."""
    height, width = scene.shape[:2]
    down, across = np.mgrid[0 : height // 8, 0 : width // 8].astype(np.float32)
    angle = noise.uniform(0, 6.28)
    slope = np.cos(angle) * (across / across.max() - 0.5) + np.sin(angle) * (down / down.max() - 0.5)
    gain = chance.uniform(*level.gain)
    scene = scene * (cv2.resize(1 + level.slope * slope.astype(np.float32), (width, height)) * gain)[..., None]
    scene *= noise.uniform(0.96, 1.04, 3).astype(np.float32)
    if chance.random() < level.glare:
        middle = (
            quad[0] + (quad[1] - quad[0]) * noise.uniform(0.15, 0.85) + (quad[3] - quad[0]) * noise.uniform(0.15, 0.85)
        )
        wide, narrow = np.linalg.norm(quad[1] - quad[0]) * noise.uniform(0.06, 0.14), noise.uniform(0.4, 1)
        x, y = across * 8 - middle[0], down * 8 - middle[1]
        along, aside = x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)
        lamp = np.exp(-(((along / wide) ** 2 + (aside / (wide * narrow)) ** 2) ** 1.2))
        scene += (cv2.resize(lamp.astype(np.float32), (width, height)) * noise.uniform(120, 320))[..., None] * mask[
            ..., None
        ]
        truth.glare = float(((scene.min(2) >= 252) & (mask > 0.5)).sum() / max(1, (mask > 0.5).sum()))
    return scene


def _camera(
    scene: Floats, level: Level, noise: np.random.Generator, chance: random.Random, truth: Truth
) -> NDArray[np.uint8]:
    """Blur of the lens, a shaking hand, noise of the sensor."""
    height, width = scene.shape[:2]
    truth.blur = round(chance.uniform(*level.blur) * width / 4032 * 1.5, 2)
    if truth.blur > 0.3:
        scene = cv2.GaussianBlur(scene, (0, 0), truth.blur)
    if chance.random() < level.motion:
        truth.motion = int(chance.uniform(5, 26 if truth.level == "hard" else 14) * width / 4032) | 1
        kernel = np.zeros((truth.motion, truth.motion), np.float32)
        cv2.line(kernel, (0, truth.motion // 2), (truth.motion - 1, truth.motion // 2), 1, 1)
        middle = truth.motion / 2 - 0.5
        kernel = cv2.warpAffine(
            kernel, cv2.getRotationMatrix2D((middle, middle), chance.uniform(0, 180), 1), kernel.shape
        )
        scene = cv2.filter2D(scene, -1, kernel / kernel.sum())
    grain = noise.standard_normal((height // 2, width // 2, 1), np.float32) * chance.uniform(*level.noise)
    scene = np.clip(scene, 0, 255) + cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)[..., None] * 1.3
    return np.clip(scene, 0, 255).astype(np.uint8)


def main() -> None:
    """Write photos and their truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--n", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--levels", default=",".join(LEVELS))
    parser.add_argument("--kinds", default=",".join(DRAWN))
    parser.add_argument("--size", default="4032x3024")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    width, height = (int(each) for each in chosen.size.split("x"))
    for level in chosen.levels.split(","):
        for kind in chosen.kinds.split(","):
            for index in range(chosen.n):
                made = photo(kind, level, chosen.seed * 1000 + index, (width, height))
                path = chosen.folder / f"{level}_{kind}_{index:03d}.jpg"
                path.write_bytes(made.jpeg)
                path.with_suffix(".json").write_text(json.dumps(asdict(made.truth), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
