"""Migrations: they lead to db/tables.py on both databases, twice is harmless, and so are several processes at once."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, text

from core.keys import MasterKeys
from db.database import MIGRATIONS, Database
from db.tables import Base, Ticket
from tests.desk_bench import Backend

PROCESSES = 4


class Place:
    """Empty databases of one kind, dropped at the end."""

    def __init__(self, backend: Backend) -> None:
        self.backend, self.made = backend, list[str]()

    def new(self) -> Database:
        name = f"m{next(self.backend.counter)}"
        self.made.append(name)
        if self.backend.cluster:
            self.backend.cluster.create(name)
        return at(self.backend.url(name))


def at(url: str) -> Database:
    return Database(url, MasterKeys.in_memory(), lambda: datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def place(backend: Backend) -> Iterator[Place]:
    place = Place(backend)
    yield place
    for name in place.made:
        backend.drop(name)


def script() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def revisions() -> list[str]:
    """From the first to the newest."""
    return [each.revision for each in ScriptDirectory.from_config(script()).walk_revisions()][::-1]


def upgrade(database: Database, revision: str) -> None:
    """Only so far, as an older release would have left it."""
    config = script()
    with database.engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    config = script()
    with database.engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def standing(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _plain(sql: str | None) -> str:
    return re.sub(r"\s+", " ", (sql or "").replace('"', "").replace("( ", "(").replace(" )", ")"))


def _indexes(connection: Connection) -> dict[str, str]:
    """Name -> definition, with the condition of partial indexes, as the database itself tells it."""
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }[connection.dialect.name]
    found = {name: _plain(sql) for name, sql in connection.execute(text(query))}
    return {name: sql for name, sql in found.items() if not name.startswith("alembic")}


def schema(database: Database) -> dict[str, object]:
    """Columns, keys, checks and indexes of every table."""
    with database.engine.connect() as connection:
        look, found = inspect(connection), dict[str, object]()
        for table in set(look.get_table_names()) - {"alembic_version"}:
            columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in look.get_columns(table)}
            checks = {c["name"]: _plain(c["sqltext"]) for c in look.get_check_constraints(table)}
            unique = {tuple(u["column_names"]) for u in look.get_unique_constraints(table)}
            found[table] = (columns, look.get_pk_constraint(table), checks, unique)
        return {**found, "indexes": _indexes(connection)}


def test_the_migrations_lead_to_the_tables(place: Place) -> None:
    database = place.new()
    database.migrate()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_partial_indexes_and_checks_are_those_of_the_tables(place: Place) -> None:
    """What the comparison of Alembic does not see: conditions of indexes, and checks."""
    migrated, declared = place.new(), place.new()
    migrated.migrate()
    with declared.engine.execution_options(write=True).begin() as connection:
        Base.metadata.create_all(connection)
    found, wanted = schema(migrated), schema(declared)
    assert {name: found.get(name) for name in wanted} == wanted
    assert found.keys() == wanted.keys()
    indexes = wanted["indexes"]
    assert isinstance(indexes, dict) and "WHERE" in indexes["uq_ticket_case_live"]
    migrated.close()
    declared.close()


def test_migrating_again_changes_nothing(place: Place) -> None:
    database = place.new()
    for _ in range(2):
        database.migrate()
        assert standing(database) == revisions()[-1]
    first = schema(database)
    database.migrate()
    assert schema(database) == first
    database.close()


def test_every_migration_leads_back_and_forth_again(place: Place) -> None:
    """Each step back gives the schema of the release before it, down to an empty database, and up again the newest."""
    database, found = place.new(), dict[str, object]()
    for revision in revisions():
        upgrade(database, revision)
        found[revision] = schema(database)
    newest = revisions()[-1]
    for revision in revisions()[-2::-1]:
        downgrade(database, revision)
        assert schema(database) == found[revision], f"back to {revision}"
    downgrade(database, "base")
    assert schema(database) == {"indexes": {}}
    upgrade(database, newest)
    assert schema(database) == found[newest]
    database.close()


def test_whoever_is_rung_for_waits_again_in_the_release_before_the_desk(place: Place) -> None:
    database, now = place.new(), datetime(2026, 3, 2, tzinfo=UTC)
    database.migrate()
    row = {"firm_id": "f1", "branch_id": "b1", "business": "open_account", "enqueued_at": now, "seen_at": now,
           "lease_until": now, "fence": 1, "attempts": 0, "result": "", "process": "", "script": {}, "rank": -1,
           "reason": ""}  # fmt: skip
    with database.engine.execution_options(write=True).begin() as connection:
        for state in ("offered", "in_call"):
            connection.execute(
                insert(Ticket).values(id=state, case_id=state, staff_id=f"of-{state}", state=state, **row)
            )
    downgrade(database, "0002")
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT id, state, staff_id, lease_until IS NULL FROM ticket ORDER BY id DESC"))
        assert [tuple(each) for each in kept] == [
            ("offered", "waiting", None, 1),
            ("in_call", "in_call", "of-in_call", 0),
        ]
    database.migrate()
    assert standing(database) == revisions()[-1]
    database.close()


def test_an_older_sqlite_file_is_copied_aside_once(place: Place) -> None:
    database = place.new()
    upgrade(database, revisions()[0])
    for _ in range(2):
        database.migrate()
    copies = list(place.backend.folder.glob(f"{place.made[0]}.db.before-*"))
    assert len(copies) == (0 if place.backend.cluster else 1)
    for copy in copies:
        older = at(f"sqlite:///{copy}")
        assert standing(older) == revisions()[0]
        older.close()
    database.close()


def migrate_with_others(url: str, start: Barrier) -> None:
    """A process of its own: ready, wait for the others, migrate."""
    database = at(url)
    start.wait(60)
    database.migrate()
    database.close()


@pytest.mark.parametrize("before", ["empty", "older"])
def test_processes_that_migrate_at_once_all_end_well(place: Place, before: str) -> None:
    database = place.new()
    if before == "older":
        upgrade(database, revisions()[0])
    database.close()
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(PROCESSES)
    each = [spawn.Process(target=migrate_with_others, args=(database.url, start)) for _ in range(PROCESSES)]
    for process in each:
        process.start()
    for process in each:
        process.join(60)
    assert [process.exitcode for process in each] == [0] * PROCESSES
    assert standing(database) == revisions()[-1]
    database.close()
