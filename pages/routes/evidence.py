"""Protected evidence: signed-in, authorised, audited, never cached; byte ranges so that recordings seek."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.actor import Actor
from core.errors import DeskError
from core.flow import Evidence
from core.ports import VaultReader
from core.usecases.export_evidence import export_evidence
from core.usecases.open_evidence import open_crop, open_evidence
from pages.parts import wiring

PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


def actors(request: Request) -> list[Actor]:
    """Who is asking: the member of staff first, then the customer."""
    sessions = request.scope["state"]["sessions"]
    found = wiring.staff_of(sessions.get("staff"))
    staff = [found[0]] if found else []
    customer = sessions.get("customer")
    return staff + ([wiring.customer_actor(customer)] if customer else [])


def open_asked(request: Request) -> tuple[Evidence, VaultReader] | None:
    """The file that is asked for, None for everything that the asker may not know of."""
    for actor in actors(request):
        try:
            return open_evidence(wiring.desk(), actor, request.path_params["evidence_id"])
        except DeskError:
            continue
    return None


def _export(request: Request) -> tuple[Evidence, VaultReader, str] | None:
    for actor in actors(request):
        try:
            return export_evidence(wiring.desk(), actor, request.path_params["evidence_id"])
        except DeskError:
            continue
    return None


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """(first, last) byte of a Range header; None for no usable header."""
    match = _RANGE.match(header or "")
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)


def pieces(reader: VaultReader, first: int, last: int) -> Iterator[bytes]:
    """The bytes from `first` to `last` of a file, a quarter of a megabyte at a time."""
    position = first
    while position <= last:
        piece = reader.read(position, min(PIECE, last - position + 1))
        if not piece:
            return
        position += len(piece)
        yield piece


async def send_evidence(request: Request) -> Response:
    """GET one file; 404 for everything that the asker may not know of."""
    found = await run_in_threadpool(open_asked, request)
    if found is None:
        return _unknown()
    item, reader = found
    name = f"{item.slot}-{item.id[:8]}.pdf" if item.mime == "application/pdf" else ""
    return _send(request, item, reader, name)


def open_asked_crop(request: Request) -> tuple[Evidence, VaultReader] | None:
    """Its straightened card, None like that."""
    for actor in actors(request):
        try:
            return open_crop(wiring.desk(), actor, request.path_params["evidence_id"])
        except DeskError:
            continue
    return None


async def send_crop(request: Request) -> Response:
    """GET the straightened card of a picture (JPEG, PNG for a signature); 404 as for the picture itself."""
    found = await run_in_threadpool(open_asked_crop, request)
    if found is None:
        return _unknown()
    item, reader = found
    is_png = reader.read(0, 4) == b"\x89PNG"
    return _send(request, replace(item, mime="image/png" if is_png else "image/jpeg"), reader, "")


async def send_original(request: Request) -> Response:
    """GET one file to keep, under a name that says what it is; each time is on record."""
    found = await run_in_threadpool(_export, request)
    return _send(request, *found) if found else _unknown()


def _unknown() -> Response:
    return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})


def _send(request: Request, item: Evidence, reader: VaultReader, download: str) -> Response:
    """The bytes, or the range that was asked for; with a name as a download."""
    headers = {
        "cache-control": "no-store, private",
        "accept-ranges": "bytes",
        "content-security-policy": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    }
    if download:
        headers["content-disposition"] = f'attachment; filename="{download}"'
    span = _span(request.headers.get("range"), reader.size)
    if span and span[0] >= reader.size:
        return Response(status_code=416, headers={"content-range": f"bytes */{reader.size}"})
    first, last = span or (0, reader.size - 1)
    headers["content-length"] = str(last - first + 1)
    if span:
        headers["content-range"] = f"bytes {first}-{last}/{reader.size}"
    body = iterate_in_threadpool(pieces(reader, first, last))
    return StreamingResponse(body, 206 if span else 200, headers=headers, media_type=item.mime)
