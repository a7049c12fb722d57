"""Whoever keeps a catalogue in step with a Channels shop: calls of its product API.

Law: see the package.
"""

from __future__ import annotations

from random import Random

from . import Behaviour, Call
from .merchant import Part


def reader(part: Part, _rng: Random, *, page_size: int = 10) -> Behaviour:
    """Asks once for the shop's products."""
    payload = {"page_size": page_size}
    yield Call("channels", "channels.product_list", part.merchant.account, payload=payload)
