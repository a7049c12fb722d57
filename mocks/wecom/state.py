"""What one corp holds: credentials, directory, customers, chats, media. Values and their lookups, no rules.

Law: nothing here decides. Ids are drawn from the account's secret, so the same seed gives the same ids.
"""

from __future__ import annotations

import base64
import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mocks.faults import Mishaps
from mocks.trouble import Trouble
from mocks.wecom.customers import Customers
from mocks.wecom.directory import Directory, Member
from mocks.wecom.inquiries import Inquiries


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the media store: `until` (ms) it can be used, and by `owner` alone when that is not empty (a robot's key)."""

    media_id: str
    kind: str
    filename: str
    content: bytes
    until: int
    owner: str = ""


@dataclass(slots=True)
class Chat:
    """A group chat that the application made; members by their id in lower case."""

    chatid: str
    name: str
    owner: str
    users: list[str]


@dataclass(slots=True)
class Merchant:
    """A merchant number that takes payments from outside."""

    mch_id: str
    name: str
    bound: bool = True
    scope: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bill:
    """A payment from outside, or its refund; money in fen, times in ms."""

    transaction_id: str
    out_trade_no: str
    external_userid: str
    payee: str
    mch_id: str
    fen: int
    paid: int
    payment_id: str


@dataclass(slots=True)
class Grant:
    """A page's code: whose it is, until when it is good (ms), and the ticket that came of it, good for as long again."""

    name: str
    outside: bool
    until: int
    used: bool = False
    ticket: str = ""


class Ear(NamedTuple):
    """Where an event goes, and the secrets it is sealed with."""

    url: str
    token: str
    aes_key: str


@dataclass(slots=True)
class State:
    """One corp, with one application, its members and customers, one group robot and one address of a Shopee binding."""

    account: str
    corpid: str
    secret: str
    agentid: int
    callback_token: str
    aes_key: str
    robot_key: str
    binding_key: str
    directory: Directory
    customers: Customers
    inquiries: Inquiries
    token: str = ""
    token_until: int = 0
    tokens_issued: int = 0
    sent: int = 0
    messages: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=1000))
    recent: dict[str, tuple[int, str]] = field(default_factory=dict)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    media: dict[str, Stored] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    merchants: dict[str, Merchant] = field(default_factory=dict)
    bills: list[Bill] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    agent: dict[str, Any] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    callback_url: str = ""
    trusted_ips: tuple[str, ...] = ()
    trouble: Trouble = field(default_factory=Trouble)
    minted: dict[str, int] = field(default_factory=dict)
    mishaps: Mishaps = field(default_factory=Mishaps)
    identity: dict[str, str] = field(init=False)
    """What every call of this corp's application carries."""

    def __post_init__(self) -> None:
        self.identity = {"corpid": self.corpid, "application": f"{self.corpid}:{self.agentid}"}

    @property
    def users(self) -> dict[str, Member]:
        """The members, by their ids in lower case."""
        return self.directory.members

    def ear(self, fields: Mapping[str, Any]) -> Ear:
        """Where an event of these fields goes: to the application's address, or to the one that a bulk import has named."""
        job = self.jobs.get(fields["BatchJob"]["JobId"], {}) if "BatchJob" in fields else {}
        named: dict[str, str] = job.get("callback") or {}
        if named:
            return Ear(named["url"], named["token"], named["encodingaeskey"])
        return Ear(self.callback_url, self.callback_token, self.aes_key)

    def expire(self, text: str, now: int) -> bool:
        """Let the token die; False when it is not ours."""
        if not text or text != self.token:
            return False
        self.token_until = now
        return True

    def mint(self, kind: str, length: int = 30) -> str:
        """A new id of a kind: letters and digits, never the same twice."""
        ordinal = self.minted[kind] = self.minted.get(kind, 0) + 1
        return self.derived(f"{kind}/{ordinal}", length)

    def derived(self, name: str, length: int = 30) -> str:
        """The id that always belongs to a name."""
        digest = hashlib.sha512(f"{self.secret}/{name}".encode("utf-8", "replace")).digest() * 3
        return base64.b64encode(digest, b"Qz").decode()[:length]
