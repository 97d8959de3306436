"""Where the face is in a stored picture, so that portraits stand beside each other at the same size.

It only finds a place: faces are compared by people (notes/photos.md). Asked for by the page of the reviewer, under the
rights and the record of the picture itself.
"""

from __future__ import annotations

from collections import OrderedDict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.flow import Evidence
from core.ports import VaultReader
from media import faces, images
from pages.routes.evidence import open_asked, open_asked_crop

Place = tuple[float, float, float, float] | None
CARD_FACE = (0.715, 0.275, 0.17, 0.27)
"""Where an identity card has the face of its portrait, for cards on which none is found."""
_KEPT = 256
_found: OrderedDict[str, Place] = OrderedDict()
"""The latest places by picture: looking takes 50 ms."""


async def send_face(request: Request) -> Response:
    """GET the place of the largest face of a picture, as shares of it; null where none was found."""
    return await run_in_threadpool(lambda: _answer(open_asked(request), ""))


async def send_crop_face(request: Request) -> Response:
    """The same for the straightened card of a picture."""
    return await run_in_threadpool(lambda: _answer(open_asked_crop(request), "crop"))


def _answer(found: tuple[Evidence, VaultReader] | None, what: str) -> Response:
    headers = {"cache-control": "no-store"}
    if found is None:
        return JSONResponse({"error": "not found"}, 404, headers=headers)
    item, reader = found
    key = f"{item.file_id}|{what}|{reader.size}"
    if key not in _found:
        printed = CARD_FACE if what and item.slot == "id_front" else None
        _found[key] = face_of(reader.read(0, reader.size)) or printed
        while len(_found) > _KEPT:
            _found.popitem(last=False)
    return JSONResponse({"face": _found[key]}, headers=headers)


def face_of(jpeg: bytes) -> Place:
    """The largest face of a JPEG as shares of its width and height: x, y, width, height."""
    if images.sniff(jpeg) != "jpg":
        return None
    boxes, width, height = faces.find_faces(images.preview(jpeg, faces.MAX_SIDE))
    if not boxes:
        return None
    box = max(boxes, key=lambda each: each.side)
    return box.left / width, box.top / height, box.side / width, box.side / height
