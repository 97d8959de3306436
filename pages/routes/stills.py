"""Receives the high-resolution still that the customer's browser adds to a capture of the running call."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core import limits
from core.errors import DeskError
from core.usecases.serve_customer import add_companion
from pages.parts import wiring
from pages.routes.session import from_own_page


async def receive_still(request: Request) -> Response:
    """POST a JPEG; only the customer of the call may, and only while it runs."""
    session = request.scope["state"]["sessions"].get("customer")
    length = int(request.headers.get("content-length") or limits.PHOTO_BYTES + 1)
    if session is None or not from_own_page(request) or length > limits.PHOTO_BYTES:
        return JSONResponse({"error": "refused"}, 403)
    data = await request.body()
    path = request.path_params
    actor = wiring.customer_actor(session)
    try:
        await run_in_threadpool(add_companion, wiring.desk(), actor, path["ticket_id"], path["slot"], data)
    except DeskError:
        return JSONResponse({"error": "refused"}, 403)
    return JSONResponse({"ok": True})
