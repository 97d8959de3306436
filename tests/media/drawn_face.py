"""A drawn face, plain enough for a cascade: dark hair, brows and eyes, bright nose and cheeks."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter


def frame(faces: Sequence[tuple[int, int, int]] = (), size: tuple[int, int] = (320, 240)) -> bytes:
    """A JPEG with faces as (middle across, middle down, size), all in px."""
    image = Image.new("L", size, 150)
    pen = ImageDraw.Draw(image)
    for across, down, large in faces:
        _draw(pen, across, down, large)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(2)).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _draw(pen: ImageDraw.ImageDraw, across: int, down: int, large: int) -> None:
    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (across + left * large, down + top * large, across + right * large, down + bottom * large)

    pen.ellipse(box(-0.5, -0.72, 0.5, 0.62), 60)
    pen.ellipse(box(-0.42, -0.55, 0.42, 0.6), 205)
    for side in (-0.2, 0.2):
        pen.ellipse(box(side - 0.11, -0.17, side + 0.11, -0.03), 90)
        pen.rectangle(box(side - 0.12, -0.24, side + 0.12, -0.2), 60)
    pen.rectangle(box(-0.03, -0.15, 0.03, 0.15), 225)
    pen.ellipse(box(-0.09, 0.12, 0.09, 0.18), 150)
    pen.ellipse(box(-0.17, 0.28, 0.17, 0.37), 110)
