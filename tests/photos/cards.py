"""Invented cards, drawn flat: identity card front and back, debit card, signature. Each carries 样张.

Nobody exists: division codes xxxx01 are not issued to persons, roads and banks are made up, the emblem is a disc, the
portrait is a few ellipses. The same seed is the same person at every level of difficulty.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from core.rules.id_card import check_digit

Floats = NDArray[np.float32]
SANS = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
BOLD = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
SERIF = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc"
MONO = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"
SIMPLIFIED = 2
"""Face of simplified Chinese inside the Noto collections."""
PX = 20
"""Pixels a millimetre of the flat card."""
WIDTH, HEIGHT = round(85.6 * PX), round(54.0 * PX)
SURNAMES = [*"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕", "欧阳", "司马", "上官"]
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰志建国文辉力翰宇轩子涵欣怡梓博晨思雨佳琪嘉懿睿颖璐"
ETHNICITIES = ["汉"] * 12 + ["回", "满", "壮", "苗", "维吾尔", "土家", "蒙古", "朝鲜", "彝", "哈尼"]
DIVISIONS = {
    "410101": "河南省郑州市", "320101": "江苏省南京市", "330101": "浙江省杭州市", "440101": "广东省广州市",
    "420101": "湖北省武汉市", "510101": "四川省成都市", "210101": "辽宁省沈阳市", "370101": "山东省济南市",
    "430101": "湖南省长沙市", "610101": "陕西省西安市",
}  # fmt: skip
DISTRICTS = ["示范区", "测试区", "样张区", "云海区", "东岭县", "北湖区"]
ROADS = ["示例路", "测试街", "期云大道", "样本巷", "明德北路", "青禾街道", "望江东路", "安宁新村"]
BANKS = ["北辰商业银行", "东岳银行", "海棠银行", "云岭农商银行", "星河银行"]
INK, LABEL = (24, 24, 28), (66, 122, 178)
CARD_COLOURS = [
    ((26, 60, 120), (40, 110, 170)), ((150, 24, 36), (200, 70, 60)), ((20, 96, 84), (60, 150, 120)),
    ((196, 160, 88), (232, 204, 140)), ((70, 72, 80), (120, 122, 132)), ((228, 228, 232), (206, 212, 220)),
]  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A flat card and what stands on it."""

    picture: Image.Image
    fields: dict[str, str]
    round_mm: float = 3.18


@cache
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=SIMPLIFIED if path.endswith(".ttc") else 0)


class Pen:
    """Writes in millimetres."""

    def __init__(self, picture: Image.Image) -> None:
        self.draw = ImageDraw.Draw(picture)

    def write(
        self, x: float, y: float, text: str, mm: float, fill: object = INK, path: str = SANS, at: str = "lm"
    ) -> None:
        self.draw.text((x * PX, y * PX), text, font=_font(path, round(mm * PX)), fill=fill, anchor=at)

    def width(self, text: str, mm: float) -> float:
        return _font(SANS, round(mm * PX)).getlength(text) / PX

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (left * PX, top * PX, right * PX, bottom * PX)


def luhn_complete(digits: str) -> str:
    """The digits and their check digit (ISO/IEC 7812-1)."""
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits))]
    return digits + str(-sum(v // 10 + v % 10 for v in doubled) % 10)


def person(chance: random.Random) -> dict[str, str]:
    """Everything that stands on both sides of an identity card."""
    code = chance.choice(list(DIVISIONS))
    year, month, day, sex = (
        chance.randint(1950, 2006),
        chance.randint(1, 12),
        chance.randint(1, 28),
        chance.choice("男女"),
    )
    order = f"{chance.randint(0, 99):02d}{chance.choice('13579' if sex == '男' else '02468')}"
    first = f"{code}{year:04d}{month:02d}{day:02d}{order}"
    name = chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice([1, 2, 2, 2])))
    district = chance.choice(DISTRICTS)
    city = DIVISIONS[code][3:]
    start, length = chance.randint(2008, 2024), chance.choice([10, 20, 20, 0])
    rest = f"{chance.randint(1, 12):02d}.{chance.randint(1, 28):02d}"
    office = f"{city}公安局{district[:-1]}" + ("分局" if district.endswith("区") else "县局")
    return {
        "name": name, "sex": sex, "ethnicity": chance.choice(ETHNICITIES), "birth": f"{year:04d}-{month:02d}-{day:02d}",
        "address": DIVISIONS[code] + district + _street(chance), "id_number": first + check_digit(first),
        "authority": office, "valid_from": f"{start}.{rest}",
        "valid_to": f"{start + length}.{rest}" if length else "长期",
    }  # fmt: skip


