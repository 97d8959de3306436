"""Pictures that customers upload: decoded without trusting them, then encoded afresh.

Only the fresh JPEG is ever shown: no EXIF, no GPS, no colour profile, no comment, nothing behind the picture. Name
and MIME type of an upload are never believed; the first bytes decide, and Pillow tries that one decoder only.
"""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageFile

from core.errors import BadFile

MAX_BYTES = 10 * 1024 * 1024
"""Most bytes of an upload (R075)."""
MAX_PIXELS = 64_000_000
MAX_SIDE, MIN_SIDE = 12_000, 300
STORED_SIDE = 4096
"""Longest side in px of a stored picture."""
PREVIEW_BYTES = 300_000
QUALITY = 90

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
pillow_heif.register_heif_opener()

_DECODERS = {"jpg": ["JPEG", "MPO"], "png": ["PNG"], "gif": ["GIF"], "bmp": ["BMP"], "heic": ["HEIF"]}
_STARTS = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"BM": "bmp",
    b"%PDF-": "pdf",
}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"avif", b"avis"), "avif"),
}
_SAME_NAME = {"jpeg": "jpg", "jfif": "jpg", "heif": "heic", "hif": "heic"}
_REFUSED = {
    "pdf": "这里需要照片，不能使用 PDF 文件。请拍照，或将页面截图后上传。",
    "webp": "不支持 WebP 格式。请另存为 jpg 或 png 后再上传。",
    "avif": "不支持 AVIF 格式。请另存为 jpg 或 png 后再上传。",
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MODES_16_BIT = ("I;16", "I;16B", "I;16L", "I")


@dataclass(frozen=True)
class Picture:
    """A safe picture: fresh `jpeg`, its width and height in px, the kind and SHA-256 (hex) of the upload.

    `notes` are codes about the upload: extension_mismatch:a->b, animated, cmyk, 16bit, gps_removed, heic_converted,
    trailing_bytes:n, exif_unreadable, shrunk:WxH, software:name, camera:model, focal35:mm.
    """

    jpeg: bytes
    width: int
    height: int
    kind: str
    sha256_original: str
    notes: tuple[str, ...]


def safe_decode(data: bytes, name: str) -> Picture:
    """Turn an upload of jpg, png, gif, bmp or heic into a safe picture (R075).

    Raises BadFile, with what the customer can do, for anything else: more than 10 MiB, more than 64 million pixels,
    a side above 12000 px or below 300 px, a damaged file. `name` is only compared with the content.
    """
    if not data:
        raise BadFile("文件是空的，请重新选择照片。")
    if len(data) > MAX_BYTES:
        raise BadFile("图片超过 10 MB。请降低相机分辨率重新拍摄，或压缩后再上传。")
    kind = sniff(data)
    if kind not in _DECODERS:
        raise BadFile(_REFUSED.get(kind, "无法识别该文件。请上传 jpg、png、gif、bmp 或 heic 格式的照片。"))
    notes = _outer_notes(data, name, kind)
    try:
        image = _decoded(data, kind, notes)
        jpeg = _encoded(image, QUALITY)
    except BadFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadFile("图片尺寸过大。请降低相机分辨率后重新拍摄。") from None
    except Exception:  # noqa: BLE001 - decoders fail in many ways on hostile bytes; all mean the same here
        raise BadFile("图片已损坏，无法打开。请重新拍照，或更换图片后再上传。") from None
    return Picture(jpeg, image.width, image.height, kind, hashlib.sha256(data).hexdigest(), tuple(notes))


def sniff(data: bytes) -> str:
    """Name the kind of a file by its first bytes: jpg png gif bmp heic, refused ones as pdf, else empty."""
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return _BRANDS.get(data[8:12], "") if data[4:8] == b"ftyp" else ""


def preview(jpeg: bytes, max_side: int = 1400) -> bytes:
    """Return a smaller JPEG of at most `max_side` px and 300 KB, small enough for a data: URL."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
        image.draft(None, (max_side, max_side))
        image.thumbnail((max_side, max_side))
        small = image.copy()
    while True:
        for quality in (85, 70, 55):
            encoded = _encoded(small, quality)
            if len(encoded) <= PREVIEW_BYTES:
                return encoded
        small.thumbnail((small.width * 4 // 5, small.height * 4 // 5))


def data_url(jpeg: bytes) -> str:
    """Return a JPEG as a data: URL; give it `preview` output only, it travels with every rerun."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def _outer_notes(data: bytes, name: str, kind: str) -> list[str]:
    notes = ["heic_converted"] if kind == "heic" else []
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending and _SAME_NAME.get(ending, ending) != kind:
        notes.append(f"extension_mismatch:{_plain(ending, 8)}->{kind}")
    end = {"jpg": data.rfind(b"\xff\xd9") + 2, "png": data.rfind(b"IEND") + 8}.get(kind, len(data))
    if len(data) - end > 1024:
        notes.append(f"trailing_bytes:{len(data) - end}")
    return notes


def _decoded(data: bytes, kind: str, notes: list[str]) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=_DECODERS[kind]) as image:
        _check_size(*image.size)
        if kind == "gif" and getattr(image, "is_animated", False):
            notes.append("animated")
        turn = _TURNS.get(_read_exif(image, notes))
        if max(image.size) > STORED_SIDE:
            notes.append(f"shrunk:{image.width}x{image.height}")
            least = STORED_SIDE * 3 / 4 / max(image.size)
            image.draft(None, (round(image.width * least), round(image.height * least)))  # JPEG: decodes smaller
        image.load()
        flat = _flat(image, notes)
    return flat if turn is None or kind == "heic" else flat.transpose(turn)  # the HEIC decoder turns by itself


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise BadFile(f"图片尺寸过大（{width}×{height}）。请降低相机分辨率后重新拍摄。")
    if min(width, height) < MIN_SIDE:
        raise BadFile(f"图片尺寸过小（{width}×{height}）。请上传原图，不要上传缩略图。")


