"""The customers of tests/bench/waiting.py: a queue in a database, and a websocket client for each who waits in it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core import limits
from core.keys import MasterKeys
from core.usecases.sessions import exchange_ticket, open_session
from pages.routes.gate import cookie_name
from tests import samples
from tests.builders import Walk
from tests.desk_bench import Backend, Bench, found, id_number
from tests.walk import Person

ROOT = Path(__file__).resolve().parents[2]
TEST_NUMBERS = 100


class LateClock:
    """The real time, an hour behind while a customer is prepared: reading agreements moves it on."""

    def __init__(self) -> None:
        self.behind = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) - self.behind

    @now.setter
    def now(self, moved: datetime) -> None:
        self.behind = datetime.now(UTC) - moved

    def __call__(self) -> datetime:
        return self.now


class WaitingLine:
    """A database with customers in the queue: settings for the server, and one cookie for each customer."""

    def __init__(self, folder: Path) -> None:
        backend = Backend("sqlite", folder, MasterKeys.load(folder / "keys.json", None))
        found(backend)
        limits.CODES_PER_ADDRESS_A_DAY = 1_000_000  # all of them sign in from one address
        self._bench = Bench(backend)
        self._bench.clock = self._clock = LateClock()  # type: ignore[assignment]
        self.cookies: list[str] = []
        self.settings = {
            "JIANZHENG_MODE": "demo", "JIANZHENG_DATA": str(folder),
            "JIANZHENG_STORAGE": str(self._bench.vault_folder),
            "JIANZHENG_DATABASE_URL": backend.url(self._bench.name), "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def grow(self, customers: int) -> None:
        """Let customers join until there are so many."""
        for number in range(len(self.cookies), customers):
            self._clock.behind = timedelta(hours=1)
            walk = prepared(self._bench, number)
            self._clock.behind = timedelta()
            walk.join(self._bench)
            self.cookies.append(cookie_of(self._bench, walk))

    def close(self) -> None:
        """Let go of the database; the server has its own hold of it."""
        self._bench._database.close()  # type: ignore[union-attr]


def phone_of(number: int) -> str:
    """A number of the range for invented people, which has a hundred; then others (the bench sends nothing)."""
    return f"111508130{number:02d}" if number < TEST_NUMBERS else f"19900{number:06d}"


def prepared(bench: Bench, number: int) -> Walk:
    """A customer who did everything before the call."""
    who = id_number(2 * (number % TEST_NUMBERS) + 101, born=f"{1970 + number // TEST_NUMBERS}0312")
    person = Person("样张", phone_of(number), who, samples.sample_card(number + 1))
    walk = Walk(person=person)
    walk.start(bench)
    for milestone in ("device", "photos", "profile", "bank", "suitability", "exchanges", "agreements"):
        walk.go_on(bench, milestone)
    return walk


def cookie_of(bench: Bench, walk: Walk) -> str:
    """The session cookie that the customer's browser would hold."""
    with bench.work() as work:
        ticket = open_session(work, "customer", walk.owner, walk.person.phone)
    return exchange_ticket(bench.desk, ticket)


@dataclass
class Load:
    """What all waiting customers measured together."""

    counting: bool = False
    spans: list[float] = field(default_factory=list)
    waiting: int = 0
    wanted: int = 0


class Customer:
    """One waiting customer's browser, as far as the server can tell."""

    def __init__(self, port: int, page: str, cookie: str, load: Load) -> None:
        self.url = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.page, self.cookie, self.load = page, cookie, load
        self.script, self.asked_at = "", 0.0
        self.timers: dict[str, asyncio.Task[None]] = {}

    async def wait(self) -> None:
        """Open the page and refresh it until cancelled."""
        import websockets

        headers = {"Cookie": f"{cookie_name('customer')}={self.cookie}"} if self.cookie else {}
        async with websockets.connect(
            self.url, subprotocols=["streamlit"], max_size=None, ping_interval=None, proxy=None,
            additional_headers=headers, origin=self.url.replace("ws:", "http:").removesuffix("/_stcore/stream"),
        ) as line:  # fmt: skip
            try:
                await line.send(self._rerun(page_name=self.page))
                async for data in line:
                    self._read(line, data)
            finally:
                for timer in self.timers.values():
                    timer.cancel()

    def _rerun(self, **values: Any) -> bytes:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        asked = BackMsg()
        asked.rerun_script.query_string = ""
        for name, value in values.items():
            setattr(asked.rerun_script, name, value)
        return asked.SerializeToString()

    def _read(self, line: Any, data: bytes) -> None:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.script = message.new_session.page_script_hash
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "auto_rerun" and message.auto_rerun.fragment_id not in self.timers:
            self.load.waiting += not self.timers
            timer = self._refresh(line, message.auto_rerun.fragment_id, message.auto_rerun.interval)
            self.timers[message.auto_rerun.fragment_id] = asyncio.create_task(timer)
        elif kind == "script_finished" and self.asked_at:
            if self.load.counting:
                self.load.spans.append((time.perf_counter() - self.asked_at) * 1000)
            self.asked_at = 0.0

    async def _refresh(self, line: Any, fragment: str, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            self.load.wanted += self.load.counting
            if not self.asked_at:
                self.asked_at = time.perf_counter()
                await line.send(self._rerun(fragment_id=fragment, is_auto_rerun=True, page_script_hash=self.script))
