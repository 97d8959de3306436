"""The hooks into aiortc 1.16: encoded frames pass through without decoding, and broken pictures never do.

aiortc decodes whatever it receives and has no switch for it, so a few private names are wrapped here; those that make
the way of a packet short are in `passing`, `rtp_receive` and `rtp_send`. There are no others. `install` checks that
each of them exists before it touches one.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import weakref
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import av
from aiortc import MediaStreamTrack, RTCRtpReceiver, RTCRtpSender, codecs, rtcrtpreceiver
from aiortc.contrib.media import RelayStreamTrack
from aiortc.jitterbuffer import JitterFrame
from aiortc.rate import RemoteBitrateEstimator
from aiortc.rtcdtlstransport import RtpRouter

from core.errors import NotConfigured
from media import passing, rtp_receive, rtp_send, vp8
from media.assembly import Intake, PictureBuffer, SoundBuffer, Unwrap
from media.passing import wrap

VIDEO_CLOCK = Fraction(1, 90_000)
AUDIO_CLOCK = Fraction(1, 48_000)
FEEDBACK_EVERY_S = 0.1
UNREAD_FRAMES = 300
UNREAD_PICTURES = 30  # decoded ones are large: one second


class VideoMode(StrEnum):
    """What a room carries: encoded frames, or decoded ones as the fallback (JIANZHENG_VIDEO_MODE)."""

    PACKET = "packet"
    DECODE = "decode"


@dataclass(frozen=True)
class CallRates:
    """What the answer tells Chrome about the bit rate of video (x-google-*), in kbit/s."""

    start: int = 600
    lowest: int = 300
    highest: int = 800


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One encoded picture, or 20 ms of sound. aiortc sends anything that has bytes, pts and time_base."""

    data: bytes
    pts: int
    time_base: Fraction
    is_key: bool

    def __bytes__(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class LineFigures:
    """What RTCP knows of a connection: picture packets since its beginning and the mean round trip, in ms."""

    expected: int = 0
    lost: int = 0
    round_trip_ms: int | None = None


class _HandOver:
    """Takes the place of the decoder's queue: encoded frames go straight to the track, None ends it."""

    def __init__(self, kind: str, out: asyncio.Queue[EncodedFrame | None]) -> None:
        self._is_video = kind == "video"
        self._out = out
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._time = Unwrap(32)
        self._origin: int | None = None

    def deliver(self, frame: JitterFrame) -> None:
        moment = self._time(frame.timestamp)
        if self._origin is None:
            self._origin = moment
        is_key = self._is_video and vp8.is_key_frame(frame.data)
        clock = VIDEO_CLOCK if self._is_video else AUDIO_CLOCK
        self._out.put_nowait(EncodedFrame(frame.data, moment - self._origin, clock, is_key))

    def put(self, end: None) -> None:
        if threading.get_ident() == self._thread:
            self._out.put_nowait(end)
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._out.put_nowait, end)


_lock = threading.Lock()
_in_use = SimpleNamespace(mode=VideoMode.PACKET, floor_bps=0, hooked=False)
_intakes: weakref.WeakKeyDictionary[MediaStreamTrack, tuple[Intake, weakref.ref[RTCRtpReceiver]]]
_intakes = weakref.WeakKeyDictionary()
_tasks: set[asyncio.Task[None]] = set()


def install(mode: VideoMode, floor_bps: int = 300_000, rates: CallRates | None = None) -> None:
    """Prepare aiortc, once per process and before the first connection; a further call only changes the values.

    `floor_bps` is the least bit rate (bit/s) that is ever asked of a sender: aiortc's estimate collapses when the
    server is busy; Chrome still goes lower by itself when packets are lost. Raises `NotConfigured`.
    """
    check()
    with _lock:
        _in_use.mode, _in_use.floor_bps = mode, floor_bps
        _offer_vp8_only(rates or CallRates())
        if not _in_use.hooked:
            _in_use.hooked = True
            wrap(rtcrtpreceiver.RemoteStreamTrack, "__init__", _bounded)
            wrap(rtcrtpreceiver, "decoder_worker", _unless_packets)
            wrap(RTCRtpReceiver, "receive", _guarded)
            wrap(RTCRtpSender, "_send_keyframe", _forwarded)
            wrap(RemoteBitrateEstimator, "add", _with_floor)
            wrap(RelayStreamTrack, "__init__", _bounded)
            wrap(RelayStreamTrack, "stop", _released)
            passing.hook()
            rtp_receive.hook()
            rtp_send.hook(lambda: _in_use.mode is VideoMode.PACKET)


