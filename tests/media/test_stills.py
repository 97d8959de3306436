"""Stills taken on the server from the live picture."""

from __future__ import annotations

import asyncio
import hashlib
import time

import cv2
import numpy as np
import pytest

from core.errors import MediaTrouble
from media import encoded
from media.encoded import VideoMode
from media.rooms import Role
from media.stills import CHOICES, grab_stills, sharpest
from tests.media.clips import clip, picture
from tests.media.peers import Peer, camera, doorway, microphone, room, run

A = clip(rate=15, label="A")


@pytest.fixture(autouse=True)
def passing_packets():
    encoded.install(VideoMode.PACKET)


def difference(jpeg: bytes, width: int, height: int) -> float:
    """How far the still is from the nearest picture that was sent, as mean grey levels."""
    still = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).astype(int)
    sent = (picture(width, height, index, "A").astype(int) for index in range(len(A.frames)))
    return min(float(np.abs(still - each).mean()) for each in sent)


@pytest.mark.parametrize("mode", list(VideoMode))
def test_a_still_shows_what_the_camera_saw(mode: VideoMode):
    encoded.install(mode)

    async def story() -> None:
        place = room(mode)
        async with doorway() as door:
            customer, staff = Peer(camera(A), microphone()), Peer()
            await door.join(place, Role.CUSTOMER, customer)
            await door.join(place, Role.STAFF, staff)
            await staff.got("video", 10)
            ticks = 0
            began = time.monotonic()
            grabbing = asyncio.create_task(asyncio.to_thread(grab_stills, place, Role.CUSTOMER, 6))
            while not grabbing.done():
                await asyncio.sleep(0.01)
                ticks += 1
            stills = await grabbing
            still = sharpest(stills)
            took = time.monotonic() - began
            assert took < 4
            assert ticks >= 3  # the loop went on meanwhile
            assert (still.width, still.height) == (320, 240)
            assert still.sha256 == hashlib.sha256(still.jpeg).hexdigest()
            assert still.sharpness == max(each.sharpness for each in stills) > 0
            assert len(stills) == CHOICES and len({each.sha256 for each in stills}) == CHOICES
            assert [each.taken for each in stills] == sorted({each.taken for each in stills})
            assert all(difference(each.jpeg, 320, 240) < 12 for each in stills)
        place.close()

    run(story)


def test_lost_packets_do_not_spoil_a_still():
    async def story() -> None:
        place = room()
        async with doorway() as door:
            customer = Peer(camera(A))
            await door.join(place, Role.CUSTOMER, customer)
            await asyncio.to_thread(grab_stills, place, Role.CUSTOMER, 1)
            customer.lose(0.1)
            stills = await asyncio.to_thread(grab_stills, place, Role.CUSTOMER, 6, 3_000)
            assert [each for each in stills if difference(each.jpeg, 320, 240) >= 12] == []
        place.close()

    run(story)


def test_no_picture_is_said_in_time():
    began = time.monotonic()
    place = room()
    with pytest.raises(MediaTrouble) as trouble:
        grab_stills(place, Role.CUSTOMER, timeout_ms=100)
    assert time.monotonic() - began < 2
    assert "摄像头" in trouble.value.text


def test_a_closed_room_is_not_waited_for():
    place = room()
    place.close()
    began = time.monotonic()
    with pytest.raises(MediaTrouble):
        grab_stills(place, Role.CUSTOMER)
    assert time.monotonic() - began < 2
