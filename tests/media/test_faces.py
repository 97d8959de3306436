"""Where a face is in a small frame, and which frames are not looked at."""

from __future__ import annotations

import pytest

from core.errors import BadFile
from core.rules.rehearsal import Face, face_place
from media.faces import MAX_BYTES, find_faces
from tests.media.drawn_face import frame


@pytest.mark.parametrize(("drawn", "place"), [
    ([(160, 120, 90)], Face.ONE), ([(150, 110, 120)], Face.ONE), ([], Face.NONE), ([(160, 120, 32)], Face.SMALL),
    ([(60, 120, 80)], Face.ASIDE), ([(160, 185, 80)], Face.ASIDE), ([(90, 120, 80), (230, 120, 80)], Face.SEVERAL),
])  # fmt: skip
def test_a_drawn_face_is_found_where_it_is(drawn: list[tuple[int, int, int]], place: Face) -> None:
    assert face_place(*find_faces(frame(drawn))) is place


def test_a_phone_held_upright_is_looked_at_the_same_way() -> None:
    boxes, width, height = find_faces(frame([(120, 150, 110)], size=(240, 320)))
    assert (width, height, face_place(boxes, width, height)) == (240, 320, Face.ONE)


@pytest.mark.parametrize("picture", [
    b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"0" * 40, frame()[:200], frame(size=(640, 480)),
    frame() + b"0" * MAX_BYTES,
])  # fmt: skip
def test_anything_else_is_refused(picture: bytes) -> None:
    with pytest.raises(BadFile):
        find_faces(picture)