def check() -> None:
    """See that aiortc and FFmpeg have what is used here; raises `NotConfigured` and names what is missing."""
    unused: Any = SimpleNamespace(state="new")
    track = rtcrtpreceiver.RemoteStreamTrack("video")
    needed: passing.Needed = [
        (
            RTCRtpReceiver("video", unused),
            (
                "_RTCRtpReceiver__decoder_queue",
                "_RTCRtpReceiver__jitter_buffer",
                "_RTCRtpReceiver__remote_bitrate_estimator",
                "_track",
                "_send_rtcp_pli",
                "receive",
                "_RTCRtpReceiver__remote_streams",
                "transport",
            ),
        ),
        (rtcrtpreceiver.StreamStatistics, ("packets_expected", "packets_lost")),
        (RtpRouter(), ("senders",)),
        (track, ("_queue",)),
        (rtcrtpreceiver, ("decoder_worker",)),
        (RTCRtpSender, ("_send_keyframe", "_next_encoded_frame")),
        (RemoteBitrateEstimator, ("add",)),
        (RelayStreamTrack(unused, track, buffered=True), ("stop", "_source", "_queue", "_relay", "_buffered")),
        (codecs, ("CODECS",)),
        *passing.needed(),
        *rtp_receive.needed(),
        *rtp_send.needed(),
    ]
    missing = [name for owner, names in needed for name in names if not hasattr(owner, name)]
    missing += [name for name in ("libvpx", "libopus") if name not in av.codecs_available]
    if missing:
        raise NotConfigured(f"音视频组件版本不符，缺少：{'、'.join(missing)}。请按 requirements.txt 重新安装。")


def intake_of(track: MediaStreamTrack | None) -> Intake | None:
    """What the receiver behind a track took in, through any chain of relays; None before it is connected."""
    found = _find(track)
    return None if found is None else found[0]


def line_figures(track: MediaStreamTrack | None) -> LineFigures:
    """What RTCP says about the connection that sends this track; zeros before it is connected."""
    found = _find(track)
    receiver: Any = None if found is None else found[1]()
    if found is None or receiver is None:
        return LineFigures()
    stream = receiver._RTCRtpReceiver__remote_streams.get(found[0].ssrc)
    # A sender needs a running loop to be made, so `check` does not look at this name; a figure may be missing.
    trips = [getattr(sender, "_RTCRtpSender__rtt", None) for sender in receiver.transport._rtp_router.senders.values()]
    known = [round(trip * 1000) for trip in trips if trip is not None]
    expected, lost = (0, 0) if stream is None else (stream.packets_expected, stream.packets_lost)
    return LineFigures(expected, lost, round(sum(known) / len(known)) if known else None)


def request_key_frame(track: MediaStreamTrack | None) -> bool:
    """Ask whoever sends this track for a key frame (PLI, RFC 4585, 6.3.1); on the event loop only.

    False when nobody can be asked yet.
    """
    found = _find(track)
    receiver = None if found is None else found[1]()
    if found is None or receiver is None or found[0].ssrc is None:
        return False
    task = asyncio.get_running_loop().create_task(receiver._send_rtcp_pli(found[0].ssrc))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return True


def limit_rate(track: MediaStreamTrack | None, most_bps: int) -> bool:
    """Ask whoever sends this picture for at most so many bit/s, never for less than the floor.

    False when the track comes over no connection.
    """
    found = _find(track)
    receiver: Any = None if found is None else found[1]()
    if receiver is None:
        return False
    receiver._RTCRtpReceiver__remote_bitrate_estimator.most_bps = most_bps
    return True