def _street(chance: random.Random) -> str:
    long = chance.random()
    text = f"{chance.choice(ROADS)}{chance.randint(1, 1999)}号" if long > 0.15 else ""
    if long > 0.45:
        text += f"{chance.randint(1, 60)}号楼{chance.randint(1, 6)}单元{chance.randint(101, 3206)}室"
    return f"{text}附{chance.randint(1, 9)}号" if long > 0.85 else text


def portrait(
    chance: random.Random, width: int, height: int, ground: tuple[int, int, int] = (236, 236, 238)
) -> Image.Image:
    """A drawn, shaded face."""
    picture = Image.new("RGB", (width * 2, height * 2), ground)
    draw, u = ImageDraw.Draw(picture), width * 2 / 100
    skin = chance.choice([(236, 200, 172), (224, 184, 152), (244, 212, 188), (206, 164, 130)])
    dark, hair = tuple(int(c * 0.82) for c in skin), chance.choice([(28, 24, 24), (44, 34, 30), (60, 48, 42)])
    shirt = chance.choice([(40, 48, 70), (90, 30, 40), (30, 70, 60), (60, 60, 66)])
    wide, tall = chance.uniform(24, 28), chance.uniform(33, 37)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return ((50 + left) * u, (52 + top) * u, (50 + right) * u, (52 + bottom) * u)

    draw.ellipse(box(-52, 42, 52, 130), fill=shirt)
    draw.rectangle(box(-11, 20, 11, 48), fill=dark)
    draw.ellipse(box(-wide - 3, -tall - 5, wide + 3, tall * 0.4), fill=hair)
    draw.ellipse(box(-wide, -tall * 0.78, wide, tall), fill=skin)
    if chance.random() < 0.6:
        draw.chord(box(-wide, -tall * 0.86, wide, tall * 0.3), 195, 345, fill=hair)
    for side in (-1, 1):
        eye = side * 11.5
        draw.ellipse(box(eye - 7.5, -7, eye + 7.5, 3), fill=tuple(int(c * 0.88) for c in skin))
        draw.line(
            [(x * u + 50 * u, y * u + 52 * u) for x, y in ((eye - 7, -9), (eye, -11), (eye + 7, -9))],
            fill=hair,
            width=round(2.2 * u),
        )
        draw.ellipse(box(eye - 5, -4.6, eye + 5, 0.6), fill=(248, 246, 244))
        draw.ellipse(box(eye - 2.6, -4.6, eye + 2.6, 0.6), fill=(30, 22, 20))
    draw.chord(box(-5, 8, 5, 15), 10, 170, fill=dark)
    draw.chord(box(-8, 17, 8, 25), 0, 180, fill=(178, 92, 88))
    return picture.filter(ImageFilter.GaussianBlur(1.1 * u)).resize((width, height), Image.Resampling.LANCZOS)


def _paper(
    seed: int, colours: tuple[tuple[int, ...], tuple[int, ...]], amplitude: float = 6, lines: int = 26
) -> Floats:
    """A run of two colours with fine waves, as security printing has them."""
    noise = np.random.default_rng(seed)
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    across /= WIDTH
    first, second = (np.array(c, np.float32) for c in colours)
    paper = first * (1 - across[..., None]) + second * across[..., None]
    for _ in range(3):
        phase, bend, fine = noise.uniform(0, 6.28), noise.uniform(1.2, 3), noise.uniform(0.015, 0.035) * lines / 26
        wave = np.sin((down + 60 * np.sin(bend * 6.28 * across + phase)) * fine * 6.28)
        paper -= (np.clip(wave - 0.55, 0, 1) * amplitude * 2)[..., None] * np.array([0.5, 0.8, 0.4], np.float32)
    return paper


def _picture(paper: Floats) -> Image.Image:
    return Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))


def front(chance: random.Random) -> Card:
    """人像面."""
    fields = person(chance)
    picture = _picture(_paper(chance.getrandbits(32), ((214, 232, 240), (240, 226, 226))))
    pen = Pen(picture)
    for x, y, label in (
        (5.5, 9.4, "姓  名"),
        (5.5, 16.2, "性  别"),
        (24.5, 16.2, "民  族"),
        (5.5, 22.6, "出  生"),
        (5.5, 29.4, "住  址"),
    ):
        pen.write(x, y, label, 3.0, LABEL)
    pen.write(15.0, 9.4, fields["name"], 4.2)
    pen.write(15.0, 16.2, fields["sex"], 3.6)
    pen.write(33.5, 16.2, fields["ethnicity"], 3.6)
    x = 15.0
    for part, label in zip(fields["birth"].split("-"), "年月日", strict=True):
        plain = str(int(part))
        pen.write(x, 22.6, plain, 3.6)
        x += {4: 9.4, 2: 5.4, 1: 4.0}[len(plain)]
        pen.write(x, 22.6, label, 3.0, LABEL)
        x += 4.4
    _write_address(pen, fields["address"])
    pen.write(5.5, 47.6, "公民身份号码", 3.0, LABEL)
    for place, character in enumerate(fields["id_number"]):
        pen.write(29.0 + 2.72 * place, 47.6, character, 4.1, path=MONO)
    picture.paste(portrait(chance, 26 * PX, 32 * PX), (55 * PX, 8 * PX))
    pen.write(56, 43, "样张 SPECIMEN", 2.2, (150, 170, 190))
    return Card(picture, {k: fields[k] for k in ("name", "sex", "ethnicity", "birth", "address", "id_number")})


