"""The firm's rules as one file: signed-in staff only, put on record, never cached (`/media` would ask nobody)."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.usecases.carry_rules import export_rules
from pages.parts import wiring
from pages.routes.evidence import actors


def _find(request: Request) -> bytes | None:
    for actor in actors(request):
        try:
            return export_rules(wiring.desk(), actor)
        except DeskError:
            continue
    return None


async def send_rules(request: Request) -> Response:
    """GET /rules/export.json; 404 for whoever may not have it."""
    data = await run_in_threadpool(_find, request)
    if data is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    headers = {"cache-control": "no-store, private", "content-disposition": 'attachment; filename="rules.json"'}
    return Response(data, headers=headers, media_type="application/json")
