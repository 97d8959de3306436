"""Routes of pictures: taken live or drawn, the straightened card, and where a face is; each under its rights."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from core.actor import Actor
from core.records import SessionRecord
from core.steps.photos import PORTRAIT
from core.usecases.photos import add_photo
from pages.parts import wiring
from pages.routes import evidence
from pages.routes.faces import face_of
from pages.routes.session import BROWSER_HEADER
from pages.routes.table import ROUTES
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.media.drawn_face import frame
from tests.photo_readings import put_reading
from tests.stand_ins import tiny_picture

PHONE = "Mozilla/5.0 (Linux; Android 14; Mobile)"
OWN = {"x-requested-with": "jianzheng", BROWSER_HEADER: PHONE}


def session_of(walk: Walk, bench: Bench) -> SessionRecord:
    now = bench.clock.now
    return SessionRecord("s1", walk.firm, "customer", walk.owner, now, now, walk.person.phone)


def ask(method: str, path: str, session: SessionRecord | None, **more: Any) -> httpx.Response:
    """One request, as whoever the middleware would have found."""
    sessions = {"customer": session} if session else {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Starlette(routes=ROUTES)({**scope, "state": {"sessions": sessions}}, receive, send)

    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
            return await client.request(method, path, **more)

    return asyncio.run(go())


@pytest.fixture
def walk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Walk:
    walk = case_at(bench, "photos")
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    return walk


def post(walk: Walk, bench: Bench, slot: str, how: str = "live", **more: Any) -> httpx.Response:
    asked = {"content": tiny_picture(f"{slot}{how}"), "headers": OWN, **more}
    return ask("POST", f"/photo/{walk.case_id}/{slot}/{how}", session_of(walk, bench), **asked)


def demand(bench: Bench, monkeypatch: pytest.MonkeyPatch, **photos: Any) -> None:
    """The firm's rules with other settings for photos, for cases already begun too."""
    from core.usecases import loading

    real = loading.rules_for

    def changed(*args: Any) -> Any:
        rules = real(*args)
        body = {**rules["business_rules"], "photos": photos}
        return replace(rules, data={**rules.data, "business_rules": body})

    monkeypatch.setattr(loading, "rules_for", changed)
    assert bench.desk


def test_a_live_picture_is_stored_with_how_it_came_and_on_what_kind_of_device(bench: Bench, walk: Walk) -> None:
    assert post(walk, bench, "id_front").json() == {"ok": True}
    [item] = walk.facts(bench).slot("id_front")
    assert (item.meta["how"], item.meta["device"]) == ("live", "phone")
    assert bench.tags()[-1] == "customer:evidence:add"


@pytest.mark.parametrize(
    ("more", "how", "status"),
    [
        ({"headers": {BROWSER_HEADER: PHONE}}, "live", 403),
        ({"headers": {**OWN, "sec-fetch-site": "cross-site"}}, "live", 403),
        ({}, "upload", 403),
        ({"headers": {**OWN, "content-length": str(99 * 1024 * 1024)}}, "live", 413),
    ],
)
def test_what_is_turned_away_before_it_is_read(bench: Bench, walk: Walk, more: Any, how: str, status: int) -> None:
    assert post(walk, bench, "id_front", how, **more).status_code == status
    assert walk.facts(bench).slot("id_front") == ()


def test_nobody_and_others_store_nothing(bench: Bench, walk: Walk) -> None:
    other = session_of(case_at(bench, "photos", person=LI), bench)
    path = f"/photo/{walk.case_id}/id_front/live"
    for session, status in ((None, 403), (other, 422)):
        assert ask("POST", path, session, content=tiny_picture("a"), headers=OWN).status_code == status
    assert walk.facts(bench).slot("id_front") == ()


def test_a_refusal_is_a_sentence_for_the_customer(bench: Bench, walk: Walk) -> None:
    answer = post(walk, bench, "signature", "drawn")
    assert answer.status_code == 422 and "白纸" in answer.json()["text"]
    assert "现场拍摄" in post(walk, bench, PORTRAIT).json()["text"]


def test_a_drawn_signature_counts_where_the_firm_allows_it(
    bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    demand(bench, monkeypatch, draw_signature=True)
    assert post(walk, bench, "signature", "drawn").json() == {"ok": True}
    assert post(walk, bench, "id_front", "drawn").status_code == 422


def test_a_portrait_that_the_firm_demands_is_taken_live(
    bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    demand(bench, monkeypatch, live_portrait=["open_account"])
    with pytest.raises(Exception, match="现场拍摄"):
        add_photo(bench.desk, walk.actor, walk.case_id, PORTRAIT, tiny_picture("old"), "old.jpg")
    assert post(walk, bench, PORTRAIT).json() == {"ok": True}
    assert len(walk.facts(bench).slot(PORTRAIT)) == 1


def test_the_straightened_card_is_sent_under_the_rights_of_the_picture(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = case_at(bench, "in_review")
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    crop = bench.desk.vault.put("f1", b"\xff\xd8\xff the card")
    item = put_reading(bench, walk, "id_front", crop_file=crop.file_id)

    def get(path: str, *actors: Actor) -> httpx.Response:
        monkeypatch.setattr(evidence, "actors", lambda _request: list(actors))
        return ask("GET", path, None)

    seen = get(f"/evidence/{item}/crop", bench.staff("review"))
    assert (seen.content, seen.headers["content-type"]) == (b"\xff\xd8\xff the card", "image/jpeg")
    assert "no-store" in seen.headers["cache-control"]
    assert get(f"/evidence/{item}/crop", bench.staff("analyst")).status_code == 404
    assert get(f"/evidence/{item}/face").status_code == 404
    assert get(f"/evidence/{walk.facts(bench).slot('id_back')[-1].id}/crop", bench.staff("review")).status_code == 404


def test_the_place_of_a_face_is_told_as_shares() -> None:
    x, y, width, height = face_of(frame([(160, 120, 110)])) or (0, 0, 0, 0)
    assert abs(x + width / 2 - 0.5) < 0.08 and abs(y + height / 2 - 0.5) < 0.12 and 0.15 < width < 0.6
    assert face_of(frame()) is None and face_of(b"\x89PNG nothing") is None
