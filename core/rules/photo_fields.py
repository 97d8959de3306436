"""What the rows of text on a photographed card say, field by field, each with its check (R079, R085).

Only a field whose check holds is filled in for the customer: GB 11643 for the ID number, Luhn for the card number,
real dates of a usual term, closed lists. Names and addresses have no check digit: they need a sure engine as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.records_photos import Box, ReadField
from core.rules import id_card, region
from core.rules.bank_card import check_card_number
from core.rules.id_card import IdNumber, check_id_number

SURE, VERY_SURE, NEVER = 0.8, 0.9, 1.1
"""Score of the least sure character below which a text without a check digit is not filled in (docs/photos.md).

The higher one counts for blurred photos, and of very blurred ones nothing is sure. A mean over the row would hide
one wrong character.
"""
ID_FRONT, ID_BACK, BANK_CARD, TEMPORARY = "id_front", "id_back", "bank_card", "temporary_card"
ETHNICITIES = (
    "汉", "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家",
    "哈尼", "哈萨克", "傣", "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜",
    "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒",
    "乌孜别克", "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴",
    "珞巴", "基诺",
)  # fmt: skip
"""The 56 of GB/T 3304."""
SEXES = {"男": "male", "女": "female"}
_TRADITIONAL = str.maketrans("漢滿藏維爾傣黎東鄉納羅內", "汉满藏维尔傣黎东乡纳罗内")
_LIKE_DIGITS = str.maketrans("OoQDIl|ZSBi", "00001112581")
_ID = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")
_ID_AT_END = re.compile(r"\d(?P<number>[1-9]\d{16}[\dXx])$")
"""With digits before it that the engine made of 公民身份号码; believed only where its check digit holds."""
_NAME = re.compile(r"(?:姓名|^.?名)([\u3400-\u9fff·•・]{2,})")
_BARE_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_DOTS = str.maketrans("•・", "··")
FIRST_YEAR = 1900
SEX_ABOVE = 0.42
"""Of the height: the sex stands above it, and below it 男 and 女 belong to an address."""
NAME_ABOVE, VALUES_RIGHT_OF = 0.28, 0.12
"""Shares of height and width: the name stands above the one; right of the other begin values, left of it labels."""
LABEL_MOST = 4
"""Characters that may stand for 住址 before the province."""
_KINDS = (
    (TEMPORARY, re.compile(r"临时居民|临时身份")),
    (ID_FRONT, re.compile(r"公民身份|姓名|住址|民族|出生")),
    (ID_BACK, re.compile(r"签发机关|有效期限|居民身份证|公安局|中华人民")),
    (BANK_CARD, re.compile(r"银行|储蓄|银联|借记|信用社|VALID|UnionPay")),
)
_SPACES = re.compile(r"\s")
_OWN_WORDS = re.compile(r"(?:样张)?SPECIMEN|^样张$")


@dataclass(frozen=True)
class TextRow:
    """A row of text, the engine's mean score 0..1, where it stands, and the score of each character but spaces."""

    text: str
    score: float
    box: Box
    scores: tuple[float, ...] = ()

    @property
    def plain(self) -> str:
        """Without spaces, and without the mark of samples."""
        return _OWN_WORDS.sub("", _SPACES.sub("", self.text))

    def least(self, value: str = "") -> float:
        """The score of the least sure character of a value, or of the whole row; 0 where nothing is known."""
        place = _SPACES.sub("", self.text).find(value)
        found = self.scores[place : place + len(value)] if value and place >= 0 else self.scores
        return min(found, default=0.0)


@dataclass(frozen=True)
class CardText:
    """What a card is by its words, and its fields."""

    kind: str
    fields: dict[str, ReadField]
    rows: tuple[TextRow, ...]
    """The rows that the fields come from."""


def read_fields(rows: Sequence[TextRow]) -> CardText:
    """Kind and fields of a card from its rows, top to bottom."""
    known = [row for row in rows if row.plain]
    whole = "|".join(row.plain for row in known)
    kind = _kind(whole)
    read = {ID_FRONT: _front, ID_BACK: _back, TEMPORARY: _back, BANK_CARD: _bank}.get(kind)
    fields = read(known) if read else {}
    return CardText(kind, fields, tuple(row for row in known if row.box[0] < 0.66))


def _kind(whole: str) -> str:
    """By words; an ID number says front where no word was legible, misread as it may be; other digits say bank card."""
    found = next((name for name, words in _KINDS if words.search(whole)), "")
    if not found and any(_looks_like_id(each) for each in _ID.findall(_digits(whole))):
        return ID_FRONT
    return found or (BANK_CARD if re.search(r"\d{15,19}", whole) else "")


