"""What the machine read from the photos of a case: asked for, looked at, and corrected by the customer (R073, R074)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import BadFile, NotAllowed, Stale
from core.flow import Evidence, Facts
from core.permissions import own
from core.ports import Desk, Work
from core.records_photos import PhotoReading, Quad, Used
from core.rules.calendar import local_day
from core.rules.photo_compare import compared, read_profile, with_findings
from core.usecases.answer_step import load_own

SPREAD = timedelta(seconds=2)
"""Each further picture of a case that waits lets the pictures of other customers go first."""
PATIENCE = timedelta(seconds=20)
"""A page waits this long for a reading, then the customer goes on by hand (the reading may still come)."""
LEAST_AREA = 0.02
"""Of the picture: four corners nearer together are a slip of the finger."""


def ask_reading(work: Work, case_id: str, item: Evidence, quad: Quad = ()) -> None:
    """Post the job that reads a picture, in the transaction that stores it; the customers take turns."""
    ahead = work.photos.waiting_of(case_id)
    if not quad:
        work.photos.add_waiting(case_id, item.id)
    payload = {"evidence": item.id, "quad": [list(corner) for corner in quad]}
    work.jobs.post("read_photo", payload, run_at=work.now + ahead * SPREAD)


def newest_by_slot(facts: Facts, readings: Mapping[str, PhotoReading]) -> dict[str, PhotoReading]:
    """The reading of the newest live picture in each slot."""
    return {item.slot: readings[item.id] for item in facts.evidence if item.id in readings}


def readings_of(work: Work, facts: Facts) -> dict[str, PhotoReading]:
    """Every reading of a case by evidence id, with what comparing photos and typed data adds."""
    stored = work.photos.of_case(facts.case.id)
    reports = [stored[item.id] for item in facts.slot("score_report") if item.id in stored]
    more = compared(newest_by_slot(facts, stored), facts.values("profile"), local_day(work.now), reports)
    return {key: with_findings(each, more[key]) if key in more else each for key, each in stored.items()}


def own_readings(desk: Desk, actor: Actor, facts: Facts) -> dict[str, PhotoReading]:
    """The readings of the customer's own case."""
    own(actor, facts.case)
    with desk.read(actor.firm_id) as work:
        return readings_of(work, facts)


def own_profile_readings(desk: Desk, actor: Actor, facts: Facts) -> tuple[dict[str, str], bool]:
    """Profile field -> value read from the own photos, and whether a photo of the card is still being read."""
    newest = newest_by_slot(facts, own_readings(desk, actor, facts))
    cards = [newest[slot] for slot in ("id_front", "id_back") if slot in newest]
    return read_profile(newest), any(reading.state == "waiting" for reading in cards)


def is_awaited(reading: PhotoReading | None, item: Evidence, desk: Desk) -> bool:
    """Whether a page should still wait for the reading of a picture.

    `read_at` of one that waits says when it was asked for again.
    """
    if reading is None or reading.state != "waiting":
        return False
    return desk.clock() - (reading.read_at or item.created_at) < PATIENCE


def choose_picture(desk: Desk, actor: Actor, case_id: str, evidence_id: str, used: Used) -> None:
    """Hand in the straightened card or the original (使用原图); both stay stored."""
    with desk.write(actor.firm_id) as work:
        reading = _own_reading(work, actor, case_id, evidence_id)
        if used == "corners" or (used == "crop" and not reading.crop_file):
            raise NotAllowed
        work.photos.save(replace(reading, used=used))
        work.audit(actor, Tag.CUSTOMER_PHOTO_CHOOSE, f"case:{case_id}", evidence=evidence_id, used=used)


def move_corners(desk: Desk, actor: Actor, case_id: str, evidence_id: str, quad: Quad) -> None:
    """Straighten and read again between the corners that the customer set; raises `BadFile` for no quad."""
    _require_quad(quad)
    with desk.write(actor.firm_id) as work:
        reading = _own_reading(work, actor, case_id, evidence_id)
        found = work.cases.find_evidence(evidence_id)
        if reading.state == "waiting" or found is None:
            return
        ask_reading(work, case_id, found[0], quad)
        work.photos.save(replace(reading, state="waiting", read_at=work.now))
        work.audit(actor, Tag.CUSTOMER_PHOTO_CORNERS, f"case:{case_id}", evidence=evidence_id)


def _own_reading(work: Work, actor: Actor, case_id: str, evidence_id: str) -> PhotoReading:
    """Raises `Stale` for a picture of the own case that was replaced meanwhile, in another tab."""
    loaded = load_own(work, actor, case_id, Action.ANSWER)
    reading = work.photos.find(evidence_id)
    if reading is None:
        raise NotAllowed
    if evidence_id not in {item.id for item in loaded.facts.evidence}:
        raise Stale if evidence_id in work.photos.of_case(case_id) else NotAllowed
    return reading


def _require_quad(quad: Quad) -> None:
    """Four corners clockwise within the picture, no dent, not on top of each other."""
    inside = len(quad) == 4 and all(len(corner) == 2 and all(0 <= value <= 1 for value in corner) for corner in quad)
    if not inside:
        raise BadFile("请把四个角都放在图片以内。")
    edges = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(quad, (*quad[1:], quad[0]), strict=True)]
    turns = [a[0] * b[1] - a[1] * b[0] for a, b in zip(edges, (*edges[1:], edges[0]), strict=True)]
    area = sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(quad, (*quad[1:], quad[0]), strict=True)) / 2
    if min(turns) <= 0 or area < LEAST_AREA:
        raise BadFile("四个角的位置不正确，请沿证件的四个角依次放好。")
