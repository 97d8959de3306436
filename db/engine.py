"""Engines for SQLite (embedded default) and PostgreSQL, and the two kinds of transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from core.errors import DeskError, Stale


class DatabaseTrouble(DeskError):
    """The database refused; nothing was saved."""

    text = "没有保存成功，请稍后重试。"


PATIENCE_S = 10
"""How long a transaction waits for SQLite's one write lock."""


def open_engine(url: str, patience_s: int = PATIENCE_S) -> Engine:
    """Engine for a database URL (`sqlite:///…` or `postgresql+psycopg://…`); `patience_s` is for SQLite's lock."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, patience_s)
    return create_engine(
        url, pool_size=10, max_overflow=20, pool_pre_ping=True, hide_parameters=True, isolation_level="READ COMMITTED"
    )


def _write_ahead(connection: sqlite3.Connection, patience_s: int) -> None:
    """WAL is chosen once in the life of a file; SQLite does not wait for a lock there, so we do."""
    give_up = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _sqlite(url: str, patience_s: int) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": patience_s, "check_same_thread": False},
        pool_size=20,
        pool_use_lifo=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        _write_ahead(connection, patience_s)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={patience_s * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        plain = connection.connection.dbapi_connection
        if connection.get_execution_options().get("write") or plain is None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            plain.execute("BEGIN")

    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction; with the option `write` SQLite takes the lock at once (a read that turns into a write fails).

    Raises `Stale` when a unique rule says that somebody was first, `DatabaseTrouble` for anything else.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except IntegrityError as error:
        raise Stale from error
    except SQLAlchemyError as error:
        raise DatabaseTrouble from error
