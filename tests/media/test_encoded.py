"""The hooks into aiortc."""

from __future__ import annotations

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender

from core.errors import NotConfigured
from media import encoded
from media.encoded import VideoMode
from media.rooms import Role
from tests.media.clips import clip
from tests.media.peers import Paced, Peer, camera, doorway, microphone, room, run, until

A = clip(rate=15, label="A")


@pytest.fixture(autouse=True)
def passing_packets():
    encoded.install(VideoMode.PACKET)


def test_unread_input_does_not_fill_the_memory():
    async def story() -> None:
        server = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer = Peer(Paced("audio", microphone()._packets, 0.0005, encoded.AUDIO_CLOCK))
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        await server.setRemoteDescription(peer.pc.localDescription)
        await server.setLocalDescription(await server.createAnswer())
        await peer.pc.setRemoteDescription(server.localDescription)
        track = server.getReceivers()[0].track
        await until(lambda: (encoded.intake_of(track) or encoded.SoundBuffer()).gaps > 0)
        assert track._queue.qsize() <= encoded.UNREAD_FRAMES
        await peer.leave()
        await server.close()

    run(story)


def test_hooks_are_set_once():
    before = RTCRtpReceiver.receive, RTCRtpSender._send_keyframe
    encoded.install(VideoMode.PACKET, floor_bps=500_000)
    assert (RTCRtpReceiver.receive, RTCRtpSender._send_keyframe) == before


def test_a_changed_aiortc_is_refused(monkeypatch):
    monkeypatch.delattr(RTCRtpSender, "_send_keyframe")
    with pytest.raises(NotConfigured, match="_send_keyframe"):
        encoded.check()


def test_the_answer_limits_the_rate():
    async def story() -> None:
        encoded.install(VideoMode.PACKET, rates=encoded.CallRates(500, 200, 700))
        peer = Peer(camera(A))
        offer = await peer.pc.createOffer()
        assert "x-google-max-bitrate=700" in offer.sdp
        assert "H264" not in offer.sdp
        await peer.leave()

    run(story)


def test_the_estimate_has_a_floor():
    encoded.install(VideoMode.PACKET, floor_bps=400_000)
    estimator = encoded.RemoteBitrateEstimator()
    told = [
        estimator.add(arrival_time_ms=moment * 40, abs_send_time=(moment * 20 << 18) // 1000, payload_size=50, ssrc=1)
        for moment in range(400)
    ]
    rates = [rate for rate, _ in filter(None, told)]
    assert rates
    assert min(rates) >= 400_000


@pytest.mark.parametrize(("most_bps", "asked_bps"), [(350_000, 350_000), (100_000, 300_000)])
def test_a_sender_is_asked_for_what_its_line_carries_but_not_less_than_the_floor(monkeypatch, most_bps, asked_bps):
    encoded.install(VideoMode.PACKET, floor_bps=300_000)
    monkeypatch.setattr(encoded, "FEEDBACK_EVERY_S", 0)
    estimator = encoded.RemoteBitrateEstimator()
    estimator.most_bps = most_bps
    told = [
        estimator.add(arrival_time_ms=moment * 40, abs_send_time=(moment * 40 << 18) // 1000, payload_size=4000, ssrc=1)
        for moment in range(400)
    ]
    assert {rate for rate, _ in filter(None, told)} == {asked_bps}


def test_the_limit_of_a_line_reaches_its_connection():
    async def story() -> None:
        async with doorway(540) as server:
            place = room()
            pc = await server.join(place, Role.CUSTOMER, Peer(camera(A), microphone()))
            await until(lambda: place.quality(Role.CUSTOMER).last_frame_age_ms is not None)
            [receiver] = [each for each in pc.getReceivers() if each.track.kind == "video"]
            assert receiver._RTCRtpReceiver__remote_bitrate_estimator.most_bps == 540_000

    run(story)


def test_a_track_without_a_connection_has_no_limit_to_set():
    assert not encoded.limit_rate(None, 500_000)
