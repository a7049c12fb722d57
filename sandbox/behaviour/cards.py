"""Viewers of a live room who look at its product cards, and sometimes order: the live component's side of V11.

Law: see the package. A viewer knows no product before the window has told it.
"""

from __future__ import annotations

from random import Random

from . import Behaviour, Call, Reply, Signal, Wait
from .merchant import Part

LIVE = 2
"""The vendor's order_scene of a live room."""


def viewer(part: Part, rng: Random, *, cards: int = 3, look_ms: int = 2_000, buys_percent: int = 10) -> Behaviour:
    """Opens the window, looks at `cards` product cards for up to `look_ms` each, and orders `buys_percent` of what is on sale."""
    account = part.merchant.account
    window = yield Call("channels", "channels.window_list", account, payload={"page_size": 20})
    if not isinstance(window, Reply) or not window.ok:
        return
    for _ in range(cards):
        product_id = rng.choice(window.body["products"])["product_id"]
        card = yield Call("channels", "channels.live_card", account, payload={"product_id": product_id})
        on_sale = isinstance(card, Reply) and card.ok and card.body["product"]["stock"] > 0
        if on_sale and rng.randrange(100) < buys_percent:
            wanted = {"product_id": product_id, "openid": f"o{part.number:027}", "scene": LIVE}
            yield Signal("channels", "channels.order_placed", account, payload=wanted)
        yield Wait(rng.randrange(look_ms + 1))
