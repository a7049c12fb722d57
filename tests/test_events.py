"""The journal: what it keeps, what it forgets, and that whoever reads on misses nothing and reads nothing twice."""

from __future__ import annotations

from sandbox.events import Journal


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
