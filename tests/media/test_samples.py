"""The invented documents of the tests are fit for what they stand for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.rules.bank_card import luhn_ok
from core.rules.id_card import IdNumber, check_id_number
from media.images import PREVIEW_BYTES, preview, safe_decode
from tests import samples

DRAWINGS = [samples.id_front, samples.id_back, samples.bank_card, samples.signature, samples.hand_held]


@pytest.mark.parametrize("draw", DRAWINGS)
def test_sample_documents_pass_unchanged(draw: Callable[[int], bytes]) -> None:
    picture = safe_decode(draw(3), f"{draw.__name__}.jpg")
    assert (picture.width, picture.notes) == (1600, ())
    assert draw(3) == draw(3) != draw(4)
    assert len(preview(picture.jpeg)) <= PREVIEW_BYTES


def test_sample_numbers_have_right_check_digits_and_belong_to_nobody() -> None:
    people = [samples.person(seed) for seed in range(300)]
    for who in people:
        number = check_id_number(who.id_number)
        assert isinstance(number, IdNumber)
        assert (number.birth_date, number.sex) == (who.born, who.sex)
        assert luhn_ok(who.card_number)
        assert who.id_number.startswith("9999") and who.card_number.startswith("9999")
    assert len({who.id_number for who in people}) == len({who.card_number for who in people}) == 300
