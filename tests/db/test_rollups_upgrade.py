"""An installation from before the figures: what happened until then is marked by the migration and worked out."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from core.jobs.refresh_rollups import rebuild_rollups, refresh_rollups
from core.metrics import Span
from db.database import MIGRATIONS, Database
from tests.desk_bench import BRANCHES, F1, Backend, defaults, found_firm, make_desk
from tests.stand_ins import Clock, SmsRecorder

BEFORE = "0003"
TICKET = text(
    "INSERT INTO ticket (firm_id, id, case_id, branch_id, business, state, enqueued_at, seen_at, claimed_at, ended_at, "
    "fence, attempts, result, process, script, rank, reason) VALUES ('f1', :id, :id, 'b1', 'open_account', 'done', "
    ":at, :at, :at + 30000, :at + 90000, 1, 1, 'passed', '', '{}', 0, '')"
)


def test_what_happened_before_is_worked_out(backend: Backend) -> None:
    name, clock = "before_figures", Clock()
    if backend.cluster:
        backend.cluster.create(name)
    database = Database(backend.url(name), backend.keys, clock)
    try:
        _at_revision(database, BEFORE)
        desk = make_desk(database, backend, backend.folder / name, clock, SmsRecorder(), light=True)
        now = int(clock.now.timestamp() * 1000)
        with database.engine.execution_options(write=True).begin() as connection:
            for number, days in enumerate((0, 1, 1, 40)):
                connection.execute(TICKET, {"id": f"t{number}", "at": now - days * 86_400_000})
        database.migrate()
        found_firm(desk, F1, BRANCHES, [], defaults(), [])
        assert refresh_rollups(desk, F1.id) and not refresh_rollups(desk, F1.id)
        with desk.read(F1.id) as work:
            assert work.metrics.by_day(Span(0, 40_000), ["offered", "in_target", "talk_s"]) == [(4, 4, 240)]
            assert len(work.metrics.by_day(Span(0, 40_000), ["offered"], "day")) == 3
        assert sum(rebuild_rollups(desk, F1.id).values()) == 0
    finally:
        database.close()
        backend.drop(name)


def _at_revision(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
