"""A throw-away PostgreSQL cluster for one run of the tests, reached by a Unix socket only."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

MISSING = "PostgreSQL is needed for the tests: apt-get install postgresql (initdb and pg_ctl were not found)."
OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=120 -c autovacuum=off -c logging_collector=off "
    "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB -k "
)
ROOM = (10 << 30) * int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
"""Bytes that a whole run may need: every kept standing of a case is a database of its own, in each process."""


def scratch(prefix: str = "jz-bench-") -> Path:
    """A temporary folder, in memory where there is plenty of it; gone when this process ends.

    What killed runs left in memory goes first: it is taken from everybody's.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and min(shutil.disk_usage(memory).free, _free_memory()) > ROOM
    for left in memory.glob("jz-*-*-*") if memory.is_dir() else ():
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=memory if roomy else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _free_memory() -> int:
    """Bytes of memory that are free; none where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")), 0)


def find_binaries() -> Path:
    """The folder of the newest installed server's programs; RuntimeError with what to install when there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    named = shutil.which("initdb")
    folders += [Path(named).parent] if named else []
    found = [path for path in folders if (path / "initdb").exists() and (path / "pg_ctl").exists()]
    if not found:
        raise RuntimeError(MISSING)
    return found[-1]


class Cluster:
    """One server with its data in a temporary folder; `start` before use, `stop` removes everything."""

    def __init__(self) -> None:
        self.folder = scratch("jz-pg-")
        self._binaries = find_binaries()
        self._as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []

    def start(self) -> None:
        """Make and start the server: about two seconds."""
        if self._as_postgres:
            shutil.chown(self.folder, "postgres", "postgres")
        data, log = self.folder / "data", self.folder / "log"
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", OPTIONS + str(self.folder), "start")

    def stop(self) -> None:
        """Stop the server and delete its data."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        """SQLAlchemy address of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database as a copy of another one that nobody is connected to."""
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected."""
        self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _sql(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as_postgres, str(self._binaries / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")
