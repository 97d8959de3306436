"""The call: streamlit-webrtc joined to the in-process room, recordings of both sides, stills and the head clip.

The one page part besides wiring that touches media; tests replace `join`.
"""

from __future__ import annotations

import io
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.webrtc import SignallingTimeoutError

from core.actor import Actor
from core.errors import DeskError
from core.limits import HEAD_CLIP_SECONDS
from core.ports import Desk
from core.records import Ticket
from core.rules.call_quality import SOUND_KBPS, CallVideo, call_video
from core.rules.rehearsal import stored_rehearsal
from core.steps.witness import HEAD_CLIP
from core.usecases.serve_customer import add_capture, start_recording
from media.hub import Kind
from media.quality import Quality
from media.recorder import Recorder, RecordingSummary
from media.recording_index import IndexHead, IndexWriter
from media.rooms import ROOMS, Role, Room, RoomSink
from media.stills import Still, grab_stills, sharpest
from media.turn import ice_servers
from pages.parts import wiring
from pages.parts.components.call_starter import call_starter
from pages.parts.language import _
from pages.parts.wiring import utc_now

THUMB_PX = 240
PICTURE = {"width": "100%", "maxHeight": "480px", "objectFit": "contain", "background": "#1b2430"}
"""At most the size in which it is sent, so that what belongs to the call stays on the same screen."""
WORDS = {
    "start": "开始视频通话",
    "stop": "挂断",
    "select_device": "选择设备",
    "media_api_not_available": "浏览器不支持视频通话，请换一个浏览器。",
    "device_ask_permission": "请允许使用摄像头和麦克风。",
    "device_not_available": "没有找到摄像头或麦克风。",
    "device_access_denied": "摄像头或麦克风没有获得允许，请在浏览器设置中打开。",
    "turn_camera_on": "打开摄像头",
    "turn_camera_off": "关闭摄像头",
    "mute_microphone": "静音",
    "unmute_microphone": "取消静音",
    "select_camera": "选择摄像头",
    "select_microphone": "选择麦克风",
}
WATCHING = {**WORDS, "start": "接收画面", "stop": "停止接收"}
PLAYER: Any = {"autoPlay": True, "controls": False, "playsInline": True, "style": PICTURE}
CLIP_PATIENCE_S = HEAD_CLIP_SECONDS + 5
"""After this long nothing arrives any more: the clip ends with what there is."""
CLIP_LEAST_MS = HEAD_CLIP_SECONDS * 800
RETAKE = "头部短视频没有录好：{why}。请客户正对镜头，再录一次。"
AUDIO = {"echoCancellation": True, "noiseSuppression": True, "autoGainControl": True}


@dataclass(frozen=True)
class Burst:
    """Stills of one capture to choose from; they live in this process only, until the next capture or the end."""

    slot: str
    fence: int
    stills: tuple[Still, ...]
    previews: tuple[str, ...]


@dataclass
class _Running:
    """What one call of this process holds open. `clip_trouble` says why the last clip is none."""

    fence: int
    recorders: dict[Role, Recorder] = field(default_factory=dict)
    clip: Recorder | None = None
    clip_since: float = 0.0
    clip_trouble: str = ""
    burst: Burst | None = None


_calls: dict[str, _Running] = {}
_lock = threading.Lock()


def _said(words: dict[str, str]) -> dict[str, str]:
    return {key: _(text) for key, text in words.items()}


def join(ticket: Ticket, role: Role) -> None:
    """Connect this page to the ticket's room; call it outside fragments and dialogs."""
    room = ROOMS.get(ticket.id)
    frame = f"frame_{role}"
    call_starter(f"starter_{role}", call=frame, start=_(WORDS["start"]), stop=_(WORDS["stop"]))
    with st.container(key=frame):
        _stream(ticket, room, role)


def wanted_video(ticket: Ticket, role: Role) -> CallVideo:
    """What this side is to send: the customer what the measured uplink carries, the witness as usual."""
    rehearsal = stored_rehearsal(ticket.rehearsal) if role is Role.CUSTOMER else None
    return call_video(rehearsal.uplink_kbps if rehearsal else None)


def _constraints(video: CallVideo) -> dict[str, Any]:
    rate = {"ideal": video.frames, "max": 30}
    return {"width": {"ideal": video.width}, "height": {"ideal": video.height}, "frameRate": rate}


