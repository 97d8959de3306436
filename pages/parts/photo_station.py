"""The image review station: one subject at a time, its pictures, what was read, findings, marks for the customer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from core.actor import Actor
from core.flow import Evidence
from core.ports import Desk
from core.records_marks import finding_keys
from core.records_photos import PhotoFinding, PhotoReading
from core.rules.photo_findings import CARD_SLOTS
from core.rules.read_against_typed import compare
from core.steps.photos import PORTRAIT
from core.usecases.photo_marks import TEXT_MOST, judge_finding, mark_photo, mark_reasons, remove_mark
from core.usecases.photo_station import PhotoStation, photo_station
from core.usecases.playback import moment_of
from core.usecases.read_case import CaseFile
from pages.parts import acting, case_media, clock_words, notice
from pages.parts.components.station import Drawn, station
from pages.parts.language import _
from pages.parts.photo_compare import show_compared
from pages.parts.photo_views import Subject, spot_id, subjects
from pages.parts.reject_form import choose_codes

LIMITS = (
    "机器只做裁切、测量和文字识别。它不比对人脸，不检测翻拍屏幕，也不检测修图；这些请您看图判断。"
    "机器的发现只是提示，不会自动驳回。"
)
USED = {"crop": "客户提交裁切图", "original": "客户选择使用原图", "corners": "客户手动调整了四角"}
VERDICTS = {"ok": "裁切可靠", "check": "裁切请留意", "none": "没有找到证件的边"}
_CHOSEN, _DRAFT, _POINTED, _MOMENT = "photo_subject", "mark_draft", "photo_pointed", "photo_moment"
_FORM = ("mark_code", "mark_text", "mark_internal")


@dataclass(frozen=True)
class Bound:
    """The case with who looks at it, handed to every part."""

    desk: Desk
    actor: Actor
    file: CaseFile
    station: PhotoStation


def show_station(desk: Desk, actor: Actor, file: CaseFile) -> tuple[Bound, Subject | None]:
    """Draw the pictures of the subject that was chosen, and the form of a mark; returns what `show_reading` needs."""
    bound = Bound(desk, actor, file, photo_station(desk, actor, file.case.id))
    found = subjects(file.loaded.facts, bound.station)
    if not found:
        notice.empty_state(_("这笔业务还没有照片。"))
        return bound, None
    subject = _choose(found, bound)
    drawn = station(f"station_{subject.key}", subject.views, subject.shown, linked=subject.linked,
                    pointed=str(st.session_state.get(_POINTED) or ""))  # fmt: skip
    if drawn:
        st.session_state[_DRAFT] = drawn
    _moments(subject, bound)
    draft: Drawn | None = st.session_state.get(_DRAFT)
    if draft and subject.item and draft.evidence == subject.item.id:
        _mark_form(draft, subject.item, bound)
    if subject.item:
        _marks(subject.item, bound)
    st.caption(_(LIMITS))
    return bound, subject


def show_reading(bound: Bound, subject: Subject | None, *, masked: bool) -> None:
    """What the machine read and noticed of the subject; `masked`: bank card numbers stay covered."""
    if subject and subject.item:
        with st.container(border=True, key="photo_reading"):
            st.markdown(_("**{title}：读取与填写**").format(title=_(subject.title)))
            _reading(subject.item, bound, masked=masked)


def _choose(found: list[Subject], bound: Bound) -> Subject:
    """One button for each subject with its number as key, and how much there is to look at."""
    keys = [subject.key for subject in found]
    if st.session_state.get(_CHOSEN) not in keys:
        st.session_state[_CHOSEN] = keys[0]
    chosen = found[keys.index(st.session_state[_CHOSEN])]
    with st.container(horizontal=True, key="photo_subjects"):
        for number, subject in enumerate(found, 1):
            st.button(
                _named(subject, bound), key=f"subject_{subject.key}", shortcut=str(number) if number < 10 else None,
                type="primary" if subject is chosen else "secondary", on_click=_go_to, args=(subject.key,),
            )  # fmt: skip
    return chosen


def _go_to(key: str) -> None:
    st.session_state[_CHOSEN] = key
    st.session_state.pop(_DRAFT, None)
    st.session_state.pop(_POINTED, None)


def _named(subject: Subject, bound: Bound) -> str:
    reading = bound.station.readings.get(subject.item.id) if subject.item else None
    differs = subject.item is not None and any(
        row.difference == "different" for row in compare(subject.item, reading, bound.file.loaded.facts)
    )
    hints = len(reading.findings) if reading else 0
    return f"{_(subject.title)}{' :material/difference:' if differs else ''}{f' ({hints})' if hints else ''}"


def _moments(subject: Subject, bound: Bound) -> None:
    """The way from a capture to where it was taken in the recording."""
    calls = case_media.calls_of(bound.file)
    for item in subject.captures[:1]:
        place = moment_of(calls, item)
        if place:
            st.button(_("在录像中查看这一刻"), key=f"moment_{item.id[:8]}", type="tertiary", icon=":material/movie:",
                      on_click=_watch, args=(*place, item.id))  # fmt: skip


def _watch(call: int, at_ms: int, name: str) -> None:
    """The same moment may be asked for again, so each wish is numbered."""
    before = st.session_state.get(_MOMENT)
    number = int(before[2].rsplit("#", 1)[1]) + 1 if before else 1
    st.session_state[_MOMENT] = (call, at_ms, f"{name}#{number}")


def wanted_moment() -> tuple[int, int, str] | None:
    """Where the recording is asked to go."""
    found: tuple[int, int, str] | None = st.session_state.get(_MOMENT)
    return found


# -- reading and findings
def _reading(item: Evidence, bound: Bound, *, masked: bool) -> None:
    reading = bound.station.readings.get(item.id)
    if reading is None or reading.state != "done":
        st.caption(_("这张照片没有机器识别的结果，请看图核对客户填写的内容。"))
    else:
        cut = reading.crop_file and item.slot != PORTRAIT
        said = [_verdict(item, reading), _(USED[reading.used]) if cut else ""]
        camera = next((n.removeprefix("camera:") for n in item.meta.get("notes") or () if n.startswith("camera:")), "")
        said += [
            _("相机 {camera}").format(camera=camera) if camera else "",
            _("上传于 {exact}").format(exact=clock_words.exact(item.created_at)),
        ]
        st.caption(notice.plain(" · ".join(filter(None, said))))
    show_compared(compare(item, reading, bound.file.loaded.facts), masked=masked)
    if reading and reading.findings:
        st.markdown(_("**机器的发现**"))
        for key, finding in zip(finding_keys(reading.findings), reading.findings, strict=True):
            _finding(key, finding, item, bound)


def _verdict(item: Evidence, reading: PhotoReading) -> str:
    """Words for a cut picture; of one that stays whole only its findings speak."""
    if item.slot == PORTRAIT:
        return _("看到正面的脸和身份证") if reading.verdict == "ok" and reading.kind else ""
    return _(VERDICTS[reading.verdict]) if reading.crop_file or item.slot in CARD_SLOTS else ""


def _finding(key: str, finding: PhotoFinding, item: Evidence, bound: Bound) -> None:
    mine = {each.finding: each.agrees for each in bound.station.judgements
            if each.evidence_id == item.id and each.judged_by == bound.actor.id}  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key=f"finding_{item.id[:8]}_{key}"):
        st.markdown(notice.plain(finding.text) + _measured(finding), width="stretch")
        if finding.box:
            st.button(_("看位置"), key=f"spot_{item.id[:8]}_{key}", type="tertiary", icon=":material/my_location:",
                      on_click=_point, args=(spot_id(item, key),))  # fmt: skip
        for agrees, words in ((True, _("属实")), (False, _("不属实"))):
            act = partial(judge_finding, bound.desk, bound.actor, bound.file.case.id, item.id, key, agrees=agrees)
            st.button(words, key=f"judge_{item.id[:8]}_{key}_{agrees}", on_click=acting.attempt, args=(act,),
                      type="primary" if mine.get(key) is agrees else "secondary")  # fmt: skip


def _measured(finding: PhotoFinding) -> str:
    if finding.measured is None or finding.limit is None:
        return ""
    return _("　:gray[测得 {measured:.3g}，界限 {limit:.3g}]").format(measured=finding.measured, limit=finding.limit)


def _point(spot: str) -> None:
    """The same place may be asked for again, so each wish is numbered."""
    before = str(st.session_state.get(_POINTED) or "#0")
    st.session_state[_POINTED] = f"{spot}#{int(before.rsplit('#', 1)[1]) + 1}"


# -- marks
def _mark_form(draft: Drawn, item: Evidence, bound: Bound) -> None:
    reasons: dict[str, Any] = {r["code"]: r for r in mark_reasons(bound.file.loaded, item.slot)}
    with st.container(border=True, key="mark_form"):
        st.markdown(_("**标注需要重拍的部分**"))
        acting.show_refusal()
        code = st.selectbox(_("这张图片的驳回原因"), list(reasons), key=_FORM[0],
                            format_func=lambda each: reasons[each]["label"])  # fmt: skip
        words = str(reasons[code]["customer_text"]) if code else ""
        st.text_area(_("给客户的话"), key=_FORM[1], max_chars=TEXT_MOST, height=90, placeholder=words,
                     help=_("客户会在重拍按钮旁看到框出的部分和这句话。不填写时，使用浅色显示的文字。"))  # fmt: skip
        st.text_area(_("内部备注"), key=_FORM[2], max_chars=TEXT_MOST, height=70, help=_("只有员工能看到。"))
        with st.container(horizontal=True):
            st.button(_("保存标注"), key="mark_save", type="primary", icon=":material/check:",
                      on_click=_save, args=(draft, code or "", bound))  # fmt: skip
            st.button(_("取消"), key="mark_cancel", on_click=_drop_draft)


def _save(draft: Drawn, code: str, bound: Bound) -> None:
    text, internal = (str(st.session_state.get(name) or "") for name in _FORM[1:])
    on: Any = draft.on
    about = (bound.file.case.id, draft.evidence, on, draft.box, code, text, internal)
    act = partial(mark_photo, bound.desk, bound.actor, *about)
    if acting.attempt(act, _("已标注，驳回时一并告诉客户。")):
        _drop_draft()


def begin_rejection(desk: Desk, actor: Actor, file: CaseFile) -> None:
    """Open the form of the rejection with the reasons of the marks chosen (in a callback)."""
    acting.ask("reject")
    marks = photo_station(desk, actor, file.case.id).waiting_marks
    choose_codes("review", file.loaded.rules, [mark.code for mark in marks])


def _drop_draft() -> None:
    for name in (_DRAFT, *_FORM):
        st.session_state.pop(name, None)


def _marks(item: Evidence, bound: Bound) -> None:
    waiting = [mark for mark in bound.station.waiting_marks if mark.evidence_id == item.id]
    if waiting:
        st.markdown(_("**已标注，驳回时告诉客户**"))
    for mark in waiting:
        with st.container(horizontal=True, vertical_alignment="center", key=f"mark_{mark.id[:8]}"):
            note = _("　内部备注：{internal}").format(internal=mark.internal) if mark.internal else ""
            st.markdown(f"{mark.code}　{notice.plain(mark.customer_text)}:gray[{notice.plain(note)}]", width="stretch")
            act = partial(remove_mark, bound.desk, bound.actor, bound.file.case.id, mark.id)
            st.button(_("删除标注"), key=f"unmark_{mark.id[:8]}", type="tertiary", icon=":material/delete:",
                      on_click=acting.attempt, args=(act,))  # fmt: skip
