"""The evidence of a case for staff: addresses of files, clips and recordings, signed documents.

Every file comes through the protected route, which checks and records each opening.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core.records import Document
from core.steps.witness import HEAD_CLIP
from core.usecases.call_alerts import recording_notes
from core.usecases.call_chat import writer
from core.usecases.playback import Replay, replays
from core.usecases.read_case import CaseFile
from pages.parts import clock_words
from pages.parts.components.replay import replay
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _

DOCUMENT_STATES: Mapping[str, str] = {"signed": "已签署", "sealed": "已签署并盖章"}


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


def crop_url(evidence_id: str) -> str:
    """Address of the straightened card of a picture."""
    return f"/evidence/{evidence_id}/crop"


def calls_of(file: CaseFile) -> list[Replay]:
    """Every recorded call of a case, the newest first."""
    return replays(file.loaded.facts, file.loaded.rules, file.scripts, file.lines)


def show_recordings(file: CaseFile, *, export: bool = False, start: tuple[int, int, str] | None = None) -> None:
    """The head clip and every call with both sides on one line of time, the newest first.

    `start`: the call (its place), the moment in ms and a name for the wish to go there.

    With `export` the originals and their indexes can be downloaded, each time on record.
    """
    facts, calls = file.loaded.facts, calls_of(file)
    for note in recording_notes(facts.evidence, file.case.flags):
        st.markdown(f":orange[:material/flag: {note}]")
    clips = facts.slot(HEAD_CLIP)[-1:]
    for item in clips:
        st.caption(_("头部短视频　{exact}").format(exact=clock_words.exact(item.created_at)))
        video(item.id, _("头部短视频"))
    for number, call in enumerate(calls):
        st.caption(_("通话录像　{exact}").format(exact=clock_words.exact(call.began)))
        wish = start[1:] if start and start[0] == number else None
        replay(f"replay_{number}", call, evidence_url, start=wish)
        if export:
            _originals(call)
    if not calls:
        st.caption(_("通话录像还在保存，请稍后再看。") if clips else _("还没有通话录像。"))
    _chat(file, export=export)


def _chat(file: CaseFile, *, export: bool) -> None:
    """What was written in the calls; nothing when nothing was."""
    if not file.lines:
        return
    rows = [(f"{clock_words.exact(line.at)}　{writer(line, file.names)}", cell(line.text)) for line in file.lines]
    fact_table(_("文字交流"), rows, _("内容"))
    if export:
        _links([(_("文字交流"), f"/chat/{file.case.id}")])


def _originals(call: Replay) -> None:
    """Links to what was written in the call, unchanged, and to its index."""
    files = [(track.title, track.original) for track in call.tracks]
    files += [
        (_("{title}的时间索引").format(title=_(track.title)), track.index) for track in call.tracks if track.index
    ]
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
    state = _(DOCUMENT_STATES.get(document.state, document.state))
    address, title = (
        escape(evidence_url(str(document.signed_file))),
        escape(_("《{title}》").format(title=_(document.title))),
    )
    about = escape(_("版本 {version} · {state} · {when}").format(version=document.version, state=state, when=when))
    return f'<li><a href="{address}" download>{icon}{title}</a><br><small>{about}</small></li>'
