"""The fold over verdicts: how many calls, allowed or refused, by which rule, with which code, and when.

Law: counts only. Times are kept in bins of five virtual seconds, so that a long run takes no more room than a short one with
the same codes.
"""

from __future__ import annotations

from collections import Counter

from sandbox.events import Event

from .fields import text, whole, yes

BIN = 5_000
"""Virtual ms in a bin."""

ALLOWED = ""
"""The code of a call that was let through."""

Refusal = tuple[str, str, str]
"""(action, code, rule)."""


class Calls:
    """What the gate said. `bins` counts by (action, code, bin), where bin x `BIN` is the virtual time it starts at."""

    def __init__(self) -> None:
        self.bins: Counter[tuple[str, str, int]] = Counter()
        self.refusals: Counter[Refusal] = Counter()
        self.first_refused: dict[Refusal, int] = {}
        self.last_refused: dict[Refusal, int] = {}

    def __call__(self, event: Event) -> None:
        """Take one `verdict`."""
        at, action = whole(event, "at"), text(event, "action")
        if yes(event, "allowed"):
            self.bins[action, ALLOWED, at // BIN] += 1
            return
        # A refusal without a code would pass for an admission in the bins.
        code = text(event, "code") or "(none)"
        self.bins[action, code, at // BIN] += 1
        refusal = (action, code, text(event, "rule"))
        self.refusals[refusal] += 1
        self.first_refused.setdefault(refusal, at)
        self.last_refused[refusal] = at

    def by_code(self) -> Counter[tuple[str, str]]:
        """Calls by (action, code)."""
        counts: Counter[tuple[str, str]] = Counter()
        for (action, code, _), number in self.bins.items():
            counts[action, code] += number
        return counts

    def actions(self) -> dict[str, int]:
        """How many calls of each action, most called first."""
        counts: Counter[str] = Counter()
        for (action, _), number in self.by_code().items():
            counts[action] += number
        return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))

    def metrics(self) -> dict[str, float]:
        """`<action>.calls`, `.allowed`, `.refused`, `.refused.<code>`."""
        counts = self.by_code()
        found: dict[str, float] = {}
        for action, calls in self.actions().items():
            allowed = counts[action, ALLOWED]
            found |= {f"{action}.calls": calls, f"{action}.allowed": allowed, f"{action}.refused": calls - allowed}
        found |= {f"{action}.refused.{code}": number for (action, code), number in counts.items() if code != ALLOWED}
        return found
