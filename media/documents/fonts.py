"""The Chinese fonts of the system: which ones documents use, and which characters they can show."""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst

from core.errors import NotConfigured

PREFERRED = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Songti SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
)
"""Families that can carry a whole document, the first installed one does."""
RARE = ("SimSun-ExtB", "SimSun-ExtG", "HanaMinA", "HanaMinB", "Plangothic P1", "Plangothic P2", "TH-Tshyn-P0")
"""Families that add rare characters (生僻字) of names where they are installed."""

Ranges = tuple[tuple[int, int], ...]
"""Code points a font has: first and last of each run, ascending."""


@dataclass(frozen=True)
class FontFace:
    """One face in a font file; `index` counts within a collection (.ttc)."""

    family: str
    path: Path
    index: int


@lru_cache(maxsize=1)
def system_fonts() -> typst.Fonts:
    """All fonts of the system, searched once per process (about 80 ms)."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


def choose_families(installed: list[str]) -> tuple[str, ...]:
    """The families of documents among the installed ones, in order of use; NotConfigured without a Chinese one."""
    found = [family for family in PREFERRED if family in installed]
    if not found:
        raise NotConfigured("没有找到中文字体，协议无法生成。请安装中文字体（Debian：fonts-noto-cjk）后重新启动。")
    return (*found, *(family for family in RARE if family in installed))


@lru_cache(maxsize=1)
def document_families() -> tuple[str, ...]:
    """The families used by documents on this machine; NotConfigured without a Chinese font. Call it at start."""
    return choose_families(system_fonts().families())


def missing_glyphs(text: str) -> list[str]:
    """The characters of `text` that no document font shows, each once, in order; spaces never count.

    Variation selectors count as missing: the name would be printed in another form than the customer's.
    """
    faces = _document_faces()
    seen = dict.fromkeys(each for each in text if not _is_blank(each))
    return [each for each in seen if not any(_covers(coverage(face), ord(each)) for face in faces)]


@lru_cache(maxsize=32)
def coverage(face: FontFace) -> Ranges:
    """The code points of a face, read from its cmap table (OpenType 1.9); NotConfigured if it is unreadable."""
    data = face.path.read_bytes()
    try:
        return _read_cmap(data, _table(data, face.index, b"cmap"))
    except (struct.error, ValueError) as why:
        raise NotConfigured(f"字体文件无法读取：{face.family}。请重新安装该字体。") from why


@lru_cache(maxsize=1)
def _document_faces() -> tuple[FontFace, ...]:
    """The regular face of every document family, in order of use."""
    families = document_families()
    faces: dict[str, FontFace] = {}
    for font in sorted(system_fonts().fonts(), key=lambda each: abs(each.weight - 400)):
        if font.family in families and font.path and font.style == "normal":
            faces.setdefault(font.family, FontFace(font.family, Path(font.path), font.index))
    return tuple(faces[family] for family in families if family in faces)


def _is_blank(character: str) -> bool:
    return unicodedata.category(character) in ("Zs", "Zl", "Zp") or character in "\n\r\t"


def _covers(ranges: Ranges, code: int) -> bool:
    at = bisect_right(ranges, (code, 0x110000)) - 1
    return at >= 0 and ranges[at][0] <= code <= ranges[at][1]


def _table(data: bytes, index: int, tag: bytes) -> int:
    """Offset of a table of a face in bytes; ValueError if there is none."""
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    (count,) = struct.unpack_from(">H", data, start + 4)
    for at in range(start + 12, start + 12 + 16 * count, 16):
        name, _, offset, _ = struct.unpack_from(">4sIII", data, at)
        if name == tag:
            return int(offset)
    raise ValueError("no such table")


def _read_cmap(data: bytes, cmap: int) -> Ranges:
    """The widest Unicode subtable: format 12 (all planes) before format 4 (first plane)."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for wanted, read in ((12, _read_format_12), (4, _read_format_4)):
        for at in range(cmap + 4, cmap + 4 + 8 * count, 8):
            platform, _, offset = struct.unpack_from(">HHI", data, at)
            (form,) = struct.unpack_from(">H", data, cmap + offset)
            if platform in (0, 3) and form == wanted:
                return read(data, cmap + offset)
    raise ValueError("no Unicode character map")


def _read_format_12(data: bytes, at: int) -> Ranges:
    (count,) = struct.unpack_from(">I", data, at + 12)
    groups = struct.iter_unpack(">III", data[at + 16 : at + 16 + 12 * count])
    return tuple((first, last) for first, last, glyph in groups if glyph or first < last)


def _read_format_4(data: bytes, at: int) -> Ranges:
    """Segments of the first plane; codes that a segment maps to glyph 0 through its array are left out."""
    (double,) = struct.unpack_from(">H", data, at + 6)
    ends = struct.unpack_from(f">{double // 2}H", data, at + 14)
    starts = struct.unpack_from(f">{double // 2}H", data, at + 16 + double)
    deltas = struct.unpack_from(f">{double // 2}H", data, at + 16 + 2 * double)
    offsets_at = at + 16 + 3 * double
    found: list[tuple[int, int]] = []
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        (offset,) = struct.unpack_from(">H", data, offsets_at + 2 * number)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = offsets_at + 2 * number + offset + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, place)
            if glyph and (glyph + deltas[number]) & 0xFFFF:
                found.append((code, code))
    return tuple(found)
