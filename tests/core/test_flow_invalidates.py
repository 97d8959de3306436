"""What a change invalidates when an account is opened: the table in the docs, held against the use cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.agreements import agreements_for, to_sign
from core.flow import Facts
from core.steps import certificate, sign, witness
from core.usecases.bank_cards import add_card, remove_card
from core.usecases.loading import Loaded
from tests import samples
from tests.builders import CONSENTS, DEVICE_READY, Walk, case_at
from tests.desk_bench import Bench, id_number

DOCS = Path(__file__).parents[2] / "docs"
NOTHING, SOME, ALL = "—", "those that print it", "all"
COLUMNS = ("Reading", "Video", "Certificate", "Signatures", "Asked again")
Change = Callable[[Bench, Walk], object]


def profile(**values: object) -> Change:
    return lambda bench, walk: walk.answer(bench, "profile", walk.profile_values(**values))


def photo(slot: str) -> Change:
    return lambda bench, walk: walk.add_photo(bench, slot, "new")


def level(name: str) -> Change:
    def change(bench: Bench, walk: Walk) -> None:
        walk.level = name
        walk.do_suitability(bench)

    return change


def other_card(bench: Bench, walk: Walk) -> None:
    remove_card(bench.desk, walk.actor, walk.case_id, walk.facts(bench).slot("bank_card")[0].id)
    second_card(bench, walk)


def second_card(bench: Bench, walk: Walk) -> None:
    item = walk.add_photo(bench, "bank_card", "second")
    assert not add_card(bench.desk, walk.actor, walk.case_id, samples.sample_card(60), "", item.id)
    walk.confirm_bank(bench)


CHANGES: dict[str, Change] = {
    "name": profile(name="张三丰"),
    "ID number": profile(id_number=id_number(21)),
    "contact address": profile(contact_address="样张路 200 号 3 室"),
    "tax residency": profile(tax_residency="foreign_only", tax_family_name="ZHANG", tax_given_name="SAN",
                             tax_birth_place="中国上海", tax_home_address="样张国样张市", tax_country="样张国",
                             tax_number="123456"),
    "any other field of the profile": profile(education="master", id_address="样张省样本市测试路 2 号"),
    "photo of the ID card, front or back": photo("id_back"),
    "photo of the signature": photo("signature"),
    "first bank card": other_card,
    "a further bank card": second_card,
    "suitability level (same notices)": level("C5"),
    "suitability level (other notices)": level("C2"),
    "chosen exchanges": lambda bench, walk: walk.answer(bench, "exchanges", {"chosen": ["GFEX", "SHFE"]}),
    "device": lambda bench, walk: walk.answer(bench, "device", {**DEVICE_READY, "rtt_ms": 99}),
    "an equal value": lambda bench, walk: (walk.do_profile(bench), walk.answer(bench, "photos", CONSENTS)),
}  # fmt: skip


def attesting(loaded: Loaded) -> dict[str, set[str]]:
    """The proofs that hold, by kind."""
    facts, rules, now = loaded.facts, loaded.rules, loaded.now
    read = agreements_for("agreements", facts, rules, now)
    signed = to_sign(facts, rules, now)
    return {
        "Reading": {d.code for d in read if facts.proof("read", d.code, d.fingerprint, "agreements")},
        "Video": {"passed"} if witness.done(facts, rules, now) else set(),
        "Certificate": {"installed"} if certificate.done(facts, rules, now) else set(),
        "Signatures": {d.code for d in signed if _signature(facts, d.code, sign.signature_print(d, facts))},
    }


def _signature(facts: Facts, code: str, mark: str) -> bool:
    return facts.proof("signed", code, mark, "sign") is not None


def row_of(name: str, before: Loaded, after: Loaded) -> str:
    """One line of the table: what was lost, and the steps that are not done any more."""
    held, holds = attesting(before), attesting(after)
    words = []
    for kind in COLUMNS[:-1]:
        lost = held[kind] - holds[kind]
        words.append(NOTHING if not lost else ALL if lost == held[kind] else SOME)
    plan = after.business.plan(after.facts, after.rules, after.now)
    steps = [step.title for step in plan if not step.is_done(after.facts, after.rules, after.now)]
    return f"| {name} | {' | '.join(words)} | {'、'.join(steps) or NOTHING} |"


def finished_case(bench: Bench) -> Walk:
    """A case that could be handed in."""
    walk = case_at(bench, "follow_up", level="C4")
    given = {"answers": walk.follow_up_answers(bench), "confirmed": True}
    assert walk.answer(bench, "follow_up", given) == {}
    assert walk.step(bench) == "submit"
    return walk


def table_rows() -> set[str]:
    """Every line of a table in the pages about the flow."""
    pages = [path.read_text("utf-8") for path in sorted(DOCS.glob("flow*.md"))]
    return {line for page in pages for line in page.splitlines() if line.startswith("| ")}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_invalidates_what_the_docs_say(bench: Bench, name: str) -> None:
    walk = finished_case(bench)
    before = walk.loaded(bench)
    CHANGES[name](bench, walk)
    assert row_of(name, before, walk.loaded(bench)) in table_rows()


def test_the_docs_name_every_change_that_is_tested_and_no_other() -> None:
    head = f"| Changed | {' | '.join(COLUMNS)} |"
    assert head in table_rows()
    pages = [path.read_text("utf-8") for path in sorted(DOCS.glob("flow*.md")) if head in path.read_text("utf-8")]
    lines = pages[0].split(head)[1].splitlines()[2:]
    named = []
    for line in lines:
        if not line.startswith("|"):
            break
        named.append(line.split("|")[1].strip())
    assert named == list(CHANGES)
