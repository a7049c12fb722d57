"""Names for populations: Faker's Chinese ones, drawn when a population is built.

Law: Faker is slow (tens of thousands of names a second), so at most `POOL` are drawn and a larger population shares them,
as real people share names. Never called while a run is under way.
"""

from __future__ import annotations

from functools import cache, lru_cache
from random import Random

from faker import Faker

POOL = 4000


@cache
def _faker() -> Faker:
    """One for all: making it takes longer than drawing forty names, and it is seeded anew each time."""
    return Faker("zh_CN", use_weighting=False)


def names(rng: Random, count: int) -> list[str]:
    """`count` Chinese names; the same rng state gives the same names."""
    pool = _drawn(rng.getrandbits(64), min(count, POOL))
    return list(pool) if count <= POOL else rng.choices(pool, k=count)


@lru_cache(maxsize=64)
def _drawn(seed: int, count: int) -> tuple[str, ...]:
    """The names of a seed, kept: an account that is put back to its start has the people that it had."""
    fake = _faker()
    fake.seed_instance(seed)
    return tuple(str(fake.name()) for _ in range(count))
