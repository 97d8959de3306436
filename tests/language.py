"""The texts of the interface and their English: what has to be translated, and the catalogue that is kept up to date.

`python -m tests.language` collects every Chinese text that pages may show, adds new ones to the catalogue with an empty
translation, keeps what is translated, and marks as obsolete what nobody says any more. `tests/test_language.py` fails
while something is missing.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from core.defaults import load_defaults
from pages.parts.components.script_texts import texts_of_script

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "pages/locales/en/LC_MESSAGES/jianzheng.po"
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff01-\uff60]")
"""Chinese characters and the punctuation of Chinese texts."""
MARKERS = {"_", "Sentence", "dialog"}
"""Calls whose first argument is translated."""
NO_PAGES = (
    "pages/commands.py",  # for whoever runs the server
    "pages/parts/demo.py", "pages/parts/demo_people.py",  # invented people and firms, and what the console says
    "pages/routes/assertions.py", "core/keys.py", "core/settings.py",  # why the server does not start
    "core/rules/photo_fields.py",  # what stands on cards
)  # fmt: skip


def python_files(*folders: str) -> Iterator[Path]:
    """Files whose texts somebody may see."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if str(path.relative_to(ROOT)) not in NO_PAGES:
                yield path


def texts_of(path: Path) -> Iterator[tuple[ast.expr, list[ast.AST]]]:
    """(text, what it stands in, from the inside out) of each Chinese text and template that is no docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        constants = [each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if not constants or isinstance(parents[node], ast.Expr | ast.JoinedStr):
            continue
        template = any("{" in text for text in constants) and wrapped(node, [parents[node]])
        if not template and not any(CHINESE.search(text) for text in constants):
            continue
        around: list[ast.AST] = [node]
        while around[-1] in parents:
            around.append(parents[around[-1]])
        yield node, around[1:]  # type: ignore[misc]


def wrapped(node: ast.AST, around: list[ast.AST]) -> bool:
    """Whether a text is the argument of a call that translates it."""
    call = around[0]
    return isinstance(call, ast.Call) and node in call.args and ast.unparse(call.func).split(".")[-1] in MARKERS


def _pattern(call: ast.AST) -> bool:
    """Whether a text is a regular expression."""
    return isinstance(call, ast.Call) and ast.unparse(call.func).startswith("re.")


def said_in_code() -> Iterator[tuple[str, str]]:
    """(text, file) of every Chinese constant of pages and core."""
    for path in python_files("pages", "core"):
        for node, around in texts_of(path):
            if isinstance(node, ast.Constant) and not _pattern(around[0]):
                yield node.value, str(path.relative_to(ROOT))


def said_in_scripts() -> Iterator[tuple[str, str]]:
    """(text, file) of every Chinese text of a component or style sheet; words.js turns Streamlit's English into it."""
    for path in sorted((ROOT / "pages/parts").rglob("*")):
        if path.suffix in {".js", ".html", ".css"} and path.name != "words.js":
            yield from ((text, str(path.relative_to(ROOT))) for text in texts_of_script(path.read_text("utf-8")))


SPOKEN = {"staff", "opening", "closing", "ask", "sentences", "neutral_end"}
"""What staff say or write to the customer: Chinese, as the customer's case is."""
SILENT = SPOKEN | {"keywords", "aliases"}


def said_in_data(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """(text, key of the firm's data) of every Chinese text of the first firm data that pages show."""
    if isinstance(value, str) and CHINESE.search(value):
        yield value, where
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key not in SILENT:
            yield from said_in_data(inner, where)


def titles_in_data(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """(title, key of the firm's data) of each title, where the texts below it stay Chinese."""
    if isinstance(value, dict) and CHINESE.search(str(value.get("title", ""))):
        yield str(value["title"]), where
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from titles_in_data(inner, where)


TITLED_DATA = ("agreements", "sms_texts", "reservation_rules")
SHOWN_DATA = ("notices", "questionnaire", "prepare", "help", "education", "reject_reasons", "exchanges", "banks",
              "codes", "follow_up", "access_rules", "knowledge_test", "match_table", "witness_script",
              "callback_topics", "thresholds", "service_hours")  # fmt: skip
"""The firm data that pages show; agreements and text messages stay Chinese."""


def messages() -> dict[str, list[str]]:
    """Chinese text -> where it is said."""
    found: dict[str, list[str]] = {}
    rules = load_defaults(demo=True)
    data = [each for key in SHOWN_DATA if key in rules for each in said_in_data(rules[key], f"core/defaults/{key}")]
    titles = [each for key in TITLED_DATA for each in titles_in_data(rules[key], f"core/defaults/{key}")]
    for text, where in [*said_in_code(), *said_in_scripts(), *data, *titles]:
        places = found.setdefault(text, [])
        if where not in places:
            places.append(where)
    return found


def placeholders(text: str) -> list[str]:
    """Names in braces, once each and sorted."""
    try:
        return sorted({re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(text) if name is not None})
    except ValueError:
        return []


def catalogue() -> Catalog:
    """The catalogue as it lies in the tree; empty before the first time."""
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    return read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="en")


def update(translations: dict[str, str] | None = None) -> Catalog:
    """The catalogue with every message of the code; `translations` fills in or replaces."""
    old, new = catalogue(), Catalog(locale="en", project="jianzheng", fuzzy=False)
    known = {message.id: message.string for message in old if message.id} | (translations or {})
    for text, places in messages().items():
        new.add(text, known.get(text) or "", locations=[(place, 0) for place in places])
    for text, string in known.items():
        if text not in new and string:
            new.obsolete[text] = Message(text, string)
    return new


def save(found: Catalog) -> None:
    """Write the catalogue, by text order of the files, without dates, so that a diff shows only texts."""
    out = io.BytesIO()
    write_po(out, found, omit_header=True, width=110, include_lineno=False, ignore_obsolete=False)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_bytes(out.getvalue())


if __name__ == "__main__":
    made = update()
    save(made)
    empty = sum(1 for message in made if message.id and not message.string)
    sys.stdout.write(f"{len(made)} texts, {empty} not translated, {len(made.obsolete)} obsolete\n")
