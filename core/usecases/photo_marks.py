"""Mark a region of a picture with a reason; the rejection carries it, and the customer sees it beside the retake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.case import WITH_CUSTOMER, Action
from core.errors import NotFound, WrongState
from core.flow import Evidence
from core.permissions import own
from core.ports import Desk, Work
from core.records_marks import Judgement, On, PhotoMark, finding_keys
from core.records_photos import Box
from core.sentence import Sentence
from core.steps.photos import rejected_slots
from core.usecases.loading import Loaded, load
from core.usecases.photo_readings import readings_of
from core.usecases.photos import STEP_OF
from core.usecases.reject_case import reasons_for
from core.usecases.review_case import held

MOST = 20
"""Marks that may wait in one case."""
TEXT_MOST = 300
"""Characters of what the customer is told, and of the internal note."""
LEAST_SIDE = 0.01
"""Smallest side of a marked region, as a share of the picture: less is a slip of the mouse."""
_FIELDS: Mapping[str, tuple[str, ...]] = {"bank_card": ("card_number", "bank"), "score_report": ("score_reports",)}
"""Fields of the firm's reasons that mean a slot whose name is another one."""


@dataclass(frozen=True)
class ShownMark:
    """What a customer sees of a mark: words, and which part of which stored file is cut out."""

    id: str
    slot: str
    text: str
    file_id: str
    box: Box


def mark_reasons(loaded: Loaded, slot: str) -> list[Mapping[str, Any]]:
    """The firm's reasons that ask for this picture again."""
    fields = (slot, *_FIELDS.get(slot, ()))
    return [r for r in reasons_for("review", loaded)
            if r["kind"] == "retry" and r["step"] == STEP_OF.get(slot) and r["field"] in fields]  # fmt: skip


def mark_photo(
    desk: Desk, actor: Actor, case_id: str, evidence_id: str, on: On, box: Box, code: str, text: str, internal: str
) -> str:
    """Keep a mark for the next rejection; an empty text becomes the firm's words for the reason. Returns its id.

    Only the reviewer of the case may, and only on a picture that the customer can take again.
    """
    x, y, width, height = box
    inside = min(x, y) >= 0 and x + width <= 1 + 1e-6 and y + height <= 1 + 1e-6
    if not inside or min(width, height) < LEAST_SIDE or on not in {"picture", "crop"}:
        raise WrongState("请在图片上框出需要重拍的部分。")
    if max(len(text), len(internal)) > TEXT_MOST:
        raise WrongState(Sentence("文字最多 {TEXT_MOST} 个字。", TEXT_MOST=TEXT_MOST))
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.REJECT)
        item = _retakeable(loaded, evidence_id)
        reason = next((r for r in mark_reasons(loaded, item.slot) if r["code"] == code), None)
        if reason is None:
            raise WrongState("请选择这张图片的驳回原因。")
        if on == "crop" and not _crop_of(work, item):
            raise NotFound
        if len(work.marks.waiting(case_id)) >= MOST:
            raise WrongState(Sentence("一笔业务最多标注 {MOST} 处。", MOST=MOST))
        words = text.strip() or str(reason["customer_text"])
        mark = PhotoMark(
            work.new_id(), case_id, item.id, on, box, code, words, internal.strip(), actor.id, work.now
        )  # fmt: skip
        work.marks.add_mark(mark)
        work.audit(actor, Tag.STAFF_MARK_ADD, f"case:{case_id}", slot=item.slot, code=code)
        return mark.id


def _retakeable(loaded: Loaded, evidence_id: str) -> Evidence:
    item = next((e for e in loaded.facts.evidence if e.id == evidence_id), None)
    if item is None or item.slot not in STEP_OF:
        raise NotFound
    return item


def _crop_of(work: Work, item: Evidence) -> str:
    reading = work.photos.find(item.id)
    return reading.crop_file if reading else ""


def remove_mark(desk: Desk, actor: Actor, case_id: str, mark_id: str) -> None:
    """Take back a mark that the customer was not told of; repeating it does nothing."""
    with desk.write(actor.firm_id) as work:
        held(work, actor, case_id, Action.REJECT)
        if work.marks.remove_mark(case_id, mark_id):
            work.audit(actor, Tag.STAFF_MARK_REMOVE, f"case:{case_id}")


def judge_finding(desk: Desk, actor: Actor, case_id: str, evidence_id: str, finding: str, *, agrees: bool) -> None:
    """Say whether one finding of the machine is right; the newest opinion of a person counts."""
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.REJECT)
        reading = readings_of(work, loaded.facts).get(evidence_id)
        findings = reading.findings if reading else ()
        code = dict(zip(finding_keys(findings), (each.code for each in findings), strict=True)).get(finding)
        if code is None:
            raise NotFound
        work.marks.judge(case_id, Judgement(evidence_id, finding, code, agrees, actor.id))
        work.audit(actor, Tag.STAFF_FINDING_JUDGE, f"case:{case_id}", code=code, agrees=agrees)


def shown_marks(desk: Desk, actor: Actor, case_id: str) -> list[ShownMark]:
    """What the owner of a case sees of the marks of rejected pictures that were not taken again yet."""
    with desk.read(actor.firm_id) as work:
        case = work.cases.get(case_id)
        own(actor, case)
        if case.state not in WITH_CUSTOMER:
            return []
        loaded = load(work, case_id)
        live = {item.id: item for item in loaded.facts.evidence}
        told = [mark for mark in work.marks.of_case(case_id) if mark.rejection_id and mark.evidence_id in live]
        wanted = [(mark, live[mark.evidence_id]) for mark in told if _is_open(loaded, live[mark.evidence_id])]
        files = [_crop_of(work, item) if mark.on == "crop" else item.file_id for mark, item in wanted]
    return [
        ShownMark(mark.id, item.slot, mark.customer_text, file, mark.box)
        for (mark, item), file in zip(wanted, files, strict=True)
        if file
    ]


def _is_open(loaded: Loaded, item: Evidence) -> bool:
    if item.slot in rejected_slots(loaded.facts, loaded.rules):
        return True
    return STEP_OF[item.slot] != "photos" and loaded.facts.open_rejection(STEP_OF[item.slot]) is not None
