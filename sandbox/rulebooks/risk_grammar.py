"""What a rulebook may say about risk control: detectors, tiers, capabilities and ladders of penalties.

Law: as `grammar`: every entry cites its source and its standing. What the fields mean stands at `sandbox.policy.detect.Detector`,
`tiers.Tier` and `penalty.Rung`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .grammar import AboutActions, Cited, Duration, Strict, Whole, Window

Names = Annotated[tuple[str, ...], Field(strict=False)]
Colour = Literal["black", "grey", "white"]


class DetectorEntry(Cited):
    """One atom of risk control. `aligned` windows begin with the clock, shifted by `offset`; others at the first call.

    With `caps` there is one detector for each of these quotas: it counts as the quota does, and its limit is `percent` of the quota's.
    """

    level: Literal[1, 2, 3]
    kind: Literal["list", "frequency", "distinct", "repeat", "interval", "group", "ratio", "value", "mismatch"]
    actions: Names = ()
    signals: Names = ()
    parts: Names = ()
    scope: Names = ()
    of: str = ""
    against: str = ""
    links: Names = ()
    colour: Colour = "black"
    limit: int = 0
    caps: Names = ()
    missing: Whole = 0
    window: Window = 86_400_000
    aligned: bool = False
    offset: Duration = 0
    samples: Annotated[int, Field(ge=1, le=64)] = 1
    percent: Whole = 0
    days: Annotated[int, Field(ge=1, le=366)] = 1
    hub: Whole = 0
    below: bool = False
    failures: bool = False
    blames: str = ""
    points: int = 0
    offends: str = ""
    rung: Annotated[int, Field(ge=1)] = 1
    effect: str = ""
    when: dict[str, str] = Field(default_factory=dict)


class TierEntry(Cited):
    """What a score brings, and the code that a refusal is dressed in."""

    tier: Annotated[int, Field(ge=0, le=3)]
    from_score: Annotated[int, Field(ge=1)]
    action: Literal["observe", "challenge", "throttle", "delay", "deny", "freeze", "shadow"]
    code: str = ""
    lasts: Duration = 0
    limit: Whole = 0
    window: Window = 3_600_000
    marks: Names = ()
    colour: Colour = "grey"
    marks_for: Duration = 0
    relief: Whole = 0


class CapabilityEntry(AboutActions):
    """What a penalty can take away, and the code with which the platform then refuses."""

    code: str


class RungEntry(Strict):
    """One step of a ladder; without `lasts` it is for good."""

    effect: str
    disables: Names = ()
    lasts: Duration = 0
    aligned: bool = False
    restore: Literal["time", "application", "never"] = "time"
    after: Annotated[int, Field(ge=1)] = 2
    within: Duration = 0


class LadderEntry(Cited):
    """What the first, second, third offence brings, and how many appeals in a hundred succeed."""

    rung: Annotated[tuple[RungEntry, ...], Field(strict=False, min_length=1)]
    appeal_percent: Annotated[int, Field(ge=0, le=100)] = 0
