"""What one merchant holds at WeChat Pay: credentials, orders, refunds, coupons. Values and their lookups, no rules.

Law: nothing here decides. Ids are drawn from the account's name and seed, so the same seed gives the same ids. Money is in fen,
times are in ms of virtual time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from mocks.faults import Mishaps
from mocks.trouble import Trouble
from mocks.wechat_pay.keys import Keys

BEIJING = timedelta(hours=8)
EPOCH = datetime(1970, 1, 1, 8)  # noqa: DTZ001 - what Beijing's clocks showed then


def moment(at: int) -> datetime:
    """A time (ms) as Beijing's clock shows it, without a zone."""
    return EPOCH + timedelta(seconds=at // 1000)


def rfc3339(at: int) -> str:
    """A time (ms) as the vendor writes it."""
    return f"{moment(at):%Y-%m-%dT%H:%M:%S}+08:00"


@dataclass(frozen=True, slots=True)
class Discount:
    """A coupon that was used to pay: who it is, what it took off, and whether the merchant gets that part (`cash`)."""

    coupon_id: str
    stock_id: str
    name: str
    fen: int
    cash: bool


@dataclass(slots=True)
class Refund:
    """A refund of part of an order. `fate` is what it becomes at `due`; `sources` say what is taken from which account."""

    refund_id: str
    out_refund_no: str
    fen: int
    asked: str
    created: int
    due: int
    fate: str = "SUCCESS"
    notify_url: str = ""
    reason: str = ""
    version: int = 3
    channel: str = "ORIGINAL"
    sources: tuple[Mapping[str, Any], ...] = ()
    from_available: bool = False

    def status(self, now: int) -> str:
        """What has become of it by now."""
        return self.fate if now >= self.due else "PROCESSING"


@dataclass(frozen=True, slots=True)
class Part:
    """What one receiver gets of an order, fen. `moves`: whether it leaves the merchant."""

    kind: str
    account: str
    fen: int
    description: str
    detail_id: str = ""
    result: str = "SUCCESS"
    fail_reason: str = ""
    moves: bool = True

    def failed(self, why: str) -> Part:
        """The same, but nothing moves."""
        return replace(self, result="CLOSED", fail_reason=why, moves=False)

    def own(self) -> Part:
        """The same, staying with the merchant."""
        return replace(self, moves=False)


@dataclass(slots=True)
class Share:
    """One sharing of an order among receivers, and what they gave back since."""

    order_id: str
    out_order_no: str
    order: Order
    asked: str
    created: int
    due: int
    parts: list[Part]
    returns: list[Return] = field(default_factory=list)

    def held_by(self, mchid: str) -> int:
        """What a merchant got of it and has not given back, fen."""
        got = sum(one.fen for one in self.parts if one.moves and (one.kind, one.account) == ("MERCHANT_ID", mchid))
        return got - sum(one.fen for one in self.returns if one.mchid == mchid)

    @property
    def fen(self) -> int:
        """What left the merchant and did not come back."""
        return sum(one.fen for one in self.parts if one.moves) - sum(one.fen for one in self.returns)


@dataclass(frozen=True, slots=True)
class Return:
    """What a receiver gave back of a sharing."""

    return_id: str
    out_return_no: str
    share: Share
    mchid: str
    fen: int
    description: str
    asked: str
    created: int


@dataclass(slots=True)
class Order:
    """One payment that was asked for. `party` is the sub-merchant's number, empty for a direct order.

    `sign_type` is how one of the legacy interface (`version` 2) is signed, `trial` whether on its trial paths. `fee` is taken when paid, as (basis points, fen each); the money is the merchant's from `settles` on. An order that is to be
    shared with others has `sharing`, and once paid is frozen until `frozen_until` at the latest.
    """

    out_trade_no: str
    trade_type: str
    total: int
    created: int
    appid: str
    asked: str = ""
    party: str = ""
    sub_appid: str = ""
    combined: str = ""
    description: str = ""
    attach: str = ""
    goods_tag: str = ""
    notify_url: str = ""
    version: int = 3
    sign_type: str = "MD5"
    trial: bool = False
    expires: int = 0
    prepay_id: str = ""
    prepay_until: int = 0
    openid: str = ""
    device_id: str = ""
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid: int = 0
    bank: str = ""
    discount: Discount | None = None
    fee: tuple[int, int] = (0, 0)
    settles: int = 0
    refunds: dict[str, Refund] = field(default_factory=dict)
    sharing: bool = False
    frozen_until: int = 0
    shares: list[Share] = field(default_factory=list)

    @property
    def shared(self) -> int:
        """What others got of it and have not given back, fen."""
        return sum(one.fen for one in self.shares)

    @property
    def off(self) -> int:
        """What a coupon took off, fen."""
        return self.discount.fen if self.discount else 0

    @property
    def settlement_total(self) -> int:
        """What the merchant is owed before fees: all but a discount that the merchant bears itself, fen."""
        return self.total - (0 if self.discount is None or self.discount.cash else self.discount.fen)

    def refunded(self, now: int) -> int:
        """What has left the merchant again, whether it has arrived or not, fen."""
        return sum(one.fen for one in self.refunds.values() if one.created <= now and one.status(now) != "CLOSED")


@dataclass(slots=True)
class Terms:
    """On what terms the merchant trades.

    Kind of goods and shop, a rate (basis points) of its own, instalments and after how many days they settle, deposit (fen),
    entity, payment channel, customs filing number, and whose bank account is settled to (V25).
    """

    goods: str = "standard"
    shop: str = "enterprise"
    rate: int = 0
    periods: int = 0
    agreed_days: int = 1
    deposit: int = 2_000_000
    entity_equal: bool = True
    channel_leased: bool = False
    customs_no: str = ""
    settles_to: str = "corporate"


@dataclass(slots=True)
class State:
    """One merchant. `buyers` is the percentage that pays of its own accord; None: buyers are played by hand.

    `probes` is how many of the next answers are signed wrongly on purpose, as the vendor does to see whether anybody looks.
    """

    account: str
    seed: str
    mchid: str
    sub_mchid: str
    appid: str
    app_kind: str
    openids: list[str]
    apiv3_key: str
    v2_key: str
    keys: Keys
    serial_in_use: str = ""
    probes: int = 0
    buyers: int | None = None
    terms: Terms = field(default_factory=Terms)
    mishaps: Mishaps = field(default_factory=Mishaps)
    trouble: Trouble = field(default_factory=Trouble)
    orders: dict[str, Order] = field(default_factory=dict)
    transactions: dict[str, Order] = field(default_factory=dict)
    refunds: dict[str, tuple[Order, Refund]] = field(default_factory=dict)
    combined: dict[str, list[Order]] = field(default_factory=dict)
    favor: dict[str, Any] = field(default_factory=dict)
    busifavor: dict[str, Any] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    receivers: dict[tuple[str, str, str], Mapping[str, Any]] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    returns: dict[str, Return] = field(default_factory=dict)
    subsidies: dict[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    minted: dict[str, int] = field(default_factory=dict)

    @property
    def identity(self) -> dict[str, str]:
        """What every call of this merchant carries."""
        return {"mchid": self.mchid}

    @property
    def trial_key(self) -> str:
        """The key of the legacy interface's trial paths, which the merchant asks for with its own."""
        return self.derived("trial_key")[:32].upper()

    def expire(self, text: str, now: int) -> bool:
        """There are no tokens here."""
        del text, now
        return False

    def ordinal(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        number = self.minted[kind] = self.minted.get(kind, 0) + 1
        return number

    def digits(self, kind: str, length: int) -> str:
        """A new number of a kind, never the same twice."""
        ordinal = self.ordinal(kind)
        drawn = int(self.derived(f"{kind}/{ordinal}"), 16) % 10 ** max(0, length - 6)
        return f"{drawn:0{length - 6}}{ordinal % 1_000_000:06}"

    def derived(self, name: str) -> str:
        """64 hex digits that always belong to a name."""
        return hashlib.sha256(f"{self.seed}/{self.mchid}/{name}".encode("utf-8", "replace")).hexdigest()

    def percent(self, name: str) -> int:
        """A number from 0 to 99 that always belongs to a name."""
        return int(self.derived(name)[:8], 16) % 100


def merchant(account: str, seed: str, app: Mapping[str, Any]) -> State:
    """A merchant with credentials drawn from the account's seed. `app` is the official account it is bound to."""

    def drawn(name: str) -> str:
        return hashlib.sha256(f"{seed}/{account}/{name}".encode()).hexdigest()

    mchid = str(1_900_000_000 + int(drawn("mchid")[:8], 16) % 99_999_999)
    keys = Keys(f"{seed}/{account}", mchid, f"PUB_KEY_ID_0{mchid}2026010100{int(drawn('public')[:8], 16) % 10**10:010}")
    return State(
        account=account,
        seed=seed,
        mchid=mchid,
        sub_mchid=str(1_600_000_000 + int(drawn("sub")[:8], 16) % 99_999_999),
        appid=app["appid"],
        app_kind=app["kind"],
        openids=app["openids"],
        apiv3_key=drawn("apiv3")[:32],
        v2_key=drawn("v2")[:32],
        keys=keys,
    )
