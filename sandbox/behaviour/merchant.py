"""What a merchant knows of itself: its credentials' public halves, its staff, and its own database.

Law: plain data. `board` is the one thing that behaviours of one merchant share and may write: the merchant's own records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.rulebooks.market import NOTHING, Market


@dataclass(frozen=True, slots=True)
class Merchant:
    """One account, as its owner sees it."""

    account: str
    agentid: int = 0
    staff: tuple[str, ...] = ()
    openids: tuple[str, ...] = ()
    appid: str = ""
    mchid: str = ""
    push_url: str = "https://shop.test/push"
    board: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Who plays a behaviour: the merchant, this player's number in its population, a name, and the day (`YYMMDD`).

    Models also need their population's name, when virtual time began (ms since the epoch), and the market's figures. A pack needs
    its population's own seed, its place among the populations, and how many players share it out.
    """

    merchant: Merchant
    number: int = 0
    name: str = ""
    day: str = "261111"
    population: str = ""
    start: int = 0
    market: Market = NOTHING
    seed: str = ""
    place: int = 0
    players: int = 1
