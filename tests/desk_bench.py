"""The bench: a desk with a real database, vault and documents, a clock that tests move, and two firms (样张).

Everything a test did can be kept as a snapshot (database and vault) and taken up again by another test; see
`tests.builders.case_at`.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event

from core.actor import Actor, Role
from core.defaults import load_defaults
from core.jobs.run import run_next
from core.keys import MasterKeys
from core.ports import Desk, Work
from core.records import Branch, Customer, Firm, StaffMember
from core.rules.calendar import build_calendar
from core.rules.id_card import check_digit
from core.settings import read_settings
from core.usecases.found_firm import found_firm
from core.usecases.loading import forget_firms
from db.database import Database
from media.documents.papers import Papers
from media.head_log import HeadLog
from media.storage import LocalStorage
from media.vault import Vault
from tests.postgres import Cluster, scratch
from tests.stand_ins import Clock, LightImages, LightReader, LightRecordings, PlainPasswords, RealImages, SmsRecorder

__all__ = ["BRANCHES", "EXISTING", "F1", "F2", "STAFF", "STAFF_PASSWORD", "Backend", "Bench", "found", "scratch"]

F1 = Firm("f1", "8001", "样张期货", "400-000-8001", demo=True)
F2 = Firm("f2", "8002", "样张临江期货", "400-000-8002", demo=True)
BRANCHES = (Branch("b1", "总部营业部", "上海市", "样张路 1 号"), Branch("b2", "郑州营业部", "郑州市", "样张路 2 号"))
STAFF: dict[str, tuple[str, tuple[Role, ...], str]] = {
    "witness": ("王芳", (Role.WITNESS,), "b1"),
    "witness2": ("孙丽", (Role.WITNESS,), "b1"),
    "witness_b2": ("何静", (Role.WITNESS,), "b2"),
    "review": ("赵强", (Role.REVIEW,), "b1"),
    "review2": ("刘洁", (Role.REVIEW,), "b1"),
    "both": ("马超", (Role.WITNESS, Role.REVIEW), "b1"),
    "callback": ("钱静", (Role.CALLBACK,), "b1"),
    "supervisor": ("周敏", (Role.SUPERVISOR, Role.WITNESS), "b1"),
    "analyst": ("吴涛", (Role.ANALYST,), "b1"),
    "compliance": ("郑洁", (Role.COMPLIANCE,), "b1"),
    "service": ("冯军", (Role.SERVICE,), "b1"),
    "admin": ("管理员", (Role.ADMIN,), "b1"),
}
"""Id and login -> name, roles, branch. Both firms have the same ids, so that a leak between them shows."""
STAFF_PASSWORD = "sample password"


@cache
def defaults() -> dict[str, Any]:
    """The demo's firm data."""
    return load_defaults(demo=True)


@dataclass
class Backend:
    """Where databases of one kind live; knows how to copy them. `base` names the migrated, seeded one."""

    kind: str
    folder: Path
    keys: MasterKeys
    cluster: Cluster | None = None
    saved: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return self.cluster.url(name) if self.cluster else f"sqlite:///{self.folder / name}.db"

    def copy(self, source: str, target: str) -> None:
        """A database of its own for a test; nobody may be connected to the source."""
        if self.cluster:
            self.cluster.create(target, source)
        else:
            shutil.copyfile(self.folder / f"{source}.db", self.folder / f"{target}.db")
        if (self.folder / source).is_dir():
            shutil.copytree(self.folder / source, self.folder / target)

    def drop(self, name: str) -> None:
        if self.cluster:
            self.cluster.drop(name)
        for ending in (".db", ".db-wal", ".db-shm"):
            (self.folder / f"{name}{ending}").unlink(missing_ok=True)
        shutil.rmtree(self.folder / name, ignore_errors=True)


