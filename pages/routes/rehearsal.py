"""What 通话前检测 asks of the server: bytes that measure the uplink, and where a face is in a small frame.

Both drop what they were sent. Their answers go to the customer's browser and come back from there with the report, so
they are advice to customer and witness and prove nothing.
"""

from __future__ import annotations

import contextlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.records import SessionRecord
from core.rules.rehearsal import face_place
from core.usecases.rehearse import may_rehearse
from media import faces
from pages.parts import wiring
from pages.routes.gate import Quota
from pages.routes.session import from_own_page

UPLINK_BYTES = 256 * 1024
_uplinks = Quota(40, 600)
"""Per session: eight measurements in ten minutes, each with four small posts for the round trip."""
_frames = Quota(60, 60)
"""Per session: the page sends one every two seconds."""


def _session(request: Request, quota: Quota, most: int) -> SessionRecord | None:
    """The customer who asks, when this is our page, of a size that was announced, and not too often."""
    session: SessionRecord | None = request.scope["state"]["sessions"].get("customer")
    length = int(request.headers.get("content-length") or most + 1)
    if session is None or not from_own_page(request) or length > most or not quota.take(session.id):
        return None
    return session


def _refused() -> Response:
    return JSONResponse({"error": "refused"}, 403, headers={"cache-control": "no-store"})


async def receive_uplink(request: Request) -> Response:
    """POST /uplink: read at most 256 KiB and forget them."""
    if _session(request, _uplinks, UPLINK_BYTES) is None:
        return _refused()
    read = 0
    with contextlib.suppress(ClientDisconnect):  # the browser stops waiting on a very slow line
        async for piece in request.stream():
            read += len(piece)
    return JSONResponse({"bytes": read}, headers={"cache-control": "no-store"})


async def look_at_face(request: Request) -> Response:
    """POST /rehearsal/{case_id}/face: a JPEG of at most 320 px; answers the place of the face, keeps nothing."""
    session = _session(request, _frames, faces.MAX_BYTES)
    if session is None:
        return _refused()
    frame = await request.body()
    try:
        place = await run_in_threadpool(_place, session, request.path_params["case_id"], frame)
    except DeskError:
        return _refused()
    return JSONResponse({"face": place}, headers={"cache-control": "no-store"})


def _place(session: SessionRecord, case_id: str, frame: bytes) -> str:
    may_rehearse(wiring.desk(), wiring.customer_actor(session), case_id)
    return face_place(*faces.find_faces(frame))
