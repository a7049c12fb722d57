"""A whole rulebook file, typed.

Law: structure only; what its parts may say stands in `grammar` and `risk_grammar`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .grammar import (
    BandEntry,
    BreakerEntry,
    ErrorEntry,
    FigureEntry,
    LatencyEntry,
    QuotaEntry,
    RangeEntry,
    SettingEntry,
    Source,
    Strict,
)
from .risk_grammar import CapabilityEntry, DetectorEntry, LadderEntry, TierEntry


class Document(Strict):
    """A whole rulebook file. `interfaces` are all actions that the platform can be asked for: what patterns choose from."""

    platform: str
    interfaces: Annotated[tuple[str, ...], Field(strict=False)] = ()
    source: dict[str, Source] = Field(default_factory=dict)
    quota: dict[str, QuotaEntry] = Field(default_factory=dict)
    breaker: dict[str, BreakerEntry] = Field(default_factory=dict)
    latency: dict[str, LatencyEntry] = Field(default_factory=dict)
    error: dict[str, ErrorEntry] = Field(default_factory=dict)
    setting: dict[str, SettingEntry] = Field(default_factory=dict)
    figure: dict[str, FigureEntry] = Field(default_factory=dict)
    range: dict[str, RangeEntry] = Field(default_factory=dict)
    band: dict[str, BandEntry] = Field(default_factory=dict)
    detector: dict[str, DetectorEntry] = Field(default_factory=dict)
    tier: dict[str, TierEntry] = Field(default_factory=dict)
    capability: dict[str, CapabilityEntry] = Field(default_factory=dict)
    ladder: dict[str, LadderEntry] = Field(default_factory=dict)
