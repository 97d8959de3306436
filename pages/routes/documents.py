"""All signed documents of a customer as one ZIP file, made while it is sent; never cached, each time on record."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from zipfile import ZipFile

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.errors import DeskError
from core.rules.calendar import SHANGHAI
from core.usecases.own_documents import Bundle, export_documents
from pages.parts import wiring
from pages.routes.evidence import pieces
from pages.routes.zip_stream import Pipe, entry


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
