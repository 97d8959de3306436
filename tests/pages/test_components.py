"""The wrappers of the components, the notices and the drawings, without a browser."""

from __future__ import annotations

import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from pages.parts.components.mounting import same_origin, whole
from pages.parts.flow_picture import flow_picture
from pages.parts.notice import plain
from pages.parts.progress import progress_html
from pages.parts.step_state import StepState

ROOT = Path(__file__).parents[2]


def components_screen():
    from datetime import UTC, datetime

    import streamlit as st

    from core.usecases.playback import Chapter, Replay, Track
    from pages.parts.components.captcha_view import captcha_view
    from pages.parts.components.capture import capture
    from pages.parts.components.corners import corners
    from pages.parts.components.device_check import device_check
    from pages.parts.components.draw_signature import draw_signature
    from pages.parts.components.go_to_field import go_to_field
    from pages.parts.components.reader import reader
    from pages.parts.components.relay_check import relay_check
    from pages.parts.components.replay import replay
    from pages.parts.components.selfie import selfie
    from pages.parts.components.session_exchange import session_exchange, sign_out
    from pages.parts.components.sound import chime
    from pages.parts.components.station import station
    from pages.parts.look import apply_look

    apply_look(large_text=True, staff=True)
    kept = st.session_state.setdefault("kept", {})
    chime("chime", nonce=None)
    go_to_field("go", field_key="name", nonce="g1")
    view = {"key": "e1:picture", "label": "原图", "source": "/evidence/e1", "evidence": "e1", "on": "picture",
            "markable": True, "face": "", "spots": []}  # fmt: skip
    relay_check("relay", {"iceServers": []})
    side = Track("客户画面", "e1", "e1", None, 0, 1000)
    replay("replay", Replay(datetime(2026, 3, 2, tzinfo=UTC), (side,), (Chapter(0, "问候"),)), "/evidence/{}".format)
    for name, result in {
        "check": device_check("check"),
        "reader": reader("reader", document="d1", title="协议", html="<p>样张</p>", min_seconds=5),
        "selfie": selfie("selfie", upload_url="/upload", still="n1"),
        "captcha": captcha_view("captcha", picture="data:image/png;base64,AA=="),
        "exchange": session_exchange("exchange", ticket="t", kind="customer"),
        "capture": capture("身份证正面", key="capture", upload_url="/photo/c/id_front/live"),
        "corners": corners("data:image/png;base64,AA==", (), key="corners"),
        "drawn": draw_signature(key="drawn", upload_url="/photo/c/signature/drawn"),
        "station": station("station", [view], ["e1:picture"]),
        "out": sign_out("out", nonce="o1", kind="staff"),
    }.items():
        if result:
            kept.setdefault(name, []).append(result)


def run_with(key, result):
    screen = AppTest.from_function(components_screen, default_timeout=20).run()
    screen.session_state[key] = {"result": result}
    screen.run()
    screen.run()
    assert not screen.exception
    return screen.session_state["kept"]


def test_every_component_mounts_and_has_no_result_yet():
    screen = AppTest.from_function(components_screen, default_timeout=20).run()
    assert not screen.exception
    assert len(screen.get("bidi_component")) == 15
    assert screen.session_state["kept"] == {}


@pytest.mark.parametrize("key", ["captcha", "exchange", "out"])
def test_a_bare_result_is_handed_out_once(key):
    assert run_with(key, {"nonce": "n1"}) == {key: [True]}


def test_a_report_is_handed_out_once_and_in_shape():
    report = {
        "nonce": "n1",
        "secure": True,
        "camera": {"ok": True, "label": "x" * 999, "width": 1280, "height": -5},
        "microphone": {"ok": "yes", "peak": 7},
        "speaker": {"ok": True},
        "rtt_ms": 12.4,
        "down_kbps": "fast",
        "webrtc": True,
        "crypto": 1,
        "inapp": "",
        "user_agent": ["no"],
    }
    assert run_with("check", report) == {
        "check": [
            {
                "nonce": "n1",
                "secure": True,
                "camera": {"ok": True, "label": "x" * 80, "width": 1280, "height": 0},
                "microphone": {"ok": False, "peak": 1.0},
                "speaker": True,
                "rtt_ms": 12,
                "down_kbps": None,
                "webrtc": True,
                "crypto": False,
                "inapp": "",
                "user_agent": "",
            }
        ]
    }


def test_reading_and_stills_are_handed_out_once():
    event = {"nonce": "n1", "document": "d1", "event": "end", "seconds": 9}
    assert run_with("reader", event) == {"reader": [event]}
    still = {"nonce": "n1", "ok": True, "width": 1920, "height": 1080, "reason": ""}
    assert run_with("selfie", still) == {"selfie": [still]}


@pytest.mark.parametrize(
    "forged",
    ["text", {"event": "end"}, {"nonce": 5}, {"nonce": ""}, {"nonce": "x" * 65}, {"nonce": "n1", "event": "paid"}],
)
def test_a_forged_result_is_nothing(forged):
    assert run_with("reader", forged) == {}


