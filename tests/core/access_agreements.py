"""The rows of 协议管理 in the table of who may do what; see access_table.py for what the cells mean."""

from __future__ import annotations

from typing import Any

from core.agreement_book import new_row
from core.records_rules import DraftContent
from core.rules.calendar import local_day
from core.usecases.agreement_desk import (
    Question,
    agreement_book,
    agreement_readers,
    draft_changes,
    end_agreement,
    import_word,
    keep_terms,
    preview_agreement,
    put_agreement,
    try_out,
)
from tests.core.access_rules_worlds import agreement_drafted, word_file
from tests.core.access_worlds import new

AGREEMENT_ROWS: tuple[Any, ...] = (
    (agreement_book, new, "---o-o-o -- --o", lambda w, a: agreement_book(w.desk, a)),
    (draft_changes, agreement_drafted, "---o-o-o -- --0", lambda w, a: draft_changes(w.desk, a, w.kept.id)),
    (put_agreement, agreement_drafted, "---w-w-+ -- --0",
     lambda w, a: put_agreement(w.desk, a, w.kept, new_row("night", "夜盘", "文", 300), DraftContent(None))),
    (end_agreement, agreement_drafted, "---w-w-+ -- --0",
     lambda w, a: end_agreement(w.desk, a, w.kept, "tax_statement", DraftContent(None))),
    (keep_terms, agreement_drafted, "---w-w-+ -- --0", lambda w, a: keep_terms(w.desk, a, w.kept, DraftContent(None))),
    (preview_agreement, new, "---o-o-o -- --o", lambda w, a: preview_agreement(w.desk, a, "夜盘", "文", "night", "1")),
    (import_word, new, "---o-o-o -- --o", lambda w, a: import_word(w.desk, a, word_file())),
    (try_out, new, "---o-o-o -- --o", lambda w, a: try_out(w.desk, a, Question(local_day(w.desk.clock()), "profile"))),
    (agreement_readers, agreement_drafted, "-+++-++- -- --o",
     lambda w, a: agreement_readers(w.desk, a, "risk_statement", "2026.1")),
)  # fmt: skip
