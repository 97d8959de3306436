"""A year of the firm's calendar as a CSV file, for staff who may change it: the template of an import."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.records import SessionRecord
from core.usecases.work_calendar import calendar_file
from pages.parts import wiring


def _file(session: SessionRecord | None, year: int) -> str | None:
    """The file's text, None for whoever may not have it."""
    found = wiring.staff_of(session)
    try:
        return calendar_file(wiring.desk(), found[0], year) if found and 2000 <= year <= 2100 else None
    except DeskError:
        return None


async def send_calendar(request: Request) -> Response:
    """GET; 404 for everybody else."""
    year = int(request.path_params["year"])
    text = await run_in_threadpool(_file, request.scope["state"]["sessions"].get("staff"), year)
    if text is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="calendar-{year}.csv"'}
    return Response(text, headers=headers, media_type="text/csv; charset=utf-8")
