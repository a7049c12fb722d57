"""The shape of the code, checked by machine: sizes, docstrings, purity at run time. Layers are import-linter's."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for folder in ("sandbox", "mocks", "loadtests") for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FUNCTION_CAP = 50
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "common", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize(
    ("path", "cap"),
    [(p, 300) for p in SOURCES] + [(p, 400) for p in TESTS],
    ids=lambda v: name(v) if isinstance(v, Path) else str(v),
)
def test_no_file_is_longer_than_its_cap(path: Path, cap: int) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= cap


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_function_is_longer_than_fifty_lines(path: Path) -> None:
    long = {
        one.name: one.end_lineno - one.lineno
        for one in functions(path)
        if one.end_lineno and one.end_lineno - one.lineno > FUNCTION_CAP
    }
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert len(docstring) > 20


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [name(path) for path in SOURCES if path.stem in FORBIDDEN_NAMES]


def test_the_policy_engine_imports_nothing_that_could_make_it_impure() -> None:
    """Beyond the layers: at run time too, judging loads no clock of ours, no framework, no pydantic."""
    code = "import sys, sandbox.policy; print(*(m for m in ('pydantic', 'simpy', 'fastapi', 'asyncio', 'sandbox.clock') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


def test_nothing_but_the_load_generator_imports_locust() -> None:
    """Importing it patches sockets, so not even indirectly: neither the command line nor the server may load it."""
    code = "import sys, sandbox.cli.running, mocks.serve, loadtests.codec; print(*(m for m in ('locust', 'gevent') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


def test_the_project_names_no_registry_host() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8") + (ROOT / "pyproject.toml").read_text("utf-8")
    assert "index-url" not in text
    assert "://" not in text
