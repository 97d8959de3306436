"""Which pictures of a case stand beside each other in the review station, with what is drawn over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.flow import Evidence, Facts
from core.records_marks import On, PhotoMark, finding_keys
from core.records_photos import PhotoReading
from core.steps.access import SLOT_TITLES
from core.steps.photos import ALL_SLOTS, PORTRAIT
from core.steps.witness import CAPTURES
from core.usecases.photo_station import PhotoStation
from core.usecases.photos import STEP_OF
from pages.parts import clock_words
from pages.parts.case_media import crop_url, evidence_url
from pages.parts.components.station import Spot, View
from pages.parts.language import _

_MANY: Mapping[str, str] = {"bank_card": "银行卡", "score_report": "成绩报告单", **SLOT_TITLES}
_BESIDE: Mapping[str, str] = {"id_front": "capture_front", "id_back": "capture_back"}
"""What the witness captured of the same thing."""
_FACES = (PORTRAIT, "id_front", "capture_portrait_still", "capture_portrait")
"""Whose faces people compare: hand-held portrait, card, captures of the call."""
FACES = "faces"
MOST_SHOWN = 3


@dataclass(frozen=True)
class Subject:
    """Something to decide about: its views, which stand there at first, and the picture that reading belongs to."""

    key: str
    title: str
    views: list[View]
    shown: list[str]
    item: Evidence | None = None
    linked: bool = False
    captures: tuple[Evidence, ...] = field(default=())


def subjects(facts: Facts, station: PhotoStation) -> list[Subject]:
    """Every subject of a case that has a picture, in the order in which a reviewer goes through them."""
    found = [_single(slot, title, facts, station) for slot, title in ALL_SLOTS.items() if facts.slot(slot)]
    faces = _faces(facts, station)
    found[2:2] = [faces] if faces else []
    for slot, title in _MANY.items():
        items = facts.slot(slot)
        earlier = [
            _pair(item, _("{title}（以前的版本 {number}）").format(title=title, number=number), station)
            for number, item in enumerate(station.earlier.get(slot, ()), 1)
        ]
        for number, item in enumerate(items, 1):
            name = f"{title} {number}" if len(items) > 1 else title
            views = _pair(item, name, station)
            every = [*views, *(view for pair in earlier for view in pair)]
            found.append(Subject(f"{slot}_{number}", name, every, [view["key"] for view in views], item))
    return found


def _single(slot: str, title: str, facts: Facts, station: PhotoStation) -> Subject:
    item = facts.slot(slot)[-1]
    views = _pair(item, title, station)
    shown = [view["key"] for view in views]
    captures = _captures(_BESIDE.get(slot, ""), facts)
    taken = [_view(each, f"{_way(each)}　{CAPTURES[_BESIDE[slot]]}", "picture", station) for each in captures]
    if len(shown) == 1:
        shown += [view["key"] for view in taken[:1]]
    for number, old in enumerate(station.earlier.get(slot, ()), 1):
        taken += _pair(
            old,
            _("{title}（以前的版本 {number}，{promise}）").format(
                title=title, number=number, promise=clock_words.promise(old.created_at)
            ),
            station,
        )
    return Subject(slot, title, [*views, *taken], shown, item, captures=captures)


def _pair(item: Evidence, title: str, station: PhotoStation) -> list[View]:
    """A picture and its straightened card."""
    views = [_view(item, _("原图　{title}").format(title=title), "picture", station)]
    return [*views, _view(item, _cut_title(item, title), "crop", station)] if _has_crop(item, station) else views


def _cut_title(item: Evidence, title: str) -> str:
    return _("手中的身份证") if item.slot == PORTRAIT else _("裁切　{title}").format(title=title)


def _captures(slot: str, facts: Facts) -> tuple[Evidence, ...]:
    """The newest capture of the call, the one in the camera's full resolution first."""
    return tuple(facts.slot(name)[-1] for name in (f"{slot}_still", slot) if slot and facts.slot(name))


def _way(item: Evidence) -> str:
    return _("客户设备原图") if item.slot.endswith("_still") else _("通话截取")


def _faces(facts: Facts, station: PhotoStation) -> Subject | None:
    views = []
    for slot in _FACES:
        for item in facts.slot(slot)[-1:]:
            views.append(_face(slot, item, station))
    for item in facts.slot(PORTRAIT)[-1:]:
        if _has_crop(item, station):
            views.append(_as_face(_view(item, _cut_title(item, ""), "crop", station)))
    captures = _captures("capture_portrait", facts)
    shown = [view["key"] for view in views[:MOST_SHOWN]]
    return Subject(FACES, _("人像比对"), views, shown, linked=True, captures=captures) if len(views) > 1 else None


def _has_crop(item: Evidence, station: PhotoStation) -> bool:
    reading = station.readings.get(item.id)
    return bool(reading and reading.crop_file)


def _as_face(view: View) -> View:
    """A view that is moved so that the face lies where the others have theirs."""
    return {**view, "face": f"{view['source']}/face", "markable": False, "spots": []}


def _face(slot: str, item: Evidence, station: PhotoStation) -> View:
    on: On = "crop" if slot == "id_front" and _has_crop(item, station) else "picture"
    titles = {PORTRAIT: ALL_SLOTS[PORTRAIT], "id_front": _("身份证上的照片")}
    label = titles.get(slot) or f"{_way(item)}　{CAPTURES['capture_portrait']}"
    return _as_face(_view(item, label, on, station))


def _view(item: Evidence, label: str, on: On, station: PhotoStation) -> View:
    reading = station.readings.get(item.id)
    return {
        "key": f"{item.id}:{on}",
        "label": label,
        "source": crop_url(item.id) if on == "crop" else evidence_url(item.id),
        "evidence": item.id,
        "on": on,
        "markable": _is_live(item, station) and item.slot in STEP_OF,
        "face": "",
        "spots": [*_findings(item, on, reading), *_marks(item, on, station.marks)],
    }


def _is_live(item: Evidence, station: PhotoStation) -> bool:
    return all(item.id != old.id for old in station.earlier.get(item.slot, ()))


def spot_id(item: Evidence, finding: str) -> str:
    """What a finding is pointed at with."""
    return f"{item.id}:{finding}"


def _findings(item: Evidence, on: On, reading: PhotoReading | None) -> list[Spot]:
    """What the machine noticed at a place; the place is on the straightened card where there is one."""
    if reading is None or (on == "crop") != bool(reading.crop_file):
        return []
    named = zip(finding_keys(reading.findings), reading.findings, strict=True)
    return [Spot(id=spot_id(item, key), kind="finding", text=f.text, box=f.box) for key, f in named if f.box]


def _marks(item: Evidence, on: On, marks: Sequence[PhotoMark]) -> list[Spot]:
    return [
        Spot(
            id=mark.id,
            kind="mark",
            text=_("标注：{customer_text}").format(customer_text=mark.customer_text),
            box=mark.box,
        )
        for mark in marks
        if (mark.evidence_id, mark.on) == (item.id, on)
    ]
