"""Where a webhook may go, what is read of the answer, and that a redirect or a changed name leads nowhere."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from core.errors import OutsideService
from core.settings import read_settings
from media.webhooks import ANSWER_BYTES, HttpHooks, is_outside

BODY = b'{"id":"e1"}'


class Receiver(BaseHTTPRequestHandler):
    """Answers by path and remembers what it got."""

    got: list[tuple[str, dict[str, str], bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append((self.path, dict(self.headers), body))
        answers: dict[str, tuple[int, bytes]] = {"/moved": (302, b""), "/long": (200, "好".encode() * 50_000)}
        status, text = answers.get(self.path, (200, b"thanks\n\x00"))
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/stolen")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        try:
            self.wfile.write(text)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Receiver.got.clear()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def sender(tmp_path: Path, **environ: str) -> HttpHooks:
    values = {"MODE": "demo", "DATA": str(tmp_path), **environ}
    return HttpHooks(read_settings({f"JIANZHENG_{name}": value for name, value in values.items()}, tmp_path))


def test_body_and_headers_arrive(receiver: str, tmp_path: Path) -> None:
    hooks = sender(tmp_path, WEBHOOK_PRIVATE="1")
    sent = hooks.send(f"{receiver}/in?x=1", {"Jianzheng-Event": "e1"}, BODY)
    assert (sent.status, sent.answer) == (200, "thanks")
    [(path, headers, body)] = Receiver.got
    assert (path, body, headers["Jianzheng-Event"]) == ("/in?x=1", BODY, "e1")
    assert headers["Host"] == receiver.removeprefix("http://")


def test_no_redirect_is_followed(receiver: str, tmp_path: Path) -> None:
    assert sender(tmp_path, WEBHOOK_PRIVATE="1").send(f"{receiver}/moved", {}, BODY).status == 302
    assert [path for path, _, _ in Receiver.got] == ["/moved"]


def test_of_a_long_answer_little_is_kept(receiver: str, tmp_path: Path) -> None:
    sent = sender(tmp_path, WEBHOOK_PRIVATE="1").send(f"{receiver}/long", {}, BODY)
    assert sent.answer == "好" * (ANSWER_BYTES // 3)


def test_inner_addresses_are_refused_unless_the_deployment_allows_them(receiver: str, tmp_path: Path) -> None:
    port = receiver.rpartition(":")[2]
    for host in ("localhost", "127.0.0.1", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "2130706433", "0x7f.1"):
        with pytest.raises(OutsideService, match="内部网络"):
            sender(tmp_path).send(f"http://{host}:{port}/", {}, BODY)
    assert Receiver.got == []


def test_a_name_with_one_inner_number_is_refused(
    receiver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the first number is a good one: the connection would try the next."""
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    found = [(*row, ("203.0.114.1", 443)), (*row, ("192.168.1.1", 443))]
    monkeypatch.setattr("media.webhooks.socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(OutsideService, match="内部网络"):
        sender(tmp_path).send("https://two.example/", {}, BODY)


def test_production_speaks_https_only(tmp_path: Path) -> None:
    production = {"MODE": "production", "PUBLIC_URL": "https://x.example", "SMS_URL": "https://sms.example"}
    with pytest.raises(OutsideService, match="https"):
        sender(tmp_path, **production).send("http://crm.example/", {}, BODY)


def test_nobody_there_and_no_such_name_are_said(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        closed = held.getsockname()[1]
    with pytest.raises(OutsideService, match="没有应答"):
        sender(tmp_path, WEBHOOK_PRIVATE="1").send(f"http://127.0.0.1:{closed}/", {}, BODY)
    with pytest.raises(OutsideService, match="域名"):
        sender(tmp_path).send("https://no-such-name.invalid/", {}, BODY)


@pytest.mark.parametrize(("number", "outside"), [
    ("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.1.1", False), ("172.16.0.1", False),
    ("192.168.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),
    ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("fe80::1", False), ("fc00::1", False),
    ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ("ff0e::1", False),
])  # fmt: skip
def test_what_is_outside(number: str, outside: bool) -> None:
    assert is_outside(ipaddress.ip_address(number)) is outside
