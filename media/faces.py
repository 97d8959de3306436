"""Faces in a small picture: where one may be, never whose. Plain Haar cascades, which need no model file."""

from __future__ import annotations

import io
import threading
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from core.errors import BadFile
from core.rules.rehearsal import Box

MAX_BYTES = 64 * 1024
MAX_SIDE = 320
"""Longest side in px: a picture of this size takes about 10 ms of one core."""
_LEAST_SIDE = 24
_lock = threading.Lock()
"""A cascade may not be used by two threads at once; one after the other also bounds what all customers take."""


@cache
def _cascade() -> Any:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"))


def find_faces(jpeg: bytes) -> tuple[list[Box], int, int]:
    """Faces that look into the camera, and the picture's width and height in px. The picture is not kept.

    Raises `BadFile` for anything but a JPEG of at most 64 KiB and 320 px.
    """
    grey = _decoded(jpeg)
    height, width = grey.shape
    return faces_in(grey, _LEAST_SIDE), width, height


def faces_in(grey: Any, least_side: int, step: float = 1.15, votes: int = 4) -> list[Box]:
    """Faces of at least this many px that look into the camera, in grey pixels (height, width).

    Finer steps between sizes and fewer votes find more; they take longer and are for single pictures.
    """
    with _lock:
        found = _cascade().detectMultiScale(cv2.equalizeHist(grey), step, votes, 0, (least_side, least_side))
    return [Box(int(left), int(top), int(side)) for left, top, side, _ in found]


def _decoded(jpeg: bytes) -> Any:
    """Grey pixels; the size is read before anything is decoded."""
    grey = None
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
            if len(jpeg) <= MAX_BYTES and max(image.size) <= MAX_SIDE:
                grey = np.asarray(image.convert("L"))
    except Exception:  # noqa: BLE001 - decoders fail in many ways on hostile bytes; all mean the same here
        raise BadFile("图片已损坏，无法打开。") from None
    if grey is None:
        raise BadFile("图片尺寸过大。")
    return grey
