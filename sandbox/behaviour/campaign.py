"""A coupon campaign: a merchant puts a card on sale, channels show it, people claim, share and redeem it.

Law: see the package. Who wants what is `audience.py`'s; that they get it is the platform's: every claim and every redemption is a real
one, so quotas, stock and reviews apply. What no platform carries (shown, opened, shared) is a `Step`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, NamedTuple
from zlib import crc32

import numpy as np

from sandbox.rulebooks.market import Market

from . import Begin, Behaviour, Call, Reply, Signal, Step, Wait
from .audience import MINUTE, Channel, Claims, Crowd, Group, Ints, Tactics, crowd, odds, reached
from .coupons import cash_card
from .merchant import Part

Kind = Literal["spend_and_save", "discount", "gift"]
Integration = Literal["js_sdk", "direct_api", "third_party"]
WRONG = "000000000000"
"""The code that a faulty integration sends in place of the right one."""


def issuer(
    part: Part, _rng: Random, *, kind: Kind = "spend_and_save", stock: int = 10_000, title: str = "满百减二十"
) -> Behaviour:
    """Creates a card of a kind (M12) with so much stock, has it reviewed, and puts it on sale."""
    account = part.merchant.account
    reply = yield Call("wechat", "wechat.card.create", account, payload={"card": card(part, kind, stock, title)})
    if not isinstance(reply, Reply) or not reply.ok:
        return
    card_id = reply.body["card_id"]
    yield Signal("wechat", "wechat.card_approved", account, payload={"card_id": card_id})
    yield Step("stock", {"count": stock})
    part.merchant.board["card_id"], part.merchant.board["kind"] = card_id, kind


def card(part: Part, kind: Kind, stock: int, title: str) -> dict[str, Any]:
    """The card as the merchant describes it; its codes are the platform's."""
    figure = part.market.figure
    base = cash_card(part.name, title)["cash"]["base_info"]
    base = {key: value for key, value in base.items() if "custom_code" not in key}
    base |= {"sku": {"quantity": stock}, "get_limit": 50}
    if kind == "spend_and_save":
        worth = {"least_cost": int(figure("spend_and_save_from")), "reduce_cost": int(figure("spend_and_save_off"))}
        return {"card_type": "CASH", "cash": {"base_info": base, **worth}}
    if kind == "discount":
        return {"card_type": "DISCOUNT", "discount": {"base_info": base, "discount": round(100 * figure("discount_off"))}}
    return {"card_type": "GIFT", "gift": {"base_info": base, "gift": title}}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a channel's claimers have in common. `paid` is what a claimed card costs the merchant in this channel, fen."""

    part: Part
    card_id: str
    kind: Kind
    integration: Integration
    paid: int


class Person(NamedTuple):
    """One claimer.

    Who, invited in which generation, shares or not, redeems after so many ms (-1: never), for an order of so many fen, at a till that
    may read the code wrongly the first time.
    """

    openid: str
    generation: int
    shares: bool
    redeems_after: int
    order: int
    misread: bool


def show(
    part: Part,
    rng: Random,
    *,
    channel: Channel = "account_menu",
    exposures: int = 0,
    begins_ms: int = MINUTE,
    lasts_ms: int = 60 * MINUTE,
    group: Group = "everyone",
    integration: Integration = "direct_api",
    faults: float = 0.0,
    share_to_get: bool = False,
    recommended: bool = False,
    chosen: bool = False,
    cross_account: bool = False,
    reach_m: int = 0,
) -> Behaviour:
    """Shows the card on sale to `exposures` people (0: as many as the channel's published range says) and lets them act.

    `faults` is the share of redemptions that the integration gets wrong at first (K06); `chosen`: the kind of card was chosen from the
    buyer's behaviour (K22); see `audience.Tactics` for the rest.
    """
    yield Wait(begins_ms)
    card_id = part.merchant.board.get("card_id")
    if card_id is None:
        return
    draws = np.random.default_rng(rng.getrandbits(128))
    tactics = Tactics(share_to_get, recommended, cross_account, group, reach_m)
    shown = reached(part.market, exposures or published(part.market, draws, channel), group)
    chances = odds(part.market, draws, channel, tactics)
    begin = part.start + begins_ms
    people = crowd(draws, chances, part.market, tactics, count=shown, lasts=lasts_ms, begin=begin)
    kind: Kind = part.merchant.board["kind"]
    offer = Offer(part, card_id, kind, integration, int(part.market.figures.get(f"cost_{channel}", 0)))
    worth = orders(part.market, draws, kind, len(people.claims.at), chosen=chosen)
    misread = draws.random(len(worth)) < faults
    yield from play(offer, people, list(persons(part, people.claims, worth.tolist(), misread.tolist())))


