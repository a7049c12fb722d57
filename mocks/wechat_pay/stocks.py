"""Coupons' common ground: how many there are, who may still get one, when they are good, and the numbers they bear.

Law: plain values and their arithmetic for both kinds, cash coupons and merchant coupons. Stock never goes below zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mocks.wechat_pay.money import midnight


@dataclass(slots=True)
class Coupon:
    """One coupon in somebody's hands. `order` is the order it is linked to, `reason` why it was made void; `requests` says by number what was done when."""

    coupon_id: str
    stock_id: str
    openid: str
    sent: int
    begins: int
    ends: int
    request: str = ""
    state: str = "SENDED"
    used: int = 0
    transaction_id: str = ""
    order: str = ""
    reason: str = ""
    requests: dict[str, tuple[str, int]] = field(default_factory=dict)

    def status(self, now: int) -> str:
        """SENDED, USED, EXPIRED, or what else became of it."""
        return "EXPIRED" if self.state == "SENDED" and now >= self.ends else self.state


@dataclass(slots=True)
class Stock:
    """A batch of coupons. `state` is as the kind writes it; `asked` is the request that made it, `digest` what tells it from others."""

    stock_id: str
    name: str
    state: str
    created: int
    begins: int
    ends: int
    most: int
    each: int
    asked: dict[str, Any]
    request: str
    digest: str = ""
    worth: int = 0
    minimum: int = 0
    started: int = 0
    stopped: int = 0
    day_most: int = 0
    codes: list[str] = field(default_factory=list)
    known_codes: set[str] = field(default_factory=set)
    coupons: dict[str, Coupon] = field(default_factory=dict)
    by_request: dict[str, str] = field(default_factory=dict)
    by_user: dict[str, int] = field(default_factory=dict)
    by_day: dict[int, int] = field(default_factory=dict)
    budgets: dict[str, str] = field(default_factory=dict)

    def left(self) -> int:
        """How many have not been sent yet."""
        return self.most - len(self.coupons)

    def today(self, now: int) -> int:
        """How many were sent today, in Beijing."""
        return self.by_day.get(midnight(now), 0)

    def enough_for(self, openid: str) -> bool:
        """May this person have one more?"""
        return self.by_user.get(openid, 0) < self.each

    def hand_out(self, coupon: Coupon) -> None:
        """Somebody has it now."""
        self.coupons[coupon.coupon_id] = coupon
        self.by_request[coupon.request] = coupon.coupon_id
        self.by_user[coupon.openid] = self.by_user.get(coupon.openid, 0) + 1
        day = midnight(coupon.sent)
        self.by_day[day] = self.by_day.get(day, 0) + 1
