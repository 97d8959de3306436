"""Save the answers of a step: who, state, order of steps and every rule are checked here, on the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.case import Action, Case, require
from core.errors import WrongState
from core.flow import Checked, Facts
from core.permissions import own
from core.ports import Desk, Work
from core.steps import profile
from core.usecases.block_list import NEUTRAL, stopped
from core.usecases.loading import Loaded, load, settle

MOST_DRAFT = 20_000
"""Characters of JSON."""


def load_own(work: Work, actor: Actor, case_id: str, action: Action, step: str | None = None) -> Loaded:
    """The customer's case ready for an action; raises `NotAllowed`, `WrongState` (also when the step is not due)."""
    loaded = load(work, case_id)
    own(actor, loaded.case)
    require(loaded.case, action)
    if step and not loaded.business.may_enter(step, loaded.facts, loaded.rules, loaded.now):
        raise WrongState("请先完成前面的步骤。")
    return loaded


def answer_step(
    desk: Desk, actor: Actor, case_id: str, step: str, answers: Mapping[str, Any], version: int | None = None
) -> Checked:
    """Check and store. With errors nothing is stored. An equal value changes nothing, so it clears no proof.

    `version` is the case version the page showed; a newer one raises `Stale` (second tab).
    """
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, step)
        checked = loaded.business.step(step).check(answers, loaded.facts, loaded.rules, loaded.now)
        if checked.ok and step == "profile" and stopped(work, _known_by(checked.values), f"case:{case_id}"):
            return Checked({"step": NEUTRAL})
        if checked.ok:
            case = save(work, actor, loaded, step, checked.values, version)
            settle(work, case)
        return checked


def _known_by(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(values.get(key) or "") for key in ("id_number", "phone")}


def keep_draft(desk: Desk, actor: Actor, case_id: str, step: str, answers: Mapping[str, Any]) -> None:
    """Keep what was typed into a refused step, sealed beside the answers, so that a refresh loses nothing.

    It counts for nothing else; more than 20,000 characters are no honest form and are dropped.
    """
    if len(json.dumps(answers, ensure_ascii=False, default=str)) > MOST_DRAFT:
        return
    with desk.write(actor.firm_id) as work:
        load_own(work, actor, case_id, Action.ANSWER, step)
        work.cases.save_answer(case_id, f"draft:{step}", answers)


def save(
    work: Work, actor: Actor, loaded: Loaded, step: str, values: Mapping[str, Any], version: int | None = None
) -> Case:
    """Store checked values with clear facts and flags; bumps the case's version once."""
    work.cases.save_answer(loaded.case.id, step, values)
    if step == "part" and values["part"] == "identity":
        for slot in ("id_front", "id_back"):  # a new validity means a new card: the old pictures count no more (R077)
            work.cases.replace_evidence(loaded.case.id, slot=slot)
    changes = _clear_changes(work, loaded, step, values)
    case = work.cases.change(loaded.case, expected=version, **changes)
    work.audit(actor, Tag.CUSTOMER_STEP_SAVE, f"case:{case.id}", step=step, version=case.version)
    return case


def _clear_changes(work: Work, loaded: Loaded, step: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Declared clear facts, the blind index of the ID number, and flags."""
    case, clear = loaded.case, dict(loaded.case.clear)
    changes: dict[str, Any] = {}
    flags = set(case.flags)
    if step == "profile":
        clear |= profile.clear_facts(values)
        changes["id_number"] = values["id_number"]
        flags = _identity_flags(work, loaded.facts, values, flags)
    elif step == "photos":
        flags = flags | {"assisted"} if values.get("assisted") else flags - {"assisted"}
    elif step == "suitability":
        clear |= {"level": values["level"], "lowest": values["lowest"]}
    elif step == "exchanges":
        clear["exchanges"] = list(values["chosen"])
    elif step == "follow_up":
        flags = flags | {"follow_up"} if values.get("flags") else flags - {"follow_up"}
    return {**changes, "clear": clear, "flags": tuple(sorted(flags))}


def _identity_flags(work: Work, facts: Facts, values: Mapping[str, Any], flags: set[str]) -> set[str]:
    """疑似重复, PEP and age flags for the reviewer; the visitor is told nothing."""
    number, case = str(values["id_number"]), facts.case
    known = work.people.find_customer(id_number=number)
    foreign = known is not None and case.customer_id != known.id
    checks = {
        "duplicate": foreign or work.cases.others_with_id(number, case.id, case.owner) > 0,
        "pep": values.get("pep") != "none",
        "age": bool(values.get("extra_review")),
        "dishonesty": values.get("dishonesty") != ["none"],
    }
    return (flags - set(checks)) | {name for name, hit in checks.items() if hit}
