"""A small driver for real Chromium: start the server, open pages, press what people press."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from tests.wait import wait_until

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
PASSWORD = "walk-password-1"


def free_port() -> int:
    """A TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The product as `make run` starts it, on a data folder of its own."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data / "server.log"
        self.environ = {
            **os.environ, "JIANZHENG_MODE": "demo", "JIANZHENG_DATA": str(data), "JIANZHENG_DEMO_PASSWORD": PASSWORD,
            "PYTHONPATH": str(ROOT), **settings,
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, patience_s: float = 60) -> None:
        """Start and wait until it is healthy."""
        self.data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self._answers, patience_s, lambda: self.log.read_text()[-2000:])

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def kill(self) -> None:
        """kill -9 of the server and everything it started."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it as a service manager would."""
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()


@contextlib.contextmanager
def browser(playwright: Playwright, video: Path | None = None, audio: Path | None = None) -> Iterator[Browser]:
    """A browser process of its own, with its own fake camera and microphone."""
    flags = list(FLAGS)
    if video:
        flags.append(f"--use-file-for-fake-video-capture={video}")
    if audio:
        flags.append(f"--use-file-for-fake-audio-capture={audio}")
    found = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=flags)
    try:
        yield found
    finally:
        found.close()


WATCH_PEERS = """(() => { const Old = window.RTCPeerConnection; if (!Old) return; window.__peers = [];
window.RTCPeerConnection = function (...a) { const p = new Old(...a); window.__peers.push(p); return p; };
window.RTCPeerConnection.prototype = Old.prototype; Object.setPrototypeOf(window.RTCPeerConnection, Old); })()"""
PEER_FIGURES = """async () => { const pc = (window.__peers || []).filter(p => p.connectionState == 'connected').at(-1);
if (!pc) return null; const out = { frames: 0, energy: 0 };
(await pc.getStats()).forEach(s => { if (s.type == 'inbound-rtp' && s.kind == 'video') out.frames = s.framesDecoded;
if (s.type == 'inbound-rtp' && s.kind == 'audio') out.energy = s.totalAudioEnergy || 0; }); return out; }"""


def open_page(found: Browser, url: str, width: int = 390, height: int = 844) -> Page:
    """A fresh page with camera and microphone allowed; page errors are collected in `page.mistakes`."""
    context = found.new_context(
        viewport={"width": width, "height": height}, permissions=["camera", "microphone"], locale="zh-CN"
    )
    context.add_init_script(WATCH_PEERS)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.mistakes = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.mistakes.append(str(error)))  # type: ignore[attr-defined]
    page.goto(url)
    return page


QUIET = """() => new Promise(done => { let since = 0; const look = () => {
const idle = document.querySelector('.stApp')?.getAttribute('data-test-script-state') === 'notRunning';
const now = performance.now(); since = idle ? (since || now) : 0;
if (since && now - since > 250) done(true); else setTimeout(look, 25); }; look(); })"""


def settled(page: Page) -> None:
    """Wait until the page's script has not been running for a quarter of a second."""
    page.evaluate(QUIET)


def press(page: Page, key: str) -> None:
    """Press the button with this Streamlit key."""
    button = page.locator(f".st-key-{key} button").first
    button.scroll_into_view_if_needed()
    button.click()
    settled(page)


def type_into(page: Page, key: str, text: str) -> None:
    """Type into the text field with this key and leave it."""
    field = page.locator(f".st-key-{key} input").first
    field.fill(text)
    field.press("Tab")
    settled(page)


def tick(page: Page, key: str) -> None:
    """Tick the checkbox with this key."""
    box = page.locator(f".st-key-{key} input[type=checkbox]").first
    if not box.is_checked():
        page.locator(f".st-key-{key} label").first.click()
    settled(page)


def choose(page: Page, key: str, label: str) -> None:
    """Choose from the select box with this key; what is chosen already is left alone."""
    field = page.locator(f".st-key-{key} input").first
    if field.input_value() == label:
        return
    field.click()
    field.fill(label)
    page.get_by_role("option", name=label, exact=True).first.click()
    settled(page)


def figures(page: Page) -> dict[str, float] | None:
    """Frames decoded and audio energy of the newest connection in any frame of the page."""
    for frame in page.frames:
        with contextlib.suppress(Exception):
            found = frame.evaluate(PEER_FIGURES)
            if found:
                return dict(found)
    return None


def peers(page: Page) -> list[str]:
    """State of every connection of the page, for messages."""
    found: list[str] = []
    for frame in page.frames:
        with contextlib.suppress(Exception):
            states = frame.evaluate("() => (window.__peers || []).map(p => `${p.connectionState}/${p.signalingState}`)")
            found += [f"{frame.url[-30:]}: {state}" for state in states]
    return found
