"""The model of a live room: products are shown one after another, viewers click, fill the cart, order and pay.

Law: see the package. Drawn at once from the market's figures and a generator that is handed in; orders are real ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

import numpy as np

from sandbox.rulebooks.market import Market

from . import Begin, Behaviour, Step, Wait
from .audience import Ints
from .buying import Order, buy
from .merchant import Part

KINDS = ("traffic", "profit", "image")


@dataclass(frozen=True, slots=True)
class Showing:
    """One product before the camera: when (ms after the start), which, how many saw, clicked and put it in the cart, who ordered it."""

    at: int
    product: str
    kind: str
    present: int
    clicked: int
    carted: int
    buyers: tuple[int, ...]


def room(part: Part, rng: Random, *, viewers: int = 2_000, lasts_ms: int = 7_200_000, cart: bool = True) -> Behaviour:
    """A live of so many viewers; with the cart open conversion is higher (V24)."""
    draws = np.random.default_rng(rng.getrandbits(128))
    begun, now = 0, 0
    bought: Counter[str] = Counter()
    for one in showings(draws, part.market, viewers=viewers, lasts=lasts_ms, cart=cart):
        yield Wait(one.at - now)
        now = one.at
        yield Step("shown", {"product": one.product, "mix": one.kind})
        yield Step("browsed", {"count": one.present})
        yield Step("clicked", {"count": one.clicked})
        yield Step("carted", {"count": one.carted})
        pays = draws.random(len(one.buyers)) < payment_success(draws, part.market)
        for order, delay in orders(draws, part, one, pays.tolist(), begun):
            yield Begin(_buyer(part, order, delay, bought))
        begun += len(one.buyers)


def showings(draws: np.random.Generator, market: Market, *, viewers: int, lasts: int, cart: bool) -> list[Showing]:
    """Every product shown, in order. Viewers come evenly; each stays for a while; one who is there when a product is shown may click."""
    every = int(market.figure("live_show_every"))
    came = draws.integers(0, lasts, viewers, dtype=np.int64)
    left = came + draws.integers(*market.bounds("stays"), viewers, dtype=np.int64)
    conversion = market.figure("conversion_without_cart") * (market.figure("cart_lift") if cart else 1.0)
    carts = max(market.figure("carts"), conversion) if cart else conversion
    found = []
    for at, (kind, product) in zip(range(0, lasts, every), line_up(draws, market, -(-lasts // every)), strict=True):
        there = np.flatnonzero((came <= at) & (at < left))
        clicked = there[draws.random(len(there)) < market.figure("clicks")]
        carted = clicked[draws.random(len(clicked)) < carts]
        ordered = carted[draws.random(len(carted)) < conversion / carts]
        full = len(carted) if cart else 0
        found.append(Showing(at, product, kind, len(there), len(clicked), full, tuple(ordered.tolist())))
    return found


def line_up(draws: np.random.Generator, market: Market, count: int) -> list[tuple[str, str]]:
    """(kind, product) of so many showings: of every ten products three draw traffic, five earn, two shine (V23)."""
    block = [kind for kind in KINDS for _ in range(int(market.figure(f"mix_{kind}")))]
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += draws.permutation(block).tolist()
    return [(kind, f"{kind}-{number % len(block)}") for number, kind in enumerate(kinds[:count])]


def payment_success(draws: np.random.Generator, market: Market) -> float:
    """This hour's share of orders that are paid, from the usual band (V16)."""
    return float(draws.uniform(*market.range("payment_success")))


def orders(draws: np.random.Generator, part: Part, one: Showing, pays: list[bool], begun: int) -> list[tuple[Order, int]]:
    """The orders for one product, each with its delay (ms)."""
    count, market = len(one.buyers), part.market
    amounts: Ints = draws.integers(*market.bounds(f"price_{one.kind}"), count, dtype=np.int64)
    ships: Ints = draws.integers(*market.bounds("shipped_after"), count, dtype=np.int64)
    delays: Ints = draws.integers(*market.bounds("ordered_after"), count, dtype=np.int64)
    rows = zip(one.buyers, amounts.tolist(), ships.tolist(), delays.tolist(), pays, strict=True)
    return [
        (
            Order(
                f"{part.day}{part.population}{begun + number:08}", f"{part.population}{who}", one.product, amount, pay, ship
            ),
            delay,
        )
        for number, (who, amount, ship, delay, pay) in enumerate(rows)
    ]


def _buyer(part: Part, order: Order, delay: int, bought: Counter[str]) -> Behaviour:
    yield Wait(delay)
    yield from buy(part, order, bought)
