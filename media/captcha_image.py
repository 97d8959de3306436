"""The picture puzzle before an SMS code, and the same digits spoken (R050).

Digits only, so that picture and speech have one answer. The voice comes with the `captcha` package (English words
for the digits); nothing is fetched.
"""

from __future__ import annotations

import io
import random
import secrets
from functools import lru_cache

import numpy as np
from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha
from numpy.typing import NDArray
from PIL import ImageOps

DIGITS = "23456789"
"""Without 0 and 1, which are taken for letters."""
LENGTH = 4
WIDTH, HEIGHT = 160, 60
"""Size of the picture in px."""
_RATE = 8000


def new_captcha_text(chance: random.Random) -> str:
    """Return four digits; give it `random.SystemRandom()` outside of tests."""
    return "".join(chance.choice(DIGITS) for _ in range(LENGTH))


def make_captcha(text: str) -> bytes:
    """Draw the text, turned and bent, dark on light (contrast at least 4.5 to 1, WCAG 1.4.3), as PNG.

    The package makes dark strokes transparent, so it draws white on black and the colours come after.
    """
    drawn = _drawer().generate_image(text, bg_color=(0, 0, 0), fg_color=(255, 255, 255, 255))
    ink = (_between(10, 70), _between(10, 70), _between(40, 110))
    out = io.BytesIO()
    ImageOps.colorize(drawn.convert("L"), black=(248, 249, 252), white=ink).save(out, "PNG")
    return out.getvalue()


def make_captcha_audio(text: str) -> bytes:
    """Speak the digits over a murmur of reversed speech, about 4 s, as WAV (8 kHz, 8 bit, mono)."""
    return bytes(_speaker().generate(text))


class _Speaker(AudioCaptcha):
    """The package's voice with shorter pauses, mixed with numpy instead of byte by byte."""

    def create_wave_body(self, chars: str) -> bytearray:
        voices = [self._voice(digit, slow=130, loud=115) for digit in chars]
        spoken = np.concatenate([_pause(), *(part for voice in voices for part in (voice, _pause()))])
        murmur = [self._voice(secrets.choice(DIGITS), slow=160, loud=55)[::-1] for _ in range(2 * len(chars))]
        starts = np.linspace(0, len(spoken), len(murmur), endpoint=False, dtype=int)
        for start, sound in zip(starts, murmur, strict=True):
            spoken[start : start + len(sound)] += 0.5 * sound[: len(spoken) - start]
        spoken += np.random.default_rng().normal(0, 2, len(spoken))
        return bytearray(np.clip(spoken + 128, 0, 255).astype(np.uint8).tobytes())

    def _voice(self, digit: str, *, slow: int, loud: int) -> NDArray[np.float64]:
        """One digit, stretched to 90 to `slow` per cent and at `loud` per cent, less up to a quarter."""
        body = np.frombuffer(bytes(secrets.choice(self._cache[digit])), np.uint8).astype(np.float64) - 128
        stretch = _between(90, slow) / 100
        at = (np.arange(int(len(body) * stretch)) / stretch).astype(int)
        voice: NDArray[np.float64] = body[at] * ((loud - _between(0, 25)) / 100)
        return voice


def _pause() -> NDArray[np.float64]:
    return np.zeros(_between(_RATE * 4 // 10, _RATE * 7 // 10))


def _between(low: int, high: int) -> int:
    return low + secrets.randbelow(high - low + 1)


@lru_cache(maxsize=1)
def _drawer() -> ImageCaptcha:
    return ImageCaptcha(width=WIDTH, height=HEIGHT, font_sizes=(40, 44, 48))


@lru_cache(maxsize=1)
def _speaker() -> _Speaker:
    speaker = _Speaker()
    speaker.load()
    return speaker
