"""All signed documents of a customer as one ZIP file, made while it is sent; never cached, each time on record."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote
from zipfile import ZipFile, ZipInfo

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.errors import DeskError
from core.rules.calendar import SHANGHAI
from core.usecases.own_documents import Bundle, export_documents
from pages.parts import wiring
from pages.routes.evidence import pieces


class Pipe(io.RawIOBase):
    """Takes what a ZIP writes and hands it on."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = bytes(self._held)
        self._held.clear()
        return found


def zipped(bundle: Bundle) -> Iterator[bytes]:
    """The bundle as a ZIP file, piece by piece; PDFs are stored as they are."""
    pipe = Pipe()
    with ZipFile(pipe, "w") as archive:  # type: ignore[arg-type]
        for name, text in bundle.texts.items():
            archive.writestr(entry(name, bundle.made_at), text)
        for name, reader in bundle.files:
            with archive.open(entry(name, bundle.made_at), "w") as target:
                for piece in pieces(reader, 0, reader.size - 1):
                    target.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


def entry(name: str, moment: datetime) -> ZipInfo:
    """A file within a ZIP, with the time in Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return ZipInfo(name, (local.year, local.month, local.day, local.hour, local.minute, local.second))


def _export(request: Request) -> Bundle | None:
    customer = request.scope["state"]["sessions"].get("customer")
    try:
        return export_documents(wiring.desk(), wiring.customer_actor(customer)) if customer else None
    except DeskError:
        return None


async def send_documents(request: Request) -> Response:
    """GET; 404 for whoever has signed nothing or is not signed in."""
    bundle = await run_in_threadpool(_export, request)
    if bundle is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    day = bundle.made_at.astimezone(SHANGHAI).date()
    name = f"attachment; filename=agreements-{day}.zip; filename*=UTF-8''{quote(f'已签署协议-{day}.zip')}"
    headers = {"cache-control": "no-store, private", "content-disposition": name}
    return StreamingResponse(iterate_in_threadpool(zipped(bundle)), headers=headers, media_type="application/zip")
