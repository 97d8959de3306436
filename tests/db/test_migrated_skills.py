"""A database with people in it is migrated to one whose witnesses go on serving, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert

from core.actor import Role
from db import tables as t
from db.database import MIGRATIONS, Database
from tests.desk_bench import F1, STAFF, Backend
from tests.stand_ins import Clock


@pytest.fixture
def database(backend: Backend) -> Iterator[Database]:
    """An empty database of either kind."""
    name = f"m{next(backend.counter)}"
    if backend.cluster:
        backend.cluster.create(name)
    made = Database(backend.url(name), backend.keys, Clock())
    yield made
    made.close()
    backend.drop(name)


def upgrade(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_witnesses_of_before_the_desk_go_on_serving_their_branch(database: Database) -> None:
    upgrade(database, "0002")
    with database.engine.execution_options(write=True).begin() as connection:
        for login, (name, roles, branch) in STAFF.items():
            row = {"id": login, "login": login, "name": name, "branch_id": branch, "roles": sorted(roles)}
            defaults = {"licence": "", "password_hash": "x", "totp_last_step": 0, "failed": 0, "active": True}
            connection.execute(insert(t.Staff).values(firm_id=F1.id, **row, **defaults))
    database.migrate()
    with database.read(F1.id) as work:
        found = {login: work.duty.skills(login) for login in STAFF}
    assert found == {
        login: [(branch, "*")] if Role.WITNESS in roles else [] for login, (_, roles, branch) in STAFF.items()
    }
