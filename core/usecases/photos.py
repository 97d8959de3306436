"""Upload and remove pictures of a case: decoded and re-encoded before the transaction, file first, then row."""

from __future__ import annotations

from typing import Literal

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import BadFile, NotAllowed
from core.flow import Evidence
from core.ports import Desk
from core.rules.firm_choices import upload_rule
from core.sentence import Sentence
from core.steps.access import SLOT_TITLES
from core.steps.photos import ALL_SLOTS, PORTRAIT, may_draw_signature, wanted_slots
from core.usecases.answer_step import load_own
from core.usecases.loading import Loaded, settle
from core.usecases.photo_readings import ask_reading

How = Literal["upload", "live", "drawn"]
"""How a picture came: chosen as a file, taken with the page's own camera view, written on the screen."""
SINGLE = set(ALL_SLOTS)
MOST = {"score_report": (limits.SCORE_REPORTS_MAX, "成绩报告单", "份")}
MOST |= {slot: (limits.PROOFS_MAX, title, "张") for slot, title in SLOT_TITLES.items()}
"""Slot -> how many pictures it takes, what they are called, how they are counted."""
STEP_OF = {**dict.fromkeys(ALL_SLOTS, "photos"), "bank_card": "bank", **dict.fromkeys(MOST, "exchanges")}


def add_photo(
    desk: Desk, actor: Actor, case_id: str, slot: str, data: bytes, name: str, *, how: How = "upload", device: str = ""
) -> Evidence:
    """Store a picture; a single slot's older picture counts no more. Raises `BadFile` with what to do.

    `how` and `device` (kind of the device) are what the browser says: kept for evaluation, they prove nothing.
    """
    if slot not in STEP_OF:
        raise NotAllowed
    with desk.read(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, STEP_OF[slot])
        _require_way(loaded, slot, how)
    picture = desk.images.safe_decode(data, name)
    problem = upload_rule(loaded.rules["business_rules"]).problem(picture.kind, len(data))
    if problem and how == "upload":
        raise BadFile(problem)
    original = desk.vault.put(actor.firm_id, data)
    stored = desk.vault.put(actor.firm_id, picture.jpeg)
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, STEP_OF[slot])
        same = [e for e in loaded.facts.slot(slot) if e.meta.get("original_sha256") == picture.sha256_original]
        if same and slot not in SINGLE:
            raise BadFile("这张图片已经上传过了。")
        if work.cases.count_uploads(case_id, STEP_OF) >= limits.PHOTOS_PER_CASE:
            raise BadFile("上传的图片太多了，请拨打客服热线，由工作人员协助。")
        if slot in MOST:
            _require_room(len(loaded.facts.slot(slot)), *MOST[slot])
        if slot in SINGLE:
            work.cases.replace_evidence(case_id, slot=slot)
        meta = {"width": picture.width, "height": picture.height, "kind": picture.kind}
        meta |= {"original_sha256": picture.sha256_original, "original_file": original.file_id}
        meta |= {"notes": list(picture.notes), "how": how, "device": device}
        item = Evidence(work.new_id(), slot, stored.file_id, stored.sha256, "image/jpeg", stored.size, work.now, meta)
        work.cases.add_evidence(case_id, item, actor.id)
        ask_reading(work, case_id, item)
        case = settle(work, work.cases.change(loaded.case))
        work.audit(actor, Tag.CUSTOMER_EVIDENCE_ADD, f"case:{case.id}", slot=slot, sha256=stored.sha256)
        return item


def _require_way(loaded: Loaded, slot: str, how: How) -> None:
    """The portrait is taken live where the firm demands it (C14), a drawn signature needs the firm's consent."""
    if slot == PORTRAIT and (how != "live" or slot not in wanted_slots(loaded.facts, loaded.rules)):
        raise BadFile("手持证件照需要现场拍摄，不能上传已有的照片。")
    if how == "drawn" and (slot != "signature" or not may_draw_signature(loaded.rules)):
        raise BadFile("请上传签名照：在白纸上用黑色笔手写本人姓名，拍照上传。")


def _require_room(stored: int, most: int, title: str, unit: str) -> None:
    if stored >= most:
        raise BadFile(Sentence("{title}最多 {most} {unit}。", title=title, most=most, unit=unit))


def remove_photo(desk: Desk, actor: Actor, case_id: str, evidence_id: str) -> None:
    """Take back an own picture; repeating it does nothing."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER)
        mine = [e for e in loaded.facts.evidence if e.id == evidence_id and e.slot in STEP_OF]
        if not mine:
            return
        work.cases.replace_evidence(case_id, evidence_id=evidence_id)
        case = settle(work, work.cases.change(loaded.case))
        work.audit(actor, Tag.CUSTOMER_EVIDENCE_REMOVE, f"case:{case.id}", slot=mine[0].slot)
