"""One account's binding: its way from unbound to live, what it may pass on, to whom, and the log that proves it.

Law: the way is a table; outcomes are codes, "" for success. An address that is issued is a webhook address of the WeCom mock, and
what is sent there goes through the gate as any message does, so the application's 200 a minute and its fuse hold (S01, S02).
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from mocks.binding.cards import Trigger, card, granted
from mocks.binding.crossing import crossing
from mocks.binding.parties import GOOD, REFUSALS, Parties, refusal
from mocks.binding.targets import Target, receivers
from mocks.shopee import chat
from mocks.shopee.orders import user_id
from sandbox.events import Event
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.shopee.orders import Order
    from mocks.world import Account, World

UNBOUND, AWAITING_SCAN, CHECKING, LIVE, REFUSED = "unbound", "awaiting_scan", "checking", "live", "refused"

WAY: Final[Mapping[tuple[str, str], str]] = {
    (UNBOUND, "bind"): AWAITING_SCAN,
    (REFUSED, "bind"): AWAITING_SCAN,
    (AWAITING_SCAN, "bind"): AWAITING_SCAN,
    (AWAITING_SCAN, "scan"): CHECKING,
    (CHECKING, "agree"): LIVE,
    (CHECKING, "differ"): REFUSED,
    (AWAITING_SCAN, "unbind"): UNBOUND,
    (REFUSED, "unbind"): UNBOUND,
    (LIVE, "unbind"): UNBOUND,
}
"""The state machine (S07): from a state, by an event, to a state. What is not here is refused with ERR_BINDING_STATE."""

TEXTS: Final[Mapping[str, str]] = {
    "": "ok",
    "ERR_BINDING_STATE": "当前状态不允许此操作",
    "ERR_NOT_ADMINISTRATOR": "扫码人不是企业微信超级管理员",
    "ERR_NOT_BOUND": "尚未绑定企业微信",
    "ERR_UNDERTAKING_UNSIGNED": "未签署《敏感信息使用承诺书》",
    "ERR_UNKNOWN_TARGET": "推送对象不存在",
    "ERR_UNKNOWN_ORDER": "订单不存在",
    "ERR_UNKNOWN_BUYER": "买家不存在",
    "ERR_NOT_AUTHORISED": "店铺未通过OAuth 2.0授权，或授权已取消",
    "ERR_NOT_TLS": "接收地址未使用TLS",
    **{one.code: one.text for one in REFUSALS},
}
"""Every code and what it says. ERR_AUTH_MISMATCH is the vendor's; the others are named by us."""

Mode = Literal["own", "saas", "custom"]
"""Who integrates (M04): the merchant's own development, a software provider for all, a provider for this one."""

TROUBLE: Final = frozenset(
    f"LOGISTICS_{name}" for name in ("PICKUP_RETRY", "PICKUP_FAILED", "DELIVERY_FAILED", "LOST", "REQUEST_CANCELED")
)
"""The states of a package that are a logistics exception: Shopee's names, our choice of them."""

KEPT = 10_000
DAY = 86_400_000
PUSHED = ("0", "")


@dataclass(frozen=True, slots=True)
class Rule:
    """Tell `target` of each `trigger` (S08); `auto_reply` is what a buyer who asks is answered before a person takes over."""

    trigger: Trigger
    target: Target
    auto_reply: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the push log (S14): what was pushed where, whom it reached, and WeCom's code ("" for: it arrived)."""

    at: int
    trigger: str
    order_sn: str
    target: str
    reached: tuple[str, ...]
    code: str

    @property
    def arrived(self) -> bool:
        """Did WeCom take it?"""
        return not self.code


@dataclass(slots=True)
class Binding:
    """The binding of one account.

    `issued` counts keys; `sensitive` says that phone and address were granted; `told` are the orders that were new once;
    `unsubscribed` the buyers who do not want their data to cross (M18).
    """

    parties: Parties = GOOD
    state: str = UNBOUND
    code: str = ""
    mode: Mode = "saas"
    issued: int = 0
    sensitive: bool = False
    rules: list[Rule] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    unsubscribed: set[str] = field(default_factory=set)
    log_on: bool = False
    log: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))

    def step(self, event: str) -> str:
        """Go on by an event; the code of a refusal, or ""."""
        following = WAY.get((self.state, event))
        if following is None:
            return "ERR_BINDING_STATE"
        self.state = following
        return ""


def become(account: Account, parties: Parties) -> None:
    """The parties are these from now on, and both vendors' interfaces know it: a frozen shop says so (S09, S10)."""
    account.binding.parties = parties
    account.shopee.status = "FROZEN" if parties.shop.status == "frozen" else "NORMAL"


def bind(account: Account, mode: Mode) -> str:
    """Begin: from now on an administrator may scan."""
    code = account.binding.step("bind")
    if not code:
        account.binding.mode = mode
    return code


def administrator(account: Account) -> str:
    """The corp's super administrator: its first member."""
    return next(iter(account.wecom.users), "")


def scan(world: World, account: Account, userid: str) -> str:
    """An administrator scans: the parties are checked, and an address with its key is issued when they agree."""
    binding = account.binding
    if binding.state == AWAITING_SCAN and userid.lower() != administrator(account):
        return "ERR_NOT_ADMINISTRATOR"
    if code := binding.step("scan"):
        return code
    binding.code = refusal(binding.parties) or crossing(account)
    binding.step("differ" if binding.code else "agree")
    if not binding.code:
        binding.issued += 1
        world.issue_webhook(account, _key(account, binding.issued))
    return binding.code