def published(market: Market, draws: np.random.Generator, channel: Channel) -> int:
    """As many exposures as the channel's published range says, each order of magnitude as likely; 0 where none is printed."""
    if f"exposures_{channel}" not in market.ranges:
        return 0
    low, high = market.range(f"exposures_{channel}")
    return round(low * float((high / low) ** draws.random()))


def orders(market: Market, draws: np.random.Generator, kind: Kind, count: int, *, chosen: bool = False) -> Ints:
    """What each pays for an order, fen: within the usual band.

    More when the card was chosen for the buyer (K22); filled up to where a spend-and-save card begins.
    """
    values = draws.uniform(*market.range("order_value"), count) * (market.figure("recommended_order") if chosen else 1.0)
    if kind == "spend_and_save":
        values = np.maximum(values, market.figure("spend_and_save_from"))
    return values.astype(np.int64)


def off(market: Market, kind: Kind, order: int) -> int:
    """What a card takes off an order, or costs the merchant with it, fen."""
    if kind == "discount":
        return round(order * market.figure("discount_off"))
    return int(market.figure("spend_and_save_off" if kind == "spend_and_save" else "gift_cost"))


def persons(part: Part, claims: Claims, worth: list[int], misread: list[bool]) -> Iterator[Person]:
    """The claimers, each with an openid of its own."""
    prefix = f"o{crc32(part.population.encode()):010}{part.number:04}"
    columns = (claims.generation.tolist(), claims.shares.tolist(), claims.redeems_after.tolist(), worth, misread)
    for number, row in enumerate(zip(*columns, strict=True)):
        yield Person(f"{prefix}{number:013}", *row)


def play(offer: Offer, people: Crowd, claimers: list[Person]) -> Behaviour:
    """The crowd in time: each minute's exposures as a step, each claimer a player of its own."""
    if people.unlinked:
        yield Step("unlinked", {"count": people.unlinked})
    now, following, ats = 0, 0, people.claims.at.tolist()
    shown, opened = people.exposed.tolist(), people.opened.tolist()
    last = max(len(shown), ats[-1] // MINUTE + 1 if ats else 0)
    for minute in range(last):
        if now < minute * MINUTE:
            yield Wait(minute * MINUTE - now)
            now = minute * MINUTE
        if minute < len(shown) and shown[minute]:
            yield Step("exposed", {"count": shown[minute]})
            yield Step("viewed", {"count": opened[minute], "views": views(offer.part.market, opened[minute])})
        while following < len(ats) and ats[following] < (minute + 1) * MINUTE:
            if ats[following] > now:
                yield Wait(ats[following] - now)
                now = ats[following]
            yield Begin(claimer(offer, claimers[following]))
            following += 1


def views(market: Market, visitors: int) -> int:
    """How many pages so many visitors see (PV)."""
    return round(visitors * market.figure("page_views"))


def claimer(offer: Offer, person: Person) -> Behaviour:
    """Takes the card, perhaps shares it, and perhaps has it redeemed: once more when the till read the code wrongly."""
    part, openid = offer.part, person.openid
    account = part.merchant.account
    payload = {"card_id": offer.card_id, "openid": openid, "outer_str": part.population}
    taken = yield Signal("wechat", "wechat.card_received", account, payload=payload)
    if not isinstance(taken, Reply) or not taken.ok:
        yield Step("turned_away", {"code": taken.code if isinstance(taken, Reply) else ""})
        return
    yield Step("claimed", {"user": openid, "generation": person.generation, "spent": offer.paid})
    if person.shares:
        yield Step("shared", {"user": openid, "generation": person.generation})
    if person.redeems_after < 0:
        return
    yield Wait(person.redeems_after)
    for code in (WRONG, taken.body["code"]) if person.misread else (taken.body["code"],):
        call = Call("wechat", "wechat.card.consume", account, payload={"card_id": offer.card_id, "code": code})
        reply = yield call
        ok = isinstance(reply, Reply) and reply.ok
        yield Step("attempt", {"integration": offer.integration, "ok": ok})
    if ok:
        spent = off(part.market, offer.kind, person.order)
        yield Step("redeemed", {"user": openid, "amount": person.order, "spent": spent})
