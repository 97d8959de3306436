"""The read-only API, declared once: routes, checks of parameters and the OpenAPI description come from `ENDPOINTS`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.businesses import BUSINESSES
from core.case import State
from core.ports import Desk
from core.published_events import EVENT_TITLES
from core.usecases.api_keys import Caller
from core.usecases.read_api import api_case, api_cases, api_events

ROOT = "/api/v1"
VERSION = "1.0.0"
DEFAULT_LIMIT, MOST = 50, 100
LAST_SEQUENCE = 2**53 - 1
"""What every JSON reader holds exactly."""
Schema = Mapping[str, Any]
Act = Callable[[Desk, Caller, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Param:
    """A parameter with a JSON schema of a string (pattern or enum) or an integer (minimum, maximum)."""

    name: str
    place: str
    schema: Schema
    text: str
    default: Any = None

    def read(self, said: str) -> Any:
        """The value that a request gave; raises ValueError when it breaks the schema."""
        if self.schema["type"] == "integer":
            if not re.fullmatch(r"0|[1-9][0-9]{0,15}", said):
                raise ValueError(self.name)
            value = int(said)
            if not self.schema["minimum"] <= value <= self.schema["maximum"]:
                raise ValueError(self.name)
            return value
        fits = said in self.schema["enum"] if "enum" in self.schema else re.fullmatch(self.schema["pattern"], said)
        if not fits:
            raise ValueError(self.name)
        return said


@dataclass(frozen=True)
class Endpoint:
    """One GET: its path under `ROOT`, the scope a key needs, its parameters and the schema of its answer."""

    path: str
    name: str
    text: str
    scope: str
    params: tuple[Param, ...]
    answer: Schema
    act: Act = field(compare=False)

    def read(self, path: Mapping[str, str], query: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """The parameters of a request, missing ones with their defaults; ValueError names the one that is wrong.

        Unknown and repeated parameters are refused: a filter that was misspelt must not look as if it had worked.
        """
        given = dict(path)
        for name, said in query:
            if name in given or name not in {each.name for each in self.params if each.place == "query"}:
                raise ValueError(name)
            given[name] = said
        return {each.name: each.read(given[each.name]) if each.name in given else each.default for each in self.params}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _text(*, empty: bool = False, **more: Any) -> Schema:
    return {"type": ["string", "null"] if empty else "string", **more}


NUMBER: Schema = {"type": "string", "pattern": r"^[0-9]{16}$"}
SEQUENCE: Schema = {"type": "integer", "minimum": 0, "maximum": LAST_SEQUENCE}
LIMIT = Param("limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST}, "一页最多多少条", DEFAULT_LIMIT)
_STATES = {"type": "string", "enum": [str(state) for state in State]}
_BUSINESSES = {"type": "string", "enum": sorted(BUSINESSES)}
_BRANCH: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9_-]{1,40}$"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_TIME_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
_CASE: dict[str, Schema] = {
    "number": NUMBER, "business": _BUSINESSES, "business_title": _text(), "state": _STATES,
    "branch": _text(), "branch_title": _text(), "created_at": _TIME, "updated_at": _TIME,
    "submitted_at": _TIME_OR_NULL, "due_at": _TIME_OR_NULL, "closed_at": _TIME_OR_NULL,
}  # fmt: skip
_REQUEST = _object(
    exchange=_text(), state=_text(enum=["waiting", "opened", "failed"]), return_code={"type": ["integer", "null"]}
)
_CUSTOMER = _object(name=_text(empty=True), capital_account=_text(empty=True))
_WHOLE_CASE = _object(**_CASE, exchanges={"type": "array", "items": _REQUEST})
_EVENT = _object(
    id=_text(), sequence=SEQUENCE, type=_text(enum=sorted(EVENT_TITLES)), at=_TIME,
    case=_object(number=NUMBER, business=_BUSINESSES, state=_STATES, branch=_text()),
)  # fmt: skip
ERROR = _object(error=_object(code=_text(), message=_text(), field=_text(empty=True)))

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "/cases", "cases", "受理单列表，按受理单号排列", "cases:read",
        (
            Param("after", "query", NUMBER, "从这个受理单号之后开始，即上一页的 next", ""),
            LIMIT,
            Param("state", "query", _STATES, "只要这个状态的受理单", ""),
            Param("business", "query", _BUSINESSES, "只要这个业务的受理单", ""),
            Param("branch", "query", _BRANCH, "只要这个营业部的受理单", ""),
        ),
        _object(cases={"type": "array", "items": _object(**_CASE)}, next={"type": ["string", "null"]}),
        lambda desk, caller, said: api_cases(desk, caller, **said),
    ),
    Endpoint(
        "/cases/{number}", "case", "一笔受理单与各交易所的结果；customers:read 另有客户姓名与资金账号", "cases:read",
        (Param("number", "path", NUMBER, "受理单号"),),
        {**_WHOLE_CASE, "properties": {**_WHOLE_CASE["properties"], "customer": _CUSTOMER}},
        lambda desk, caller, said: api_case(desk, caller, **said),
    ),
    Endpoint(
        "/events", "events", "受理单的事件，按发生的先后排列；没有新事件时 next 不变", "events:read",
        (Param("after", "query", SEQUENCE, "从这个序号之后开始，即上一次的 next", 0), LIMIT),
        _object(events={"type": "array", "items": _EVENT}, next=SEQUENCE),
        lambda desk, caller, said: api_events(desk, caller, **said),
    ),
)  # fmt: skip
REFUSALS: Mapping[str, str] = {
    "400": "参数不正确", "401": "没有密钥，或者密钥无效", "403": "密钥没有这项权限", "404": "没有这样的内容",
    "405": "只能读取", "429": "请求过于频繁",
}  # fmt: skip


def describe() -> dict[str, Any]:
    """The OpenAPI 3.1 description of all endpoints."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "见证 · 只读接口", "version": VERSION},
        "servers": [{"url": ROOT}],
        "security": [{"key": []}],
        "paths": {each.path: {"get": _operation(each)} for each in ENDPOINTS},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": ERROR},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    answers: dict[str, Any] = {code: {"description": text, "content": refused} for code, text in REFUSALS.items()}
    answers["200"] = {"description": endpoint.text, "content": {"application/json": {"schema": endpoint.answer}}}
    return {
        "operationId": endpoint.name,
        "summary": endpoint.text,
        "description": f"需要的权限：{endpoint.scope}",
        "parameters": [_parameter(each) for each in endpoint.params],
        "responses": dict(sorted(answers.items())),
    }


def _parameter(param: Param) -> dict[str, Any]:
    shown = {"default": param.default} if param.default not in (None, "") else {}
    return {
        "name": param.name, "in": param.place, "required": param.place == "path", "description": param.text,
        "schema": {**param.schema, **shown},
    }  # fmt: skip
