"""kill -9 of witnesses in the middle of claims: no customer is given to two, none is lost, no result comes twice.

`python -m tests.prove.queue` lets 16 processes take and finish 10,000 customers on each database while 200 of them
are killed at random moments; it prints one JSON line per database. What each process was told is kept in a journal
of its own and compared with the ledger afterwards.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from core.errors import DeskError
from core.keys import MasterKeys
from db import tables as t
from db.database import Database
from tests.postgres import Cluster, scratch

FIRM, BRANCH = "f1", "b1"
SPEED = 30
"""The clock of the proof: a lease of 90 s is lost after 3 s."""
BACK_AFTER_S = 4.0
LONGEST_TALK_S = 0.05
BACKLOG = 200
"""So many customers wait or are in calls at any time, until all have joined."""
PAGE_OPEN = timedelta(days=7)
"""So long ahead the customers' pages count as seen: they are not what is proved."""


class FastClock:
    """The same hurried time in every process."""

    def __init__(self, begun: float) -> None:
        self.begun = begun

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.begun, UTC) + timedelta(seconds=(time.time() - self.begun) * SPEED)


def open_database(url: str, folder: Path, begun: float) -> Database:
    """The database of the proof, for one process."""
    return Database(url, MasterKeys.load(folder / "keys.json", None), FastClock(begun))


