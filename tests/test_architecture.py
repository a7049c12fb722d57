"""The shape of the code, checked by machine: sizes, docstrings, purity at run time. Layers are import-linter's."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for folder in ("sandbox", "mocks", "loadtests") for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FUNCTION_CAP = 50
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "common", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize(("paths", "cap"), [(SOURCES, 300), (TESTS, 400)], ids=["sources", "tests"])
def test_no_file_is_longer_than_its_cap(paths: list[Path], cap: int) -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in paths}
    assert len(lengths) > 100
    assert not {path: lines for path, lines in lengths.items() if lines > cap}


def test_no_function_is_longer_than_fifty_lines() -> None:
    functions = [
        (name(path), node.name, (node.end_lineno or 0) - node.lineno)
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(functions) > 1_000
    assert not [one for one in functions if one[2] > FUNCTION_CAP]


def test_every_module_says_what_it_is_for() -> None:
    assert not [name(path) for path in SOURCES if len(ast.get_docstring(parsed(path)) or "") <= 20]


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
