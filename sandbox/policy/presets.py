"""Breakers as well-known tools ship them, and the shape of the platforms' own fuse.

Law: a preset is the set of fields that its tool documents; what a tool leaves to its user (Sentinel's time window) is
absent, and a rule that leaves it out does not load. Platform figures with a source live in the rulebooks, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PRESETS: Final[Mapping[str, Mapping[str, int | str | bool]]] = {
    # The fuse of fact S02: an excess opens it; five probes close it; each excess soon after doubles the cool-down.
    "platform-fuse": {
        "trip_on": "excess",
        "open_ms": 60_000,
        "probes": 5,
        "backoff": 2,
        "max_open_ms": 900_000,
        "forgive_ms": 900_000,
    },
    # Resilience4j CircuitBreakerConfig: last 100 calls, at least 100, >= 50 % failed or 100 % slower than 60 s.
    "resilience4j": {
        "window": "count",
        "size": 100,
        "min_calls": 100,
        "failure_percent": 50,
        "slow_ms": 60_000,
        "slow_percent": 100,
        "open_ms": 60_000,
        "probes": 10,
    },
    # Sentinel (Java) DegradeRule: one tumbling second, at least 5 calls, > ratio; its user names ratio, RT and open time.
    "sentinel-java": {
        "window": "tumbling",
        "size": 1_000,
        "min_calls": 5,
        "slow_percent": 100,
        "strict": True,
        "probes": 1,
    },
    # Hystrix: 10 s in 10 buckets, at least 20 calls, >= 50 % failed, one trial after 5 s.
    "hystrix": {
        "window": "rolling",
        "size": 10_000,
        "buckets": 10,
        "min_calls": 20,
        "failure_percent": 50,
        "open_ms": 5_000,
        "probes": 1,
    },
}
