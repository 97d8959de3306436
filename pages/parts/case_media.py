"""The evidence of a case for staff: pictures side by side, clips and recordings, signed documents.

Every file comes through the protected route, which checks and records each opening.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core.flow import Evidence, Facts
from core.records import Document
from core.steps.access import SLOT_TITLES
from core.steps.photos import ALL_SLOTS
from core.steps.witness import CAPTURES, HEAD_CLIP
from core.usecases.call_alerts import recording_notes
from core.usecases.call_chat import writer
from core.usecases.playback import Replay, replays
from core.usecases.read_case import CaseFile
from pages.parts import clock_words, notice
from pages.parts.components.replay import replay
from pages.parts.components.zoom_viewer import Picture, zoom_viewer
from pages.parts.fact_table import cell, fact_table

DOCUMENT_STATES: Mapping[str, str] = {"signed": "已签署", "sealed": "已签署并盖章"}
_MANY: Mapping[str, str] = {"bank_card": "银行卡", "score_report": "成绩报告单", **SLOT_TITLES}
_PAIRS = (
    ("身份证正面", "id_front", "capture_front"),
    ("身份证反面", "id_back", "capture_back"),
    ("人证", "id_front", "capture_portrait"),
    ("签名", "signature", "id_front"),
)
"""What reviewers compare most: a button with the number of its place as shortcut puts both sides into view."""
_LEFT, _RIGHT = "viewer_left", "viewer_right"


def evidence_url(evidence_id: str) -> str:
    """Address of one stored file on this site."""
    return f"/evidence/{evidence_id}"


def original_url(evidence_id: str) -> str:
    """Address of the original for a download; only an export may ask for it."""
    return f"/evidence/{evidence_id}/original"


def video(evidence_id: str, label: str) -> None:
    """A clip or recording in the browser's own player, with seeking."""
    source, name = escape(evidence_url(evidence_id)), escape(label)
    st.html(f'<video controls preload="metadata" width="100%" src="{source}" aria-label="{name}"></video>')


def pictures(facts: Facts) -> dict[str, tuple[str, Evidence]]:
    """Every picture of a case by a key for choosing: its label and its file; uploads before captures."""
    wanted = [(slot, f"{title}（上传）") for slot, title in ALL_SLOTS.items()]
    for slot, title in CAPTURES.items():
        wanted += [(slot, f"{title}（通话截取）"), (f"{slot}_still", f"{title}（客户设备原图）")]
    found = {slot: (label, facts.slot(slot)[-1]) for slot, label in wanted if facts.slot(slot)}
    for slot, title in _MANY.items():
        for number, item in enumerate(facts.slot(slot), 1):
            found[f"{slot}_{number}"] = (f"{title} {number}（上传）", item)
    return found


def show_pictures(file: CaseFile) -> None:
    """Two pictures beside each other, chosen freely or by the usual pairs."""
    found = pictures(file.loaded.facts)
    if not found:
        notice.empty_state("这笔业务还没有照片。")
        return
    keys, values = list(found), st.session_state
    second = next((k for k in ("capture_front_still", "capture_front") if k in found), keys[-1])
    for name, start in ((_LEFT, keys[0]), (_RIGHT, second)):
        if values.get(name) not in found:
            values[name] = start
    _pairs(found)
    left, right = st.columns(2)
    left.selectbox("左图", keys, format_func=lambda key: found[key][0], key=_LEFT)
    right.selectbox("右图", keys, format_func=lambda key: found[key][0], key=_RIGHT)
    shown = [found[key] for key in dict.fromkeys([values[_LEFT], values[_RIGHT]])]
    zoom_viewer("viewer", [Picture(source=evidence_url(item.id), label=label) for label, item in shown])
    st.caption("点选图片后：R 旋转，Z 放大或还原，+ 和 - 缩放，方向键移动。")


def _pairs(found: Mapping[str, tuple[str, Evidence]]) -> None:
    with st.container(horizontal=True):
        for number, (title, first, second) in enumerate(_PAIRS, 1):
            other = f"{second}_still" if f"{second}_still" in found else second
            if first in found and other in found:
                st.button(title, key=f"pair_{number}", shortcut=str(number), on_click=_choose, args=(first, other))


def _choose(first: str, second: str) -> None:
    st.session_state[_LEFT], st.session_state[_RIGHT] = first, second


def show_recordings(file: CaseFile, *, export: bool = False) -> None:
    """The head clip and every call with both sides on one line of time, the newest first.

    With `export` the originals and their indexes can be downloaded, each time on record.
    """
    facts, calls = file.loaded.facts, replays(file.loaded.facts, file.loaded.rules, file.scripts, file.lines)
    for note in recording_notes(facts.evidence, file.case.flags):
        st.markdown(f":orange[:material/flag: {note}]")
    clips = facts.slot(HEAD_CLIP)[-1:]
    for item in clips:
        st.caption(f"头部短视频　{clock_words.exact(item.created_at)}")
        video(item.id, "头部短视频")
    for number, call in enumerate(calls):
        st.caption(f"通话录像　{clock_words.exact(call.began)}")
        replay(f"replay_{number}", call, evidence_url)
        if export:
            _originals(call)
    if not calls:
        st.caption("通话录像还在保存，请稍后再看。" if clips else "还没有通话录像。")
    _chat(file, export=export)


def _chat(file: CaseFile, *, export: bool) -> None:
    """What was written in the calls; nothing when nothing was."""
    if not file.lines:
        return
    rows = [(f"{clock_words.exact(line.at)}　{writer(line, file.names)}", cell(line.text)) for line in file.lines]
    fact_table("文字交流", rows, "内容")
    if export:
        _links([("文字交流", f"/chat/{file.case.id}")])


def _originals(call: Replay) -> None:
    """Links to what was written in the call, unchanged, and to its index."""
    files = [(track.title, track.original) for track in call.tracks]
    files += [(f"{track.title}的时间索引", track.index) for track in call.tracks if track.index]
    _links([(title, original_url(each)) for title, each in files])


def _links(files: Sequence[tuple[str, str]]) -> None:
    """Downloads: title and address."""
    icon = '<span class="jz-icon" aria-hidden="true">download</span>'
    links = [f'<li><a href="{address}" download>{icon}{escape(title)}</a></li>' for title, address in files]
    st.html(f'<ul class="jz-files">{"".join(links)}</ul>')


def show_documents(documents: tuple[Document, ...]) -> None:
    """The signed documents with version, state, time and download; for staff and for the customer alike."""
    st.html(f'<ul class="jz-files">{"".join(_document(each) for each in documents)}</ul>')


def _document(document: Document) -> str:
    icon = '<span class="jz-icon" aria-hidden="true">download</span>'
    when = clock_words.exact(document.signed_at) if document.signed_at else ""
    state = DOCUMENT_STATES.get(document.state, document.state)
    address, title = escape(evidence_url(str(document.signed_file))), escape(f"《{document.title}》")
    about = escape(f"版本 {document.version} · {state} · {when}")
    return f'<li><a href="{address}" download>{icon}{title}</a><br><small>{about}</small></li>'
