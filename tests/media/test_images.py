"""Uploads: every kind we take comes out as a clean JPEG, everything else is refused with what to do."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from core.errors import BadFile
from media.images import PREVIEW_BYTES, STORED_SIDE, data_url, preview, safe_decode, sniff

RAMP = np.indices((400, 600)).sum(0)
SMOOTH = Image.fromarray((RAMP % 256).astype(np.uint8)).convert("RGB")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def decoded(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
    image.load()
    return image


def corners() -> Image.Image:
    """A picture whose four quarters differ, to tell every turn and flip apart."""
    image = Image.new("RGB", (600, 400), "white")
    for box, colour in [((0, 0, 300, 200), "red"), ((300, 0, 600, 200), "lime"), ((0, 200, 300, 400), "blue")]:
        image.paste(colour, box)
    return image


def look(image: Image.Image) -> str:
    """The colours of the four quarters, row by row."""
    names = {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w"}
    spots = [(image.width * x // 4, image.height * y // 4) for y in (1, 3) for x in (1, 3)]
    return "".join(names[tuple(round(c / 255) for c in image.getpixel(spot))] for spot in spots)


def exif(orientation: int = 1, **more: str) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112], tags[0x010F] = orientation, "SYNTH"
    if "software" in more:
        tags[0x0131] = more["software"]
    gps = tags.get_ifd(0x8825)
    gps[1], gps[2] = "N", (31.0, 14.0, 0.0)
    return tags


def png_of(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def bmp_of(width: int, height: int) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 54) + head


KINDS = {
    "jpg": encoded(SMOOTH, "JPEG", quality=95),
    "png": encoded(SMOOTH, "PNG"),
    "gif": encoded(SMOOTH.quantize(), "GIF"),
    "bmp": encoded(SMOOTH, "BMP"),
    "heic": encoded(SMOOTH, "HEIF", quality=90),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_becomes_a_clean_jpeg(kind: str) -> None:
    picture = safe_decode(KINDS[kind], f"照片.{kind}")
    image = decoded(picture.jpeg)
    assert (picture.kind, picture.width, picture.height) == (kind, 600, 400)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (600, 400))
    assert picture.sha256_original == hashlib.sha256(KINDS[kind]).hexdigest()
    assert picture.notes == (("heic_converted",) if kind == "heic" else ())
    inner = (slice(100, 300), slice(20, 120))  # away from the wrap of the ramp
    difference = np.abs(np.asarray(image).astype(int)[inner] - np.asarray(SMOOTH).astype(int)[inner])
    assert difference.mean() < 6


@pytest.mark.parametrize("kind", ["JPEG", "HEIF", "PNG"])
def test_gps_profile_and_comment_are_gone(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more = {"JPEG": {"comment": b"canary"}, "PNG": {"pnginfo": PngImagePlugin.PngInfo()}, "HEIF": {}}[kind]
    if kind == "PNG":
        more["pnginfo"].add_text("Comment", "canary")
    data = encoded(SMOOTH, kind, exif=exif(software="Photoshop <b>"), icc_profile=profile, **more)
    picture = safe_decode(data, "")
    image = decoded(picture.jpeg)
    assert {"gps_removed", "software:Photoshop b"} <= set(picture.notes)
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(word in picture.jpeg for word in (b"SYNTH", b"canary", b"Photoshop", b"Exif"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(orientation: int) -> None:
    stored = corners()
    back = {6: 90, 8: 270, 3: 180}
    if orientation in back:
        stored = stored.rotate(back[orientation], expand=True)
    looks = {1: "rgbw", 2: "grwb", 3: "rgbw", 4: "bwrg", 5: "rbgw", 6: "rgbw", 7: "wgbr", 8: "rgbw"}
    picture = safe_decode(encoded(stored, "JPEG", quality=95, exif=exif(orientation)), "")
    assert look(decoded(picture.jpeg)) == looks[orientation]
    assert (picture.width > picture.height) == (orientation not in (5, 7))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_not_turned_twice(orientation: int) -> None:
    back = {1: 0, 6: 90, 8: 270, 3: 180}[orientation]
    stored = corners().rotate(back, expand=True)
    picture = safe_decode(encoded(stored, "HEIF", quality=95, exif=exif(orientation).tobytes()), "a.HEIC")
    assert look(decoded(picture.jpeg)) == "rgbw"
    assert (picture.width, picture.height) == (600, 400)


def clear_half(image: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    image.paste((9, 9, 9, 0), (0, 0, 300, 400))
    return image


def quarter(mode: str) -> Image.Image:
    return clear_half(Image.new("RGB", (600, 400), "black")).convert(mode)


ACCEPTED = {
    "animated": (
        encoded(SMOOTH.quantize(), "GIF", save_all=True, append_images=[SMOOTH.rotate(9).quantize()] * 3),
        "animated",
    ),
    "cmyk": (encoded(SMOOTH.convert("CMYK"), "JPEG"), "cmyk"),
    "16bit": (encoded(Image.fromarray((RAMP * 60).astype(np.uint16)), "PNG"), "16bit"),
    "wrong name": (KINDS["jpg"], "extension_mismatch:png->jpg"),
    "jpg and zip": (KINDS["jpg"] + b"PK\3\4" + b"x" * 5000, "trailing_bytes:5004"),
    "png and html": (KINDS["png"] + b"<script>alert(1)</script>" * 100, "trailing_bytes:2500"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_odd_pictures_are_taken_with_a_note(case: str) -> None:
    data, note = ACCEPTED[case]
    picture = safe_decode(data, "a.png" if case == "wrong name" else "")
    assert picture.notes == (note,)
    assert decoded(picture.jpeg).size == (600, 400)
    assert b"<script>" not in picture.jpeg and b"PK\3\4" not in picture.jpeg


def test_bytes_hidden_behind_a_gif_are_gone() -> None:
    picture = safe_decode(KINDS["gif"] + b"<script>alert(1)</script>" * 100, "a.gif")
    assert b"<script>" not in picture.jpeg


def test_16_bit_keeps_its_brightness() -> None:
    image = decoded(safe_decode(ACCEPTED["16bit"][0], "").jpeg)
    assert image.getpixel((300, 200))[0] == pytest.approx(500 * 60 / 256, abs=4)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_clear_parts_become_white(mode: str) -> None:
    image = decoded(safe_decode(encoded(quarter(mode), "PNG"), "").jpeg)
    assert image.getpixel((100, 200)) == (255, 255, 255)
    assert image.getpixel((500, 200)) == (0, 0, 0)


def test_clear_palette_colour_becomes_white() -> None:
    image = Image.new("P", (600, 400), 1)
    image.putpalette([10, 20, 30, 0, 0, 0])
    image.paste(0, (0, 0, 300, 400))
    for kind in ("PNG", "GIF"):
        result = decoded(safe_decode(encoded(image, kind, transparency=0), "").jpeg)
        assert (result.getpixel((100, 200)), result.getpixel((500, 200))) == ((255, 255, 255), (0, 0, 0))


REFUSED = {
    "empty": (b"", "空"),
    "11 MB": (b"\xff\xd8\xff" + b"0" * 11_000_000, "10 MB"),
    "truncated jpg": (KINDS["jpg"][: len(KINDS["jpg"]) // 2], "损坏"),
    "truncated png": (KINDS["png"][: len(KINDS["png"]) // 2], "损坏"),
    "truncated heic": (KINDS["heic"][: len(KINDS["heic"]) // 2], "损坏"),
    "png 30000x30000": (png_of(30_000, 30_000), "尺寸过大"),
    "png 9000x9000": (png_of(9000, 9000), "尺寸过大"),
    "png 20000x400": (png_of(20_000, 400), "尺寸过大"),
    "png with too few rows": (png_of(4000, 4000), "损坏"),
    "bmp 60000x60000": (bmp_of(60_000, 60_000), "尺寸过大"),
    "bmp of a header": (bmp_of(4000, 4000), "损坏"),
    "small": (encoded(SMOOTH.resize((299, 400)), "JPEG"), "尺寸过小"),
    "html": (b"<html><script>alert(1)</script></html>", "jpg"),
    "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "jpg"),
    "pdf": (b"%PDF-1.7", "PDF"),
    "webp": (encoded(SMOOTH, "WEBP"), "WebP"),
    "avif": (b"\0\0\0\x1cftypavif" + bytes(400), "AVIF"),
    "tiff": (encoded(SMOOTH, "TIFF"), "jpg"),
    "eps in jpg clothes": (b"\xff\xd8\xff%!PS-Adobe-3.0 EPSF-3.0", "损坏"),
    "svg named jpg": (b"<svg/>", "jpg"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_files_are_refused_with_what_to_do(case: str) -> None:
    data, word = REFUSED[case]
    with pytest.raises(BadFile) as caught:
        safe_decode(data, "photo.jpg")
    assert word in caught.value.text
    assert caught.value.text.endswith("。")
    assert any(verb in caught.value.text for verb in ("上传", "重新"))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_bomb_is_refused_before_it_grows() -> None:
    tracemalloc.start()
    for case in ("png 30000x30000", "bmp 60000x60000", "png 9000x9000"):
        with pytest.raises(BadFile):
            safe_decode(REFUSED[case][0], "")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.integers(0), st.integers(1, 40), st.booleans())
def test_damaged_files_end_in_a_picture_or_a_refusal(kind: str, seed: int, spots: int, cut: bool) -> None:
    pick, data = random.Random(seed), bytearray(KINDS[kind])
    for _ in range(spots):
        data[pick.randrange(len(data) if cut else 300)] = pick.randrange(256)
    if cut:
        del data[pick.randrange(len(data)) :]
    try:
        picture = safe_decode(bytes(data), "x")
    except BadFile as refusal:
        assert refusal.text
    else:
        assert decoded(picture.jpeg).size == (picture.width, picture.height)


@given(st.binary(max_size=200))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(BadFile):
        safe_decode(data, "")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_large_pictures_are_stored_smaller(kind: str) -> None:
    data = encoded(SMOOTH.resize((9000, 450)), kind)
    picture = safe_decode(data, "")
    assert (picture.width, picture.height) == (STORED_SIDE, 205)
    assert picture.notes == ("shrunk:9000x450",)
    assert decoded(picture.jpeg).size == (picture.width, picture.height)


def test_preview_is_small_also_of_noise() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (1600, 2100, 3), dtype=np.uint8))
    for image, side in [(noise, 1400), (SMOOTH.resize((3000, 2000)), 1400), (SMOOTH, 240)]:
        small = preview(encoded(image, "JPEG"), side)
        assert len(small) <= PREVIEW_BYTES
        assert max(decoded(small).size) <= side
    assert decoded(preview(encoded(SMOOTH.resize((3000, 2000)), "JPEG"))).size == (1400, 933)


def test_small_pictures_are_not_enlarged() -> None:
    assert decoded(preview(KINDS["jpg"])).size == (600, 400)


def test_data_url_holds_the_bytes() -> None:
    head, body = data_url(KINDS["jpg"]).split(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(body) == KINDS["jpg"]


def test_sniff_names_the_kind() -> None:
    assert {kind: sniff(data) for kind, data in KINDS.items()} == {kind: kind for kind in KINDS}
    assert [sniff(b""), sniff(b"RIFF1234WEBP"), sniff(b"0000ftypqt  ")] == ["", "webp", ""]
