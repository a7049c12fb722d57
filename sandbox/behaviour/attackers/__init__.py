"""Attack packs: how each family of attackers acts, as labelled, seeded traffic. One small module a family.

Law: a family is `f(rng, plan) -> Columns` (see `sandbox.behaviour.traffic`): pure, in any order; what detectors may read never says
who is who. The figures follow published accounts where there are any (see docs/risk.md) and overlap with honest ones on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.behaviour.traffic import Columns, Plan, Rng

from .brushing import brushing
from .cashout import cashout
from .crowd import crowd
from .enumeration import enumeration
from .farm import farm
from .forged import forged
from .hoarding import hoarding
from .proxies import proxies
from .replayed import replayed
from .ring import ring
from .slow import slow

ATTACKS: Final[Mapping[str, Callable[[Rng, Plan], Columns]]] = {
    "device_farm": farm,
    "proxy_rotation": proxies,
    "low_and_slow": slow,
    "replayed_signature": replayed,
    "forged_device": forged,
    "code_enumeration": enumeration,
    "hoarding": hoarding,
    "transfer_ring": ring,
    "brush_orders": brushing,
    "cash_out": cashout,
    "human_crowd": crowd,
}
"""Every family by the id of its attacks."""

UNDETECTABLE: Final = "human_crowd"
"""The family that nothing tells from customers; recall is judged without it."""

__all__ = ["ATTACKS", "UNDETECTABLE"]