def _key(account: Account, ordinal: int) -> str:
    """A new key, in the form that WeCom's addresses have."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{account.wecom.secret}/binding/{ordinal}"))


def unbind(world: World, account: Account) -> str:
    """The binding ends: its address is good no more, and what was granted is granted no more."""
    binding = account.binding
    if code := binding.step("unbind"):
        return code
    world.issue_webhook(account, "")
    account.binding = Binding(parties=binding.parties, issued=binding.issued, unsubscribed=binding.unsubscribed)
    return ""


def connection(account: Account) -> str:
    """What 'test connection' says (S11): the code that holds now, whatever held when they were bound."""
    binding = account.binding
    return refusal(binding.parties) or crossing(account) or ("" if binding.state == LIVE else "ERR_NOT_BOUND")


def suited(world: World, account: Account) -> bool:
    """Does the connection suit this shop (S15): enough orders a day, and enough staff?"""
    figures, since = world.books["market"].document.figure, world.now() - DAY
    lately = sum(one.created > since for one in account.shopee.orders.values())
    return lately >= figures["suited_orders"].value and len(account.wecom.users) >= figures["suited_staff"].value


def choose(account: Account, buyer: str, *, subscribed: bool) -> str:
    """A buyer says whether his data may cross (M18); orders then cross without it."""
    if buyer not in account.shopee.buyers and all(one.buyer != buyer for one in account.shopee.orders.values()):
        return "ERR_UNKNOWN_BUYER"
    (account.binding.unsubscribed.discard if subscribed else account.binding.unsubscribed.add)(buyer)
    return ""


def grant(binding: Binding, *, sensitive: bool, undertaking: bool) -> str:
    """Which data may cross (S05): phone and address only with the signed undertaking."""
    if binding.state != LIVE:
        return "ERR_NOT_BOUND"
    if sensitive and not undertaking:
        return "ERR_UNDERTAKING_UNSIGNED"
    binding.sensitive = sensitive
    return ""


def add_rule(account: Account, rule: Rule) -> str:
    """One more message rule; saying it again replaces its automatic answer."""
    binding = account.binding
    if binding.state != LIVE:
        return "ERR_NOT_BOUND"
    if receivers(account.wecom, rule.target) is None:
        return "ERR_UNKNOWN_TARGET"
    others = [one for one in binding.rules if (one.trigger, one.target) != (rule.trigger, rule.target)]
    binding.rules = [*others, rule]
    return ""


def happened(world: World, account: Account, trigger: Trigger, order: Order, said: str = "") -> list[Delivery]:
    """Something that rules may speak of: pushes a card for each rule that does. Nothing while unbound, or with an own integration."""
    binding = account.binding
    if binding.state != LIVE or binding.mode == "own":
        return []
    return [_push(world, account, rule, order, said) for rule in binding.rules if rule.trigger == trigger]


def answered(world: World, account: Account, order: Order) -> str:
    """A buyer who asked is answered before a person takes over: in the words of the first rule that has some (S08)."""
    rules = (one for one in account.binding.rules if one.trigger == "buyer_enquiry" and one.auto_reply)
    words = next((one.auto_reply for one in rules), "")
    if words:
        chat.answered(world, account.shopee, order.buyer, words)
    return words


def _push(world: World, account: Account, rule: Rule, order: Order, said: str) -> Delivery:
    """One card to one target, through the gate; the journal always knows, the push log when it is on."""
    binding, reached = account.binding, receivers(account.wecom, rule.target)
    code = refusal(binding.parties) or crossing(account) or ("ERR_UNKNOWN_TARGET" if reached is None else "")
    if not code:
        fields = granted(order, sensitive=binding.sensitive, subscribed=order.buyer not in binding.unsubscribed)
        content = card(rule.trigger, order, fields, said)
        code = _sent(world, account, content)
    done = Delivery(world.now(), rule.trigger, order.sn, str(rule.target), () if code else tuple(reached or ()), code)
    if binding.log_on:
        binding.log.append(done)
    event: Event = {"at": done.at, "kind": "binding", "account": account.id, "action": "wecom.binding_push"}
    world.record({**event, "trigger": done.trigger, "order": done.order_sn, "target": done.target, "code": code})
    return done


def _sent(world: World, account: Account, content: dict[str, Any]) -> str:
    """What WeCom says to a card at the issued address: "" when it was taken."""
    actor = {**account.wecom.identity, "webhook": account.wecom.binding_key}
    answer = world.perform(Call("wecom", "wecom.binding_push", account.id, actor, payload=content))
    return "" if answer.code in PUSHED else answer.code


def pushed(world: World, account: Account, topic: str, body: Mapping[str, Any]) -> None:
    """Shopee pushed something to the merchant's own server: what rules may speak of is a trigger for the binding too."""
    data = body.get("data")
    if topic == "shopee.webchat":
        _wrote(world, account, body["data"]["content"])
        return
    order = account.shopee.orders.get(str(data.get("ordersn"))) if isinstance(data, dict) else None
    if order is None or not isinstance(data, dict):
        return
    if topic == "shopee.package_status" and data.get("fulfillment_status") in TROUBLE:
        happened(world, account, "logistics_exception", order)
    new = topic == "shopee.order_status" and data.get("status") == "READY_TO_SHIP"
    if new and order.sn not in account.binding.told:  # a cancellation that was refused pushes the status again
        account.binding.told.add(order.sn)
        happened(world, account, "new_order", order)


def _wrote(world: World, account: Account, message: Mapping[str, Any]) -> None:
    """A buyer writes to the shop: an enquiry about the last thing that he ordered."""
    if all(one.trigger != "buyer_enquiry" for one in account.binding.rules):
        return
    orders = (account.shopee.orders[sn] for _, sn in reversed(account.shopee.by_time))
    order = next((one for one in orders if user_id(one.buyer) == message["from_id"]), None)
    if order is not None and happened(world, account, "buyer_enquiry", order, str(message["content"]["text"])):
        answered(world, account, order)
