"""The nouns of the policy engine: what is asked, what is answered, which rules there are.

Law: values only. Everything here is frozen, holds plain numbers and strings, and knows no clock. Times are whole
milliseconds since the epoch (UTC), durations whole milliseconds, money whole minor units. Call, Verdict and Reply are named
tuples because one of each is made for every request, and a frozen dataclass takes three times as long to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NamedTuple

named: Final = tuple.__new__
"""`named(Call, (...))` makes a named tuple of all its values, in half the time that `Call(...)` takes: for what every request makes."""

Cell = tuple[Any, ...]
"""What one rule remembers of one subject: whole numbers. A record of risk control (see `records`) holds values and their times too."""

Cells = Mapping[str, Cell]

NEVER: Final = 2**63 - 1
"""A `retry_after` that no waiting can satisfy: the cost exceeds the limit, or only a hand can lift the block."""

LONG_AGO: Final = -NEVER
"""A time before every window."""

UNLIMITED: Final = 2**63 - 1
"""A `remaining` when no quota applies."""

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
"""No attributes, no payload."""


class Call(NamedTuple):
    """One thing asked of a platform.

    `actor` holds the subjects that scopes name (ip, device, user, card, application ...); `cost` is in units of the
    quota, and less than 0 counts as 0; `payload` is what the action needs and the engine never reads.
    """

    platform: str
    action: str
    account: str
    actor: Mapping[str, str] = NOTHING
    cost: int = 1
    payload: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True)
class Signal:
    """One fact told afterwards: an outcome, a finished call, a hand on a breaker, a complaint.

    `about` is the action it concerns; `started` is when the call it reports on was asked (ms), 0 when it reports on none,
    and `cost` the units that it asked for.
    """

    platform: str
    kind: str
    account: str
    about: str = ""
    actor: Mapping[str, str] = field(default_factory=dict)
    started: int = 0
    ok: bool = True
    took: int = 0
    payload: Mapping[str, Any] = field(default_factory=dict)
    cost: int = 1


@dataclass(frozen=True, slots=True)
class Sanction:
    """What a signal led to: `effect` of `rule` on `subject` until `until` (ms; `NEVER` when only a hand lifts it)."""

    rule: str
    effect: str
    subject: str
    until: int


class Assessment(NamedTuple):
    """What risk control thinks of a call: its score, the tier that it reaches, what that brings, the detectors that hit.

    `until` is when a time that the tier set is over (ms; 0: it set none); `sanctions` are what the hits led to.
    """

    score: int = 0
    tier: int = 0
    action: str = ""
    rules: tuple[str, ...] = ()
    until: int = 0
    sanctions: tuple[Sanction, ...] = ()


class Verdict(NamedTuple):
    """The engine's answer to a call; a refusal is a value, never an exception.

    `rule` is the refusing rule with the longest wait, and `retry_after` is that wait: a call repeated exactly then, with
    nothing else between, is allowed. `remaining` is the least left over all quotas that apply; `reset_after` is until all
    of them are full again. `shadowed` names shadow rules that would have refused; `tripped` the breaker that this call opened;
    `risk` is what risk control thinks of the call, where it watches the action.
    """

    allowed: bool
    rule: str = ""
    retry_after: int = 0
    remaining: int = UNLIMITED
    reset_after: int = 0
    tier: int = 0
    shadowed: tuple[str, ...] = ()
    tripped: str = ""
    risk: Assessment | None = None


class Reply(NamedTuple):
    """What a client can see of an answer: never the verdict.

    `code` is the platform's own code (`"0"`/`""` on success), `at` when the client got it, `retry_after` only where the
    platform really reveals it.
    """

    ok: bool
    code: str = ""
    body: Mapping[str, Any] = NOTHING
    at: int = 0
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` units per `window` ms for each subject named by `scope`, counted by `algorithm`.

    `burst` is the bucket's size (0: `limit`); `offset` shifts clock-aligned windows (8 h makes days start at midnight in
    Beijing); `when` lists (attribute, value) pairs that a call must carry for the rule to apply, where a *missing*
    attribute counts as carried, so that leaving it out never escapes a rule; `weight` names the attribute that holds
    the cost in place of `Call.cost`; a `shadow` rule counts and never refuses; `trips` is the breaker that an excess opens.
    Raises ValueError for figures that count nothing: a window of no length, a limit or a burst below 0.
    """

    id: str
    limit: int
    window: int
    algorithm: str = "fixed"
    scope: tuple[str, ...] = ()
    burst: int = 0
    offset: int = 0
    when: tuple[tuple[str, str], ...] = ()
    weight: str = ""
    shadow: bool = False
    trips: str = ""

    def __post_init__(self) -> None:
        _demand(self.id, self.window > 0, f"window = {self.window}: expected more than 0")
        _demand(self.id, self.limit >= 0, f"limit = {self.limit}: expected 0 or more")
        _demand(self.id, self.burst >= 0, f"burst = {self.burst}: expected 0 or more")


@dataclass(frozen=True, slots=True)
class Breaker:
    """When calls are cut off, for how long, and what lets them through again. Durations in ms, thresholds in percent.

    trip_on      "excess" (a quota that names this breaker in `trips` refuses) or "outcomes" (results told afterwards)
    window       how outcomes are remembered: "count" (last `size` calls), "rolling" (`size` ms in `buckets`),
                 "tumbling" (one bucket of `size` ms that starts anew)
    strict       a threshold trips only above it, not at it (Sentinel); 100 % always trips at 100
    open_ms      cool-down; each trip within `forgive_ms` of the last closing multiplies it by `backoff`, up to `max_open_ms`
    probes       calls let through when half-open, judged together by the same thresholds
    half_open_ms how long half-open waits for its probes before it opens again; 0 waits for ever

    Raises ValueError for figures that it could never come back from, or that its window cannot count.
    """

    id: str
    open_ms: int
    trip_on: str = "outcomes"
    scope: tuple[str, ...] = ()
    window: str = "count"
    size: int = 100
    buckets: int = 1
    min_calls: int = 1
    failure_percent: int = 0
    slow_ms: int = 0
    slow_percent: int = 0
    strict: bool = False
    backoff: int = 1
    max_open_ms: int = 0
    forgive_ms: int = 0
    probes: int = 1
    half_open_ms: int = 0

    def __post_init__(self) -> None:
        _demand(self.id, self.open_ms > 0, f"open_ms = {self.open_ms}: expected more than 0")
        _demand(self.id, self.probes > 0, f"probes = {self.probes}: expected 1 or more")
        _demand(self.id, self.backoff > 0, f"backoff = {self.backoff}: expected 1 or more")
        _demand(self.id, 0 < self.buckets <= self.size, f"buckets = {self.buckets}: expected 1 to {self.size}")


def _demand(rule: str, holds: bool, complaint: str) -> None:
    if not holds:
        raise ValueError(f"{rule}: {complaint}")
