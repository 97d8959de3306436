"""The preview of an agreement as a PDF, for the member of staff who made it; never cached."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.records import SessionRecord
from pages.parts import previews, wiring

POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""No sandbox and an object of the same site: the browser's own reader of PDFs needs both."""
HEADERS = {
    "cache-control": "no-store, private",
    "content-disposition": "inline; filename=preview.pdf",
    "content-security-policy": POLICY,
}


def _file(session: SessionRecord | None, name: str) -> bytes | None:
    found = wiring.staff_of(session)
    return previews.find(found[0], name) if found else None


async def send_preview(request: Request) -> Response:
    """GET; 404 for everybody else."""
    session = request.scope["state"]["sessions"].get("staff")
    pdf = await run_in_threadpool(_file, session, str(request.path_params["name"]))
    if pdf is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    return Response(pdf, headers=HEADERS, media_type="application/pdf")
