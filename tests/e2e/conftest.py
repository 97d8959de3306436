"""Fixtures of the browser tests: drawn camera pictures, the product in demo mode, two browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.driver import Server, browser
from tests.e2e.fake_media import FakeMedia, make_media
from tests.postgres import Cluster


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> FakeMedia:
    """Fake cameras and microphones of both sides."""
    return make_media(tmp_path_factory.mktemp("media"))


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """The product in demo mode; on PostgreSQL where the test asks for it by an indirect parameter."""
    settings = {}
    if getattr(request, "param", "sqlite") == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.create("walk")
        settings["JIANZHENG_DATABASE_URL"] = cluster.url("walk")
    found = Server(tmp_path / "data", **settings)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def browsers(media: FakeMedia) -> Iterator[tuple[Browser, Browser]]:
    """The customer's and the desk's Chromium, each with its own camera."""
    with (
        sync_playwright() as playwright,
        browser(playwright, media.video("customer_card", 640), media.sound("customer")) as customer,
        browser(playwright, media.video("staff"), media.sound("staff")) as desk,
    ):
        yield customer, desk