def serve(url: str, folder: Path, begun: float, staff: str) -> None:
    """One witness: take, finish, until the file `stop` is there. Writes down what the database confirmed."""
    database, talk = open_database(url, folder, begun), random.Random(staff)
    journal = os.open(folder / f"{staff}.{os.getpid()}.journal", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    while not (folder / "stop").exists():
        try:
            with database.write(FIRM) as work:
                ticket = work.queue.claim(staff)
            if ticket is None:
                time.sleep(0.1)
                continue
            os.write(journal, f"claim {ticket.id} {ticket.fence} {staff}\n".encode())
            time.sleep(talk.random() * LONGEST_TALK_S)
            with database.write(FIRM) as work:
                done = work.queue.finish(ticket.id, staff, ticket.fence, "passed")
            if done:
                os.write(journal, f"finish {ticket.id} {ticket.fence} {staff}\n".encode())
        except DeskError:
            continue


class Proof:
    """One run on one database."""

    def __init__(self, url: str, folder: Path, claims: int, workers: int, kills: int, seed: int) -> None:
        self.url, self.folder, self.claims, self.kills = url, folder, claims, kills
        self.chance, self.begun, self.killed = random.Random(seed), time.time(), 0
        self.database = open_database(url, folder, self.begun)
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["db.database"])
        self.staff = [f"w{number}" for number in range(workers)]
        self.joined = 0
        self.live: dict[str, ForkServerProcess] = {}
        self.absent: dict[str, float] = {}

    def prepare(self) -> None:
        """Tables, skills, the first customers."""
        self.database.migrate()
        with self.database.write(FIRM) as work:
            for staff in self.staff:
                work.duty.add_skill(staff, BRANCH, "*")
        self.look_after()

    def start(self, staff: str) -> None:
        arguments = (self.url, self.folder, self.begun, staff)
        self.live[staff] = self.context.Process(target=serve, args=arguments, daemon=True)
        self.live[staff].start()

    def kill_one(self) -> None:
        """kill -9; half of them come back at once and find their call, the others after the lease was lost."""
        staff = self.chance.choice(sorted(self.live))
        time.sleep(self.chance.random() * 0.03)
        process = self.live.pop(staff)
        process.kill()
        process.join()
        self.killed += 1
        self.absent[staff] = time.time() + self.chance.choice((0.0, BACK_AFTER_S))

    def look_after(self) -> int:
        """The customers' pages stay open, lost leases are swept, who was away comes back; how many are served."""
        with self.database.write(FIRM) as work:
            waiting = (t.Ticket.firm_id == FIRM, t.Ticket.state == "waiting", t.Ticket.seen_at < work.now + PAGE_OPEN)
            work.connection.execute(update(t.Ticket).where(*waiting).values(seen_at=work.now + 2 * PAGE_OPEN))
            work.queue.sweep()
            done = select(func.count()).where(t.Ticket.firm_id == FIRM, t.Ticket.state == "done")
            served = int(work.connection.execute(done).scalar_one())
            for _ in range(min(self.claims - self.joined, BACKLOG - (self.joined - served))):
                work.queue.join(f"case{self.joined}", BRANCH, "open_account")
                self.joined += 1
        for staff, back in list(self.absent.items()):
            if time.time() >= back:
                del self.absent[staff]
                self.start(staff)
        return served

    def run(self, patience_s: float) -> dict[str, Any]:
        """Serve everybody; the figures."""
        self.prepare()
        for staff in self.staff:
            self.start(staff)
        began = time.monotonic()
        while (served := self.look_after()) < self.claims and time.monotonic() - began < patience_s:
            while self.killed < self.kills and served >= (self.killed + 1) * self.claims // (self.kills + 1):
                if not self.live:
                    break
                self.kill_one()
            time.sleep(0.1)
        seconds = time.monotonic() - began
        (self.folder / "stop").touch()
        for process in self.live.values():
            process.join(20)
        return {**self.check(), "kills": self.killed, "seconds": round(seconds, 1)}

    def check(self) -> dict[str, Any]:
        """Ledger and journals against each other."""
        with self.database.read(FIRM) as work:
            tickets, events = work.queue.joined_since(datetime(2000, 1, 1, tzinfo=UTC))
            fences = {
                (e.ticket_id, e.fence): e.actor for e in work.queue.rows(t.QueueEvent, t.QueueEvent.kind == "claim")
            }
        self.database.close()
        kinds = Counter((event.ticket_id, event.kind) for event in events)
        told = [line.split() for path in self.folder.glob("*.journal") for line in path.read_text().splitlines()]
        finished = Counter(ticket for kind, ticket, _, _ in told if kind == "finish")
        given = {(ticket, int(fence), staff) for kind, ticket, fence, staff in told if kind == "claim"}
        wrong = [each for each in given if fences.get(each[:2]) != f"staff:{each[2]}"]
        again = [
            x.id
            for x in tickets
            if kinds[x.id, "claim"] != x.fence or kinds[x.id, "claim"] - kinds[x.id, "lease_lost"] > 1
        ]
        twice = [ticket for ticket, count in finished.items() if count > 1 or kinds[ticket, "finish"] != 1]
        return {
            "customers": len(tickets),
            "claims": sum(x.fence for x in tickets),
            "leases_lost": sum(count for (_, kind), count in kinds.items() if kind == "lease_lost"),
            "double": len(again) + len(twice) + len(wrong),
            "lost": sum(1 for x in tickets if x.state != "done" or kinds[x.id, "finish"] != 1),
        }


def prove(kind: str, claims: int, workers: int, kills: int, seed: int = 1, patience_s: float = 1800) -> dict[str, Any]:
    """Run the proof on `sqlite` or `postgresql`; the figures."""
    folder = scratch("jz-prove-")
    if kind == "sqlite":
        return Proof(f"sqlite:///{folder / 'queue.db'}", folder, claims, workers, kills, seed).run(patience_s)
    cluster = Cluster()
    cluster.start()
    try:
        cluster.create("queue")
        return Proof(cluster.url("queue"), folder, claims, workers, kills, seed).run(patience_s)
    finally:
        cluster.stop()


def main() -> None:
    """Both databases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    for kind in given.databases:
        found = prove(kind, given.claims, given.workers, given.kills, given.seed)
        print(json.dumps({"prove": "queue", "database": kind, "workers": given.workers, **found}), flush=True)
        assert (found["double"], found["lost"]) == (0, 0)


if __name__ == "__main__":
    main()
