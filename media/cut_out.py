"""The marked region of a picture, cut out with its surroundings and framed in red, small enough for a data: URL."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from core.records_photos import Box

LONGEST = 640
"""Longest side in px of what is cut out."""
AROUND = 0.6
"""How much is shown around the region, as a share of the region's own size."""
LEAST = 0.3
"""The cut-out shows at least this share of each side of the picture, so that it is seen where the region lies."""
LINE = "#d32f2f"


def cut_out(jpeg: bytes, box: Box) -> bytes:
    """A JPEG of the region `box` (shares of the picture) with its surroundings."""
    x, y, width, height = box
    left, right = _span(x, width)
    top, bottom = _span(y, height)
    with Image.open(io.BytesIO(jpeg), formats=["JPEG", "PNG"]) as image:
        needed = LONGEST / max(right - left, bottom - top)
        image.draft("RGB", (round(needed), round(needed)))
        wide, high = image.size
        cut = image.convert("RGB").crop((left * wide, top * high, right * wide, bottom * high))
    scale = min(1.0, LONGEST / max(cut.size))
    cut = cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale))))
    corners = [((x - left), (y - top)), ((x + width - left), (y + height - top))]
    spots = [(px / (right - left) * (cut.width - 1), py / (bottom - top) * (cut.height - 1)) for px, py in corners]
    ImageDraw.Draw(cut).rectangle([spots[0], spots[1]], outline=LINE, width=max(3, LONGEST // 160))
    out = io.BytesIO()
    cut.save(out, "JPEG", quality=82)
    return out.getvalue()


def _span(start: float, length: float) -> tuple[float, float]:
    """Where the cut-out begins and ends along one side."""
    reach = max(length * (1 + 2 * AROUND), LEAST)
    first = min(max(0.0, start + length / 2 - reach / 2), max(0.0, 1 - reach))
    return first, min(1.0, first + reach)