def _looks_like_id(number: str) -> bool:
    """18 places with a date of birth in them: one of them may be misread, a bank card's hardly ever look so."""
    born = _day(number[6:10], number[10:12], number[12:14])
    return born is not None and born.year >= FIRST_YEAR


WITHOUT_CHECK = ("name", "address", "authority", "ethnicity", "bank")
"""Fields that no check digit protects."""


def doubted(fields: Mapping[str, ReadField], least: float) -> dict[str, ReadField]:
    """The fields of a blurred photo: what has neither check digit nor date must be surer than usual."""
    return {k: replace(v, holds=v.holds and (k not in WITHOUT_CHECK or v.score >= least)) for k, v in fields.items()}


def is_upright(rows: Sequence[TextRow]) -> bool | None:
    """Whether the words stand where they belong; None when none of them was read."""
    votes = 0
    for row in rows:
        low = row.box[1] + row.box[3] / 2 > 0.5
        if re.search(r"公民身份|\d{17}[\dXx]|签发|有效期|公安局|银联|VALID", row.plain):
            votes += 1 if low else -1
        elif re.search(r"姓名|共和国|居民身份|银行", row.plain):
            votes += -1 if low else 1
    return None if votes == 0 else votes > 0


def _digits(text: str) -> str:
    """Letters that look like digits become digits, where most are digits anyway."""
    return text.translate(_LIKE_DIGITS) if sum(c.isdigit() for c in text) > 10 else text


def _front(rows: Sequence[TextRow]) -> dict[str, ReadField]:
    found: dict[str, ReadField] = {}
    bare = _bare_name(rows)
    for row in rows:
        text = row.plain
        if number := id_number_in(row):
            if number.holds or "id_number" not in found:
                found["id_number"] = number
            continue
        if (match := _NAME.search(text)) and ("姓名" in text or row.box[1] < NAME_ABOVE):
            found.setdefault("name", _name(match[1], row.least(match[1]), whole=match.end() == len(text)))
            continue
        if row.box[1] < SEX_ABOVE and row is not bare and (match := re.search(r"(男|女)", text)):
            sure = row.least(match[1])
            found.setdefault("sex", ReadField(match[1], sure, holds=sure > 0))
        if match := re.search(r"族([\u4e00-\u9fff]+)", text):
            found.setdefault("ethnicity", _ethnicity(match[1], row.least(match[1])))
        if match := re.search(r"(\d{4})年?(\d{1,2})月(\d{1,2})日?", text):
            found.setdefault("birth", _birth(match, row.least(match[0])))
    if bare and "name" not in found:
        found["name"] = _name(bare.plain, bare.least(), whole=True)
    if address := _address(rows):
        found["address"] = address
    return _agreeing(found)


def id_number_in(row: TextRow) -> ReadField | None:
    """The ID number in a row; `holds` as GB 11643 says."""
    digits = _digits(row.plain)
    if match := _ID.search(digits):
        number = match.group().upper()
        return ReadField(number, row.least(), holds=isinstance(check_id_number(number), IdNumber))
    if (match := _ID_AT_END.search(digits)) and isinstance(check_id_number(match["number"].upper()), IdNumber):
        return ReadField(match["number"].upper(), row.least(), holds=True)
    return None


def _bare_name(rows: Sequence[TextRow]) -> TextRow | None:
    """The first row, where nothing but the label before a name could not be read."""
    first = next((row for row in rows if row.box[1] < NAME_ABOVE), None)
    if first is None or first.box[0] < VALUES_RIGHT_OF or not _BARE_NAME.fullmatch(first.plain):
        return None
    return first


def _name(text: str, score: float, *, whole: bool) -> ReadField:
    """Only a name that runs to the end of its row: a rare character that was not read would cut it short."""
    return ReadField(text.translate(_DOTS), score, holds=whole and 2 <= len(text) <= 15 and score >= SURE)


def _ethnicity(text: str, score: float) -> ReadField:
    plain = text.translate(_TRADITIONAL).removesuffix("族")
    whole = [each for each in sorted(ETHNICITIES, key=len, reverse=True) if plain.startswith(each)]
    value = whole[0] if whole else plain
    return ReadField(value, score, holds=bool(whole) and score > 0)


