"""The figures of the risk report: who was caught, who was hurt, how late, and what it cost.

Law: counted from a `Judged` table alone, by user: an attacker is caught by the first bad act that risk control refuses, an honest user
is hurt by the first act that it refuses for good. What the terms mean in full stands in docs/risk.md. Money is fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from sandbox.behaviour.attackers import ATTACKS, UNDETECTABLE
from sandbox.behaviour.pack import ACTIONS, WHO

from .risk import FIRST_ATTACK, Bools, Ints, Judged

Z95: Final = 1.959964
NEVER: Final = np.iinfo(np.int64).max

ORDER: Final = ACTIONS.index("wechat.user.order")

NAMES: Final = (
    *("recall", "recall_low", "precision", "fpr", "fpr_high", "hurt_per_1000", "hurt_per_1000_orders", "challenged"),
    *("value_kept", "net_benefit"),
    *(f"{name}.{what}" for name in ATTACKS for what in ("recall", "blocked", "value_kept")),
)
"""What the metrics are called, behind `risk.`."""

CASH_OUT_RATE: Final = 0.6
"""What an attacker gets for what the merchant loses."""

ACCOUNT_COST: Final = 60
DEVICE_COST: Final = 700
ADDRESS_COST: Final = 5
"""What an attacker pays for an account, a device's week, an address, fen."""

HURT_COST: Final = 3_000
"""What is lost with an honest user who was refused by mistake, beside the margin of what was refused."""

CHALLENGE_COST: Final = 20
"""What a challenge costs that an honest user solves."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with Wilson's 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval; of nothing, everything is possible."""
        if not self.of:
            return 0.0, 1.0
        n, p, z = self.of, self.value, Z95
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


@dataclass(frozen=True, slots=True)
class People:
    """By user: who it is, when it first did something bad and was first refused for it (`NEVER`), the highest score."""

    who: Ints
    first_bad: Ints
    first_caught: Ints
    caught: Bools
    hurt: Bools
    asked: Bools
    score: Ints

    @property
    def attacks(self) -> Bools:
        """Is it an attacker who did something bad?"""
        found: Bools = self.first_bad < NEVER
        return found

    @property
    def honest(self) -> Bools:
        """Is it anybody else?"""
        found: Bools = self.who < FIRST_ATTACK
        return found

    @property
    def detectable(self) -> Bools:
        """Is it an attacker of a kind that differs from customers?"""
        found: Bools = self.attacks & (self.who != WHO.index(UNDETECTABLE))
        return found


def people(table: Judged) -> People:
    """The table by user."""
    n = int(table.user.max()) + 1
    who = np.zeros(n, np.int64)
    who[table.user] = table.who
    score = np.zeros(n, np.int64)
    np.maximum.at(score, table.user, table.score)
    caught = table.bad & table.refused
    return People(
        who,
        _first(n, table, table.bad),
        _first(n, table, caught),
        _any(n, table, caught),
        _any(n, table, table.refused),
        _any(n, table, table.challenged),
        score,
    )


def _first(n: int, table: Judged, which: Bools) -> Ints:
    found = np.full(n, NEVER, np.int64)
    np.minimum.at(found, table.user[which], table.at[which])
    return found


def _any(n: int, table: Judged, which: Bools) -> Bools:
    found = np.zeros(n, np.bool_)
    found[table.user[which]] = True
    return found


def kept(table: Judged, which: Bools) -> float:
    """The share of the money at stake in these events that was not lost; all of nothing is kept."""
    stake, saved = int(table.value[which].sum()), int(table.value[which & table.refused].sum())
    return saved / stake if stake else 1.0


def metrics(table: Judged) -> dict[str, float]:
    """`risk.*` for `summary.json`; of an attack that nobody made, of honest people and money that were not there, nothing is said."""
    users = people(table)
    hurt = Share(int((users.hurt & users.honest).sum()), int(users.honest.sum()))
    caught = Share(int((users.caught & users.detectable).sum()), int(users.detectable.sum()))
    right = int((users.caught & users.attacks).sum())
    orders = ~table.bad & (table.action == ORDER) & (table.who < FIRST_ATTACK)
    found: dict[str, float] = {
        "risk.recall": caught.value,
        "risk.recall_low": caught.interval[0],
        "risk.precision": Share(right, right + hurt.hits).value,
        "risk.net_benefit": balance(table, users).net,
    }
    if hurt.of:
        found |= {"risk.fpr": hurt.value, "risk.fpr_high": hurt.interval[1], "risk.hurt_per_1000": hurt.value * 1000}
        found["risk.challenged"] = Share(int((users.asked & users.honest).sum()), hurt.of).value
    if orders.any():
        found["risk.hurt_per_1000_orders"] = Share(int((orders & table.refused).sum()), int(orders.sum())).value * 1000
    if table.value[table.bad].any():
        found["risk.value_kept"] = kept(table, table.bad)
    for name in ATTACKS:
        mine = users.attacks & (users.who == WHO.index(name))
        events = table.bad & (table.who == WHO.index(name))
        if events.any():
            found[f"risk.{name}.recall"] = Share(int((users.caught & mine).sum()), int(mine.sum())).value
            found[f"risk.{name}.blocked"] = Share(int((events & table.refused).sum()), int(events.sum())).value
            found |= {f"risk.{name}.value_kept": kept(table, events)} if table.value[events].any() else {}
    return found


@dataclass(frozen=True, slots=True)
class Balance:
    """What risk control was worth: prevented and lost, and what it cost the honest. Fen."""

    prevented: int
    lost: int
    margin: int
    hurt: int
    challenges: int

    @property
    def net(self) -> int:
        """What is left of what was prevented."""
        return self.prevented - self.margin - self.hurt - self.challenges


def balance(table: Judged, users: People) -> Balance:
    """The money of it."""
    honest = table.who < FIRST_ATTACK
    return Balance(
        prevented=int(table.value[table.bad & table.refused].sum()),
        lost=int(table.value[table.bad & ~table.refused].sum()),
        margin=int(table.value[honest & table.refused].sum()),
        hurt=HURT_COST * int((users.hurt & users.honest).sum()),
        challenges=CHALLENGE_COST * int((table.challenged & honest).sum()),
    )


def profit(table: Judged, which: Bools) -> tuple[int, int]:
    """What the attackers of these events earned, and what they would have earned unhindered; expenses deducted. Fen."""
    accounts, devices, addresses = (len(np.unique(column[which])) for column in (table.user, table.device, table.ip))
    spent = accounts * ACCOUNT_COST + devices * DEVICE_COST + addresses * ADDRESS_COST
    passed, all_ = int(table.value[which & ~table.refused].sum()), int(table.value[which].sum())
    return round(passed * CASH_OUT_RATE) - spent, round(all_ * CASH_OUT_RATE) - spent
