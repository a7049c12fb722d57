"""What the Channels shop holds for one account.

Law: plain state; what may be done with it stands in the areas' modules. Times in ms, money in fen, ids as text.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from mocks.faults import Mishaps
from mocks.trouble import Trouble
from mocks.wechat.state import State as Official

BASES = {
    "product": 10_000_000_000,
    "sku": 20_000_000_000,
    "order": 3_700_000_000_000_000_000,
    "aftersale": 2_000_000_000_000_000,
    "coupon": 1_000_000_000,
    "user_coupon": 300_000_000_000,
    "complaint": 2_000_000,
    "address": 1_000_000,
    "template": 47_000_000_000,
    "audit": 9_000_000_000,
    "task": 12_000_000,
}
"""Where the ids of each kind begin."""

IN_FORCE, OVER, STOPPED = 0, 1, 2
"""The status of a flash sale; assumed beyond the 0 that was seen."""

FLOWS = 1_000
"""So many changes of a product's stock are remembered."""


@dataclass(slots=True)
class Shop:
    """The shop itself: `entity` is enterprise, individual or personal; `deposit` is what it has paid in, fen."""

    nickname: str
    entity: str = "enterprise"
    deposit: int = 2_000_000
    licence: str = ""
    icp: str = ""
    opened: bool = False
    bank: dict[str, Any] = field(default_factory=dict)
    filed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Product:
    """A product: the draft that is edited and reviewed, the copy online, and how many of each sku there are."""

    id: str
    draft: dict[str, Any]
    created: int
    updated: int
    online: dict[str, Any] | None = None
    status: int = 0
    edit_status: int = 1
    stock: dict[str, int] = field(default_factory=dict)
    flows: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=FLOWS))
    submissions: int = 0
    reason: str = ""

    @property
    def shown(self) -> dict[str, Any]:
        """What buyers see, or would."""
        return self.online or self.draft

    def sku(self, sku_id: str) -> dict[str, Any] | None:
        """One sku of it, or None."""
        return next((one for one in self.shown["skus"] if one["sku_id"] == sku_id), None)

    def move(self, sku_id: str, amount: int, kind: int, now: int) -> None:
        """Change the stock of a sku, and note it: `kind` is the vendor's op_type (1 in, 2 out, 3 sold, 4 given back)."""
        before = self.stock[sku_id]
        self.stock[sku_id] = before + amount
        row = {"amount": abs(amount), "beginning_amount": before, "ending_amount": before + amount, "stock_sub_type": 10000}
        self.flows.append({"sku_id": sku_id, **row, "op_type": kind, "update_time": now // 1000, "ext_info": {}})


@dataclass(slots=True)
class Line:
    """One sku of an order, as it was when it was ordered. `changed` is what the merchant asks for all of it instead, fen."""

    product_id: str
    sku_id: str
    count: int
    price: int
    shown: dict[str, Any]
    sent: int = 0
    disputed: int = 0
    refunded: int = 0
    changed: int = 0

    @property
    def worth(self) -> int:
        """What all of it costs, fen."""
        return self.changed or self.price * self.count


@dataclass(slots=True)
class Order:
    """An order. `status` is the vendor's number; `real` is what it costs, fen, without the freight."""

    id: str
    openid: str
    lines: list[Line]
    created: int
    updated: int
    real: int
    status: int = 10
    freight: int = 0
    address: dict[str, str] = field(default_factory=dict)
    wished: dict[str, str] | None = None
    paid: int = 0
    shipped: int = 0
    confirmed: int = 0
    settled: int = 0
    freight_changed: bool = False
    scene: int = 1
    packages: list[dict[str, Any]] = field(default_factory=list)
    customer_notes: str = ""
    merchant_notes: str = ""
    user_coupon: str = ""
    discount: int = 0
    virtual: bool = False
    sales: list[AfterSale] = field(default_factory=list)


@dataclass(slots=True)
class AfterSale:
    """A buyer's wish to have money back, with (`RETURN`) or without (`REFUND`) the goods coming back, or other goods (`EXCHANGE`).

    `wanted` is the sku that is to come instead, `anew` how it was sent; `sub_kind` tells the difference of a price from the rest.
    """

    id: str
    order: Order
    line: Line
    count: int
    amount: int
    kind: str
    reason: str
    created: int
    updated: int
    deadline: int
    desc: str = ""
    status: str = "MERCHANT_PROCESSING"
    reject: str = ""
    certificates: list[str] = field(default_factory=list)
    back: dict[str, str] = field(default_factory=dict)
    complaint: str = ""
    refunded: int = 0
    refunded_at: int = 0
    proposal: tuple[str, int] | None = None
    sub_kind: str = "DEFAULT"
    wanted: str = ""
    anew: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Complaint:
    """A buyer's complaint: when it must be answered and solved, and when it was (0: not yet)."""

    id: str
    order_id: str
    aftersale_id: str
    filed: int
    answer_due: int
    solve_due: int
    answered: int = 0
    solved: int = 0
    overdue: list[str] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Coupon:
    """A coupon as it was created, and how many were taken and used."""

    id: str
    content: dict[str, Any]
    created: int
    updated: int
    status: int = 1
    received: int = 0
    used: int = 0


@dataclass(slots=True)
class UserCoupon:
    """One coupon in one buyer's pocket, good from `start` to `end`."""

    id: str
    coupon_id: str
    openid: str
    created: int
    start: int
    end: int
    status: int = 100
    used: int = 0
    order_id: str = ""
    discount: int = 0


@dataclass(slots=True)
class Brand:
    """A brand that the shop asked to sell: what it sent, and what came of it (1 in review)."""

    id: str
    content: dict[str, Any]
    audit_id: str
    created: int
    updated: int
    status: int = 1
    reason: str = ""


@dataclass(slots=True)
class Flash:
    """A flash sale of a product: for each sku its price and how many pieces are left."""

    id: str
    product_id: str
    start: int
    end: int
    skus: dict[str, dict[str, int]]
    created: int
    stopped: bool = False

    def status(self, now: int) -> int:
        """Whether it is waiting or running, over, or stopped."""
        return STOPPED if self.stopped else OVER if self.end <= now else IN_FORCE


@dataclass(slots=True)
class State:
    """One shop. Credentials are the official account's: the token of api.weixin.qq.com opens both."""

    account: str
    official: Official
    shop: Shop
    products: dict[str, Product] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    aftersales: dict[str, AfterSale] = field(default_factory=dict)
    requests: set[str] = field(default_factory=set)
    complaints: dict[str, Complaint] = field(default_factory=dict)
    coupons: dict[str, Coupon] = field(default_factory=dict)
    user_coupons: dict[str, UserCoupon] = field(default_factory=dict)
    pockets: dict[str, list[UserCoupon]] = field(default_factory=dict)
    addresses: dict[str, dict[str, Any]] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    images: dict[str, tuple[int, int]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    categories: dict[str, dict[str, Any]] = field(default_factory=dict)
    brands: dict[str, Brand] = field(default_factory=dict)
    flashes: dict[str, Flash] = field(default_factory=dict)
    window: dict[str, int] = field(default_factory=dict)
    unsubscribed: set[str] = field(default_factory=set)
    submitted: Counter[int] = field(default_factory=Counter)
    minted: dict[str, int] = field(default_factory=dict)
    callback_url: str = ""
    callback_token: str = ""
    aes_key: str = ""
    deliveries: int = 0
    mishaps: Mishaps = field(default_factory=Mishaps)
    trouble: Trouble = field(default_factory=Trouble)

    @property
    def identity(self) -> dict[str, str]:
        """What every call of this shop carries."""
        return self.official.identity

    def flash(self, product_id: str, sku_id: str, now: int) -> dict[str, int] | None:
        """Price and pieces left of a sku in a flash sale that runs now, or None."""
        mine = (one for one in self.flashes.values() if one.product_id == product_id and one.start <= now)
        return next((one.skus[sku_id] for one in mine if sku_id in one.skus and one.status(now) == IN_FORCE), None)

    def mint(self, kind: str) -> str:
        """A new id of a kind: a number, never the same twice."""
        ordinal = self.minted[kind] = self.minted.get(kind, 0) + 1
        return str(BASES[kind] + ordinal * 997 + crc32(f"{self.official.appid}/{kind}/{ordinal}".encode()) % 997)
