"""Corners: a picture with four corners that can be moved by finger, mouse or keyboard."""

from __future__ import annotations

from core.records_photos import Quad
from pages.parts.components.mounting import nothing, register, same_origin, unseen

_mount = register("corners")
INSET = 0.08
"""Where the corners begin when none were found, from each edge."""


def corners(picture: str, quad: Quad, *, key: str) -> Quad | None:
    """Show `picture` (a data: URL or a path of this site) with movable corners; the new ones once, else None.

    `quad` is TL, TR, BR, BL relative to the picture, () when none were found. What is returned lies inside the
    picture and is convex, as far as the browser says: the use case checks again.
    """
    source = picture if picture.startswith("data:image/") else same_origin(picture)
    near, far = INSET, 1 - INSET
    start = quad or ((near, near), (far, near), (far, far), (near, far))
    inside = [[min(max(part, 0.0), 1.0) for part in place] for place in start]  # cards may reach beyond the picture
    data = {"picture": source, "quad": inside}
    raw = unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
    return quad_of(raw.get("quad")) if raw else None


def quad_of(value: object) -> Quad | None:
    """Four places inside the picture, or None for anything else that a browser may send."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    places = [tuple(place) for place in value if isinstance(place, list) and len(place) == 2]
    fine = all(isinstance(part, int | float) and not isinstance(part, bool) and 0 <= part <= 1
               for place in places for part in place)  # fmt: skip
    return tuple((float(x), float(y)) for x, y in places) if len(places) == 4 and fine else None
