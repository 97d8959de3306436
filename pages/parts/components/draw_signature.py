"""Draw signature: the customer writes the name with a finger, a pen or the mouse."""

from __future__ import annotations

from pages.parts.components.mounting import nothing, register, same_origin, unseen

_mount = register("draw_signature")


def draw_signature(*, key: str, upload_url: str) -> bool:
    """Show a field to write in; True once when a drawing was stored.

    The drawing (PNG, black on white, cut to the writing) is posted to `upload_url`, which answers like that of
    `capture`: what it refuses is said beside the field. Raises ValueError for an address of another site.
    """
    data = {"upload_url": same_origin(upload_url)}
    raw = unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
    return raw is not None and raw.get("ok") is True
