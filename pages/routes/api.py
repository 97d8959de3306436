"""The read-only API for other systems: a key of the firm, a limit per minute, answers and errors as JSON."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.api import ENDPOINTS, REFUSALS, ROOT, Endpoint, describe
from core.errors import NotAllowed, NotFound
from core.usecases.api_keys import Caller, find_caller, firm_in
from pages.parts import wiring
from pages.routes.gate import Quota

PER_MINUTE, FAILURES_PER_MINUTE, WINDOW_S = 300, 30, 60
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
"""All are answered here, so that a wrong one gets a JSON error too."""
CODES = {
    400: "invalid_parameter", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    429: "too_many_requests",
}  # fmt: skip
_NO_STORE = {"cache-control": "no-store"}
requests_of = Quota(PER_MINUTE, WINDOW_S)
failures_of = Quota(FAILURES_PER_MINUTE, WINDOW_S)


def refuse(status: int, field: str | None = None) -> Response:
    """An error as JSON. `field` names the parameter that was wrong."""
    more = {401: {"www-authenticate": "Bearer"}, 405: {"allow": "GET"}, 429: {"retry-after": str(WINDOW_S)}}
    named = field.encode("ascii", "replace").decode()[:40] if field is not None else None
    body = {"error": {"code": CODES[status], "message": REFUSALS[str(status)], "field": named}}
    return JSONResponse(body, status, headers=_NO_STORE | more.get(status, {}))


def _caller(request: Request) -> Caller | int:
    """Whose key a request shows, or the status that refuses it. Wrong keys are counted for each address."""
    address = request.client.host if request.client else ""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    known = scheme.lower() == "bearer" and firm_in(token) in {firm.id for firm in wiring.firms()}
    caller = find_caller(wiring.desk(), token) if known else None
    if caller is None:
        return 401 if failures_of.take(address) else 429
    return caller if requests_of.take(caller.key.id) else 429


def _answer(endpoint: Endpoint, request: Request) -> Response:
    caller = _caller(request)
    if isinstance(caller, int):
        return refuse(caller)
    if not caller.may(endpoint.scope):
        return refuse(403)
    try:
        said = endpoint.read(request.path_params, request.query_params.multi_items())
        return JSONResponse(endpoint.act(wiring.desk(), caller, said), headers=_NO_STORE)
    except ValueError as error:
        return refuse(400, str(error))
    except NotAllowed:
        return refuse(403)
    except NotFound:
        return refuse(404)


def _route(endpoint: Endpoint) -> Route:
    async def send(request: Request) -> Response:
        if request.method != "GET":
            return refuse(405)
        return await run_in_threadpool(_answer, endpoint, request)

    return Route(f"{ROOT}{endpoint.path}", send, methods=METHODS)


async def send_description(request: Request) -> Response:
    """The OpenAPI description; it names no firm and needs no key."""
    return JSONResponse(describe()) if request.method == "GET" else refuse(405)


async def send_nothing(request: Request) -> Response:  # noqa: ARG001
    """Everything else under the root."""
    return refuse(404)


API_ROUTES = [
    Route(f"{ROOT}/openapi.json", send_description, methods=METHODS),
    *(_route(endpoint) for endpoint in ENDPOINTS),
    Route(f"{ROOT}/{{rest:path}}", send_nothing, methods=METHODS),
]
