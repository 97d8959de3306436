"""The QR code of a door as an SVG file, for staff who print it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.records import SessionRecord
from core.usecases.entry_links import find_door
from media.qr import qr_svg
from pages.parts import wiring


def _drawing(session: SessionRecord | None, key: str, site: str) -> str | None:
    """The drawing, None for whoever may not have it."""
    found = wiring.staff_of(session)
    try:
        return qr_svg(site + find_door(wiring.desk(), found[0], key).path) if found else None
    except DeskError:
        return None


async def send_entry(request: Request) -> Response:
    """GET; 404 for everybody else."""
    key = str(request.path_params["key"])
    site = (wiring.settings().public_url or str(request.base_url)).rstrip("/")
    svg = await run_in_threadpool(_drawing, request.scope["state"]["sessions"].get("staff"), key, site)
    if svg is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="entry-{key}.svg"'}
    return Response(svg, headers=headers, media_type="image/svg+xml")
