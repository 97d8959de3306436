"""Fixtures of all tests. `bench` runs each test on SQLite and on PostgreSQL; nothing is skipped."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from core.keys import MasterKeys
from tests.desk_bench import Backend, Bench, found
from tests.postgres import Cluster, scratch
from tests.requirements_map import PAGE, Ran

RAN = Ran()
BROWSER = "tests/e2e/"


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """AppTest leaves its script as `__main__`, from which processes of later tests would be spawned."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


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


# -- several processes
class ByFile(LoadScopeScheduling):
    """One process takes the browser tests, one after the other; the rest is shared out by file."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """How tests are shared out."""
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several processes the browser tests begin at once: they take long and mostly wait."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(BROWSER))


# -- after a whole run: docs/requirements.md names no test that did not pass
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what became of each test."""
    RAN.note(report.nodeid, report.outcome, report.when)


def _not_shown(session: pytest.Session) -> list[str]:
    """What the page names and this run did not show; nothing when only some tests were asked for.

    Of several processes only the one that hears of every test can tell.
    """
    if hasattr(session.config, "workerinput"):
        return []
    options, whole = session.config.option, session.config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if not whole or options.collectonly or options.keyword or options.markexpr or session.shouldstop:
        return []
    return RAN.missing(PAGE.read_text("utf-8"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run fails when the page promises what no test showed."""
    if _not_shown(session) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which."""
    for line in _not_shown(terminalreporter._session):
        terminalreporter.write_line(f"docs/requirements.md names {line}, which did not pass")
