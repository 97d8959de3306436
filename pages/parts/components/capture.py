"""Capture: a picture taken live with the camera at its full resolution, with a frame and words that help."""

from __future__ import annotations

from typing import Literal

from pages.parts.components.mounting import nothing, register, same_origin, unseen

_mount = register("capture")
Frame = Literal["card", "face", "page"]


def capture(
    title: str, *, key: str, upload_url: str, frame: Frame = "card", auto: bool = True, upload: bool = True
) -> bool:
    """Offer to take `title` (身份证正面 …) with the camera; True once when a picture was stored.

    The JPEG is posted to `upload_url` (a path of this site; header x-requested-with), which answers 200 or
    `{"text": why not}`: that is said beside the picture, which can be taken again. With `auto` the shutter goes off by
    itself when the card lies in the frame, sharp and without glare, for 0.6 s; a face is never taken by itself. Without
    camera or permission it says so and points to the upload beside it, or to the counter where there is none
    (`upload=False`).
    Raises ValueError for an address of another site.
    """
    data = {"title": title, "upload_url": same_origin(upload_url), "frame": frame, "auto": auto and frame != "face",
            "upload": upload}  # fmt: skip
    raw = unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
    return raw is not None and raw.get("ok") is True