def _find(track: MediaStreamTrack | None) -> tuple[Intake, weakref.ref[RTCRtpReceiver]] | None:
    while track is not None:
        if track in _intakes:
            return _intakes[track]
        track = getattr(track, "_source", None)
    return None


def _offer_vp8_only(rates: CallRates) -> None:
    """One video codec, so that two browsers always have it in common."""
    vp8_codec = next(codec for codec in codecs.CODECS["video"] if codec.name == "VP8")
    repair = [c for c in codecs.CODECS["video"] if c.parameters.get("apt") == vp8_codec.payloadType]
    vp8_codec.parameters = {
        "x-google-start-bitrate": rates.start,
        "x-google-min-bitrate": rates.lowest,
        "x-google-max-bitrate": rates.highest,
    }
    codecs.CODECS["video"][:] = [vp8_codec, *repair]


def _bounded(original: Any) -> Any:
    """Received tracks never fill the memory; nor do relays of decoded pictures when the encoder is too slow."""

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        is_relay = isinstance(self, RelayStreamTrack)
        if self._queue is not None:
            unlimited = is_relay and _in_use.mode is VideoMode.PACKET
            self._queue = passing.Line(None if unlimited else _most_unread(self.kind))

    return start


def _most_unread(kind: str) -> int:
    return UNREAD_PICTURES if kind == "video" and _in_use.mode is VideoMode.DECODE else UNREAD_FRAMES


def _unless_packets(original: Any) -> Any:
    def decoder_worker(*args: Any) -> None:
        if _in_use.mode is VideoMode.DECODE:
            original(*args)

    return decoder_worker


def _guarded(original: Any) -> Any:
    async def receive(self: Any, parameters: Any) -> None:
        mode = _in_use.mode
        await original(self, parameters)
        if self._track not in _intakes:
            _replace_buffers(self, mode)

    return receive


def _replace_buffers(receiver: Any, mode: VideoMode) -> None:
    track = receiver._track
    intake = PictureBuffer() if track.kind == "video" else SoundBuffer()
    receiver._RTCRtpReceiver__jitter_buffer = intake
    track._queue.overflowed = intake.lost
    if mode is VideoMode.PACKET:
        hand_over = _HandOver(track.kind, track._queue)
        intake.deliver = hand_over.deliver
        receiver._RTCRtpReceiver__decoder_queue = hand_over
        if track.kind == "video":
            receiver._RTCRtpReceiver__remote_bitrate_estimator = rtp_receive.Estimator()
        rtp_receive.hand_over(receiver, intake)
    else:
        intake.limit(receiver._RTCRtpReceiver__decoder_queue.qsize, UNREAD_PICTURES)
    _intakes[track] = (intake, weakref.ref(receiver))


def _forwarded(original: Any) -> Any:
    def send_key_frame(self: Any) -> None:
        original(self)
        track = self.track
        while track is not None:
            if hasattr(track, "request_key_frame"):
                track.request_key_frame()
                return
            track = getattr(track, "_source", None)

    return send_key_frame


def _with_floor(original: Any) -> Any:
    """The estimate is at most the sender's limit and at least the floor.

    It is told ten times a second at most, not with every packet while it is falling.
    """

    def add(self: Any, *args: Any, **kwargs: Any) -> tuple[int, list[int]] | None:
        estimate = original(self, *args, **kwargs)
        now = time.monotonic()
        if estimate is None or now - getattr(self, "_told_at", 0.0) < FEEDBACK_EVERY_S:
            return None
        self._told_at = now
        most = getattr(self, "most_bps", estimate[0])
        return max(min(estimate[0], most), _in_use.floor_bps), estimate[1]

    return add


def _released(original: Any) -> Any:
    """A stopped relay still has a task that waits for its next frame, for ever; the end of the queue frees it."""

    def stop(self: Any) -> None:
        was_live = self.readyState == "live"
        original(self)
        loop = getattr(self._queue, "_loop", None)
        if was_live and loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the task is gone
                loop.call_soon_threadsafe(self._queue.put_nowait, None)

    return stop
