"""The copy of the own data as a zip: for the customer who just gave a code, on record, never cached."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.records import SessionRecord
from core.usecases.copy_own_data import open_copy
from pages.parts import wiring


def _copy(session: SessionRecord | None) -> bytes | None:
    """The zip, None for whoever may not have it."""
    try:
        return open_copy(wiring.desk(), wiring.customer_actor(session)) if session else None
    except DeskError:
        return None


async def send_copy(request: Request) -> Response:
    """GET; 404 for everybody else."""
    data = await run_in_threadpool(_copy, request.scope["state"]["sessions"].get("customer"))
    if data is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    headers = {"cache-control": "no-store, private", "content-disposition": 'attachment; filename="my-data.zip"'}
    return Response(data, headers=headers, media_type="application/zip")
