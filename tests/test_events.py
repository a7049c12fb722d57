"""The journal: what it keeps, what it forgets, and that whoever reads on misses nothing and reads nothing twice."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from sandbox.errors import InputError, MachineError
from sandbox.events import Journal, read
from sandbox.plugin import SandboxAccount


def noted(journal: Journal, *accounts: str) -> None:
    """One event for each of these accounts."""
    for account in accounts:
        journal({"at": journal.total, "kind": "k", "account": account})


def test_who_reads_on_after_another_account_was_forgotten_reads_what_is_new() -> None:
    journal = Journal(10)
    noted(journal, "a", "b", "a", "b")
    _, following, _ = journal.since(0, "b", 2)
    journal.forget("a")
    noted(journal, "a", "b")
    mine, after, lost = journal.since(following, "b")
    assert ([event["at"] for event in mine], following, after, lost) == ([3, 5], 2, 6, 0)
    assert [event["at"] for event in journal.since(0)[0]] == [1, 3, 4, 5]
    assert journal.total == 6


def test_what_was_forgotten_is_not_lost_and_what_fell_out_is() -> None:
    journal = Journal(4)
    noted(journal, "a", "a", "b", "b")
    journal.forget("a")
    noted(journal, "b", "b")
    assert journal.since(0, "b")[2] == 0
    noted(journal, "b")
    assert (journal.since(0, "b")[2], journal.since(3, "b")[2]) == (3, 0)
    assert [event["at"] for event in journal.since(3, "b")[0]] == [3, 4, 5, 6]


def test_a_page_ends_at_its_limit_and_the_next_begins_there() -> None:
    journal = Journal()
    noted(journal, *"abab")
    first, following, _ = journal.since(0, "a", 2)
    rest, end, _ = journal.since(following, "a", 2)
    assert ([one["at"] for one in first + rest], end) == ([0, 2], 4)


@pytest.mark.parametrize("line", [b"[]", b"5", b"no json", b"\xff\xfe"])
def test_a_line_that_is_no_event_is_refused_with_its_number(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "x").write_bytes(b'{"at":1}\n' + line + b"\n")
    with pytest.raises(InputError, match=r"x: line 2 = .*a JSON object"):
        list(read(tmp_path / "x"))


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes('{"at":1}\n{"at":"é'.encode()[:-1])
    assert list(read(tmp_path / "x")) == [{"at": 1}]


def account(journal: Journal, begins: int) -> SandboxAccount:
    """An account of the pytest plugin whose sandbox has this journal and gives two events a page."""

    def answer(request: httpx.Request) -> httpx.Response:
        found, following, lost = journal.since(int(request.url.params["since"]), request.url.params["account"], 2)
        return httpx.Response(200, json={"events": found, "next": following, "lost": lost, "total": journal.total})

    return SandboxAccount("b", {}, httpx.Client(transport=httpx.MockTransport(answer), base_url="http://x"), begins)


def test_the_plugin_reads_a_journal_to_its_end_and_says_when_some_of_it_is_gone() -> None:
    """A test that asserts that something did not happen must have seen everything."""
    journal = Journal(6)
    assert account(journal, 0).events() == []
    noted(journal, "a", "b", "a", "b", "b")
    assert [event["at"] for event in account(journal, 0).events()] == [1, 3, 4]
    noted(journal, "b", "a", "b")
    with pytest.raises(MachineError, match="forgot 2 events"):
        account(journal, 0).events("k")
    assert [event["at"] for event in account(journal, 2).events("k")] == [3, 4, 5, 7]
