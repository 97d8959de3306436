"""The documents are true: what they name exists, what they show is up to date."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from core.case import Action, State
from tests.draw_flows import PAGE, drawings, redrawn
from tests.test_architecture import ROOT, python, tracked

DOCS = sorted(name for name in tracked() if name.endswith(".md") and not name.startswith("core/"))
PICTURES = "docs/pictures/"
FENCED = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
MADE_AT_RUN = {"keys.json", "data", "evidence", "jianzheng.db", "data/jianzheng.db"}
"""Files that a running installation makes."""
INVENTED = {"core/steps/shareholding.py", "pages/steps/shareholding.py"}
"""The example of docs/architecture.md."""


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def settings_in(source: str) -> set[str]:
    return set(re.findall(r"JIANZHENG_[A-Z_]+[A-Z]", source))


def settings_read() -> set[str]:
    """Every setting of the product: those of core/settings.py and what single commands read."""
    named = {f"JIANZHENG_{name}" for name in re.findall(r'value\("([A-Z_]+)"', text("core/settings.py"))}
    return named | {"JIANZHENG_ADMIN_PASSWORD"}


def code_words() -> list[tuple[str, str]]:
    """(document, word) for everything in backticks outside of blocks."""
    return [(name, word) for name in DOCS for word in CODE.findall(FENCED.sub("", text(name)))]


def shell_lines() -> list[tuple[str, str]]:
    """(document, line) of every shell block."""
    blocks = [(name, body) for name in DOCS for kind, body in FENCED.findall(text(name)) if kind in {"sh", "bash"}]
    return [(name, line.strip()) for name, body in blocks for line in body.splitlines() if line.strip()]


def test_the_documents_are_there() -> None:
    wanted = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md"}
    named = ("architecture", "decisions", "flow", "glossary", "operations", "requirements")
    wanted |= {f"docs/{name}.md" for name in named}
    assert wanted <= set(DOCS)


# -- settings
def test_every_setting_is_in_the_readme() -> None:
    assert set(re.findall(r"^\| `(JIANZHENG_\w+)` \|", text("README.md"), re.MULTILINE)) == settings_read()


def test_every_setting_named_anywhere_exists() -> None:
    for name in [*DOCS, *python(), "Makefile", ".streamlit/config.toml"]:
        assert settings_in(text(name)) <= settings_read(), name


# -- files, targets, commands
def test_every_file_named_exists() -> None:
    known = set(tracked()) | {str(Path(name).parent) for name in tracked()}
    known |= {parent.as_posix() for name in tracked() for parent in Path(name).parents}
    for name, word in code_words():
        path = word.rstrip("/")
        looks_like = re.fullmatch(r"\.?[\w.-]+(/[\w.-]+)*(\.[a-z]+)?/?", word) and ("/" in word or "." in word)
        starts = path.split("/")[0] in {"core", "db", "docs", "media", "pages", "tests", "Home.py"}
        if looks_like and starts and "." not in path.split("/")[0].removesuffix(".py"):
            assert path in known | INVENTED | MADE_AT_RUN, f"{name} names {word}"


def test_every_link_leads_somewhere() -> None:
    for name in DOCS:
        for target in re.findall(r"\]\(([^)#\s]+)\)", text(name)):
            if target.startswith("http"):
                continue
            path = (ROOT / name).parent / target
            assert path.exists() or PICTURES in path.as_posix(), f"{name} links to {target}"


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", text("Makefile"), re.MULTILINE))
    named = {(name, each) for name, word in code_words() if word.startswith("make ") for each in word.split()[1:]}
    named |= {(n, each) for n, line in shell_lines() if line.startswith("make ") for each in line.split()[1:]}
    assert len(named) > 8
    assert {(name, each) for name, each in named if each not in targets} == set()


def test_shell_lines_can_be_read_by_a_shell() -> None:
    assert shell_lines()
    for name, line in shell_lines():
        assert shlex.split(line), f"{name}: {line}"


@pytest.mark.parametrize("command", sorted({line for _, line in shell_lines() if line.startswith("python -m ")}))
def test_python_commands_name_modules_that_exist(command: str) -> None:
    module = command.split()[2]
    assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


@pytest.mark.parametrize("command", [[], ["verify-audit"], ["new-firm"]])
def test_the_commands_tell_how_they_are_used(command: list[str]) -> None:
    line = [sys.executable, "-m", "pages.commands", *command, "--help"]
    shown = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "usage: python -m pages.commands" in shown


def test_the_readme_founds_a_firm_with_the_right_number_of_words() -> None:
    from pages.commands import _parser

    [line] = [line for _, line in shell_lines() if "new-firm" in line and "pages.commands" in line]
    given = _parser().parse_args(shlex.split(line)[3:])
    assert given.number == "8001" and given.admin_login == "guanli"


# -- what is drawn or listed
def test_the_flow_is_drawn_as_declared() -> None:
    shown = PAGE.read_text("utf-8")
    assert redrawn(shown) == shown, "run python -m tests.draw_flows"
    assert set(re.findall(r"drawn: (\w+)", shown)) == set(drawings())


def test_the_drawing_follows_the_declaration() -> None:
    made = drawings()
    assert all(step in made["open_account"] for step in ("设备检测", "视频验证", "在线回访"))
    assert all(f"`{state}`" in made["actions"] for state in State)
    assert all(str(action) in made["actions"] for action in Action)


def glossary_names() -> list[tuple[str, str]]:
    """(Chinese, name in code) of every row of the glossary's tables."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]*`[^|]+) \|", text("docs/glossary.md"), re.MULTILINE)
    return [(chinese, name) for chinese, cell in rows for name in CODE.findall(cell)]


def test_every_name_of_the_glossary_is_used_in_the_code() -> None:
    code = "\n".join(text(name) for name in tracked() if name.startswith(("core/", "db/", "media/", "pages/")))
    words = set(re.findall(r"\w+", code))
    assert len(glossary_names()) > 100
    assert [(chinese, name) for chinese, name in glossary_names() if name not in words and name not in LATER] == []


LATER = {"monitor"}
"""Words that are agreed on for what is not built yet."""


def test_words_for_later_are_still_for_later() -> None:
    code = "\n".join(text(name) for name in python("core", "db", "media", "pages"))
    assert {word for word in LATER if re.search(rf"\b{word}\b", code)} == set()
