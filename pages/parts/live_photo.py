"""What stands beside a file chooser: the page's own camera view, the signature field, and what the reviewer marked."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.errors import DeskError
from core.flow import Evidence
from core.records_photos import PhotoReading
from core.rules.photo_findings import CARD_SLOTS
from core.steps.access import SLOT_TITLES
from core.steps.photos import ALL_SLOTS, PORTRAIT, may_draw_signature
from core.usecases.photo_marks import shown_marks
from core.usecases.photo_readings import move_corners
from pages.parts.components.capture import Frame, capture
from pages.parts.components.corners import corners
from pages.parts.components.draw_signature import draw_signature
from pages.parts.language import _
from pages.parts.pictures import mark_url, picture_url
from pages.parts.step import StepView

TITLES = {**ALL_SLOTS, **SLOT_TITLES, "bank_card": "银行卡", "score_report": "成绩报告单"}


def _frame(slot: str) -> Frame:
    if slot == PORTRAIT:
        return "face"
    return "card" if slot in CARD_SLOTS or slot == "signature" else "page"


def take_photo(view: StepView, slot: str) -> None:
    """Take the picture of a slot with the camera; on a page that has no camera it says so and nothing else changes."""
    address = f"/photo/{view.case_id}/{slot}/live"
    taken = capture(TITLES[slot], key=view.key(f"{slot}_camera"), upload_url=address, frame=_frame(slot),
                    auto=slot != "signature", upload=slot != PORTRAIT)  # fmt: skip
    if taken:
        _start_anew(view)


def write_signature(view: StepView) -> None:
    """Write the name on the screen, where the firm allows it."""
    if not may_draw_signature(view.loaded.rules):
        return
    with st.expander(_("在屏幕上手写签名"), icon=":material/draw:"):
        if draw_signature(key=view.key("signature_field"), upload_url=f"/photo/{view.case_id}/signature/drawn"):
            _start_anew(view)


def _start_anew(view: StepView) -> None:
    """The picture is stored: what was wrong before is forgotten, and the page shows what there is now."""
    view.fail({})
    st.rerun()


def set_corners(view: StepView, item: Evidence, reading: PhotoReading) -> None:
    """Four corners to be moved by hand where the customer wants it; the card is then straightened and read again."""
    turn = f"{item.id[:8]}_{reading.read_at:%H%M%S}" if reading.read_at else item.id[:8]
    if not st.toggle(_("手动调整四角"), value=False, key=view.key(f"set_corners_{turn}")):
        return
    picture = picture_url(view.desk, view.actor.firm_id, item)
    quad = corners(picture, reading.quad, key=view.key(f"corners_{turn}"))
    if quad is None:
        return
    try:
        move_corners(view.desk, view.actor, view.case_id, item.id, quad)
        view.fail({})
    except DeskError as error:
        view.fail({item.slot: error.text})
    st.rerun()


def show_marks(view: StepView, slot: str) -> None:
    """What the reviewer marked on pictures of this slot to be taken again; asks nothing before a rejection."""
    marks = shown_marks(view.desk, view.actor, view.case_id) if view.loaded.facts.rejections else []
    for mark in marks:
        if mark.slot == slot:
            source, words = mark_url(view.desk, view.actor.firm_id, mark), escape(mark.text)
            st.html(
                _(
                    '<figure class="jz-mark"><img src="{source}" alt="红框内是需要重拍的部分"><figcap'
                    "tion>{words}</figcaption></figure>"
                ).format(source=source, words=words)
            )
