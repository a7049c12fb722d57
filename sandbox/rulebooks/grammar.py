"""What a rulebook may say: the typed grammar of `<platform>.toml`.

Law: a figure without a source does not load. An entry's `standing` says how far to trust it: published (somebody who should know
printed it), measured (seen on the real platform), assumed (ours, where nothing is known).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def milliseconds(text: object) -> object:
    """A duration such as "90s", "1m" or "8h" in milliseconds; anything else is left as it is."""
    found = re.fullmatch(r"(\d+)(ms|s|m|h|d)", text) if isinstance(text, str) else None
    return int(found[1]) * UNITS[found[2]] if found else text


def duration(text: object) -> object:
    """As `milliseconds`, but text that is no duration is refused."""
    found = milliseconds(text)
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError('a duration such as "90s", "1m" or "8h"')  # noqa: TRY004 - pydantic reports ValueError only
    return found


Duration = Annotated[int, BeforeValidator(duration), Field(ge=0)]
Window = Annotated[int, BeforeValidator(duration), Field(gt=0)]
Whole = Annotated[int, Field(ge=0)]


class Strict(BaseModel):
    """No unknown keys, no silent conversion, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(Strict):
    """A document that figures come from."""

    title: str
    at: str
    read: date


class Cited(Strict):
    """Anything with a figure: where it comes from, how far to trust it, which facts of the specification it builds."""

    source: str
    standing: Literal["published", "measured", "assumed"]
    part: str = ""
    facts: Annotated[tuple[str, ...], Field(strict=False)] = ()
    note: str = ""


class AboutActions(Cited):
    """A rule about some actions: names, and patterns such as "wecom.kf_*"; `except` takes some of these out again."""

    actions: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    excepted: Annotated[tuple[str, ...], Field(strict=False, alias="except")] = ()


class QuotaEntry(AboutActions):
    """A limit: see `sandbox.policy.Quota`. `code` is the platform's answer to an excess."""

    limit: Whole
    window: Window
    code: str
    algorithm: Literal["fixed", "anchored", "sliding", "counter", "bucket", "concurrent"] = "fixed"
    scope: Annotated[tuple[str, ...], Field(strict=False)] = ()
    burst: Whole = 0
    offset: Duration = 0
    when: dict[str, str] = {}
    weight: str = ""
    mode: Literal["enforce", "shadow"] = "enforce"
    trips: str = ""


class BreakerEntry(AboutActions):
    """A breaker: see `sandbox.policy.Breaker`. `preset` fills in what is not said here."""

    code: str
    preset: str = ""
    scope: Annotated[tuple[str, ...], Field(strict=False)] = ()
    trip_on: Literal["excess", "outcomes"] | None = None
    window: Literal["count", "rolling", "tumbling"] | None = None
    size: Window | None = None
    buckets: Annotated[int, Field(gt=0)] | None = None
    min_calls: Whole | None = None
    failure_percent: Whole | None = None
    slow: Duration | None = None
    slow_percent: Whole | None = None
    strict: bool | None = None
    open: Window | None = None
    backoff: Annotated[int, Field(gt=0)] | None = None
    max_open: Duration | None = None
    forgive: Duration | None = None
    probes: Annotated[int, Field(gt=0)] | None = None
    half_open: Duration | None = None


class LatencyEntry(Cited):
    """How long the platform takes to answer an action."""

    takes: Duration


class ErrorEntry(Cited):
    """What the platform says with a code, and the HTTP status it says it with."""

    text: str
    status: Annotated[int, Field(ge=200, le=599)] = 200


class SettingEntry(Cited):
    """Any other figure or choice: a token's life, a window for signatures. Durations are given as text and kept as ms."""

    value: Annotated[Any, BeforeValidator(milliseconds)]


Amount = Annotated[float, BeforeValidator(milliseconds), Field(ge=0)]


class FigureEntry(Cited):
    """A parameter of a model: a share, a factor (`times`), fen, ms (given as a duration) or a count."""

    value: Amount
    unit: Literal["share", "times", "fen", "ms", "count"]

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        _share(self.unit, self.value)
        return self


class RangeEntry(Cited):
    """A parameter between two values, both included: whoever needs one draws it."""

    low: Amount
    high: Amount
    unit: Literal["share", "times", "fen", "ms", "count", "working_days"]

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        _share(self.unit, self.high)
        if self.low > self.high:
            raise ValueError("low that is not above high")
        return self


def _share(unit: str, value: float) -> None:
    if unit == "share" and value > 1:
        raise ValueError("a share, from 0 to 1")


class BandEntry(Cited):
    """How a KPI is judged: usual from .. to, excellent above, alarm below; or, with `ceiling`, alarm from there on.

    `samples` names the metric that counts what the KPI was computed from: a ceiling that so few could not show is not judged.
    """

    usual: Annotated[tuple[float, float] | None, Field(strict=False)] = None
    excellent: float | None = None
    alarm: float | None = None
    ceiling: float | None = None
    samples: str = ""