class Bench:
    """One test's desk. Nothing is opened before `desk` is first asked for."""

    def __init__(self, backend: Backend, *, light: bool = True) -> None:
        self.backend, self.light = backend, light
        self.clock, self.sms = Clock(), SmsRecorder()
        self.name = f"t{next(backend.counter)}"
        self.lineage: tuple[str, ...] | None = ()
        self._desk: Desk | None = None
        self._database: Database | None = None

    # -- what tests use
    @property
    def desk(self) -> Desk:
        """The desk; from now on the bench is this test's own."""
        self.lineage = None
        return self.inner_desk()

    @property
    def database(self) -> Database:
        """The database behind the desk."""
        self.lineage = None
        self.inner_desk()
        assert self._database is not None
        return self._database

    @property
    def vault_folder(self) -> Path:
        """Where the evidence lies."""
        return self.backend.folder / self.name

    @property
    def now(self) -> datetime:
        """The time, without moving it."""
        return self.clock.now

    def pass_time(self, length: timedelta | None = None, **parts: float) -> None:
        """Move the clock: `pass_time(seconds=61)`."""
        self.clock.now += length if length is not None else timedelta(**parts)

    def staff(self, login: str, *roles: Role, firm: str = "f1") -> Actor:
        """A member of staff with the roles on file, or with others."""
        return Actor(firm, f"staff:{login}", frozenset(roles or STAFF[login][1]))

    @contextmanager
    def work(self, firm: str = "f1") -> Iterator[Work]:
        """A unit of work that may write."""
        with self.desk.write(firm) as work:
            yield work

    def run_jobs(self, firm: str = "f1") -> int:
        """Run every job that is due; returns how many ran."""
        self.lineage = None
        return self.run_inner_jobs(firm)

    def audit(self, firm: str = "f1") -> list[tuple[str, str, dict[str, Any]]]:
        """(tag, object, detail) of every row, oldest first."""
        with self.desk.read(firm) as work:
            return [(e.tag, e.object, dict(e.detail)) for e in work.audit_entries()]

    def tags(self, firm: str = "f1") -> list[str]:
        """The tags of the audit, oldest first."""
        return [tag for tag, _, _ in self.audit(firm)]

    # -- life
    def inner_desk(self) -> Desk:
        """The desk, for builders that keep the lineage."""
        if self._desk is None:
            self.open("base")
        assert self._desk is not None
        return self._desk

    def run_inner_jobs(self, firm: str) -> int:
        """Run every job that is due, for builders that keep the lineage."""
        return sum(1 for _ in iter(lambda: run_next(self.inner_desk(), firm), False))

    def open(self, source: str) -> None:
        """Start from a copy of a database."""
        self.close()
        forget_firms()
        self.backend.copy(source, self.name)
        self._database = database = Database(self.backend.url(self.name), self.backend.keys, self.clock)
        if not self.backend.cluster:
            event.listen(database.engine, "connect", _careless)
        self._desk = make_desk(database, self.backend, self.vault_folder, self.clock, self.sms, light=self.light)

    def close(self) -> None:
        """Forget everything."""
        if self._database is not None:
            self._database.close()
            self.backend.drop(self.name)
        self._desk = self._database = None

    def save(self, key: str, state: str) -> None:
        """Keep database, vault and clock under a key, with what the builder knows as text."""
        assert self._database is not None
        if not self.backend.cluster:
            with self._database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self._database.close()
        self.backend.copy(self.name, snapshot_name(key))
        self.backend.saved[key] = (self.clock.now, state)

    def load(self, key: str) -> str | None:
        """Start from what was kept under a key; the builder's text, None when there is nothing."""
        if key not in self.backend.saved:
            return None
        self.open(snapshot_name(key))
        self.clock.now, state = self.backend.saved[key]
        return state


def snapshot_name(key: str) -> str:
    """A name that a database may have."""
    return "snap_" + hashlib.sha256(key.encode()).hexdigest()[:20]


def _careless(connection: Any, _record: Any) -> None:
    """Tests need no durability."""
    connection.execute("PRAGMA synchronous=OFF")


def make_desk(
    database: Database, backend: Backend, vault: Path, clock: Callable[[], datetime], sms: SmsRecorder, *, light: bool
) -> Desk:
    """A desk as wiring builds it, with stand-ins for what is slow or leaves the machine."""
    settings = read_settings({"JIANZHENG_MODE": "demo", "JIANZHENG_DATA": str(backend.folder)}, backend.folder)
    return Desk(
        settings=settings, keys=backend.keys, clock=clock, write=database.write, read=database.read,
        vault=Vault(LocalStorage(vault), backend.keys), images=LightImages() if light else RealImages(),
        photo_reader=LightReader(), passwords=PlainPasswords(), sms=sms, papers=Papers(clock),
        recordings=LightRecordings(), audit_heads=HeadLog(vault / "audit-heads"),
    )  # fmt: skip


def id_number(order: int, born: str = "19900312") -> str:
    """An ID number of nobody (area 999901); an odd order is male."""
    first = f"999901{born}{order:03d}"
    return first + check_digit(first)


def member(login: str) -> StaffMember:
    """A member of staff as founded."""
    name, roles, branch = STAFF[login]
    licence = f"F9{sorted(STAFF).index(login):06d}" if Role.WITNESS in roles else ""
    hashed = PlainPasswords().hash(STAFF_PASSWORD)
    return StaffMember(login, login, name, licence, branch, frozenset(roles), hashed)


EXISTING = Customer(
    "existing", "80010001", "李老张", id_number(5, "19860312"), "11150813009", ("SHFE", "DCE", "CZCE"), "ordinary",
    "C3", None, "2035-01-01",
)  # fmt: skip
"""A customer on file in both firms, without a capital account yet."""


def found(backend: Backend) -> None:
    """Make the base: migrated, two firms, staff of every role. Once per run and kind."""
    if backend.cluster:
        backend.cluster.create("base")
    clock = Clock()
    database = Database(backend.url("base"), backend.keys, clock)
    database.migrate()
    desk = make_desk(database, backend, backend.folder / "base", clock, SmsRecorder(), light=True)
    days = build_calendar(2025, 2027)
    for firm in (F1, F2):
        found_firm(desk, firm, BRANCHES, [member(login) for login in STAFF], defaults(), days, [EXISTING])
    if not backend.cluster:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def as_json(value: Any) -> str:
    """Stable text of options, for keys of snapshots."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)
