"""What the machine made of a photo, shown to its customer: the straightened card, what was read, plain advice."""

from __future__ import annotations

import streamlit as st

from core.flow import Evidence
from core.records_photos import PhotoFinding, PhotoReading, Used
from core.rules.masks import mask_card, mask_id
from core.rules.read_against_typed import FIELDS
from core.steps.photos import PORTRAIT
from core.usecases.photo_readings import choose_picture, is_awaited, own_readings
from pages.parts import notice
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _
from pages.parts.live_photo import set_corners
from pages.parts.pictures import picture_url
from pages.parts.step import StepView

TITLES = {
    "name": "姓名", "sex": "性别", "ethnicity": "民族", "birth": "出生日期", "address": "住址",
    "id_number": "身份证号", "authority": "签发机关", "valid_from": "有效期起", "valid_to": "有效期止",
    "card_number": "卡号", "bank": "开户银行", "score": "成绩", "tested_on": "考试日期",
}  # fmt: skip
MASKED = {"id_number": mask_id, "card_number": mask_card}
FOR_STAFF = {"typed_differs", "used_before"}
"""Findings that only the reviewer sees: the customer's own words stand, and nobody is told what others sent in."""


def watch(view: StepView, readings: dict[str, PhotoReading]) -> None:
    """While photos are being read, look every second and redraw the page when one is done or took too long."""
    waiting = awaited(view, readings)
    if not waiting:
        return

    @st.fragment(run_every="1s", key="photo_watch")
    def look() -> None:
        now = own_readings(view.desk, view.actor, view.loaded.facts)
        if awaited(view, now) != waiting:
            st.rerun(scope="app")

    look()


def awaited(view: StepView, readings: dict[str, PhotoReading]) -> set[str]:
    """Ids of the case's photos whose reading is still to come."""
    return {item.id for item in view.loaded.facts.evidence if is_awaited(readings.get(item.id), item, view.desk)}


def show(view: StepView, item: Evidence, reading: PhotoReading | None, caption: str) -> None:
    """One uploaded picture with its result."""
    if reading is None or reading.state != "done":
        st.image(picture_url(view.desk, view.actor.firm_id, item), caption=caption)
        if is_awaited(reading, item, view.desk):
            st.html(_('<p role="status" class="jz-reading">正在识别照片，请稍候。您也可以继续填写其他内容。</p>'))
        return
    _pictures(view, item, reading, caption)
    if item.slot in FIELDS and item.slot != PORTRAIT:
        set_corners(view, item, reading)
    _advice(reading)
    known = [(TITLES[name], cell(_shown(name, field.value))) for name, field in reading.fields.items() if field.holds]
    if known:
        with st.expander(_("由照片识别的内容"), expanded=False, icon=":material/document_scanner:"):
            fact_table(_("项目"), known, _("识别结果（请在填写资料时核对）"))


def _pictures(view: StepView, item: Evidence, reading: PhotoReading, caption: str) -> None:
    desk, firm, crop = view.desk, view.actor.firm_id, reading.crop_file
    if not crop or item.slot == PORTRAIT:  # a portrait counts as a whole
        st.image(picture_url(desk, firm, item), caption=caption)
        return
    whole = reading.used == "original"
    if reading.verdict == "check" or whole:
        left, right = st.columns(2)
        left.image(picture_url(desk, firm, crop), caption=_("自动裁切") if whole else _("自动裁切（提交这一张）"))
        right.image(picture_url(desk, firm, item), caption=_("原图（提交这一张）") if whole else _("原图"))
    else:
        st.image(picture_url(desk, firm, crop), caption=_("{caption}，已自动裁切和摆正").format(caption=caption))
    used: Used = "crop" if whole else "original"
    label = _("使用裁切图") if whole else _("使用原图")
    st.button(
        label, key=f"use_{used}_{item.slot}_{item.id[:8]}", type="tertiary", icon=":material/swap_horiz:",
        on_click=view.press, args=(choose_picture, view.desk, view.actor, view.case_id, item.id, used),
    )  # fmt: skip


def _advice(reading: PhotoReading) -> None:
    """The machine's doubts: the customer may go on with them, a person decides."""
    shown: list[PhotoFinding] = [finding for finding in reading.findings if finding.code not in FOR_STAFF]
    for finding in shown:
        st.warning(notice.plain(finding.text), icon=":material/info:")
    if shown:
        st.caption(_("如果照片实际清楚，可以继续，工作人员会再看一遍。"))


def _shown(name: str, value: str) -> str:
    return MASKED[name](value) if name in MASKED else value
