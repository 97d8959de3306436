"""The signing key in a real Chromium: enrol, install, reload, sign two files with one password, lock, copies."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from tests.media.documents_tools import pdfsig, trust_store
from tests.wait import wait_until

ROOT = Path(__file__).parents[2]
PARTS = ROOT / "pages/parts"
PASSWORD = "84021937"
BIRTHDAY, PHONE = "19900307", "11150813042"

ENTRY = """
import streamlit as st
from starlette.responses import Response
from starlette.routing import Route
import office

async def sample(request):
    return Response(office.shown(request.path_params["name"]), media_type="application/pdf")

app = st.App("page.py", routes=[Route("/sample/{name}", sample)])
"""

PAGE = """
import streamlit as st
import office
from pages.parts.device_key import device_key

state = st.session_state
who = st.query_params["who"]
if "command" not in state:
    state.command = office.command("detect", owners=[who], challenge=office.text(bytes(32)))
result = device_key(state.command, "device")
if result and result["nonce"] not in state.setdefault("seen", set()):
    state.seen.add(result["nonce"])
    state.said = result["op"] + " " + str(result.get("code") or office.summary(result))
    state.command = office.react(state.command, result, who) or state.command
    st.rerun()
st.text("last: " + state.get("said", ""))
if st.button("申请"):
    state.command = office.enrol(who)
    st.rerun()
if st.button("签署"):
    state.command = office.sign(who)
    st.rerun()
if st.button("偷换"):
    office.swapped ^= {who}
st.text("swapped: " + str(who in office.swapped))
"""

OFFICE = '''
"""The server's part, small: one key per customer, five tries."""
import secrets
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path

from media.documents.authority import (
    check_possession, check_presence, create_authority, issue_customer_certificate, new_serial,
)
from media.documents.seal import seal_document
from media.documents.share import is_same_auth, new_share, protect_auth
from media.documents.render import render_agreement
from media.documents.sign import finish_signature, prepare_signature
from media.documents.stamps import signature_stamp
from media.documents.timestamp import LocalTimeStamper
from tests.media.documents_tools import FIRM, TEMPLATE, header

OUT = Path(__file__).parent
NAME = "样张三"
authority = create_authority(FIRM, datetime.now(UTC))
stamper = LocalTimeStamper(authority, lambda: datetime.now(UTC))
(OUT / "root.cer").write_bytes(authority.root_der)
keys, files, swapped = {}, {}, set()


def text(value):
    return b64encode(value).decode()


def command(op, **values):
    return {"op": op, "nonce": secrets.token_hex(8), **values}


def shown(name):
    pdf = files[name].pdf
    return pdf[:300] + b"!" + pdf[301:] if name.partition("-")[0] in swapped else pdf


def summary(result):
    return {k: v for k, v in result.items() if k in ("kid", "secure", "keys")}


def enrol(who):
    keys[who] = {"share": new_share(), "challenge": secrets.token_bytes(32), "tries": 0}
    key = keys[who]
    return command("enrol", owner=who, kid="kid-" + who, share=text(key["share"]), challenge=text(key["challenge"]),
                   avoid=["1990-03-07", "111 5081 3042"])


def sign(who, **more):
    key = keys[who]
    if "plans" not in key:
        key["plans"] = [prepare(who, code) for code in ("FXSM", "QHJJHT")]
    return command("sign", kid="kid-" + who, documents=key["plans"], **more)


def prepare(who, code):
    now, key, name = datetime.now(UTC), keys[who], who + "-" + code
    made = render_agreement(code + "（样张）", TEMPLATE, {"客户姓名": NAME, "客户号": "C1"}, header(now, code=code))
    stamp = signature_stamp(NAME, None, now)
    plan = prepare_signature(made.pdf, key["leaf"], key["chain"], "Customer", made.signature_place, stamp, now)
    files[name] = plan
    key.setdefault("seals", {})[name] = made.seal_place
    where = {"pdf_url": "/sample/" + name} if code == "FXSM" else {"pdf": text(plan.pdf)}
    return {"id": name, "title": "《" + code + "》", "tbs": text(plan.signed_attributes),
            "start": plan.region_start, "end": plan.region_end, **where}