BOX = [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize(
    ("key", "result", "handed_out"),
    [
        ("capture", {"ok": True}, True),
        ("capture", {"ok": "yes"}, None),
        ("drawn", {"ok": True}, True),
        ("corners", {"quad": [[0, 0], [1, 0], [1, 1], [0, 1]]}, ((0, 0), (1, 0), (1, 1), (0, 1))),
        ("corners", {"quad": [[0, 0], [1, 0], [1, 1]]}, None),
        ("corners", {"quad": [[0, 0], [1, 0], [1, 1], [0, 1.5]]}, None),
        ("corners", {"quad": [[0, 0], [1, 0], [1, 1], [0, "1"]]}, None),
        ("station", {"evidence": "e1", "on": "picture", "box": BOX}, ("e1", "picture", tuple(BOX))),
        ("station", {"evidence": "e1", "on": "picture", "box": [0.1, 0.2, 0.3]}, None),
        ("station", {"evidence": "e1", "on": "picture", "box": ["0", 0.2, 0.3, 0.4]}, None),
    ],
)
def test_what_a_photo_part_sends_is_taken_once_and_in_shape(key, result, handed_out):
    assert run_with(key, {"nonce": "n1", **result}) == ({key: [handed_out]} if handed_out else {})


@pytest.mark.parametrize("url", ["https://evil.example/x", "//evil.example/x", "/\\evil.example", "upload", ""])
def test_components_talk_to_this_site_only(url):
    with pytest.raises(ValueError, match="paths of this site"):
        same_origin(url)
    assert same_origin("/health") == "/health"


@pytest.mark.parametrize(
    ("value", "result"), [(3.6, 4), (-1, None), (11, None), (True, None), ("3", None), (float("nan"), None)]
)
def test_numbers_of_the_browser_are_bounded(value, result):
    assert whole(value, 10) == result


def notices_screen():
    from pages.parts import notice

    notice.refusal("身份证已到期 [链接](http://x)。")
    notice.field_errors({"name": "请填写姓名。", "other": "请选择。"}, {"name": "姓名"})
    notice.field_errors({})
    notice.field_error("请填写<b>姓名</b>。")
    notice.rejected(["照片反光", "地址不符"])
    notice.rejected([])
    notice.empty_state("这里会显示<i>业务</i>。")
    notice.demo_banner([("111****3012", "482913")])


def test_notices_show_plain_text_only():
    screen = AppTest.from_function(notices_screen, default_timeout=20).run()
    assert not screen.exception
    assert [box.value for box in screen.warning] == [
        plain("身份证已到期 [链接](http://x)。"),
        "这一步被退回，请按下面的说明修改：\n\n- 照片反光\n- 地址不符",
    ]
    assert "\\[链接\\]" in screen.warning[0].value
    assert [box.value for box in screen.error] == ["还有 2 处需要填写或修改：\n\n- 姓名：请填写姓名。\n- 请选择。"]
    assert "111\\*\\*\\*\\*3012　482913" in screen.info[0].value
    drawn = "".join(box.proto.body for box in screen.get("html"))
    assert "&lt;b&gt;" in drawn and "&lt;i&gt;" in drawn


class Classes(HTMLParser):
    """Collects the class names, the plain text and whether every element is closed."""

    def __init__(self, page):
        super().__init__()
        self.classes, self.text, self.open = [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.classes += (dict(attributes).get("class") or "").split()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_progress_says_where_the_customer_is():
    phases = [
        ("资料报审", [("设备检测", "done"), ("基本<b>资料", "rejected")]),
        ("在线回访", [("在线回访", StepState.TODO)]),
    ]
    page = Classes(progress_html("", phases, 2, 3))
    assert page.open == []
    assert "第 2 步 共 3 步 · 基本<b>资料" in page.text
    assert "需修改" in page.text and page.classes.count("jz-rejected") == 2
    with pytest.raises(ValueError, match="lost"):
        progress_html("", [("a", [("b", "lost")])], 1, 1)


def head_screen():
    from pages.parts.progress import show_progress

    show_progress("开立<期货>账户", "1300002600010177", [("资料", [("证件", "current")])], 1, 1)


def test_progress_names_the_business_and_the_case():
    screen = AppTest.from_function(head_screen, default_timeout=20).run()
    [drawing] = screen.get("html")
    assert "第 1 步 共 1 步 · 证件" in drawing.proto.body
    assert "开立&lt;期货&gt;账户" in drawing.proto.body and "受理单 1300002600010177" in drawing.proto.body


def test_the_picture_of_a_business_groups_its_steps_by_phase():
    steps = [("资料", "证件", "done"), ("资料", "银行卡", "current"), ("签署", "签署<协议>", "todo")]
    page = Classes(flow_picture(steps))
    assert page.open == []
    assert page.text == "资料check证件已完成2银行卡进行中签署3签署<协议>"
    assert page.classes.count("jz-phase") == 2


def test_every_option_of_the_configuration_exists_and_is_safe():
    shipped = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    known = config.get_config_options()

    def names(table, path=""):
        for name, value in table.items():
            nested = isinstance(value, dict) and name != "trustedUserHeaders"
            yield from names(value, f"{path}{name}.") if nested else [f"{path}{name}"]

    assert [name for name in names(shipped) if name not in known] == []
    server = shipped["server"]
    assert server["trustedUserHeaders"] == {"x-jianzheng-customer": "customer", "x-jianzheng-staff": "staff"}
    assert server["address"] == "127.0.0.1" and server["maxUploadSize"] == 10
    assert not server["enableStaticServing"] and not server["enableAgentApi"]
    assert shipped["client"]["showErrorDetails"] == "none" and not shipped["runner"]["postScriptGC"]
