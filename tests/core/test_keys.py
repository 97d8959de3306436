"""The key ring: what is sealed opens only at its place, in its firm, with its ring."""

from __future__ import annotations

import base64
import json
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotConfigured
from core.keys import SEALED_EXTRA, MasterKeys, Unreadable

RING = MasterKeys.in_memory()
RING.rotate()
KEYS, OTHER = RING.firm("firm_a"), RING.firm("firm_b")


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def ring_json(current: object, keys: dict[str, str]) -> str:
    return json.dumps({"current": current, "keys": keys})


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_round_trip(data: bytes, aad: bytes) -> None:
    blob = KEYS.seal(data, aad)
    assert KEYS.open(blob, aad) == data
    assert len(blob) == len(data) + SEALED_EXTRA
    assert blob != KEYS.seal(data, aad)


@given(st.binary(), st.binary(), st.binary())
def test_wrong_place_is_refused(data: bytes, aad: bytes, other: bytes) -> None:
    blob = KEYS.seal(data, aad)
    if aad == other:
        assert KEYS.open(blob, other) == data
    else:
        with pytest.raises(Unreadable):
            KEYS.open(blob, other)


@given(st.binary(max_size=60), st.data())
def test_any_changed_bit_is_refused(data: bytes, draw: st.DataObject) -> None:
    blob = bytearray(KEYS.seal(data, b"t|c|1"))
    place = draw.draw(st.integers(0, len(blob) * 8 - 1))
    blob[place // 8] ^= 1 << place % 8
    with pytest.raises(Unreadable):
        KEYS.open(bytes(blob), b"t|c|1")


@given(st.binary(max_size=90))
def test_garbage_is_refused_without_detail(blob: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        KEYS.open(blob, b"")
    assert caught.value.text == str(caught.value) == Unreadable.text
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_other_firm_cannot_open() -> None:
    with pytest.raises(Unreadable):
        OTHER.open(KEYS.seal(b"6225", b"a"), b"a")


def test_purposes_are_apart() -> None:
    sealed, wrapped = KEYS.seal(b"k" * 32, b"id"), KEYS.wrap_file_key(b"k" * 32, "id")
    with pytest.raises(Unreadable):
        KEYS.unwrap_file_key(sealed, "id")
    with pytest.raises(Unreadable):
        KEYS.open(wrapped, b"id")
    values = {KEYS.mac("a", b"x"), KEYS.mac("b", b"x"), KEYS.subkey("a"), KEYS.subkey("b"), OTHER.subkey("a")}
    assert len(values) == 5


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_firm_and_purpose_never_run_into_each_other(a: str, b: str, c: str, d: str) -> None:
    same = RING.firm(a).subkey(b) == RING.firm(c).subkey(d)
    assert same == ((a, b) == (c, d))


def test_file_key_is_bound_to_its_file() -> None:
    raw = os.urandom(32)
    blob = KEYS.wrap_file_key(raw, "file-1")
    assert KEYS.unwrap_file_key(blob, "file-1") == raw
    with pytest.raises(Unreadable):
        KEYS.unwrap_file_key(blob, "file-2")
    with pytest.raises(Unreadable):
        OTHER.unwrap_file_key(blob, "file-1")


@given(st.text(max_size=20), st.text(max_size=20))
def test_index_is_equal_for_equal_values_only(a: str, b: str) -> None:
    assert len(KEYS.index("phone", a)) == 16
    assert (KEYS.index("phone", a) == KEYS.index("phone", b)) == (a == b)
    assert KEYS.index("phone", a) != KEYS.index("name", a)
    assert KEYS.index("phone", a) != OTHER.index("phone", a)


def test_index_takes_text_that_is_no_unicode() -> None:
    assert KEYS.index("name", "\ud800") != KEYS.index("name", "?")


def test_rotation_keeps_old_values_and_constants() -> None:
    ring = MasterKeys.in_memory()
    keys = ring.firm("f")
    old, constants = keys.seal(b"x", b"a"), (keys.index("f", "v"), keys.mac("p", b"d"), keys.subkey("s"))
    assert ring.rotate() == 2
    new = keys.seal(b"x", b"a")
    assert (old[1:3], new[1:3]) == (b"\0\1", b"\0\2")
    assert keys.open(old, b"a") == keys.open(new, b"a") == b"x"
    assert (keys.index("f", "v"), keys.mac("p", b"d"), keys.subkey("s")) == constants


def test_unknown_key_id_is_unreadable() -> None:
    blob = KEYS.seal(b"x", b"")
    with pytest.raises(Unreadable):
        KEYS.open(blob[:1] + b"\0\x09" + blob[3:], b"")


def test_firm_keys_are_cached() -> None:
    assert RING.firm("firm_a") is KEYS


def test_first_start_creates_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "data" / "master.key"
    first = MasterKeys.load(path, None)
    blob = first.firm("f").seal(b"x", b"")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(path.parent) == ["master.key"]
    assert MasterKeys.load(path, "  ").firm("f").open(blob, b"") == b"x"


def test_two_first_starts_agree_on_one_key(tmp_path: Path) -> None:
    path, found = tmp_path / "master.key", []
    starts = [threading.Thread(target=lambda: found.append(MasterKeys.load(path, None))) for _ in range(8)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len({ring.firm("f").subkey("s") for ring in found}) == 1
    assert len(found) == 8
    assert names(tmp_path) == ["master.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    MasterKeys.load(path, None)
    path.chmod(mode)
    with pytest.raises(NotConfigured) as caught:
        MasterKeys.load(path, None)
    assert "600" in caught.value.text


def test_rotation_is_stored_and_other_processes_follow(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    here, elsewhere = MasterKeys.load(path, None), MasterKeys.load(path, None)
    here.rotate()
    blob = here.firm("f").seal(b"x", b"")
    assert elsewhere.firm("f").open(blob, b"") == b"x"
    assert elsewhere.current == 2
    assert elsewhere.rotate() == 3
    assert here.rotate() == 4
    assert MasterKeys.load(path, None).current == 4
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["master.key"]


def test_rotation_waits_for_nobody(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    ring = MasterKeys.load(path, None)
    (tmp_path / "master.key.new").touch()
    before = path.read_bytes()
    with pytest.raises(NotConfigured):
        ring.rotate()
    assert (path.read_bytes(), ring.current) == (before, 1)


def test_failed_rotation_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    ring = MasterKeys.load(path, None)
    path.unlink()
    with pytest.raises(NotConfigured):
        ring.rotate()
    assert ring.current == 1
    assert names(tmp_path) == []


def test_environment_wins_and_writes_nothing(tmp_path: Path) -> None:
    one, two = os.urandom(32), os.urandom(32)
    single = MasterKeys.load(tmp_path / "k", encoded(one) + "\n")
    pair = MasterKeys.load(tmp_path / "k", ring_json(2, {"1": encoded(one), "2": encoded(two)}))
    assert pair.current == 2
    assert pair.firm("f").open(single.firm("f").seal(b"x", b""), b"") == b"x"
    assert pair.firm("f").subkey("s") == single.firm("f").subkey("s")
    with pytest.raises(NotConfigured):
        pair.rotate()
    assert names(tmp_path) == []


GOOD = encoded(bytes(range(32)))


@pytest.mark.parametrize(
    "value",
    [
        "secret",
        GOOD[:-4],
        encoded(bytes(32)),
        encoded(b"ab" * 16),
        "{",
        "{}",
        "[]{",
        ring_json(2, {"1": GOOD}),
        ring_json(2, {"2": GOOD}),
        ring_json(0, {"0": GOOD, "1": GOOD}),
        ring_json(1, {"1": GOOD, "65536": GOOD}),
        ring_json(None, {"1": GOOD}),
        ring_json(1, {"1": "???"}),
        ring_json(1, {"x": GOOD}),
        '{"current": 1, "keys": [1]}',
        '{"current": 1, "keys": {"1": 5}}',
        '{"current": 1, "keys": {"1": "密"}}',
        '{"a":' * 99_999,
    ],
)
def test_malformed_value_is_refused_without_showing_it(tmp_path: Path, value: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        MasterKeys.load(tmp_path / "k", value)
    assert value[:6] not in caught.value.text
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_malformed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(b"\xff\xfe")
    path.chmod(0o600)
    with pytest.raises(NotConfigured):
        MasterKeys.load(path, None)


def test_secrets_stay_out_of_reprs() -> None:
    raw = os.urandom(32)
    ring = MasterKeys({1: raw}, 1)
    assert repr(raw)[2:-1] not in repr(ring) + repr(ring.firm("firm_a"))
    assert "firm_a" not in repr(ring.firm("firm_a"))
