"""Stand-ins for what is slow, leaves the machine or goes by the wall clock."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from PIL import Image

from core.errors import OutsideService
from core.ports_photos import Seen
from core.records_photos import PhotoReading, Quad

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Monday, 10:00 in Shanghai."""


class Clock:
    """Stands where tests put it and goes on by a millisecond at each look, so that no two moments are equal."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class PlainPasswords:
    """Fast stand-in for argon2."""

    def hash(self, password: str) -> str:
        return f"plain:{password}"

    def matches(self, hashed: str, password: str) -> bool:
        return hashed == f"plain:{password}"


class SmsRecorder:
    """A gateway that keeps what it was given; `broken` makes it refuse."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.broken = False

    def send(self, phone: str, text: str) -> None:
        if self.broken:
            raise OutsideService("短信网关没有回应。")
        self.sent.append((phone, text))

    def code(self) -> str:
        """The code in the newest message."""
        found = re.search(r"验证码 (\d{6})", self.sent[-1][1])
        assert found, self.sent[-1][1]
        return found[1]


@dataclass(frozen=True)
class LightPicture:
    """A picture that was not decoded."""

    jpeg: bytes
    width: int
    height: int
    kind: str
    sha256_original: str
    notes: tuple[str, ...] = ()


class LightImages:
    """Believes every upload; its captcha says what it shows."""

    def safe_decode(self, data: bytes, name: str) -> LightPicture:
        return LightPicture(data, 40, 25, "jpg", hashlib.sha256(data).hexdigest())

    def cut_out(self, jpeg: bytes, box: tuple[float, ...]) -> bytes:
        return jpeg + repr(box).encode()

    def captcha_png(self, text: str) -> bytes:
        return text.encode()

    def captcha_wav(self, text: str) -> bytes:
        return text.encode()


class RealImages(LightImages):
    """Decodes and encodes uploads as the product does."""

    def safe_decode(self, data: bytes, name: str) -> Any:
        from media.images import safe_decode

        return safe_decode(data, name)


class LightReader:
    """Reads nothing; tests put what they want read into `fields` and `findings`, and it is believed."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Quad]] = []
        self.answer = PhotoReading("", "done", "ok")
        self.crop = b""
        self.looks: tuple[str, ...] = ()

    def read(self, evidence_id: str, slot: str, jpeg: bytes, *, quad: Quad = (), notes: Collection[str] = ()) -> Seen:
        self.calls.append((evidence_id, slot, quad))
        found = replace(self.answer, evidence_id=evidence_id, quad=quad or self.answer.quad)
        return Seen(found, self.crop, self.looks)


class LightRecordings:
    """Finds every recording whole; an index fits when it begins with this word."""

    def check(self, webm: bytes, index: bytes | None = None) -> tuple[dict[str, Any], bytes | None]:
        flag = "chain" if index is not None and not index.startswith(b"index") else ""
        return {"errors": 0, "duration_ms": 1000, "flag": flag}, webm + b" seekable"

    def sha256(self, data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()


@cache
def tiny_picture(name: str) -> bytes:
    """A small JPEG of a colour of its own for each name."""
    red, green, blue = hashlib.sha256(name.encode()).digest()[:3]
    out = io.BytesIO()
    Image.new("RGB", (40, 25), (red, green, blue)).save(out, "JPEG")
    return out.getvalue()
