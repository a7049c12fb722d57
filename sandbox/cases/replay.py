"""Champion and challenger: recorded steps under other rules, and where the verdicts differ.

Law: one pass, nothing held but the meters and the counts. The engine is asked directly, without store and journal, which are not
what is compared. A verdict differs when it allows otherwise, or gives another code, rule or tier.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.errors import InputError
from sandbox.policy import Assessment, Call, Cell, Verdict, judge, observe
from sandbox.rulebooks import Rulebook

from .rows import KEYS, MAIN, PASSED, Row, call_of, signal_of

KEPT: Final = 1_000
"""Examples of differences that are kept whole."""

Said = list[Any]
"""[allowed, code, rule, tier]"""

Answered = tuple[Said, Verdict]
"""What was said, and the verdict behind it."""

Pair = tuple[str, str]
"""(what the champion said, what the challenger says): a rule, or "" for allowed."""


@dataclass(slots=True)
class Differences:
    """What a replay found. Amounts are in fen, of the calls that carry one; `first` are whole examples with line numbers.

    `detectors` are those of the challenger that hit at calls whose verdicts differ.
    """

    calls: int = 0
    facts: int = 0
    champion: Counter[str] = field(default_factory=Counter)
    challenger: Counter[str] = field(default_factory=Counter)
    counts: Counter[Pair] = field(default_factory=Counter)
    amounts: Counter[Pair] = field(default_factory=Counter)
    detectors: Counter[str] = field(default_factory=Counter)
    first: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many verdicts differ."""
        return sum(self.counts.values())

    def turned(self, *, refused: bool) -> tuple[int, int]:
        """How many calls are refused that were allowed (or the other way round), and the money in them (fen)."""
        pairs = [
            pair for pair in self.counts if (not pair[0] and bool(pair[1])) == refused and bool(pair[0]) != bool(pair[1])
        ]
        return sum(self.counts[pair] for pair in pairs), sum(self.amounts[pair] for pair in pairs)

    def note(self, number: int, row: Row, was: Said, now: Said, risk: Assessment | None) -> None:
        """One verdict that differs, and what risk control thinks of the call."""
        pair = (_rule(was), _rule(now))
        self.counts[pair] += 1
        self.amounts[pair] += amount(row.get("actor", {}))
        found = risk or Assessment()
        self.detectors.update(found.rules)
        if len(self.first) < KEPT:
            self.first.append(
                {"line": number, **row, "said": was, "says": now, "detectors": list(found.rules), "score": found.score}
            )


def _rule(said: Said) -> str:
    return "" if said[0] else said[2]


def amount(actor: Mapping[str, str]) -> int:
    """The money in a call, fen; 0 when it says none."""
    text = actor.get("amount", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class Bench:
    """Rulebooks and their meters: the engine at its barest."""

    def __init__(self, books: Mapping[str, Rulebook]) -> None:
        self.books = books
        self._cells: dict[str, dict[str, Cell]] = {name: {} for name in books}

    def asker(self, platform: str) -> Callable[[Call, int], Answered]:
        """What the platform says to a call, at a time. The closure looks nothing up that does not change."""
        book, codes, cells = self.books[platform].book, self.books[platform].codes, self._cells[platform]

        def ask(call: Call, now: int) -> Answered:
            changed, verdict = judge(book, cells, call, now)
            if changed:
                cells.update(changed)
            if verdict[0]:
                return PASSED if not verdict.tier else [True, "", "", verdict.tier], verdict
            return [False, codes[verdict.rule], verdict.rule, verdict.tier], verdict

        return ask

    def tell(self, row: Row) -> None:
        """A fact."""
        signal = signal_of(row)
        changed, _ = observe(self.books[signal.platform].book, self._cells[signal.platform], signal, row["at"])
        self._cells[signal.platform].update(changed)


@contextmanager
def without_collector() -> Iterator[None]:
    """Millions of meters, none of them in a cycle: looking for cycles among them would take a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def replay(rows: Iterable[tuple[int, Row]], books: Mapping[str, Rulebook], where: str) -> Differences:
    """Play numbered rows under `books`, against what they say was said. Raises InputError with the line."""
    found, bench, before = Differences(), Bench(books), 0
    askers = {platform: bench.asker(platform) for platform in books}
    champion, challenger = found.champion, found.challenger
    make: Callable[..., Call] = Call
    for number, row in rows:
        try:
            at = row["at"]
            if at < before:
                raise InputError(f"{where}:{number}", "at", at, f"no earlier than the step before it ({before})")
            before = at
            if not row.keys() <= KEYS:
                raise InputError(f"{where}:{number}", min(row.keys() - KEYS), "(given)", "one of " + ", ".join(sorted(KEYS)))
            if "signal" in row:
                bench.tell(row)
                found.facts += 1
                continue
            action = row["action"]
            platform = action.partition(".")[0]
            cost = row.get("cost", 1)
            if cost < 1:
                raise InputError(f"{where}:{number}", "cost", cost, "at least 1")
            call = make(platform, action, row.get("account", MAIN), row.get("actor", {}), cost)
            says, verdict = askers[platform](call, at)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise InputError(f"{where}:{number}", "step", str(row), f"a recorded step: {problem!r}") from None
        was = row.get("said", PASSED)
        found.calls += 1
        if not was[0]:
            champion[was[2]] += 1
        if not says[0]:
            challenger[says[2]] += 1
        if says is not was and says != was:
            found.note(number, row, was, says, verdict.risk)
    return found


def freeze(rows: Iterable[Row], books: Mapping[str, Rulebook]) -> Iterable[Row]:
    """The rows with what `books` say to each call."""
    bench = Bench(books)
    askers = {platform: bench.asker(platform) for platform in books}
    for row in rows:
        if "signal" in row:
            bench.tell(row)
            yield row
            continue
        call = call_of(row)
        said, _ = askers[call.platform](call, row["at"])
        yield row if said is PASSED else {**row, "said": said}
