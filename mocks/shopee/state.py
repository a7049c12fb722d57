"""What Shopee holds for one account: a partner application, and the shop that authorised it.

Law: state with a lifetime; what may be done with it stands in the areas' modules.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from mocks.faults import Mishaps
from mocks.shopee.catalog import Item
from mocks.shopee.display import Display
from mocks.shopee.orders import NOT_BEGUN, READY, Order, Parcel
from mocks.shopee.sending import Sending
from mocks.trouble import Trouble

HEX = "0123456789abcdef"


@dataclass(slots=True)
class Return:
    """A buyer's wish to have the money back. Times in ms, money in cents."""

    sn: str
    order_sn: str
    reason: str
    text: str
    cents: int
    created: int
    updated: int
    due: int
    solution: str
    status: str = "REQUESTED"
    negotiation: str = "PENDING_RESPOND"
    proof: str = "NOT_NEEDED"
    offered: str = ""
    offered_cents: int = 0
    proof_text: str = ""
    photos: list[str] = field(default_factory=list)
    sent_back: str = ""
    sent_at: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """Something written; `sender` is a buyer's number or the shop's, `at` in ms."""

    id: str
    kind: str
    content: dict[str, Any]
    sender: int
    at: int


@dataclass(slots=True)
class Conversation:
    """What the shop and one buyer have written to each other."""

    id: int
    buyer_id: int
    buyer: str
    messages: list[Message] = field(default_factory=list)
    unread: int = 0
    pinned: bool = False
    read: str = ""


@dataclass(slots=True)
class Voucher:
    """A voucher of the shop. Times in ms, money in cents."""

    id: int
    code: str
    name: str
    kind: int
    reward: int
    start: int = 0
    end: int = 0
    quantity: int = 1
    basket: int = 0
    cents: int = 0
    percent: int = 0
    most: int = 0
    items: list[int] = field(default_factory=list)
    channels: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Video:
    """A video on its way: of how many parts, which are there, and when it is put together (ms; 0 while it is not complete)."""

    parts: int
    got: set[int] = field(default_factory=set)
    due: int = 0


@dataclass(slots=True)
class State:
    """One partner application and one shop that authorised it.

    `old_tokens` are those that were refreshed, and until when each is still good.
    """

    account: str
    partner_id: int
    partner_key: str
    shop_id: int
    buyers: list[str]
    rng: Random
    access_token: str
    access_until: int
    refresh_token: str
    refresh_until: int
    code: str
    code_until: int
    push_url: str = ""
    old_tokens: dict[str, int] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    by_time: list[tuple[int, str]] = field(default_factory=list)
    packages: dict[str, Order] = field(default_factory=dict)
    packed: int = 0
    documents: dict[str, int] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    added: int = 0
    returns: dict[str, Return] = field(default_factory=dict)
    vouchers: dict[int, Voucher] = field(default_factory=dict)
    vouchers_made: int = 0
    chats: dict[int, Conversation] = field(default_factory=dict)
    messages: int = 0
    videos: dict[str, Video] = field(default_factory=dict)
    display: Display = field(default_factory=Display)
    profile: dict[str, str] = field(default_factory=dict)
    granted: int = 0
    sending: Sending = field(default_factory=Sending)
    mishaps: Mishaps = field(default_factory=Mishaps)
    authorised: bool = True
    trusted_ips: tuple[str, ...] = ()
    trouble: Trouble = field(default_factory=Trouble)
    status: str = "NORMAL"

    @property
    def identity(self) -> dict[str, str]:
        """What every call of this application for this shop carries."""
        return {"partner_id": str(self.partner_id), "shop_id": str(self.shop_id)}

    def expire(self, text: str, now: int) -> bool:
        """Let an access token die; False when it is not ours."""
        if text == self.access_token:
            self.access_until = now
        elif text in self.old_tokens:
            del self.old_tokens[text]
        else:
            return False
        return True

    def mint(self, length: int = 32) -> str:
        """Hex digits that nobody has had before."""
        return "".join(self.rng.choices(HEX, k=length))

    def pack(self, order: Order, quantities: Sequence[int]) -> list[Parcel]:
        """Packages of so many of an order's goods each, with numbers that no other has had."""
        made, status = [], READY if order.paid else NOT_BEGUN
        for quantity in quantities:
            self.packed += 1
            made.append(Parcel(f"OFG{self.shop_id % 10**6:06}{self.packed:09}", quantity, status))
            self.packages[made[-1].number] = order
        return made

    def enter(self, order: Order) -> None:
        """A new order stands in the books."""
        self.orders[order.sn] = order
        insort(self.by_time, (order.created, order.sn))
