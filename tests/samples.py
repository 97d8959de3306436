"""Invented documents for tests, each marked 样张: identity card, debit card, signature, hand-held portrait.

One seed is one person on all documents. Nobody exists: area codes 9999xx and card numbers 9999… are not issued,
roads and the bank are made up, the portrait and the emblem are a few circles. About 1600 px wide, as from a phone.
"""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

Sex = Literal["male", "female"]
CARD = (1600, 1010)
MARK = "样张"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳敏静丽强磊洋艳勇杰娟涛明超秀霞平刚桂文辉玉萍红玲芬"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_INK, _BLUE, _RED = (34, 34, 40), (40, 90, 150), (190, 40, 50)


@dataclass(frozen=True)
class Person:
    """What stands on the documents of one seed."""

    name: str
    sex: Sex
    born: date
    address: str
    id_number: str
    authority: str
    valid_from: date
    valid_to: date
    card_number: str


def person(seed: int) -> Person:
    """Return the invented person of a seed: grown up, card valid from 2020 to 2040."""
    chance = random.Random(seed)
    born = date(chance.randint(1962, 2000), chance.randint(1, 12), chance.randint(1, 28))
    sex: Sex = chance.choice(("male", "female"))
    name = chance.choice(_SURNAMES) + "".join(chance.choice(_GIVEN) for _ in range(chance.choice((1, 2, 2))))
    address = (
        f"样张省样本市示例区测试路{chance.randint(1, 999)}号{chance.randint(1, 30)}栋{chance.randint(101, 2806)}室"
    )
    number, first = sample_id(seed, born, sex), date(2020, chance.randint(1, 12), chance.randint(1, 28))
    last = first.replace(year=2040)
    return Person(name, sex, born, address, number, "样本市公安局示例分局", first, last, sample_card(seed))


def sample_id(seed: int, born: date, sex: Sex) -> str:
    """Return an identity number in area 9999xx with a right check digit (GB 11643); odd order means male."""
    order = seed * 2 % 998 + (1 if sex == "male" else 2)
    first = f"9999{seed % 90 + 10:02d}{born:%Y%m%d}{order:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11
    return first + "10X98765432"[rest]


def sample_card(seed: int) -> str:
    """Return a debit card number of 19 digits of the demo bank (999901) with a right check digit (Luhn)."""
    first = f"999901{seed % 10**12:012d}"
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(first)))
    return first + str(-total % 10)


def id_front(seed: int) -> bytes:
    """Draw the side with the portrait."""
    who, image = person(seed), _card((236, 243, 248), (206, 226, 238))
    draw = ImageDraw.Draw(image)
    rows = (
        ("姓名", who.name, 110),
        ("性别", "男" if who.sex == "male" else "女", 225),
        ("出生", f"{who.born.year} 年 {who.born.month} 月 {who.born.day} 日", 340),
        ("住址", who.address[:14], 455),
        ("", who.address[14:], 530),
    )
    for label, value, top in rows:
        draw.text((90, top), label, _BLUE, _font(46))
        draw.text((230, top), value, _INK, _font(56 if label == "姓名" else 50))
    draw.text((500, 225), "民族", _BLUE, _font(46))
    draw.text((640, 225), "汉", _INK, _font(50))
    draw.text((90, 830), "公民身份号码", _BLUE, _font(46))
    draw.text((430, 822), who.id_number, _INK, _font(62))
    image.paste(_portrait(seed, 400, 520), (1110, 160))
    return _finished(image, (760, 640))


def id_back(seed: int) -> bytes:
    """Draw the side with the authority and the validity."""
    who, image = person(seed), _card((240, 240, 232), (226, 236, 226))
    draw = ImageDraw.Draw(image)
    draw.ellipse((100, 90, 330, 320), fill=_RED)
    draw.text((215, 205), MARK, (250, 220, 120), _font(70), anchor="mm")
    draw.text((900, 150), "中华人民共和国", _INK, _font(80), anchor="mm")
    draw.text((900, 290), "居民身份证", _INK, _font(110), anchor="mm")
    for label, value, top in (
        ("签发机关", who.authority, 700),
        ("有效期限", f"{who.valid_from:%Y.%m.%d}-{who.valid_to:%Y.%m.%d}", 810),
    ):
        draw.text((330, top), label, _BLUE, _font(46))
        draw.text((590, top), value, _INK, _font(50))
    return _finished(image, (900, 500))


