"""The picture puzzle and its spoken form."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media.captcha_image import DIGITS, HEIGHT, LENGTH, WIDTH, make_captcha, make_captcha_audio, new_captcha_text


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGB")


def luminance(colour: np.ndarray) -> float:
    """Relative luminance of WCAG 2."""
    part = colour / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def samples(sound: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 1, 1)
        return np.frombuffer(file.readframes(-1), np.uint8).astype(float) - 128


def test_text_is_of_digits_that_look_like_nothing_else() -> None:
    chance = random.Random(1)
    texts = {new_captcha_text(chance) for _ in range(400)}
    assert all(len(text) == LENGTH and set(text) <= set(DIGITS) for text in texts)
    assert len(texts) > 350
    assert set("".join(texts)) == set(DIGITS)
    assert not set("01") & set(DIGITS)


@pytest.mark.parametrize("text", ["2345", "6789", "8888", "2222"])
def test_picture_is_large_and_dark_on_light(text: str) -> None:
    image = pixels(make_captcha(text))
    assert image.size == (WIDTH, HEIGHT)
    assert (image.width, image.height) >= (120, 44)
    colours = np.asarray(image).reshape(-1, 3)
    shades = np.sort([luminance(colour) for colour in colours])
    ink, paper = shades[len(shades) // 50], shades[-1]
    assert (paper + 0.05) / (ink + 0.05) >= 4.5
    assert (np.array(shades) < 0.4).mean() > 0.04


def test_no_two_pictures_are_equal() -> None:
    assert len({make_captcha("2345") for _ in range(5)}) == 5


@pytest.mark.parametrize("digit", DIGITS)
def test_each_digit_is_spoken_louder_than_the_murmur(digit: str) -> None:
    sound = samples(make_captcha_audio(digit * 2))
    loud = [np.abs(part).mean() for part in np.array_split(sound, 40)]
    assert max(loud) > 2 * np.median(loud)
    assert np.abs(sound).max() > 40


def test_length_is_bearable_and_varies() -> None:
    seconds = [len(samples(make_captcha_audio("2345"))) / 8000 for _ in range(5)]
    assert all(2.5 < each < 6 for each in seconds)
    assert len(set(seconds)) > 1


def test_letters_are_refused() -> None:
    with pytest.raises(KeyError):
        make_captcha_audio("2a")


def test_works_without_network() -> None:
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from media.captcha_image import make_captcha, make_captcha_audio\n"
        "print(len(make_captcha('2345')) > 500, len(make_captcha_audio('2345')) > 20_000)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True)
    assert done.stdout.split() == ["True", "True"]
