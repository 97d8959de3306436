"""What a signature looks like on the page: the customer's signature picture with name and time, the firm's seal."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from PIL import Image, UnidentifiedImageError

from core.errors import BadFile
from media.documents.authority import SEAL_UNIT
from media.documents.markdown import clean_value
from media.documents.render import SEAL_SIZE, SIGNATURE_SIZE
from media.documents.typeset import typeset

_PICTURE_PIXELS = (600, 200)
_SEAL_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # the picture of the seal has no date of its own
_CHINA = ZoneInfo("Asia/Shanghai")


def signature_stamp(name: str, picture_jpeg: bytes | None, now: datetime) -> bytes:
    """A one-page PDF of `SIGNATURE_SIZE`: the uploaded signature picture (else the name), name and time in China.

    Raises BadFile for a picture that is none, MissingGlyph for a name without glyphs.
    """
    time = now.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S 北京时间")
    picture = list(_shrink(picture_jpeg)) if picture_jpeg else []
    data = {"name": clean_value(name), "time": time, "picture": picture}
    return typeset("signature", {**_size(SIGNATURE_SIZE), **data}, now)


@lru_cache(maxsize=16)
def seal_stamp(firm_name: str) -> bytes:
    """A one-page PDF of `SEAL_SIZE`: the firm's round red seal on nothing."""
    return typeset("seal", {**_size(SEAL_SIZE), "firm": clean_value(firm_name), "kind": SEAL_UNIT}, _SEAL_DATE)


def _size(size: tuple[float, float]) -> Mapping[str, float]:
    return {"width": size[0], "height": size[1]}


def _shrink(picture_jpeg: bytes) -> bytes:
    """The picture as a JPEG of at most 600 by 200 px without metadata, so that six agreements stay small."""
    try:
        picture = Image.open(io.BytesIO(picture_jpeg), formats=["JPEG"]).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as why:
        raise BadFile("签名照无法读取，请重新上传签名照。") from why
    picture.thumbnail(_PICTURE_PIXELS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
