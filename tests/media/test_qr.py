"""A drawn QR code reads as what was written."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from media.qr import QUIET, qr_svg


def read(svg: str) -> str:
    """What a phone's camera reads from the drawing."""
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg).group(1))
    picture = np.full((size, size), 255, np.uint8)
    for x, y in re.findall(r"M(\d+) (\d+)h", svg):
        picture[int(y), int(x)] = 0
    assert picture[:QUIET].min() == picture[:, :QUIET].min() == 255
    assert picture[QUIET].min() == 0
    large = cv2.resize(picture, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
    return cv2.QRCodeDetector().detectAndDecode(large)[0]


@pytest.mark.parametrize("length", [0, 1, 20, 43, 80, 150])
def test_an_address_reads_as_it_was_written(length: int) -> None:
    address = "https://kaihu.example.com/continue?firm=8001#f1." + "aB3_-xY9"[: length % 9] * (length // 8)
    assert read(qr_svg(address)) == address
