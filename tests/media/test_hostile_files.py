"""A reduced count of `make prove-decoder`: mutated files crash nothing, and nothing unclean is stored."""

from __future__ import annotations

from tests.prove.decoder import EXPECTED, MEMORY_MIB, mutated, originals, run_batch


def test_mutated_files_are_accepted_clean_or_refused() -> None:
    outcome = run_batch(900_000, 150)
    assert (outcome.crashes, outcome.unsanitised) == ([], [])
    assert outcome.accepted > 20 and outcome.refused > 20 and outcome.accepted + outcome.refused == 150
    assert 0 < outcome.peak_mib < MEMORY_MIB


def test_every_kind_is_mutated_and_repeatable() -> None:
    assert {mutated(number)[0] for number in range(60)} == set(EXPECTED) == set(originals())
    assert mutated(7) == mutated(7) != mutated(8)