def _write_address(pen: Pen, address: str) -> None:
    y = 29.4
    while address:
        line = address[:11]
        while pen.width(line, 3.6) > 38:
            line = line[:-1]
        pen.write(15.0, y, line, 3.6)
        address, y = address[len(line) :], y + 4.7


def back(chance: random.Random, *, temporary: bool = False) -> Card:
    """国徽面; a temporary card says so."""
    fields = person(chance)
    picture = _picture(_paper(chance.getrandbits(32), ((236, 222, 224), (214, 232, 236)), 7, 34))
    pen = Pen(picture)
    pen.draw.ellipse(pen.box(5.3, 6.3, 21.7, 22.7), fill=(206, 52, 44), outline=(196, 148, 62), width=22)
    for index in range(5):
        large = 3.0 if index == 0 else 1.1
        turn = math.radians(-150 + 40 * index)
        x, y = (13.5, 14.0) if index == 0 else (13.5 + 5 * math.cos(turn), 14.5 + 5 * math.sin(turn))
        tips = [(k * math.pi / 5, large * (1 if k % 2 == 0 else 0.42)) for k in range(10)]
        star = [((x + r * math.sin(a)) * PX, (y - r * math.cos(a)) * PX) for a, r in tips]
        pen.draw.polygon(star, fill=(240, 206, 90))
    title = "临时居民身份证" if temporary else "居 民 身 份 证"
    pen.write(50, 11.2, "中华人民共和国", 5.4, (30, 26, 28), SERIF, "mm")
    pen.write(50, 20.6, title, 7.2 if not temporary else 6.4, (30, 26, 28), SERIF, "mm")
    for y, label, value in (
        (40.4, "签发机关", fields["authority"]),
        (47.2, "有效期限", f"{fields['valid_from']}-{fields['valid_to']}"),
    ):
        pen.write(31, y, label, 3.2, (40, 36, 38), BOLD, "rm")
        pen.write(34, y, value, 3.5)
    pen.write(60, 31, "样张 SPECIMEN", 2.2, (176, 160, 166))
    dates = {k: fields[k].replace(".", "-") for k in ("valid_from", "valid_to")}
    return Card(picture, {"authority": fields["authority"], **dates})


def bank_card(chance: random.Random) -> Card:
    """A debit card with a raised number."""
    person(chance)
    length = chance.choice([16, 19, 19])
    number = luhn_complete("62" + "".join(str(chance.randint(0, 9)) for _ in range(length - 3)))
    bank, colours = chance.choice(BANKS), chance.choice(CARD_COLOURS)
    noise = np.random.default_rng(chance.getrandbits(32))
    paper = _paper(int(noise.integers(1 << 30)), colours, 8, 10)
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    for _ in range(4):
        middle, radius = noise.uniform(0, 1, 2) * (WIDTH, HEIGHT), noise.uniform(0.2, 0.6) * WIDTH
        paper += (np.hypot(across - middle[0], down - middle[1]) < radius)[..., None] * noise.uniform(-10, 10)
    picture = _picture(paper)
    pen, ink = Pen(picture), (244, 244, 240) if np.mean(colours) < 150 else (40, 40, 46)
    pen.draw.ellipse(pen.box(5, 5, 13, 13), outline=ink, width=18)
    pen.write(15.5, 9, bank, 4.6, ink, BOLD)
    pen.write(81, 9, "储蓄卡", 3.4, ink, at="rm")
    pen.draw.rounded_rectangle(pen.box(7, 19, 19, 28), 30, fill=(222, 190, 110), outline=(150, 120, 60), width=4)
    whole = length != 16 and chance.random() < 0.3
    groups = [number[:6], number[6:]] if whole else [number[i : i + 4] for i in range(0, length, 4)]
    spaced = " ".join(groups)
    step, shade = min(3.35, 72 / len(spaced)), tuple(int(v * 0.45) for v in colours[0])
    for place, character in enumerate(spaced):
        pen.write(7.14 + step * place, 35.66, character, 4.9, shade, MONO)
        pen.write(7.0 + step * place, 35.5, character, 4.9, ink, MONO)
    pen.write(7, 45, "VALID THRU  12/31", 2.4, ink)
    pen.write(80, 47, "银联样例", 3.6, ink, BOLD, "rm")
    pen.write(32, 45, "样张 SPECIMEN", 2.2, ink)
    return Card(picture, {"card_number": number, "bank": bank})


