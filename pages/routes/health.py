"""Health of the process, the root certificate, and the bytes with which the device check measures the download rate."""

from __future__ import annotations

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.usecases.certificates import authority_of
from pages.parts import wiring

PROBE = secrets.token_bytes(512 * 1024)
"""512 KiB that no proxy can compress."""


async def health(_request: Request) -> Response:
    """200 when the database answers, 503 otherwise."""
    try:
        fine = await run_in_threadpool(wiring.database().reachable)
    except DeskError:
        fine = False
    return JSONResponse({"ok": fine}, 200 if fine else 503, headers={"cache-control": "no-store"})


async def probe(_request: Request) -> Response:
    """Random bytes, never cached."""
    return Response(PROBE, media_type="application/octet-stream", headers={"cache-control": "no-store"})


async def root_certificate(request: Request) -> Response:
    """The firm's pilot root certificate (DER), with which anybody can verify a signed agreement."""
    firms = {firm.number: firm.id for firm in await run_in_threadpool(wiring.firms)}
    firm_id = firms.get(request.path_params["firm"])
    if firm_id is None:
        return JSONResponse({"error": "not found"}, 404)
    authority = await run_in_threadpool(authority_of, wiring.desk(), firm_id)
    return Response(wiring.desk().papers.root_certificate(authority), media_type="application/pkix-cert")
