"""Station: the pictures of one subject beside each other, to be looked at closely, compared and marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from core.records_marks import On
from core.records_photos import Box
from pages.parts.components.mounting import nothing, register, same_origin, text_of, unseen

_mount = register("station")


class Spot(TypedDict):
    """A region drawn over a picture: a mark, or what a finding is about. `id` is what a list beside it points with."""

    id: str
    kind: str
    text: str
    box: Box


class View(TypedDict):
    """One picture: `evidence` and `on` say what a mark on it means.

    `face` is the address that tells where its face is: it is then shown so that faces stand at the same size.
    """

    key: str
    label: str
    source: str
    evidence: str
    on: On
    markable: bool
    face: str
    spots: list[Spot]


class Drawn(NamedTuple):
    """A region that was drawn."""

    evidence: str
    on: str
    box: Box


def station(
    key: str, views: Sequence[View], shown: Sequence[str], *, linked: bool = False, pointed: str = ""
) -> Drawn | None:
    """Show pictures (paths of this site) side by side; a region that was drawn is returned once, else None.

    `shown` are the keys that stand side by side at first; each place can show any of `views`. With `linked` all
    places zoom and move together. `pointed` is the id of a spot to put into view, `#` and the number of the wish. The
    keys are listed behind “?”. What is returned comes from the browser: the use case checks it.
    Raises ValueError for foreign addresses.
    """
    for view in views:
        for address in filter(None, (view["source"], view["face"])):
            same_origin(address)
    data = {"views": list(views), "shown": list(shown), "linked": linked, "pointed": pointed}
    raw = unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
    box = raw.get("box") if raw else None
    if raw is None or not isinstance(box, list) or len(box) != 4:
        return None
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in box):
        return None
    x, y, width, height = (float(part) for part in box)
    return Drawn(text_of(raw.get("evidence"), 40), text_of(raw.get("on"), 10), (x, y, width, height))
