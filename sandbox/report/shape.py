"""The shape of `summary.json`, which other tools read.

Law: the keys of the first block of `Summary` are fixed; more may be added, none renamed. Everything here is plain JSON.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Verdict = Literal["pass", "fail", "invalid", "interrupted"]


class WorldRow(TypedDict):
    """What one world showed."""

    metrics: dict[str, float]


class ExpectationRow(TypedDict):
    """One expectation judged in one world; `actual` is None when nothing was seen to measure, and then it does not hold."""

    name: str
    world: str
    expected: str
    actual: float | None
    holds: bool


class AgreementRow(TypedDict):
    """One metric in both worlds.

    `difference` and `tolerance` are relative to the larger value; `tolerance` is None when the metric is not compared;
    `allowed` says the same for people.
    """

    metric: str
    sim: float | None
    live: float | None
    difference: float | None
    tolerance: float | None
    within: bool
    because: str
    allowed: str


class RefusalRow(TypedDict):
    """How often a rule refused an action with a code, by world; and when first, virtual ms from the start of that world."""

    rule: str
    action: str
    code: str
    counts: dict[str, int]
    first: dict[str, int]


class MomentRow(TypedDict):
    """Something worth knowing that happened: `at` is virtual ms from the start of its world."""

    world: str
    at: int
    what: str


class BusiestRow(TypedDict):
    """The minute with the most orders: `at` is virtual ms from the start of its world."""

    at: int
    orders: int


class CapacityRow(TypedDict):
    """A rate and how it is known: measured over HTTP, measured in process, extrapolated, simulated."""

    kind: str
    per_second: float
    says: str


class ShopRow(TypedDict):
    """What no metric tells of shops: (product, sold), (pair, bought together), and by population (step, share) of the greatest loss."""

    ranking: list[tuple[str, int]]
    bought_with: list[tuple[str, int]]
    lost: dict[str, tuple[str, float]]


class Summary(TypedDict):
    """The whole of `summary.json`."""

    scenario: str
    seed: int
    verdict: Verdict
    reasons: list[str]
    worlds: dict[str, WorldRow]
    expectations: list[ExpectationRow]
    agreement: list[AgreementRow]

    description: str
    story: list[str]
    not_judged: list[str]
    refusals: list[RefusalRow]
    moments: list[MomentRow]
    busiest: dict[str, BusiestRow]
    load: dict[str, dict[str, int]]
    manifest: dict[str, Any]
    shops: dict[str, ShopRow]
    risk: dict[str, dict[str, Any]]
    capacity: list[CapacityRow]
