"""What a case file may say: scripted calls and facts on the virtual clock, and what each must lead to.

Law: data, typed and frozen. Whether a step can happen at all is `sandbox.cases.reading`'s business.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.rulebooks.grammar import Duration, Strict
from sandbox.scenario import AccountTraits, Start

Actor = Annotated[dict[str, str], Field(default_factory=dict)]
"""Who or what asks, by attribute; `{n}` in a value is the number of the repetition, `{n%20}` and `{n/5}` are figures from it."""


class ExpectedSanction(Strict):
    """One sanction; what is absent may be anything. `lasts` is counted from the step's moment."""

    effect: str
    rule: str | None = None
    subject: str | None = None
    lasts: Duration | Literal["for good"] | None = None


class Expected(Strict):
    """What an answer must say; what is absent may be anything. A fact's answer says `ok`, `code` and `sanctions` alone.

    `rules` are detectors that hit and `sanctions` what followed, among others, or with [] none at all; `spared` are detectors
    that must not have hit.
    """

    allowed: bool | None = None
    code: str | None = None
    rule: str | None = None
    retry_after: Duration | None = None
    never: bool | None = None
    remaining: int | None = None
    tripped: str | None = None
    takes: Duration | None = None
    tier: int | None = None
    score: int | None = None
    risk: str | None = None
    rules: Annotated[tuple[str, ...] | None, Field(strict=False)] = None
    spared: Annotated[tuple[str, ...] | None, Field(strict=False)] = None
    lasts: Duration | None = None
    shadowed: Annotated[tuple[str, ...] | None, Field(strict=False)] = None
    ok: bool | None = None
    sanctions: Annotated[tuple[ExpectedSanction, ...] | None, Field(strict=False)] = None


class Step(Strict):
    """A call (`action`) or a fact (`signal`) at a moment: `at` after the start, or `after` the step before it.

    `repeat` makes as many of it, `every` so far apart; all must get what is expected. `about`, `ok`, `took`, `started` (after
    the start) are a fact's own. A call with a `payload` is performed by the platform's service, not judged by its gate alone.
    """

    at: Duration | None = None
    after: Duration | None = None
    says: str = ""
    action: str = ""
    signal: str = ""
    platform: str = ""
    repeat: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    every: Duration = 0
    cost: Annotated[int, Field(ge=1)] = 1
    actor: Actor
    about: str = ""
    ok: bool = True
    took: Duration = 0
    started: Duration | None = None
    payload: Annotated[dict[str, Any], Field(default_factory=dict)]
    expect: Expected = Expected()


class Case(Strict):
    """A whole case file. `rulebook` lays rules of its own over those of platforms; `steps` names a file of `lines` recorded steps."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    title: str
    facts: Annotated[tuple[str, ...], Field(strict=False)] = ()
    note: str = ""
    start: Start
    account: AccountTraits = AccountTraits()
    rulebook: Annotated[dict[str, dict[str, Any]], Field(default_factory=dict)]
    steps: str = ""
    lines: Annotated[int, Field(ge=1)] | None = None
    step: Annotated[tuple[Step, ...], Field(strict=False)] = ()

    @property
    def start_ms(self) -> int:
        """When virtual time begins, ms since the epoch."""
        return int(self.start.timestamp() * 1000)
