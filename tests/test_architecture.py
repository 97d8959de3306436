"""The picture that the code must keep: layers, names, sizes, and things that nobody may use."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPENERS = ("pages/parts/wiring.py", "pages/parts/call.py", "pages/parts/demo.py", "pages/routes/", "pages/worker.py",
           "pages/commands.py", "Home.py")  # fmt: skip
FOREIGN_TO_CORE = {"streamlit", "sqlalchemy", "cv2", "av", "aiortc", "pyhanko", "typst", "starlette"}
FORBIDDEN = re.compile(r"st\.cache_resource|unsafe_allow_html|st\.video\(|st\.download_button\(|time\.sleep\(")
WAITS = {"tests/e2e/", "tests/bench", "tests/prove", "tests/test_architecture.py"}


def tracked(suffix: str = ".py") -> list[Path]:
    """Files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.splitlines() if name.endswith(suffix) and (ROOT / name).exists()]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_core_is_plain_python() -> None:
    for path in tracked():
        if place(path).startswith("core/"):
            assert not {name.split(".")[0] for name in imports(path)} & FOREIGN_TO_CORE, place(path)


def test_only_the_wiring_opens_db_and_media() -> None:
    for path in tracked():
        name = place(path)
        if name.startswith("pages/") and not name.startswith(OPENERS):
            assert not {each.split(".")[0] for each in imports(path)} & {"db", "media"}, name


def test_cryptography_stays_in_its_places() -> None:
    for path in tracked():
        name = place(path)
        if name.startswith(("core/", "db/", "media/", "pages/")):
            uses = any(each.split(".")[0] == "cryptography" for each in imports(path))
            allowed = name.startswith(("core/keys.py", "db/sealed.py", "media/vault", "media/documents/"))
            assert not uses or allowed, name


def test_pages_hide_no_standard_module() -> None:
    for path in (ROOT / "pages").iterdir():
        assert path.stem not in sys.stdlib_module_names, path.name


def test_nobody_imports_parts_by_the_short_name() -> None:
    for path in tracked():
        assert not {name.split(".")[0] for name in imports(path)} & {"parts", "steps", "routes", "customer"}, place(
            path
        )


def test_traps_are_not_used() -> None:
    for path in tracked():
        name = place(path)
        if not name.startswith(tuple(WAITS)):
            assert not FORBIDDEN.search(path.read_text("utf-8")), name


def test_every_step_has_its_screen() -> None:
    from core.businesses import BUSINESSES
    from pages.steps import SCREENS

    keys = {step.key for business in BUSINESSES.values() for step in business.steps}
    assert keys == set(SCREENS)
    for key in keys:
        assert (ROOT / "core" / "steps" / f"{key}.py").exists() and (ROOT / "pages" / "steps" / f"{key}.py").exists()


def test_files_stay_small() -> None:
    for path in tracked():
        name = place(path)
        if name.startswith("db/migrations/versions/") or name == "db/tables.py":
            continue
        lines = len(path.read_text("utf-8").splitlines())
        most = 200 if name.startswith(("pages/customer", "pages/staff", "pages/steps")) else 480
        assert lines <= most, f"{name}: {lines}"


def test_public_functions_say_what_they_do() -> None:
    for path in tracked():
        if not place(path).startswith(("core/", "media/", "db/")) or "migrations" in place(path):
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node) and node.returns is not None, f"{place(path)}: {node.name}"


def test_no_place_of_a_machine_is_named() -> None:
    shape = re.compile(r"[\"'( =]/(?:root|home|work)/")
    for path in tracked(""):
        text = path.suffix in {".py", ".md", ".toml", ".in", ".txt", ".sh", ".js", ".json"} or path.name == "Makefile"
        if text and place(path) != "tests/test_architecture.py":
            assert not shape.search(path.read_text("utf-8")), place(path)