def signature(chance: random.Random) -> Card:
    """A name in strokes of a pen on paper."""
    name = person(chance)["name"]
    width, height = 1600, 900
    size = int(min(620, 1300 / len(name)))
    sheet, x = Image.new("L", (width, height), 0), (width - size * len(name) * 0.95) / 2
    for character in name:
        piece = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(piece).text((size, size), character, font=_font(SANS, size), fill=255, anchor="mm")
        piece = piece.rotate(chance.uniform(-8, 8), resample=Image.Resampling.BICUBIC)
        sheet.paste(255, (int(x - size / 2), int(height / 2 - size + chance.uniform(-25, 25))), piece)
        x += size * 0.95
    noise = np.random.default_rng(chance.getrandbits(32))
    strokes = cv2.erode(np.asarray(sheet), np.ones((3, 3), np.uint8), iterations=max(1, size // 120))
    bend = [
        cv2.GaussianBlur(noise.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 32) * 900 for _ in range(2)
    ]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    strokes = cv2.remap(strokes, across + bend[0] + (down - height / 2) * 0.18, down + bend[1], cv2.INTER_LINEAR)
    ink = (strokes.astype(np.float32) / 255)[..., None]
    pen = np.array(chance.choice([(24, 26, 34), (22, 40, 110), (12, 12, 12)]), np.float32)
    paper = np.array(chance.choice([(250, 250, 248), (244, 242, 232), (238, 240, 244)]), np.float32)
    picture = _picture(paper * (1 - ink) + pen * ink)
    ImageDraw.Draw(picture).text(
        (width - 20, height - 20), "样张", font=_font(SANS, 40), fill=(226, 226, 226), anchor="rs"
    )
    return Card(picture, {"name": name}, 0.1)


REPORT_PX = 8
"""Pixels a millimetre of a sheet of A4."""
TESTERS = ["示例期货行业协会", "样张测试中心", "云海期货学习平台"]


def score_report(chance: random.Random) -> Card:
    """A printed score report on A4, in one of two layouts: lines of text, or a table."""
    fields, score = person(chance), chance.randint(80, 100)
    day = f"{chance.randint(2022, 2025)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    paper = chance.choice([(252, 252, 250), (246, 244, 238)])
    picture = Image.new("RGB", (210 * REPORT_PX, 297 * REPORT_PX), paper)
    draw = ImageDraw.Draw(picture)

    def write(x: float, y: float, text: str, mm: float, path: str = SANS, at: str = "lm") -> None:
        draw.text((x * REPORT_PX, y * REPORT_PX), text, font=_font(path, round(mm * REPORT_PX)), fill=INK, anchor=at)

    write(105, 40, "期货投资者知识测试成绩报告单", 8, BOLD, "mm")
    rows = [
        ("姓名", fields["name"]), ("证件类型", "居民身份证"), ("证件号码", fields["id_number"]),
        ("测试科目", "期货交易基础知识"), ("测试日期", day if chance.random() < 0.5 else _written(day)),
        ("测试成绩", f"{score}分"), ("是否通过", "通过"),
    ]  # fmt: skip
    table, y = chance.random() < 0.5, 75.0
    for label, value in rows:
        if table:
            for left, right in ((25, 75), (75, 185)):
                box = [left * REPORT_PX, (y - 7) * REPORT_PX, right * REPORT_PX, (y + 7) * REPORT_PX]
                draw.rectangle(box, outline=INK, width=3)
            write(30, y, label, 4.5)
            write(80, y, value, 4.5)
        else:
            write(30, y, f"{label}：{value}", 4.5)
        y += 14
    write(30, y + 12, f"报告编号：SAMPLE{chance.randint(10**9, 10**10 - 1)}", 3.5)
    write(185, 250, chance.choice(TESTERS), 5, at="rm")
    write(185, 262, f"打印日期：{day[:4]}年12月31日", 4, at="rm")
    write(105, 282, "样张 SPECIMEN", 4, at="mm")
    shown = {"name": fields["name"], "id_number": fields["id_number"], "score": str(score), "tested_on": day}
    return Card(picture, shown, 0.1)


def _written(day: str) -> str:
    year, month, date = day.split("-")
    return f"{year}年{int(month)}月{int(date)}日"


DRAWN = {
    "id_front": front,
    "id_back": back,
    "bank_card": bank_card,
    "signature": signature,
    "score_report": score_report,
}
"""Slot -> what draws its card."""
