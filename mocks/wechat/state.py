"""One official account: credentials, followers, tokens, cards, and where its events go.

Law: plain state, no behaviour beyond finding and minting. Times in ms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from string import ascii_letters, digits

from mocks.faults import Mishaps
from mocks.trouble import Trouble
from mocks.wechat.cards.card import Card
from mocks.wechat.cards.shelf import Shelf
from mocks.wechat.giftcards.state import GiftShop
from mocks.wechat.invoices.state import Invoices
from mocks.wechat.office import Office

FOLLOWERS = 20


@dataclass(slots=True)
class Token:
    """An access token and when it ends (ms)."""

    text: str
    until: int


@dataclass(slots=True)
class State:
    """One official account. `callback_url` is where its events are sent; nothing is sent while it is empty."""

    account: str
    appid: str
    secret: str
    original_id: str
    callback_token: str
    aes_key: str
    account_type: str
    category: str
    followers: list[str]
    licence: str
    issued: int = 0
    tokens: dict[str, Token] = field(default_factory=dict)
    current: Token | None = None
    stable: Token | None = None
    cards: dict[str, Card] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    gifts: GiftShop = field(default_factory=GiftShop)
    invoices: Invoices = field(default_factory=Invoices)
    callback_url: str = ""
    mishaps: Mishaps = field(default_factory=Mishaps)
    office: Office = field(default_factory=Office)
    trouble: Trouble = field(default_factory=Trouble)

    @property
    def identity(self) -> dict[str, str]:
        """What every call of this account carries."""
        return {"appid": self.appid, "account_type": self.account_type, "category": self.category}

    def expire(self, text: str, now: int) -> bool:
        """Let a token die; False when it is not one of ours."""
        if text not in self.tokens:
            return False
        self.tokens[text].until = now
        return True


def new(account: str, rng: Random, account_type: str = "service", category: str = "catering", licence: str = "") -> State:
    """An account with credentials and followers drawn from `rng`; without a `licence` it has one of its own."""

    def text(length: int) -> str:
        return "".join(rng.choices(ascii_letters + digits, k=length))

    appid = "wx" + f"{rng.getrandbits(64):016x}"
    return State(
        account=account,
        appid=appid,
        secret=f"{rng.getrandbits(128):032x}",
        original_id="gh_" + f"{rng.getrandbits(48):012x}",
        callback_token=text(16),
        aes_key=text(42) + "A",
        account_type=account_type,
        category=category,
        followers=["o" + text(27) for _ in range(FOLLOWERS)],
        licence=licence or f"91{appid[2:].upper()}",
    )
