"""The pages are true: README's blocks run, its links lead somewhere, and generated tables are fresh."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mocks import table
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.serving import await_control, dotenv, end

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in ROOT.glob("*/README.md") if not page.parent.name.startswith(".")),
    *sorted((ROOT / "docs").glob("*.md")),
]

PLAYED = (ROOT / "README.md", ROOT / "scenarios" / "README.md")
"""The pages whose commands are run as written."""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server as README starts it, its env file beside the scenarios in a folder of its own."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    env_file, log = folder / ".sandbox.env", folder / "log"
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--env-file", str(env_file)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT)
    try:
        with closing(await_control(server, env_file, log)):
            yield {"folder": str(folder), **dotenv(env_file)}
    finally:
        end(server)


@pytest.mark.parametrize("block", [block for page in PLAYED for block in blocks(page, "bash")])
def test_the_readmes_commands_work_as_written(block: str, served: dict[str, str]) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "160"}
    done = subprocess.run(
        ["bash", "-euc", block], cwd=served["folder"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"errcode":4' not in done.stdout
    assert '"error"' not in done.stdout


def test_the_tests_that_pages_show_pass_with_our_pytest_plugin(tmp_path: Path) -> None:
    """S01, and other people's SDKs, unmodified, through the fixtures that a user would use."""
    for page in PAGES:
        for number, block in enumerate(blocks(page, "python")):
            (tmp_path / f"test_{page.stem.lower()}_{number}.py").write_text(block, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "sandbox.plugin", "-p", "no:locust", "-W", "ignore"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_toml_block_is_toml(page: Path) -> None:
    for block in blocks(page, "toml"):
        tomllib.loads(block)


def test_the_endpoint_table_is_fresh() -> None:
    text = table.PAGE.read_text("utf-8")
    assert table.page(text) == text, "run: python -m mocks.table"


def test_every_behaviour_is_described() -> None:
    text = (ROOT / "scenarios" / "README.md").read_text("utf-8")
    assert not [name for name in BEHAVIOURS if f"`{name}`" not in text]


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    named = {re.split(r"[\[<>=; ]", text)[0].lower() for text in [*project["dependencies"], *extras]} - {"commerce-sandbox"}
    said = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    assert not [name for name in named if name not in said]