def _stream(ticket: Ticket, room: Room, role: Role) -> None:
    key = _lasting(f"call_{role}_{ticket.id[:12]}")
    video = wanted_video(ticket, role)
    try:
        webrtc_streamer(
            key=key,
            mode=WebRtcMode.SENDRECV,
            frontend_rtc_configuration=ice(),
            server_rtc_configuration={"iceServers": []},
            media_stream_constraints={"video": _constraints(video), "audio": AUDIO},
            source_video_track=room.hub(role.other, Kind.VIDEO),
            source_audio_track=room.hub(role.other, Kind.AUDIO),
            sink_video_track=RoomSink(room, role, Kind.VIDEO, video.most_kbps + SOUND_KBPS),
            sink_audio_track=RoomSink(room, role, Kind.AUDIO),
            video_html_attrs=PLAYER,
            translations=_said(WORDS),
        )
    except SignallingTimeoutError:
        st.warning(_("连接超时，正在重试。"), icon=":material/wifi_off:")
        st.button(_("重新连接"), key="reconnect")


def _lasting(key: str) -> str:
    """The key of a connection that stays: streamlit-webrtc 0.79 takes two quick reruns for a page that was left."""
    context = st.session_state.get(key)
    if context is not None:
        context._last_rendered_run_count = None
    return key


def ice() -> dict[str, Any]:
    """ICE servers of this browser session, with credentials of its own."""
    held = st.session_state.setdefault("ice_name", secrets.token_hex(8))
    return ice_servers(wiring.settings(), utc_now(), held)


def watch(ticket: Ticket) -> None:
    """Receive both sides of the ticket's room and send nothing: neither side sees or hears it."""
    room = ROOMS.get(ticket.id)
    for column, role in zip(st.columns(2), (Role.CUSTOMER, Role.STAFF), strict=True):
        frame = f"watch_{role}"
        with column:
            call_starter(f"watcher_{role}", call=frame, start=_(WATCHING["start"]), stop=_(WATCHING["stop"]))
            with st.container(key=frame):
                webrtc_streamer(
                    key=_lasting(f"watch_{role}_{ticket.id[:12]}"),
                    mode=WebRtcMode.RECVONLY,
                    frontend_rtc_configuration=ice(),
                    server_rtc_configuration={"iceServers": []},
                    source_video_track=room.hub(role, Kind.VIDEO),
                    source_audio_track=room.hub(role, Kind.AUDIO),
                    video_html_attrs=PLAYER,
                    translations=_said(WATCHING),
                )


def figures(ticket_id: str) -> dict[Role, Quality]:
    """What arrives from each side that is connected to this process; nothing is made when there is no call."""
    room = ROOMS.find(ticket_id)
    return {role: room.quality(role) for role in Role if room.present(role)} if room else {}


def present(ticket: Ticket, role: Role) -> bool:
    """Whether a side is connected."""
    return ROOMS.get(ticket.id).present(role)


def quality(ticket: Ticket, role: Role) -> Quality:
    """What arrives from a side now."""
    return ROOMS.get(ticket.id).quality(role)


def recording(ticket: Ticket) -> bool:
    """Whether both sides are being recorded."""
    running = _calls.get(ticket.id)
    return running is not None and len(running.recorders) == len(Role)


def keep_recording(desk: Desk, actor: Actor, ticket: Ticket) -> None:
    """Start recording each side that has come; the job that stores the file is posted before the first byte."""
    running, room = _running(ticket), ROOMS.get(ticket.id)
    for role in Role:
        if role in running.recorders or not room.present(role):
            continue
        film, notes = (wiring.vault().create(actor.firm_id) for _ in range(2))
        number = start_recording(desk, actor, ticket.id, ticket.fence, role.value, film.file_id, notes.file_id)
        index = IndexWriter(notes, IndexHead(number, ticket.id, role.value))
        running.recorders[role] = Recorder(room, role, film, _closed, index=index)
        running.recorders[role].start()


def _closed(_summary: RecordingSummary) -> None:
    """The file is whole; its job finds it."""


def take_burst(ticket: Ticket, slot: str) -> Burst:
    """Stills of the customer from about half a second; waits up to 8 s; raises `MediaTrouble`."""
    stills = grab_stills(ROOMS.get(ticket.id), Role.CUSTOMER)
    previews = tuple(wiring.preview_url(still.jpeg, THUMB_PX) for still in stills)
    found = Burst(slot, ticket.fence, stills, previews)
    _running(ticket).burst = found
    return found


