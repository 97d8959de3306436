"""Captcha: the picture, a button for another one, and the same code read aloud."""

from __future__ import annotations

from pages.parts.components.mounting import nothing, register, unseen

_mount = register("captcha_view")


def captcha_view(key: str, *, picture: str, audio: str | None = None) -> bool:
    """Show a captcha; return True once after each wish for another one.

    `picture` is a data:image/… URL, `audio` a data:audio/wav URL or a path of this site.
    """
    data = {"picture": picture, "audio": audio}
    return unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result")) is not None
