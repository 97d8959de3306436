"""Selfie: the own camera picture beside the call, and a still in the camera's full resolution on command."""

from __future__ import annotations

from typing import TypedDict

from pages.parts.components.mounting import nothing, register, same_origin, text_of, unseen, whole

_mount = register("selfie")


class Still(TypedDict):
    """The end of one command: whether the still was stored, its size in px, and why not.

    reason: "", no_camera (denied, missing, busy, insecure or unknown follows after a colon), upload.
    """

    nonce: str
    ok: bool
    width: int
    height: int
    reason: str


def selfie(
    key: str,
    *,
    upload_url: str,
    still: str | None = None,
    active: bool = True,
    small: bool = True,
) -> Still | None:
    """Show the customer's own picture, mirrored; return the end of each still once, else None.

    `still` is the nonce of the still to take now: a JPEG of at most 1920 px is posted once per nonce to
    `upload_url` (a path of this site; header x-requested-with), and the result bears the same nonce. A camera
    that cannot be opened is said in words and in the result. `active=False` and leaving the page release the
    camera. Raises ValueError for an address of another site.
    """
    command = {"op": "still", "nonce": still} if still else None
    data = {"upload_url": same_origin(upload_url), "command": command, "active": active, "small": small}
    raw = unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
    if raw is None:
        return None
    return {
        "nonce": raw["nonce"],
        "ok": raw.get("ok") is True,
        "width": whole(raw.get("width"), 1920) or 0,
        "height": whole(raw.get("height"), 1920) or 0,
        "reason": text_of(raw.get("reason"), 40),
    }
