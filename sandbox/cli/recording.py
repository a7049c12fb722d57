"""`sandbox record`: a running mock's journal, a run's events or real claims become a case with its verdicts frozen.

Law: reads, writes one case, judges only what nobody has judged yet (claims). What was cut off is said, in the case and here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from sandbox.cases.claims import Claims, Columns
from sandbox.cases.journal import rows
from sandbox.cases.replay import freeze, without_collector
from sandbox.cases.rows import Lines, Row
from sandbox.cases.writing import add_note, write_case
from sandbox.errors import InputError, MachineError
from sandbox.report.metrics import WORLDS
from sandbox.rulebooks import Rulebook
from sandbox.rulebooks.overlay import check
from sandbox.scenario import document
from sandbox.serving import dotenv

from .live import Pages
from .showing import console


class Source(NamedTuple):
    """What is recorded: its rows, what to call it, and, once they are read, what was wrong with it ("" for nothing)."""

    rows: Iterable[Row]
    title: str
    doubt: Callable[[], str]


def record(
    source: str, out: Path, account: str, world: str, columns: Path | None, token: str, books: Mapping[str, Rulebook]
) -> None:
    """Record it. Raises InputError and MachineError."""
    if out.suffix != ".toml" or not out.stem.replace("_", "").isalnum() or out.stem != out.stem.lower():
        raise InputError("record", "--out", str(out), "a file such as my_case.toml: small letters, figures and _")
    if world not in ("", *WORLDS):
        raise InputError("record", "--world", world, " or ".join(WORLDS))
    if columns is not None:
        found = _claims(Path(source), columns, books)
    elif "://" in source:
        found = _server(source, token, account)
    elif Path(source).is_dir() or source.endswith(".jsonl"):
        found = _events(Path(source), account, world)
    else:
        found = _env_file(Path(source), account)
    with without_collector():
        steps = write_case(out, found.rows, found.title)
    if doubt := found.doubt():
        add_note(out, doubt)
        _say(f"note: {doubt}")
    _say(f"{steps:,} steps")
    _say(str(out))


def _claims(path: Path, columns: Path, books: Mapping[str, Rulebook]) -> Source:
    _must_be_file(path)
    mapped = check(Columns, document(columns, {})[0], str(columns))
    claims = Claims(path, mapped, str(columns))
    known = {action for book in books.values() for action in book.book.ready}
    return Source(freeze(_asked(claims, known, path), books), f"Claims of {path.name}", lambda: _cut(path, claims.cut))


def _asked(claims: Iterable[Row], known: set[str], path: Path) -> Iterator[Row]:
    """The claims, whose actions must be some rule's."""
    for row in claims:
        if row["action"] not in known:
            raise InputError(str(path), "action", row["action"], "an action that some rule is about")
        yield row


def _events(path: Path, account: str, world: str) -> Source:
    file = path / "events.jsonl" if path.is_dir() else path
    _must_be_file(file)
    lines = Lines(file)
    return Source(rows(lines, account, str(file), world), f"Journal of {path.name}", lambda: _cut(file, lines.cut))


def _env_file(path: Path, account: str) -> Source:
    _must_be_file(path)
    values = dotenv(path)
    if "SANDBOX_BASE" not in values:
        raise InputError(
            str(path), "file", path.name, "an env file, a URL, a run folder, events.jsonl, or claims with --columns"
        )
    return _server(values["SANDBOX_BASE"], values.get("SANDBOX_ADMIN_TOKEN", ""), account)


def _server(url: str, token: str, account: str) -> Source:
    """The journal of a running mock; what it forgot before it was asked is said."""
    control = httpx.Client(base_url=url, headers={"X-Sandbox-Token": token}, trust_env=False, timeout=30)
    pages = Pages(control)

    def events() -> Iterator[tuple[int, Mapping[str, Any]]]:
        try:
            control.get("/_sandbox/health").raise_for_status()
            yield from enumerate(pages, 1)
        except httpx.HTTPStatusError as problem:
            raise InputError(
                "record", "source", url, f"a sandbox and its token: it answers {problem.response.status_code}"
            ) from None
        except httpx.HTTPError as problem:
            raise MachineError(f"the sandbox at {url} does not answer: {problem}") from None
        finally:
            control.close()

    def doubt() -> str:
        return f"the journal had forgotten {pages.lost} events before the first of these" if pages.lost else ""

    return Source(rows(events(), account, url), f"Journal of {url}", doubt)


def _must_be_file(path: Path) -> None:
    if not path.is_file():
        raise InputError("record", "source", str(path), "a file that exists, a run folder, or a URL")


def _cut(path: Path, line: int) -> str:
    return f"{path.name} was cut off in line {line}: recorded up to the line before" if line else ""


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
