"""Packages for the monitoring centre as ZIP files, made while they are sent; on record, never cached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.actor import Actor
from core.errors import DeskError
from core.usecases.report_cases import Package, export_case, export_waiting
from pages.parts import wiring
from pages.routes.zip_stream import Pipe, entry

_NO_STORE = {"cache-control": "no-store, private"}


def _zipped(package: Package) -> Iterator[bytes]:
    pipe = Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, data in package.files():
            archive.writestr(entry(name, package.made_at), data)
            yield pipe.taken()
    yield pipe.taken()


def _package(request: Request, make: Callable[[Actor], Package]) -> Package | None:
    found = wiring.staff_of(request.scope["state"]["sessions"].get("staff"))
    try:
        return make(found[0]) if found else None
    except DeskError:
        return None


async def _send(request: Request, make: Callable[[Actor], Package]) -> Response:
    package = await run_in_threadpool(_package, request, make)
    if package is None:
        return JSONResponse({"error": "not found"}, 404, headers=_NO_STORE)
    headers = _NO_STORE | {"content-disposition": f'attachment; filename="{package.name}"'}
    return StreamingResponse(iterate_in_threadpool(_zipped(package)), headers=headers, media_type="application/zip")


async def send_report(request: Request) -> Response:
    """GET one case; 404 for whoever may not report it, and while something is missing."""
    return await _send(request, lambda actor: export_case(wiring.desk(), actor, request.path_params["case_id"]))


async def send_waiting(request: Request) -> Response:
    """GET all that wait."""
    return await _send(request, lambda actor: export_waiting(wiring.desk(), actor))
