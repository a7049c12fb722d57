"""How merchants, buyers and attackers act: generators that yield what they want and are sent what a real client would see.

Law: a behaviour never sleeps, never calls anything, never looks at a clock and never sees a verdict; so one behaviour runs in
SimPy, over HTTP and in a test. Times it needs come with the replies (`at`); chance comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.events import Scalar
from sandbox.policy import Call, Reply, Signal


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for `ms` of virtual time. The answer is None."""

    ms: int


@dataclass(frozen=True, slots=True)
class Receive:
    """Wait for the next thing pushed to this population, for at most `ms` (None: for ever). The answer is a Push, or None."""

    ms: int | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """What a platform pushed: its kind (`shopee.order_status`), its body, and when it arrived."""

    topic: str
    body: Mapping[str, Any] = field(default_factory=dict)
    at: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Note something that no platform carries: an advertisement was seen, a card was shared. The answer is None."""

    name: str
    fields: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Begin:
    """Let another player of the same population begin, and go on at once. The answer is None. Simulated only."""

    behaviour: Behaviour


Wish = Wait | Receive | Call | Signal | Step | Begin
Behaviour = Generator[Wish, Reply | Push | None, None]

__all__ = ["Begin", "Behaviour", "Call", "Push", "Receive", "Reply", "Signal", "Step", "Wait", "Wish"]