def bank_card(seed: int) -> bytes:
    """Draw the front of a debit card."""
    image = _card((30, 80, 140), (70, 140, 190))
    draw, white = ImageDraw.Draw(image), (244, 246, 250)
    number = person(seed).card_number
    draw.text((110, 120), "样张银行", white, _font(90))
    draw.text((1490, 150), "储蓄卡", white, _font(60), anchor="ra")
    draw.rounded_rectangle((120, 330, 340, 500), 28, fill=(222, 190, 110))
    draw.text((110, 590), " ".join(number[at : at + 4] for at in range(0, 19, 4)), white, _font(98))
    draw.text((110, 800), "VALID THRU  12/39", white, _font(50))
    return _finished(image, (1250, 840))


def signature(seed: int) -> bytes:
    """Draw the name by a slanted, uneven pen on white paper."""
    who, chance = person(seed), random.Random(seed)
    image = Image.new("RGB", (1600, 800), (250, 250, 247))
    for place, letter in enumerate(who.name):
        tile = Image.new("L", (520, 520), 0)
        ImageDraw.Draw(tile).text((260, 260), letter, 255, _font(chance.randint(330, 400)), anchor="mm")
        tile = tile.transform(tile.size, Image.Transform.AFFINE, (1, chance.uniform(0.1, 0.35), -60, 0, 1, 0))
        tile = tile.rotate(chance.uniform(-9, 9), Image.Resampling.BILINEAR)
        left = 800 - 210 * len(who.name) + 420 * place - 50
        image.paste((26, 30, 60), (left, 130 + chance.randint(-40, 40)), tile)
    stroke = [(200 + 12 * at, 660 + 30 * math.sin(at / 14 + seed)) for at in range(100)]
    ImageDraw.Draw(image).line(stroke, (26, 30, 60), 7)
    return _finished(image, (1250, 80))


def hand_held(seed: int) -> bytes:
    """Draw a person who holds the identity card beside the face."""
    image = Image.new("RGB", (1600, 1200), (204, 210, 204))
    image.paste(_portrait(seed, 860, 1120, (204, 210, 204)), (120, 80))
    with Image.open(io.BytesIO(id_front(seed))) as card:
        image.paste(card.resize((600, 379)), (930, 640))
    draw = ImageDraw.Draw(image)
    for finger in range(4):
        draw.rounded_rectangle((900, 700 + 62 * finger, 1000, 750 + 62 * finger), 24, fill=(224, 184, 152))
    return _finished(image, (1250, 200))


def _portrait(seed: int, width: int, height: int, back: tuple[int, int, int] = (250, 250, 250)) -> Image.Image:
    chance = random.Random(seed)
    image = Image.new("RGB", (width, height), back)
    draw, unit, middle = ImageDraw.Draw(image), width / 100, width / 2
    skin = chance.choice(((236, 200, 172), (224, 184, 152), (244, 212, 188)))

    def oval(x: float, y: float, wide: float, high: float, colour: tuple[int, int, int]) -> None:
        box = (middle + (x - wide) * unit, (y - high) * unit, middle + (x + wide) * unit, (y + high) * unit)
        draw.ellipse(box, fill=colour)

    oval(0, 128, 46, 44, chance.choice(((40, 48, 70), (90, 30, 40), (30, 70, 60))))
    oval(0, 84, 11, 16, skin)
    oval(0, 46, 30, 36, (34, 28, 26))
    oval(0, 54, 26, 34, skin)
    for side in (-1, 1):
        oval(side * 10, 50, 4, 2.4, (250, 250, 250))
        oval(side * 10, 50, 2, 2.2, _INK)
        oval(side * 10, 43, 6, 1.2, _INK)
    oval(0, 62, 3, 4, tuple(part - 20 for part in skin))
    oval(0, 73, 8, 2, (176, 84, 84))
    return image


def _card(left: tuple[int, int, int], right: tuple[int, int, int]) -> Image.Image:
    shade = Image.linear_gradient("L").rotate(90).resize(CARD)
    image = Image.composite(Image.new("RGB", CARD, left), Image.new("RGB", CARD, right), shade)
    draw = ImageDraw.Draw(image)
    for turn in range(14):
        wave = [(40 * at, 72 * turn + 26 * math.sin(at / 3 + turn)) for at in range(41)]
        draw.line(wave, tuple(max(0, part - 14) for part in left), 3)
    return image


def _finished(image: Image.Image, mark_at: tuple[int, int]) -> bytes:
    """Mark the picture as a specimen and encode it."""
    draw = ImageDraw.Draw(image)
    draw.text(mark_at, f"{MARK} SPECIMEN", (200, 60, 60), _font(64), anchor="mm")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """The simplified Chinese face of Noto Sans, wherever the system keeps it."""
    return ImageFont.truetype("NotoSansCJK-Regular.ttc", size, index=2)