def react(asked, result, who):
    key, op = keys.get(who), result["op"]
    if op == "enrol":
        spki = b64decode(result["spki"])
        assert check_possession(spki, key["challenge"], b64decode(result["possession"]))
        now = datetime.now(UTC)
        issued = issue_customer_certificate(authority, spki, NAME, "C1", new_serial(), now)
        key.update(leaf=issued.der, chain=issued.chain, auth=protect_auth(result["auth"], b"pepper"))
        key["presence"] = b64decode(result["presence_spki"])
        return command("install", kid=result["kid"], chain=[text(each) for each in (issued.der, *issued.chain)])
    if op == "detect" and key and result["keys"]:
        proof = b64decode(result["keys"][0]["presence"])
        assert check_presence(key["presence"], bytes(32), proof)
    if op == "unlock":
        return unlock(key, result, who)
    if op == "signed":
        for each in result["signatures"]:
            name = each["id"]
            pdf = finish_signature(files[name], b64decode(each["value"]), stamper)
            pdf = seal_document(pdf, authority, stamper, datetime.now(UTC), key["seals"][name])
            (OUT / (name + ".pdf")).write_bytes(pdf)
    return None


def unlock(key, result, who):
    if key["tries"] >= 5:
        return command("locked")
    key["tries"] += 1
    if is_same_auth(result["auth"], b"pepper", key["auth"]):
        key["tries"] = 0
        return command("unlocked", kid=result["kid"], share=text(key["share"]))
    return sign(who, tries_left=5 - key["tries"]) if key["tries"] < 5 else command("locked")
