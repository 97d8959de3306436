"""Rehearsal: the customer's own picture with live verdicts on light, sharpness, face, sound and uplink (R154)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.parts.components.mounting import nothing, register, same_origin, unseen

_mount = register("rehearsal")


def rehearsal(key: str, *, limits: Mapping[str, float], uplink_url: str, face_url: str) -> Mapping[str, Any] | None:
    """Show the picture and its verdicts; return the figures once after each change of a verdict, else None.

    It reports first when everything was looked at, then every 5 s at most. The figures are those of
    `core.rules.rehearsal.Rehearsal`, as the browser gives them: advice that has to be checked and proves nothing.
    `limits` say where poor begins (`LIMITS` there). `uplink_url` takes bytes, `face_url` small JPEGs. Camera and
    microphone are off while the tab is hidden and when the component is taken from the page.
    Raises ValueError for addresses of another site.
    """
    data = {"limits": dict(limits), "uplink_url": same_origin(uplink_url), "face_url": same_origin(face_url)}
    return unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
