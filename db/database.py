"""The database as the rest sees it: units of work per firm, migrations at start, a list of firms."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select, text

from core.keys import MasterKeys
from core.records import Firm
from db import tables as t
from db.engine import open_engine, transaction
from db.work import SqlWork

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_PATIENCE_S = 120
"""A process that starts while another one migrates waits for it."""
_MIGRATION_LOCK = 7_316_001


class Database:
    """One engine for the process. `clock` returns aware UTC."""

    def __init__(self, url: str, keys: MasterKeys, clock: Callable[[], datetime]) -> None:
        self.url, self.keys, self.clock = url, keys, clock
        self.engine: Engine = open_engine(url)
        self._writing = self.engine.execution_options(write=True)
        self._reading = self.engine.execution_options(write=False)

    @contextmanager
    def write(self, firm_id: str) -> Iterator[SqlWork]:
        """A unit of work that may write; commits at the end, rolls back on any exception."""
        with transaction(self._writing) as connection:
            work = SqlWork(connection, firm_id, self.keys.firm(firm_id), self.clock())
            yield work
            work.casework.sign("system", None)

    @contextmanager
    def read(self, firm_id: str) -> Iterator[SqlWork]:
        """A unit of work for reading."""
        with transaction(self._reading) as connection:
            yield SqlWork(connection, firm_id, self.keys.firm(firm_id), self.clock())

    def firms(self) -> list[Firm]:
        """All firms of the installation, by number; the one read across firms."""
        with transaction(self._reading) as connection:
            found = connection.execute(select(*t.Firm.__table__.columns).order_by(t.Firm.number))
            return [Firm(r.id, r.number, r.name, r.hotline, r.demo) for r in found]

    def reachable(self) -> bool:
        """Whether a trivial query works (health)."""
        with transaction(self._reading) as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)

    def migrate(self) -> None:
        """Bring the schema to the newest version, under a lock; SQLite files are copied aside before a change."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        head = ScriptDirectory.from_config(config).get_current_head()
        with self.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found == head:
            return
        if found:
            self._copy_aside()
        engine = open_engine(self.url, MIGRATION_PATIENCE_S)
        with engine.execution_options(write=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        engine.dispose()

    def _copy_aside(self) -> None:
        database = self.engine.url.database
        if self.engine.dialect.name == "sqlite" and database:
            stamp = self.clock().strftime("%Y%m%dT%H%M%S")
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy2(database, f"{database}.before-{stamp}")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
