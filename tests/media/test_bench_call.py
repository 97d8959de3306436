"""The bench of the call against Janus, without Janus: its configuration, its answers and the lines of the report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from media.recorder import RecordingCheck
from tests.bench import janus
from tests.bench.call import CALLS, RATES, Figures, rooms_of, told

FOUND = {
    "packet": {1: Figures(0.06, 29.9), 3: Figures(0.05, 29.8)},
    "decode": {1: Figures(0.6, 28.0)},
    "janus": {1: Figures(0.018, 30.0), 3: Figures(0.015, 30.0)},
}
CHECKS = [RecordingCheck(16_000, 480, 800, errors, 640, 480) for errors in (0, 2)]


def lines(found: dict[str, dict[int, Figures]]) -> dict[tuple[str, int], dict[str, object]]:
    return {(name, more.get("calls", 0)): {"value": value, **more} for name, value, _, more in told(found, CHECKS)}


def test_the_report_compares_with_decoding_and_with_janus():
    by_name = lines(FOUND)
    assert by_name["recording_errors", 0]["value"] == 2
    assert by_name["cores_per_call", 1]["ratio"] == 10.0 and by_name["cores_per_call", 3]["ratio"] == 12.0
    for calls in (1, 3):
        assert by_name["calls_vs_janus", calls]["value"] == pytest.approx(0.3)
    assert by_name["calls_vs_janus", 3]["baseline_value"] == 0.015


def test_without_janus_only_its_figures_are_missing():
    without = lines({name: figures for name, figures in FOUND.items() if name != "janus"})
    assert set(lines(FOUND)) - set(without) == {
        (name, calls) for name in ("calls_vs_janus", "janus_frames_per_second") for calls in (1, 3)
    }


def test_no_room_serves_two_measurements():
    rooms = [room for numbers in CALLS.values() for calls in set(numbers) for room in rooms_of(calls)]
    assert [len(rooms_of(calls)) for calls in (1, 3)] == [1, 3]
    assert set(rooms_of(1)).isdisjoint(rooms_of(3)) and set(rooms) == {*rooms_of(1), *rooms_of(3)}
    assert RATES == (30, 15)


def test_the_configuration_listens_here_only_and_records_every_room(tmp_path: Path):
    files = janus.configuration(8188, tmp_path, [100, 300], {"plugins": ["libjanus_sip.so", "libjanus_lua.so"]})
    assert set(files) == {"janus.jcfg", "janus.transport.http.jcfg", "janus.plugin.videoroom.jcfg"}
    assert 'plugins: { disable = "libjanus_sip.so,libjanus_lua.so" }' in files["janus.jcfg"]
    assert 'port = 8188, ip = "127.0.0.1"' in files["janus.transport.http.jcfg"]
    rooms = files["janus.plugin.videoroom.jcfg"].splitlines()
    assert [room.split(":")[0] for room in rooms] == ["room-100", "room-300"]
    assert all(f'record = true, rec_dir = "{tmp_path}"' in room for room in rooms)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"janus": "error", "error": {"code": 458, "reason": "No such session"}}, "No such session"),
        ({"janus": "event", "plugindata": {"data": {"error_code": 428, "error": "No such feed (1)"}}}, "No such feed"),
    ],
)
def test_what_janus_refuses_is_told(answer: dict[str, object], words: str):
    with pytest.raises(janus.Refused, match=words):
        janus.checked(answer)


def test_other_answers_are_handed_on():
    for answer in ({"janus": "ack"}, {"janus": "event", "plugindata": {"data": {"videoroom": "joined"}}}):
        assert janus.checked(answer) is answer


def test_cpu_time_is_read_behind_whatever_the_process_is_called():
    ticks = os.sysconf("SC_CLK_TCK")
    line = f"42 (a) b) S 1 42 42 0 -1 4194560 900 0 3 0 {2 * ticks} {ticks} 7 7 20 0 9 0 1 1 1"
    assert janus.cpu_seconds(line) == 3.0
