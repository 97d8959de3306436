"""What was written in the calls of a case, as a text file for compliance; each time is on record."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.records import SessionRecord
from core.usecases.call_chat import export_lines
from pages.parts import wiring


def _file(session: SessionRecord | None, case_id: str) -> tuple[str, str] | None:
    """Text and name of the file, None for whoever may not have it."""
    found = wiring.staff_of(session)
    try:
        return export_lines(wiring.desk(), found[0], case_id) if found else None
    except DeskError:
        return None


async def send_chat(request: Request) -> Response:
    """GET; 404 for everybody else."""
    case_id = str(request.path_params["case_id"])
    file = await run_in_threadpool(_file, request.scope["state"]["sessions"].get("staff"), case_id)
    if file is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    text, name = file
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, media_type="text/plain; charset=utf-8")