def last_burst(ticket: Ticket) -> Burst | None:
    """What can still be chosen from, by the witness who took it."""
    running = _calls.get(ticket.id)
    found = running.burst if running else None
    return found if found and found.fence == ticket.fence else None


def evidence_of(burst: Burst, number: int | None = None) -> tuple[bytes, dict[str, Any]]:
    """One still of a burst (the sharpest unless `number` says another) as JPEG, and its figures."""
    chosen = sharpest(burst.stills) if number is None else burst.stills[number]
    meta = {"width": chosen.width, "height": chosen.height, "sharpness": round(chosen.sharpness, 1),
            "taken": chosen.taken.isoformat(timespec="milliseconds"), "frame": burst.stills.index(chosen) + 1,
            "frames": len(burst.stills), "source": "server"}  # fmt: skip
    return chosen.jpeg, meta


def _running(ticket: Ticket) -> _Running:
    with _lock:
        return _calls.setdefault(ticket.id, _Running(ticket.fence))


class _Memory(io.BytesIO):
    """A sink whose bytes survive close()."""

    data = b""

    def close(self) -> None:
        """Keep what was written."""
        self.data = self.getvalue()
        super().close()


def record_clip(desk: Desk, actor: Actor, ticket: Ticket) -> None:
    """Record ten seconds of the customer; stored as a capture when it is whole, else `clip_trouble` says why (R153)."""
    running = _running(ticket)
    with _lock:
        if running.clip is not None:
            return
        sink = _Memory()

        def store(summary: RecordingSummary) -> None:
            running.clip_trouble = _(RETAKE).format(why=_("没有保存成功"))
            try:
                running.clip_trouble = _store_clip(desk, actor, ticket, sink.data, summary)
            finally:
                running.clip = None

        room = ROOMS.get(ticket.id)
        running.clip = Recorder(room, Role.CUSTOMER, sink, store, max_seconds=HEAD_CLIP_SECONDS)
        running.clip_since, running.clip_trouble = time.monotonic(), ""
    running.clip.start()


def _store_clip(desk: Desk, actor: Actor, ticket: Ticket, data: bytes, summary: RecordingSummary) -> str:
    """Why the clip cannot be used, empty when it was stored."""
    meta, playable = desk.recordings.check(data) if data else ({}, None)
    if playable is None:
        return _(RETAKE).format(why=_("没有收到画面"))
    if meta["errors"]:
        return _(RETAKE).format(why=_("画面有损坏"))
    if meta["duration_ms"] < CLIP_LEAST_MS:
        return _(RETAKE).format(why=_("画面中断，录得太短"))
    figures = {**meta, "gaps": summary.gaps}
    try:
        add_capture(desk, actor, ticket.id, ticket.fence, HEAD_CLIP, playable, "video/webm", figures)
    except DeskError as error:
        return error.text
    return ""


def clip_running(ticket: Ticket) -> bool:
    """Whether the head clip is being recorded now; one to which nothing arrives any more is ended."""
    running = _calls.get(ticket.id)
    clip = running.clip if running else None
    if running and clip and time.monotonic() - running.clip_since > CLIP_PATIENCE_S:
        clip.close()
    return clip is not None


def clip_trouble(ticket: Ticket) -> str:
    """Why the last head clip is none, for the witness; empty when there is nothing to say."""
    running = _calls.get(ticket.id)
    return running.clip_trouble if running else ""


def end(ticket_id: str) -> None:
    """Close recordings and room; repeating it does nothing."""
    with _lock:
        running = _calls.pop(ticket_id, None)
    if running:
        for recorder in (*running.recorders.values(), *([running.clip] if running.clip else [])):
            recorder.close()
    ROOMS.close(ticket_id)


def tidy(desk: Desk) -> None:
    """End calls of this process whose ticket is no longer in a call (lost page, lost lease)."""
    for room in ROOMS.open_rooms():
        for firm in wiring.firms():
            try:
                with desk.read(firm.id) as work:
                    ticket = work.queue.find(room.id)
            except DeskError:
                return
            if ticket and ticket.state != "in_call":
                end(room.id)
