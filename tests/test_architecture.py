"""The picture that the code must keep: layers, names, sizes, and things that nobody may use."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.audit import Tag
from core.businesses import BUSINESSES
from core.permissions import Permission
from pages.steps import SCREENS

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("core", "db", "media", "pages")
OPENERS = ("pages/parts/wiring.py", "pages/parts/call.py", "pages/parts/demo.py", "pages/routes/", "pages/worker.py",
           "pages/commands.py")  # fmt: skip
"""What may open db and media besides Home.py."""
FOREIGN_TO_CORE = {"streamlit", "sqlalchemy", "cv2", "av", "aiortc", "pyhanko", "typst", "starlette", "httpx", "PIL"}
FOREIGN_TO_DB_AND_MEDIA = {"streamlit", "streamlit_webrtc", "starlette"}
CRYPTOGRAPHY = ("core/keys.py", "db/sealed.py", "media/vault", "media/documents/")
LONG = ("db/tables.py", "db/migrations/versions/")
"""Lists, not logic: the table of tables and what migrations generate."""
TEXT = {".css", ".html", ".in", ".js", ".json", ".md", ".py", ".sh", ".svg", ".toml", ".typ", ".yaml", ".yml", ""}


@cache
def tracked() -> tuple[str, ...]:
    """Files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def python(*folders: str) -> list[str]:
    """Python files under these folders, or all."""
    wanted = tuple(f"{folder}/" for folder in folders)
    return [name for name in tracked() if name.endswith(".py") and (not folders or name.startswith(wanted))]


@cache
def tree(name: str) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse((ROOT / name).read_text("utf-8"))


def imported(name: str) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def roots(name: str) -> set[str]:
    """First parts of what a file imports."""
    return {module.split(".")[0] for module in imported(name)}


