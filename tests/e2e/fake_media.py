"""Camera and microphone files for Chromium's fake devices: drawn people, every picture marked 样张.

Chromium plays an .mjpeg file (bare JPEGs one after another) in a loop, at 30 pictures/s or at what the page asks for,
so a page that wants 15 gets 15. Run as `python -m tests.e2e.fake_media FOLDER` to look at the files.
"""

from __future__ import annotations

import subprocess
import sys
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZES = {320: (320, 240), 640: (640, 480), 1280: (1280, 720)}
USUAL = (320, 640)
PICTURES = 60
SAMPLES_PER_S = 48_000
WALL = {"customer": (214, 222, 232), "customer_card": (214, 222, 232), "staff": (206, 226, 214)}
COAT = {"customer": (72, 92, 140), "customer_card": (72, 92, 140), "staff": (52, 58, 66)}
CAPTION = {"customer": "样张 客户", "customer_card": "样张 客户手持证件", "staff": "样张 工作人员"}
HERTZ = {"customer": 440, "staff": 880}


@dataclass(frozen=True)
class FakeMedia:
    """The files in a folder, by who is in the picture (`customer`, `customer_card`, `staff`) and its width in px."""

    folder: Path

    def video(self, who: str, width: int = 320) -> Path:
        return self.folder / f"{who}_{width}.mjpeg"

    def sound(self, who: str) -> Path:
        return self.folder / f"{who.removesuffix('_card')}.wav"

    def chromium_flags(self, who: str, width: int = 320) -> list[str]:
        """Flags with which Chromium uses these files, asks nobody for permission and plays sound at once."""
        return [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={self.video(who, width)}",
            f"--use-file-for-fake-audio-capture={self.sound(who)}",
            "--autoplay-policy=no-user-gesture-required",
        ]


def make_media(folder: Path, widths: tuple[int, ...] = USUAL) -> FakeMedia:
    """Draw the files of these widths that are not there yet; about 3 s."""
    folder.mkdir(parents=True, exist_ok=True)
    media = FakeMedia(folder)
    for who in CAPTION:
        for width in widths:
            if not media.video(who, width).exists():
                media.video(who, width).write_bytes(b"".join(jpegs(who, width)))
    for who, hertz in HERTZ.items():
        if not media.sound(who).exists():
            write_tone(media.sound(who), hertz)
    return media


def jpegs(who: str, width: int) -> list[bytes]:
    """The pictures of one loop, two seconds at 30 pictures/s."""
    still = np.array(draw(who, *SIZES[width]))[:, :, ::-1]
    return [
        cv2.imencode(".jpg", moved(still, index), [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()
        for index in range(PICTURES)
    ]


def moved(still: np.ndarray, index: int) -> np.ndarray:
    """The drawing at one moment: it sways a little, a disc goes round the clock and the number counts."""
    height, width = still.shape[:2]
    angle = 2 * np.pi * index / PICTURES
    shift = np.float32([[1, 0, width * 0.01 * np.sin(angle)], [0, 1, height * 0.008 * np.cos(angle)]])
    image = cv2.warpAffine(still, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
    middle, radius = (int(width * 0.9), int(height * 0.14)), int(height * 0.07)
    hand = (int(middle[0] + radius * np.sin(angle)), int(middle[1] - radius * np.cos(angle)))
    cv2.circle(image, middle, radius, (90, 90, 90), 1, cv2.LINE_AA)
    cv2.circle(image, hand, max(3, radius // 3), (40, 110, 230), -1, cv2.LINE_AA)
    cv2.putText(
        image, f"{index:02d}", (4, height - 6), cv2.FONT_HERSHEY_SIMPLEX, height / 480, (60, 60, 60), 1, cv2.LINE_AA
    )
    return image


def draw(who: str, width: int, height: int) -> Image.Image:
    """One drawn person in RGB; `customer_card` holds a specimen card below the chin."""
    image = Image.new("RGB", (width, height), WALL[who])
    pen = ImageDraw.Draw(image)
    middle, head = width * 0.42, height * 0.17
    chin = height * 0.56
    pen.ellipse((middle - width * 0.3, chin + head * 0.1, middle + width * 0.3, height * 1.5), COAT[who])
    pen.rectangle((middle - head * 0.4, chin - head * 0.5, middle + head * 0.4, chin + head * 0.4), (226, 186, 156))
    pen.ellipse((middle - head, chin - head * 2.4, middle + head, chin), (236, 198, 168))
    pen.chord((middle - head, chin - head * 2.5, middle + head, chin - head * 0.4), 180, 360, (48, 40, 38))
    for side in (-1, 1):
        eye = middle + side * head * 0.4
        pen.ellipse((eye - head * 0.1, chin - head * 1.2, eye + head * 0.1, chin - head * 1.0), (30, 30, 30))
    pen.arc((middle - head * 0.4, chin - head * 0.9, middle + head * 0.4, chin - head * 0.3), 20, 160, (150, 70, 70), 2)
    if who == "staff":
        for side in (-1, 1):
            eye = middle + side * head * 0.4
            pen.ellipse(
                (eye - head * 0.28, chin - head * 1.38, eye + head * 0.28, chin - head * 0.82), None, (60, 60, 60), 2
            )
        pen.polygon(
            [(middle, chin + head * 0.3), (middle - head * 0.3, height), (middle + head * 0.3, height)], (150, 40, 40)
        )
    if who == "customer_card":
        draw_card(pen, middle, chin + head * 0.1, width)
    pen.text((width * 0.02, height * 0.02), CAPTION[who], (40, 40, 40), font(int(height * 0.075)))
    return image


def draw_card(pen: ImageDraw.ImageDraw, middle: float, top: float, width: int) -> None:
    """An invented identity card, held with two hands; the area code 9999 was never issued."""
    wide = width * 0.46
    high = wide * 54 / 85.6
    left = middle - wide / 2
    for hand in (left, left + wide):
        pen.ellipse((hand - wide * 0.08, top + high * 0.5, hand + wide * 0.08, top + high * 0.8), (226, 186, 156))
    pen.rounded_rectangle((left, top, left + wide, top + high), wide * 0.03, (244, 242, 232), (120, 130, 150))
    lines = ("样张 居民身份证", "姓名  张样", "住址  样张路 1 号", "999901 19900307 0013")
    for number, line in enumerate(lines):
        place = (left + wide * 0.05, top + high * (0.06 + 0.23 * number))
        pen.text(place, line, (40, 50, 70), font(max(8, int(high * 0.13))))
    pen.rectangle((left + wide * 0.76, top + high * 0.28, left + wide * 0.95, top + high * 0.7), (200, 190, 180))


def write_tone(path: Path, hertz: int, seconds: int = 4) -> None:
    """Half a second of tone, half a second of silence, again and again."""
    moments = np.arange(seconds * SAMPLES_PER_S) / SAMPLES_PER_S
    samples = 0.3 * np.sin(2 * np.pi * hertz * moments) * (moments % 1 < 0.5)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLES_PER_S)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The system's Chinese font, as fontconfig finds it."""
    found = subprocess.run(["fc-match", "-f", "%{file}", ":lang=zh-cn"], capture_output=True, text=True, check=True)
    return ImageFont.truetype(found.stdout, size)


if __name__ == "__main__":
    make_media(Path(sys.argv[1]))