'''


@dataclass(frozen=True)
class Site:
    """A running server: its address and the folder where it puts finished files."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    for name, source in (("entry.py", ENTRY), ("page.py", PAGE), ("office.py", OFFICE)):
        (folder / name).write_text(source, "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    options |= {"server.fileWatcherType": "none", "browser.gatherUsageStats": "false"}
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "streamlit", "run", "entry.py", *flags]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health")
        yield Site(f"http://127.0.0.1:{port}", folder)
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_up(url: str) -> None:
    wait_until(lambda: _answers(url), 60, lambda: "the server did not start")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        flags.append("--host-resolver-rules=MAP desk.test 127.0.0.1")  # plain http under a name: no secure context
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    yield from _phone(browser)


@pytest.fixture(scope="module")
def enrolled(browser: Browser, site: Site) -> Iterator[Page]:
    """The page of customer "two", whose certificate is installed."""
    for page in _phone(browser):
        enrol(page, site, "two")
        yield page


def _phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(30000)
    yield context.new_page()
    context.close()


def visit(page: Page, site: Site, who: str) -> None:
    page.goto(f"{site.url}/?who={who}")
    expect(page.get_by_text("last: detect")).to_be_visible(timeout=30000)


def enrol(page: Page, site: Site, who: str) -> None:
    visit(page, site, who)
    page.get_by_role("button", name="申请", exact=True).click()
    page.get_by_placeholder("请输入6-8位数字", exact=True).fill(PASSWORD)
    page.get_by_placeholder("请再次输入").fill(PASSWORD)
    page.get_by_role("button", name="申请并安装").click()
    expect(page.get_by_text("数字证书已经安装成功。")).to_be_visible(timeout=30000)


def ask_to_sign(page: Page) -> None:
    page.get_by_role("button", name="签署", exact=True).click()
    expect(page.get_by_text("已核对")).to_have_count(2, timeout=30000)


def give_password(page: Page, password: str) -> None:
    page.get_by_placeholder("请输入6-8位数字证书密码").fill(password)
    page.get_by_role("button", name="确认").click()


def test_enrol_install_reload_and_sign_two_files_with_one_password(page: Page, site: Site, tmp_path: Path) -> None:
    enrol(page, site, "one")
    visit(page, site, "stranger")  # another customer on this device has no certificate
    expect(page.get_by_text("'keys': []")).to_be_visible()
    visit(page, site, "one")  # a fresh page: the key is still there
    expect(page.get_by_text("'installed': True")).to_be_visible()
    ask_to_sign(page)
    give_password(page, PASSWORD)
    expect(page.get_by_text("last: signed")).to_be_visible(timeout=30000)
    store = trust_store((site.folder / "root.cer").read_bytes(), tmp_path / "nss")
    for code in ("FXSM", "QHJJHT"):
        assert [each.good for each in pdfsig(site.folder / f"one-{code}.pdf", store)] == [True, True]


def test_a_copy_of_the_browser_without_the_share_opens_nothing(enrolled: Page) -> None:
    found = run_in_store(
        enrolled,
        """async (store) => {
          const record = await store.find("kid-two");
          const mac = await store.browserKey();
          const { half } = await store.derive(PASSWORD, record);
          const refused = (format, key) => crypto.subtle.exportKey(format, key).then(() => "exported", (e) => e.name);
          return {
            guessed: await store.openKey(record, half, btoa("\\0".repeat(32))).then(() => "opened", (e) => e.code),
            mac: await refused("raw", mac),
            presence: await refused("pkcs8", record.presence),
            fields: Object.keys(record).sort(),
            plain: new TextDecoder("latin1").decode(record.wrapped).includes("\\x06\\x07\\x2a\\x86\\x48"),
          };
        }""",
    )
    assert found["guessed"] == "damaged"
    assert found["mac"] == found["presence"] == "InvalidAccessError"
    assert found["plain"] is False
    assert found["fields"] == [
        *("chain", "created", "iterations", "iv", "kid", "owner", "presence", "presenceSpki", "rule", "salt"),
        *("spki", "wrapped"),
    ]


def test_a_file_that_differs_from_what_is_to_be_signed_is_refused(enrolled: Page, site: Site) -> None:
    swap = enrolled.get_by_role("button", name="偷换")
    swap.click()
    expect(enrolled.get_by_text("swapped: True")).to_be_visible()
    enrolled.get_by_role("button", name="签署", exact=True).click()
    give_password(enrolled, PASSWORD)
    expect(enrolled.get_by_text("协议文件与待签署的内容不一致，没有签署。")).to_be_visible(timeout=30000)
    swap.click()
    expect(enrolled.get_by_text("swapped: False")).to_be_visible()
    assert not list(site.folder.glob("two-*.pdf"))


def test_another_device_has_no_certificate(enrolled: Page, page: Page, site: Site) -> None:
    visit(page, site, "two")
    page.get_by_role("button", name="签署", exact=True).click()
    expect(page.get_by_text("这台设备上没有找到数字证书。")).to_be_visible(timeout=30000)
    page.get_by_role("button", name="重新申请").click()
    expect(page.get_by_text("last: reapply")).to_be_visible()


def test_five_wrong_passwords_lock_and_the_right_one_comes_too_late(enrolled: Page, site: Site) -> None:
    ask_to_sign(enrolled)
    for left in (4, 3, 2, 1):
        give_password(enrolled, "84021938")
        expect(enrolled.get_by_text(f"密码错误，还可以再试 {left} 次。")).to_be_visible(timeout=30000)
    give_password(enrolled, "84021938")
    expect(enrolled.get_by_text("证书已锁定")).to_be_visible(timeout=30000)
    ask_to_sign(enrolled)
    give_password(enrolled, PASSWORD)
    expect(enrolled.get_by_text("证书已锁定")).to_be_visible(timeout=30000)
    enrolled.get_by_role("button", name="重新申请").click()
    expect(enrolled.get_by_text("last: reapply")).to_be_visible()
    assert not list(site.folder.glob("two-*.pdf"))


def test_an_address_without_tls_is_told(page: Page, site: Site) -> None:
    page.goto(site.url.replace("127.0.0.1", "desk.test") + "/?who=eight")
    expect(page.get_by_text("当前网址不安全，浏览器不能使用数字证书。")).to_be_visible(timeout=30000)


def test_wrong_entries_are_told_at_the_field_and_the_form_fits_a_phone(page: Page, site: Site) -> None:
    visit(page, site, "seven")
    page.get_by_role("button", name="申请", exact=True).click()
    first, second = page.get_by_label("证书密码", exact=True), page.get_by_label("再次输入证书密码")
    go = page.get_by_role("button", name="申请并安装")
    for one, two, words in (
        ("12345", "12345", "请输入6-8位数字。"),
        ("84a21937", "84a21937", "请输入6-8位数字。"),
        ("123456", "123456", "密码过于简单。"),
        ("900307", "900307", "密码过于简单。"),
        (PASSWORD, "84021938", "两次输入的密码不一致"),
    ):
        first.fill(one)
        second.fill(two)
        go.click()
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    first.fill(PASSWORD)
    page.get_by_role("button", name="偷换").click()  # a rerun for another reason
    expect(page.get_by_text("swapped: True")).to_be_visible()
    expect(first).to_have_value(PASSWORD)
    assert first.get_attribute("inputmode") == "numeric"
    assert first.get_attribute("autocomplete") == "off"
    for each in (first, second, go):
        box = each.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_which_passwords_are_weak(page: Page, site: Site) -> None:
    weak = ["111111", "121212", "112211", "123456", "654321", "890123", "135791", "123123", "12341234", "112233"]
    weak += ["123321", "900307", "19900307", "90030788", "150813", "50813042", "47111508"]
    weak += ["abcdefgh", "aabbccdd", "a1a1a1a1", "ABCABC", "abc123"]
    strong = [PASSWORD, "274951", "608172", "5930714", "111508"[::-1] + "3", "a1b2c3d4", "Kx72mPq9"]
    page.goto(site.url + "/_stcore/health")
    judged = run_in_store(page, f"async (store) => {weak + strong}.map((each) => store.isWeak(each, AVOID))")
    assert judged == [True] * len(weak) + [False] * len(strong)


def _answering() -> None:
    import streamlit as st

    from pages.parts.device_key import device_key

    command = {"op": "detect", "nonce": st.session_state.get("nonce", "n1"), "owners": ["o"], "challenge": "AA=="}
    st.text(f"result: {device_key(command, 'device')}")


def test_a_result_counts_only_for_the_nonce_of_its_command() -> None:
    app = AppTest.from_function(_answering).run()
    assert [each.value for each in app.text] == ["result: None"]
    app.session_state["device"] = {"result": {"nonce": "n1", "op": "detect", "keys": []}}
    assert app.run().text[0].value == "result: {'nonce': 'n1', 'op': 'detect', 'keys': []}"
    app.session_state["nonce"] = "n2"
    assert app.run().text[0].value == "result: None"
    assert not app.exception


@pytest.mark.parametrize(("code", "returned"), [("insecure", False), ("missing", False), ("lost", True)])
def test_what_the_customer_was_told_is_not_returned(code: str, returned: bool) -> None:
    app = AppTest.from_function(_answering).run()
    app.session_state["device"] = {"result": {"nonce": "n1", "op": "error", "code": code}}
    assert ("error" in app.run().text[0].value) is returned


def run_in_store(page: Page, script: str) -> Any:
    """Run a function over what device_key_store.js offers, in the page, on the page's own IndexedDB."""
    source = (PARTS / "device_key_store.js").read_text("utf-8") + "\nexport { find, browserKey, derive, openKey };"
    script = script.replace("PASSWORD", repr(PASSWORD)).replace("AVOID", repr([BIRTHDAY, PHONE]))
    return page.evaluate(
        f"""async (source) => {{
          const address = URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }}));
          return ({script})(await import(address));
        }}""",
        source,
    )
