"""Fixtures of all tests. `bench` runs each test on SQLite and on PostgreSQL; nothing is skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from core.keys import MasterKeys
from tests.desk_bench import Backend, Bench, found
from tests.postgres import Cluster, scratch


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL server for the run; fails with what to install where there is none."""
    server = Cluster()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _backends(request: pytest.FixtureRequest) -> Iterator[dict[str, Backend]]:
    made: dict[str, Backend] = {}
    yield made
    for backend in made.values():
        shutil.rmtree(backend.folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, _backends: dict[str, Backend]) -> Backend:
    """Databases of one kind, with the base made at first use."""
    kind = request.param
    if kind not in _backends:
        server = request.getfixturevalue("cluster") if kind == "postgresql" else None
        _backends[kind] = Backend(kind, scratch("jz-bench-"), MasterKeys.in_memory(), server)
        found(_backends[kind])
    return _backends[kind]


@pytest.fixture
def bench(backend: Backend) -> Iterator[Bench]:
    """A desk of its own for the test."""
    bench = Bench(backend)
    yield bench
    bench.close()
