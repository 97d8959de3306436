"""The marked region as the customer sees it: framed, with its surroundings, small."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.records_photos import Box
from media.cut_out import LONGEST, cut_out

BLUE, WHITE = (30, 60, 160), (250, 250, 250)


def photo() -> bytes:
    """A blue patch from 40 to 50 percent of a white picture."""
    image = Image.new("RGB", (2000, 1500), WHITE)
    image.paste(BLUE, (800, 600, 1000, 750))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


@pytest.mark.parametrize("box", [(0.4, 0.4, 0.1, 0.1), (0, 0, 1, 1), (0.9, 0.9, 0.1, 0.1), (0.4, 0, 0.2, 0.02)])
def test_it_is_small_and_framed(box: Box) -> None:
    made = cut_out(photo(), box)
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "JPEG" and max(image.size) <= LONGEST and len(made) < 80_000
        pixels = np.asarray(image.convert("RGB"))
    assert ((pixels[..., 0] > 180) & (pixels[..., 1] < 110) & (pixels[..., 2] < 110)).sum() > 100


def test_the_region_lies_in_the_middle_of_its_surroundings() -> None:
    with Image.open(io.BytesIO(cut_out(photo(), (0.4, 0.4, 0.1, 0.1)))) as image:
        middle = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
        corner = image.convert("RGB").getpixel((5, 5))
    assert abs(middle[2] - BLUE[2]) < 30 and min(corner) > 230
