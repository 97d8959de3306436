"""Worlds of the access table in which the firm's own rules are drafted."""

from __future__ import annotations

import io
from dataclasses import replace

import docx

from core.usecases.draft_rules import begin_draft, propose_draft, save_draft
from tests.core.access_worlds import World, at, new
from tests.desk_bench import Bench


def drafted(bench: Bench) -> World:
    """The admin has written a draft of new rules."""
    world, maker = new(bench), bench.staff("admin")
    draft = begin_draft(bench.desk, maker, "prepare")
    content = replace(draft.content, body={**draft.content.body, "minutes": 20}, note="营业部要求")
    world.kept = save_draft(bench.desk, maker, draft.id, draft.revision, content)
    return world


def word_file() -> bytes:
    """A Word file with one line."""
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("正文")
    document.save(out)
    return out.getvalue()


def agreement_drafted(bench: Bench) -> World:
    """The admin writes a draft of the agreements; a customer has read and signed them as they are."""
    world, maker = at("active")(bench), bench.staff("admin")
    world.kept = begin_draft(bench.desk, maker, "agreements")
    return world


def draft_to_try(bench: Bench) -> World:
    """The admin has begun other age rules."""
    world = new(bench)
    world.kept = begin_draft(bench.desk, bench.staff("admin"), "age_rules")
    return world


def rule_waiting(bench: Bench) -> World:
    """It waits for the second person."""
    world = drafted(bench)
    assert propose_draft(bench.desk, bench.staff("admin"), world.kept.id) == ()
    return world
