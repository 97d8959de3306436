"""A small run of the proof that kill -9 loses no customer and gives none to two witnesses."""

from __future__ import annotations

import pytest

from tests.prove.queue import prove


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_witnesses_lose_nobody(kind: str) -> None:
    found = prove(kind, claims=200, workers=4, kills=4, patience_s=120)
    assert (found["customers"], found["kills"]) == (200, 4)
    assert (found["double"], found["lost"]) == (0, 0)
    assert found["claims"] >= 200
