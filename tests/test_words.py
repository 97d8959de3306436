"""What customers read: one form of address, calm, finished, one word for one thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core.defaults import load_defaults

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("core/businesses", "core/rules", "core/steps", "core/usecases", "pages/customer", "pages/parts",
           "pages/steps")  # fmt: skip
FILES = ("core/agreements.py", "core/case.py", "core/errors.py", "core/flow.py", "core/ports_documents.py")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
STRAIGHT = re.compile(r"[\u4e00-\u9fff][,;:?!()\"'][\u4e00-\u9fff]")
"""Half-width punctuation between two Chinese characters."""
UNFINISHED = re.compile(r"测试|xxx|\bTODO\b|待定|此处|lorem|示例文字", re.IGNORECASE)
STRINGS_OF_SCRIPTS = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")


@cache
def python_files() -> tuple[Path, ...]:
    """Everything in Python that may speak to a customer."""
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return (*found, *(ROOT / name for name in FILES))


def _docstrings(tree: ast.Module) -> set[int]:
    """Lone strings: they describe code and are never shown."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def said_in_python(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every Chinese string constant, with the constant parts of f-strings."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.lineno, node.value


def said_in_scripts(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every string of a component's script or markup."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if path.suffix == ".html":
            yield number, re.sub(r"<[^>]*>", " ", line)
        for found in STRINGS_OF_SCRIPTS.findall(line):
            yield number, next((part for part in found if part), "")


def said_in_data(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """(path, text) of every string of firm data."""
    if isinstance(value, str):
        yield path, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from said_in_data(inner, f"{path}/{key}")


@cache
def said() -> tuple[tuple[str, str], ...]:
    """(where, text) of everything Chinese that customers may read in the interface."""
    found = []
    for path in python_files():
        found += [(f"{path.relative_to(ROOT)}:{line}", text) for line, text in said_in_python(path)]
    for path in sorted((ROOT / "pages/parts").rglob("*")):
        if path.suffix in {".js", ".html"}:
            found += [(f"{path.relative_to(ROOT)}:{line}", text) for line, text in said_in_scripts(path)]
    return tuple((where, text) for where, text in found if CHINESE.search(text))


@cache
def firm_texts() -> tuple[tuple[str, str], ...]:
    """(where, text) of the first firm data."""
    return tuple(said_in_data(load_defaults(demo=True), "defaults"))


def banned() -> dict[str, str]:
    """Word -> the one to use, from the last table of the glossary."""
    section = (ROOT / "docs/glossary.md").read_text("utf-8").split("## Words we do not use")[1]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    return {word: say for not_, say in rows for word in not_.split(" / ") if CHINESE.search(word)}


def offenders(pattern: re.Pattern[str], texts: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{where}: {text}" for where, text in texts if pattern.search(text)]


def test_there_is_something_to_check() -> None:
    assert len(said()) > 300
    assert len(firm_texts()) > 800
    assert len(banned()) > 12


def test_customers_are_addressed_politely() -> None:
    assert offenders(re.compile("你"), said() + firm_texts()) == []


def test_nobody_shouts() -> None:
    marks = re.compile(r"！|[\u4e00-\u9fff]!")
    assert offenders(marks, said() + firm_texts()) == []


def test_texts_are_finished() -> None:
    assert offenders(UNFINISHED, said()) == []


def test_punctuation_between_chinese_is_chinese() -> None:
    assert offenders(STRAIGHT, said() + firm_texts()) == []


@pytest.mark.parametrize("word", sorted(banned()))
def test_one_word_for_one_thing(word: str) -> None:
    kept = tuple((where, text) for where, text in firm_texts() if "/aliases/" not in where)
    assert offenders(re.compile(word), said() + kept) == [], f"say {banned()[word]}"


def test_refusals_are_whole_sentences() -> None:
    """A refusal says why and what to do: it ends as a sentence does."""
    for path in [ROOT / "core/errors.py", *sorted((ROOT / "core/usecases").glob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                said = node.exc.args[0]
                text = ast.unparse(said.args[0] if isinstance(said, ast.Call) and said.args else said)
                if CHINESE.search(text):
                    assert text.rstrip("'\"").endswith("。"), f"{path.name}:{node.lineno} {text}"