def _read_exif(image: Image.Image, notes: list[str]) -> int:
    """Note what EXIF says about the making of the picture and return its orientation (1 to 8, 1 if unknown)."""
    try:
        exif = image.getexif()
        camera, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
        orientation = int(exif.get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - EXIF is free-form; a picture without readable EXIF is still a picture
        notes.append("exif_unreadable")
        return 1
    if gps:
        notes.append("gps_removed")
    if software := _plain(exif.get(ExifTags.Base.Software, ""), 40):
        notes.append(f"software:{software}")
    if model := _plain(exif.get(ExifTags.Base.Model, ""), 40):
        notes.append(f"camera:{model}")
    if focal := _plain(camera.get(ExifTags.Base.FocalLengthIn35mmFilm, ""), 8):
        notes.append(f"focal35:{focal}")
    return orientation


def _flat(image: Image.Image, notes: list[str]) -> Image.Image:
    """Bring any mode to RGB of 8 bits on white, no side above STORED_SIDE."""
    if image.mode in _MODES_16_BIT:
        notes.append("16bit")
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode == "CMYK":
        notes.append("cmyk")
    clear = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if image.mode != "RGBA" and (clear or image.mode not in ("RGB", "L", "CMYK")):
        image = image.convert("RGBA" if clear else "RGB")
    image.thumbnail((STORED_SIDE, STORED_SIDE))  # before more copies: a large picture takes 4 bytes per pixel
    if not clear:
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white.convert("RGB")


def _encoded(image: Image.Image, quality: int) -> bytes:
    """Encode the pixels alone: what an image carries besides them stays behind."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, comment=b"")
    return out.getvalue()


def _plain(text: object, length: int) -> str:
    """Reduce foreign text to a few harmless characters."""
    return "".join(c for c in str(text) if c.isascii() and (c.isalnum() or c in " ._-"))[:length].strip()