def functions(name: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods of a file as (dotted name, node); functions within functions are left out."""

    def walk(nodes: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                yield from walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield prefix + node.name, node  # type: ignore[misc]

    yield from walk(tree(name).body, "")


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of a file as (what is called, node)."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


# -- who knows whom
def test_core_is_plain_python() -> None:
    assert {name: roots(name) & FOREIGN_TO_CORE for name in python("core") if roots(name) & FOREIGN_TO_CORE} == {}


def test_db_and_media_know_no_page() -> None:
    found = {name: roots(name) & FOREIGN_TO_DB_AND_MEDIA for name in python("db", "media")}
    assert {name: hit for name, hit in found.items() if hit} == {}


def test_only_the_wiring_opens_db_and_media() -> None:
    others = [name for name in python("pages") if not name.startswith(OPENERS)]
    assert [name for name in others if roots(name) & {"db", "media"}] == []


def test_cryptography_stays_in_its_places() -> None:
    users = [name for name in python(*PRODUCT) if "cryptography" in roots(name)]
    assert users, "nobody encrypts any more"
    assert [name for name in users if not name.startswith(CRYPTOGRAPHY)] == []


def test_pages_hide_no_standard_module() -> None:
    """`pages/` is sys.path[0] while a page runs, so a file there would stand in for the module of the same name."""
    assert [path.name for path in (ROOT / "pages").iterdir() if path.stem in sys.stdlib_module_names] == []


def test_nobody_imports_pages_by_a_short_name() -> None:
    """`parts.x` makes a second copy of every singleton."""
    short = {path.stem for path in (ROOT / "pages").iterdir() if path.stem not in {"__init__", "__pycache__"}}
    assert [name for name in python() if roots(name) & short] == []


# -- what nobody may use
@pytest.mark.parametrize("trap", ["st.cache_resource", "st.cache_data", "st.video", "st.download_button", "st.audio"])
def test_pages_use_no_trap(trap: str) -> None:
    """Caches are cleared by anonymous visitors; /media needs no sign-in and outlives the session."""
    used = [name for name in python("pages") if any(called == trap for called, _ in calls(name))]
    decorated = [name for name in python("pages") if f"@{trap}" in (ROOT / name).read_text("utf-8")]
    assert used + decorated == []


def test_no_html_from_markdown() -> None:
    flag = "unsafe_allow_" + "html"
    assert [name for name in python() if flag in (ROOT / name).read_text("utf-8")] == []


def test_pictures_are_shown_as_data_urls() -> None:
    shown = [(name, node) for name in python("pages") for called, node in calls(name) if called.endswith(".image")]
    assert shown, "no page shows a picture any more"
    for name, node in shown:
        assert ast.unparse(node.args[0]).startswith("picture_url("), f"{name}:{node.lineno}"


def test_nothing_sleeps() -> None:
    """Tests wait for what they need (two poll for a server's start); benchmarks measure windows of time."""
    waits = ("tests/e2e/driver.py", "tests/e2e/test_device_key.py", "tests/bench/", "tests/prove/")
    asleep = [
        f"{name}:{node.lineno}"
        for name in python()
        if not name.startswith(waits)
        for called, node in calls(name)
        if called == "time.sleep"
    ]
    assert asleep == []


def test_nothing_is_skipped() -> None:
    words = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
    found = [name for name in python("tests") if words.search((ROOT / name).read_text("utf-8"))]
    assert [name for name in found if name != "tests/test_architecture.py"] == []


# -- sizes and words about functions
def test_files_stay_small() -> None:
    """A page at most 200 lines, another file of the product 350, a file of tests 450."""
    for name in python():
        if name.startswith(LONG):
            continue
        page = name.startswith(("pages/customer/", "pages/staff/", "pages/steps/"))
        most = 200 if page else 450 if name.startswith("tests/") else 350
        lines = len((ROOT / name).read_text("utf-8").splitlines())
        assert lines <= most, f"{name}: {lines} lines, at most {most}"


def test_functions_stay_small() -> None:
    for name in python(*PRODUCT):
        if name.startswith(LONG):
            continue
        for dotted, node in functions(name):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= 40, f"{name}: {dotted} has {lines} lines"


def test_public_functions_say_what_they_do() -> None:
    """A docstring and a return type for every public function and method of core, db and media."""
    for name in python("core", "db", "media"):
        if name.startswith(("db/migrations/", "core/ports")):
            continue
        for dotted, node in functions(name):
            if any(part.startswith("_") for part in dotted.split(".")):
                continue
            assert node.returns is not None, f"{name}: {dotted} has no return type"
            assert ast.get_docstring(node) or _only_declared(node), f"{name}: {dotted} has no docstring"


def _only_declared(node: ast.FunctionDef) -> bool:
    """Whether this is a member of a protocol (`...`), which its class describes."""
    return [ast.unparse(each) for each in node.body] == ["..."]


def test_every_file_says_what_it_is_for() -> None:
    named = [name for name in python(*PRODUCT) if not name.endswith("__init__.py") and "migrations" not in name]
    assert [name for name in named if not ast.get_docstring(tree(name))] == []


# -- tables
def test_tags_and_permissions_are_sorted() -> None:
    for enum in (Tag, Permission):
        parts = [member.value.split(":") for member in enum]
        assert parts == sorted(parts), enum.__name__
        assert all(re.fullmatch(r"[a-z]+:[a-z_]+:[a-z_]+", member.value) for member in enum), enum.__name__


def test_every_step_has_its_screen() -> None:
    steps = {step.screen or step.key: step for business in BUSINESSES.values() for step in business.steps}
    assert set(steps) == set(SCREENS)
    screens = {Path(name).stem for name in python("pages/steps")} - {"__init__", "submit"}
    assert screens == set(steps), "submit is no step: it is drawn when nothing is left to do"
    own = {f"core/steps/{key}.py" for key in steps}
    declared = {name for name in python("core/steps") if "STEP = Step(" in (ROOT / name).read_text("utf-8")}
    assert declared <= own


# -- what no file may say
def test_no_place_of_a_machine_is_named() -> None:
    places = re.compile(
        r"""(?:^|["'`( =])/(?:root|home|work)/|\b(?:pypi|npmjs)\.(?:org|com)|--(?:extra-)?index-url[ =]"""
    )
    for name in tracked():
        if Path(name).suffix in TEXT and name != "tests/test_architecture.py":
            hit = places.search((ROOT / name).read_text("utf-8"))
            assert hit is None, f"{name}: {hit and hit.group()}"


def test_no_file_speaks_of_how_it_was_made() -> None:
    """The browsers' own names (userAgent, user_agent) and Streamlit's /_stcore/agent are something else."""
    words = re.compile(
        r"(?<![\w/])(?i:helpers?|agents?|ai|assistants?|briefs?|issue \d+)(?!\w)|(?:#|//) *(?:TODO|FIXME)"
    )
    browser = {"pages/parts/components/device_check.js", "tests/e2e/test_components.py", "tests/test_architecture.py"}
    for name in tracked():
        if Path(name).suffix in TEXT and name not in browser:
            hit = words.search((ROOT / name).read_text("utf-8"))
            assert hit is None, f"{name}: {hit and hit.group()}"
