"""The read-only API as other systems meet it: keys, scopes, pages, errors, limits, and its own description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from core.api import ENDPOINTS, MOST, describe
from core.errors import NotFound
from core.usecases.api_keys import add_key, api_keys, revoke_key
from core.usecases.webhooks import add_webhook
from pages.parts import wiring
from pages.routes import api
from pages.routes.gate import Quota
from tests.builders import Walk
from tests.desk_bench import Bench
from tests.prove.api import examine, fill_api, make_token, open_api

EXAMPLES = 15


@pytest.fixture
def walk(bench: Bench) -> Walk:
    return fill_api(bench)


@pytest.fixture
def site(bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Starlette]:
    for place, name in ((wiring, "desk"), (wiring, "firms"), (api, "requests_of"), (api, "failures_of")):
        monkeypatch.setattr(place, name, getattr(place, name))
    yield open_api(bench)


def ask(site: Starlette, path: str, token: str = "", **more: Any) -> httpx.Response:
    """What the routes answer."""
    headers = {"authorization": f"Bearer {token}"} if token else {}

    async def fetch() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=site), base_url="http://desk") as client:
            return await client.request(more.pop("method", "GET"), f"/api/v1{path}", headers=headers, **more)

    return asyncio.run(fetch())


def test_it_keeps_its_own_description(bench: Bench, site: Starlette, walk: Walk) -> None:
    answers = examine(site, make_token(bench), EXAMPLES, walk.case(bench).number)
    assert {name.split()[0] for name in answers} == {each.path for each in ENDPOINTS}
    assert not [name for name in answers if name.split()[1].startswith("5")]
    assert sum(answers.values()) >= EXAMPLES * len(ENDPOINTS)


def test_cases_come_page_by_page(bench: Bench, site: Starlette, walk: Walk) -> None:
    token = make_token(bench, "cases:read")
    numbers, after = [], ""
    for _ in range(5):
        page = ask(site, "/cases", token, params={"limit": 1} | ({"after": after} if after else {})).json()
        numbers += [row["number"] for row in page["cases"]]
        after = page["next"]
        if after is None:
            break
    assert len(numbers) == 2 and numbers == sorted(numbers) and walk.case(bench).number in numbers
    found = ask(site, "/cases", token, params={"state": "callback", "business": "open_account", "branch": "b1"}).json()
    assert [row["number"] for row in found["cases"]] == [walk.case(bench).number]
    assert ask(site, "/cases", token, params={"branch": "b2"}).json() == {"cases": [], "next": None}


def test_without_the_scope_nothing_personal_leaves(bench: Bench, site: Starlette, walk: Walk) -> None:
    number, before = walk.case(bench).number, len(bench.audit())
    token = make_token(bench, "cases:read", "events:read")
    said = "".join(ask(site, path, token).text for path in ("/cases", f"/cases/{number}", "/events"))
    person = walk.person
    for personal in (person.name, person.phone, person.id_number, walk.account, walk.owner, walk.case_id):
        assert personal not in said
    assert len(bench.audit()) == before + 1, "making the key, no read of a person"
    whole = make_token(bench)
    customer = ask(site, f"/cases/{number}", whole).json()["customer"]
    assert customer == {"name": person.name, "capital_account": walk.account}
    assert ("staff:personal:read", f"case:{walk.case_id}", {"purpose": "api"}) in bench.audit()


def test_events_go_on_where_they_stopped(bench: Bench, site: Starlette, walk: Walk) -> None:
    token = make_token(bench, "events:read")
    first = ask(site, "/events", token, params={"limit": 1}).json()
    rest = ask(site, "/events", token, params={"after": first["next"]}).json()
    told = [(each["type"], each["case"]["number"]) for each in first["events"] + rest["events"]]
    assert [kind for kind, number in told if number == walk.case(bench).number] == ["case.submitted", "case.approved"]
    assert ask(site, "/events", token, params={"after": rest["next"]}).json() == {"events": [], "next": rest["next"]}


@pytest.mark.parametrize(("path", "status", "field"), [
    ("/cases?limit=0", 400, "limit"), (f"/cases?limit={MOST + 1}", 400, "limit"), ("/cases?limit=x", 400, "limit"),
    ("/cases?limit=1&limit=2", 400, "limit"), ("/cases?limit=%D9%A1", 400, "limit"), ("/cases?after=1", 400, "after"),
    ("/cases?state=secret", 400, "state"), ("/cases?staet=active", 400, "staet"), ("/cases?after=", 400, "after"),
    ("/cases/1", 400, "number"), ("/cases/8001999999999999", 404, None), ("/events?after=-1", 400, "after"),
    ("/events?after=99999999999999999", 400, "after"), ("/nothing", 404, None), ("/cases/", 404, None),
    ("/cases?branch=%00", 400, "branch"), ("/cases?%E5%AE%A2=1", 400, "?"),
])  # fmt: skip
def test_errors_are_json_and_name_the_parameter(
    bench: Bench, site: Starlette, path: str, status: int, field: str | None
) -> None:
    answer = ask(site, path, make_token(bench), follow_redirects=False)
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)
    assert answer.headers["cache-control"] == "no-store"


def test_only_reading_is_possible(bench: Bench, site: Starlette) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        answer = ask(site, "/cases", make_token(bench), method=method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET"), method


def test_a_key_opens_its_own_firm_and_scope_until_it_is_revoked(bench: Bench, site: Starlette) -> None:
    token, admin = make_token(bench, "events:read"), bench.staff("admin")
    assert ask(site, "/events", token).status_code == 200
    assert ask(site, "/cases", token).status_code == 403
    errors, foreign = add_key(bench.desk, bench.staff("admin", firm="f2"), "别家", ["cases:read", "events:read"])
    assert not errors and ask(site, "/cases", foreign).json()["cases"] == []
    assert ask(site, "/events", foreign).json()["events"] == []
    moved = token.replace("jz.f1.", "jz.f2.")
    for wrong in ("", "x", moved, token + "x", "jz.f9.x", "jz.f1.", "." * 99, "jz." + "x" * 500):
        answer = ask(site, "/events", wrong)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), wrong
    key = next(each for each in api_keys(bench.desk, admin) if each.hint == token[-4:])
    assert key.used_at is not None
    revoke_key(bench.desk, admin, key.id)
    assert ask(site, "/events", token).status_code == 401
    with pytest.raises(NotFound):
        revoke_key(bench.desk, admin, key.id)


def test_the_key_itself_is_stored_nowhere(bench: Bench, site: Starlette) -> None:
    token = make_token(bench)
    with bench.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_key").fetchall()
    assert rows and token not in str(rows) and token.split(".")[2] not in str(rows)
    assert token not in json.dumps(bench.audit())


def test_the_last_use_is_noted_once_a_minute(bench: Bench, site: Starlette) -> None:
    token, admin = make_token(bench), bench.staff("admin")
    used = []
    for _ in range(3):
        ask(site, "/events", token)
        used.append(api_keys(bench.desk, admin)[0].used_at)
        bench.pass_time(timedelta(seconds=40))
    assert used[0] == used[1] != used[2]


def test_too_many_requests_and_too_many_wrong_keys_are_refused(
    bench: Bench, site: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "requests_of", Quota(2, 60))
    monkeypatch.setattr(api, "failures_of", Quota(2, 60))
    token = make_token(bench)
    assert [ask(site, "/events", token).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(site, "/events", make_token(bench)).status_code == 200, "another key has a limit of its own"
    assert [ask(site, "/events", "jz.f1.guess").status_code for _ in range(3)] == [401, 401, 429]
    answer = ask(site, "/events", token)
    assert answer.headers["retry-after"] == "60" and answer.json()["error"]["code"] == "too_many_requests"


def test_routes_and_description_come_from_one_declaration(site: Starlette) -> None:
    served = ask(site, "/openapi.json").json()
    assert served == json.loads(json.dumps(describe())) and served["openapi"] == "3.1.0"
    assert set(served["paths"]) == {each.path for each in ENDPOINTS}
    assert {route.path for route in api.API_ROUTES} >= {f"/api/v1{each.path}" for each in ENDPOINTS}


def test_mistakes_when_making_a_key_are_named(bench: Bench) -> None:
    admin = bench.staff("admin")
    assert set(add_key(bench.desk, admin, " ", [])[0]) == {"title", "scopes"}
    assert list(add_key(bench.desk, admin, "x", ["cases:write"])[0]) == ["scopes"]
    assert api_keys(bench.desk, admin) == []
    assert add_webhook(bench.desk, admin, "x", "https://crm.example/", ["case.done"])[1].startswith("whsec_")
