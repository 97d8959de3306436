"""What kind of device a browser runs on, as far as it tells in its header: enough to recognise an own sign-in."""

from __future__ import annotations

DEVICE_TITLES = {"phone": "手机", "tablet": "平板", "computer": "电脑", "": "未知设备"}
_TABLETS = ("iPad", "Tablet", "PlayBook")
_PHONES = ("Mobi", "iPhone", "Phone")
_COMPUTERS = ("Windows NT", "Macintosh", "X11", "CrOS")


def device_kind(user_agent: str) -> str:
    """`phone`, `tablet`, `computer`, or empty. Nothing else of the header is kept (an iPad may say Macintosh)."""
    android_tablet = "Android" in user_agent and "Mobi" not in user_agent
    if android_tablet or any(word in user_agent for word in _TABLETS):
        return "tablet"
    if any(word in user_agent for word in _PHONES):
        return "phone"
    return "computer" if any(word in user_agent for word in _COMPUTERS) else ""