def _birth(match: re.Match[str], score: float) -> ReadField:
    found = _day(*match.groups())
    return ReadField(found.isoformat() if found else "", score, holds=found is not None and score > 0)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _address(rows: Sequence[TextRow]) -> ReadField | None:
    """From the row that has a province behind at most a label, or from 住址, down to the number."""
    begins = next((i for i, row in enumerate(rows) if _behind_label(row.plain) is not None), None)
    if begins is None:
        begins = next((i for i, row in enumerate(rows) if re.match(r"住址|住|址", row.plain)), None)
    if begins is None:
        return None
    parts = [rows[begins]]
    for row in rows[begins + 1 :]:
        if row.box[1] > 0.80 or row.box[0] > 0.5 or re.search(r"公民|身份号|\d{15}", row.plain):
            break
        parts.append(row)
    text = "".join(part.plain for part in parts)
    start = _behind_label(text)
    text = text[start:] if start is not None else re.sub(r"^(?:住址|住|址)", "", text)
    lines = [part.plain for part in parts]
    if start is not None:
        lines[0] = lines[0][start:]
    score = min(part.least(line) for part, line in zip(parts, lines, strict=True))
    return ReadField(text, score, holds=start is not None and len(text) >= 6 and score >= _least_sure(text))


def _behind_label(text: str) -> int | None:
    """Where a province begins, if nothing but a label however it was read stands before it."""
    places = [text.find(province) for province in region.provinces()]
    return min((place for place in places if 0 <= place <= LABEL_MOST), default=None)


def _least_sure(address: str) -> float:
    """A city that is known speaks for what was read; counties and the like stand in no table here."""
    province = next(each for each in region.provinces() if address.startswith(each))
    return SURE if address.removeprefix(province).startswith(region.cities(province)) else VERY_SURE


def _agreeing(found: dict[str, ReadField]) -> dict[str, ReadField]:
    """Sex and birth date stand in the number too: one that holds says whether they hold, whatever their score."""
    number = found.get("id_number")
    person = check_id_number(number.value) if number and number.holds else None
    if not isinstance(person, IdNumber):
        return found
    stated = {"sex": next(k for k, v in SEXES.items() if v == person.sex), "birth": person.birth_date.isoformat()}
    for name, value in stated.items():
        field = found.get(name)
        if field:
            found[name] = ReadField(field.value, field.score, holds=field.value == value)
    return found


_LABEL = re.compile(r"^(?:.{1,3}关(?![市县区州盟])|签发机|签发)")
"""签发机关 however its first characters were read; 韶关市 and the like stay whole."""
_DAY = r"(\d{4})[.:·,，]?(\d{2})[.:·,，]?(\d{2})"
_TERM = re.compile(rf"{_DAY}[-—–一~至.]*(?:{_DAY}|(长期))")


def _back(rows: Sequence[TextRow]) -> dict[str, ReadField]:
    found: dict[str, ReadField] = {}
    for row in rows:
        text = row.plain
        if "公安" in text:
            office = _LABEL.sub("", text)
            sure = row.least(office) >= SURE and bool(re.search(r"公安局[\u4e00-\u9fff]{0,12}$", office))
            found["authority"] = ReadField(office, row.least(office), holds=sure)
        if match := _TERM.search(text):
            found |= _term(match, row.least(match[0]))
    return found


def _term(match: re.Match[str], score: float) -> dict[str, ReadField]:
    """Both ends hold only together: real dates, in order, 5, 10, 20 years apart.

    Beside 长期 nothing checks the first one but the engine.
    """
    start = _day(*match.groups()[:3])
    end = id_card.LONG_TERM if match[7] else _day(*match.groups()[3:6])
    if start is None or end is None:
        return {}
    checked = match[7] is None or score > 0
    usual = checked and start < end and not id_card.validity_warnings(start, end)
    until = "长期" if match[7] else end.isoformat()
    return {
        "valid_from": ReadField(start.isoformat(), score, holds=usual),
        "valid_to": ReadField(until, score, holds=usual),
    }


def _bank(rows: Sequence[TextRow]) -> dict[str, ReadField]:
    found: dict[str, ReadField] = {}
    for row in rows:
        digits = re.sub(r"\D", "", _digits(row.plain))
        if 15 <= len(digits) <= 19:
            holds = isinstance(check_card_number(digits), str)
            if holds or "card_number" not in found:
                found["card_number"] = ReadField(digits, row.least(), holds)
        if match := re.search(r"([\u4e00-\u9fff]{2,}(?:银行|信用社))", row.plain):
            found.setdefault("bank", ReadField(match[1], row.least(match[1]), holds=row.least(match[1]) >= SURE))
    return found
