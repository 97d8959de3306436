"""What only shows when several photos and the typed data are held against each other. Hints, they block nothing.

Front and back carry nothing in common but the law: a card's term follows from the age on the day of its issue
(居民身份证法 art. 5), so a term that does not fit speaks for two different cards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from core.records_photos import PhotoFinding, PhotoReading
from core.rules.id_card import IdNumber, check_id_number
from core.rules.photo_findings import validity_findings
from core.rules.read_against_typed import plain
from core.sentence import Sentence

TYPED: Mapping[str, tuple[str, str]] = {
    "name": ("id_front", "姓名"), "id_number": ("id_front", "身份证号"), "id_address": ("id_front", "身份证地址"),
    "valid_from": ("id_back", "有效期起"), "valid_to": ("id_back", "有效期止"),
}  # fmt: skip
"""Field of the profile -> slot whose photo shows it, and what it is called."""
READ_AS = {"id_address": "address"}
LONG_TERM = "长期"
ANOTHER: Mapping[str, str] = {
    "held_other_card": "手中身份证的号码与上传的照片或填写的不一致。请手持本人的身份证重新拍摄。",
    "report_other_person": "成绩报告单上的证件号码与您的不一致。请上传本人的成绩报告单。",
}
"""Finding -> what the customer is told when a number belongs to somebody else."""


def read_profile(readings: Mapping[str, PhotoReading]) -> dict[str, str]:
    """Profile field -> value that the photos say and whose check holds; `readings` are the newest by slot."""
    found = {}
    for field, (slot, _) in TYPED.items():
        reading = readings.get(slot)
        if reading and reading.state == "done" and (value := reading.holding(READ_AS.get(field, field))):
            found[field] = value
    return found


def compared(
    readings: Mapping[str, PhotoReading],
    profile: Mapping[str, Any],
    today: date,
    reports: Sequence[PhotoReading] = (),
) -> dict[str, tuple[PhotoFinding, ...]]:
    """Evidence id -> what comparing adds; `readings` are the newest by slot, `profile` what was typed.

    `reports` are all score reports: there may be several, and each has to be the customer's own.
    """
    front, back = readings.get("id_front"), readings.get("id_back")
    found: dict[str, list[PhotoFinding]] = {reading.evidence_id: [] for reading in (*readings.values(), *reports)}
    shown = front.holding("id_number") if front else ""
    if portrait := readings.get("portrait"):
        found[portrait.evidence_id] += _another(portrait, shown or _typed("id_number", profile), "held_other_card")
    for report in reports:
        found[report.evidence_id] += _another(report, _typed("id_number", profile) or shown, "report_other_person")
    if front:
        found[front.evidence_id] += _contradictions(front)
    if back:
        found[back.evidence_id] += validity_findings(back.holding("valid_to"), today)
    if front and back:
        found[back.evidence_id] += _other_card(front, back)
        if (front.kind, back.kind) == ("id_back", "id_front"):
            swapped = PhotoFinding("swapped", "身份证两面的照片位置放反了。请交换后重新上传。")
            for side in (front, back):
                found[side.evidence_id].append(swapped)
    for evidence_id, finding in _typed_differently(readings, profile):
        found[evidence_id].append(finding)
    return {evidence_id: tuple(each) for evidence_id, each in found.items()}


def with_findings(reading: PhotoReading, more: tuple[PhotoFinding, ...]) -> PhotoReading:
    """A reading with what comparing adds; swapped says more than two wrong sides."""
    own = [f for f in reading.findings if f.code != "wrong_side" or all(m.code != "swapped" for m in more)]
    return replace(reading, findings=(*own, *more))


def _contradictions(front: PhotoReading) -> list[PhotoFinding]:
    """The number against the birth date and the sex printed beside it."""
    if not front.holding("id_number"):
        return []
    texts = {
        "birth": ("mismatch_birth", "照片上的出生日期与身份证号码不一致，请核对照片是否清晰。"),
        "sex": ("mismatch_sex", "照片上的性别与身份证号码不一致，请核对照片是否清晰。"),
    }
    known = [name for name in texts if name in front.fields and front.fields[name].value]
    return [PhotoFinding(*texts[name]) for name in known if not front.fields[name].holds]


def _another(reading: PhotoReading, number: str, code: str) -> list[PhotoFinding]:
    """A number that holds and is not the customer's; letters in it may be small."""
    read = reading.holding("id_number")
    return [PhotoFinding(code, ANOTHER[code])] if read and number and read.upper() != number.upper() else []


def _other_card(front: PhotoReading, back: PhotoReading) -> list[PhotoFinding]:
    person, begins = check_id_number(front.holding("id_number")), back.holding("valid_from")
    if not isinstance(person, IdNumber) or not begins:
        return []
    issued, until = date.fromisoformat(begins), back.holding("valid_to")
    age = person.age_on(issued)
    years = 0 if until == LONG_TERM else date.fromisoformat(until).year - issued.year
    if age >= 0 and years == _term_at(age):
        return []
    text = "身份证两面的信息不太一致：有效期限与年龄对不上。请确认是同一张证件的两面。"
    return [PhotoFinding("different_cards", text, float(years), float(_term_at(age)))]


def _term_at(age: int) -> int:
    """Years that a card issued at this age is valid; 0 is 长期 (居民身份证法 art. 5)."""
    return 5 if age < 16 else 10 if age <= 25 else 20 if age <= 45 else 0


def _typed_differently(
    readings: Mapping[str, PhotoReading], profile: Mapping[str, Any]
) -> list[tuple[str, PhotoFinding]]:
    read, found = read_profile(readings), []
    for field, value in read.items():
        typed = _typed(field, profile)
        name = READ_AS.get(field, field)
        if typed and plain(name, typed) != plain(name, value):
            slot, title = TYPED[field]
            text = Sentence("填写的{title}与照片上识别的不一致，请核对。", title=title)
            found.append((readings[slot].evidence_id, PhotoFinding("typed_differs", text)))
    return found


def _typed(field: str, profile: Mapping[str, Any]) -> str:
    if field == "valid_to" and profile.get("long_term"):
        return LONG_TERM
    return str(profile.get(field) or "").strip()
