"""Meters in Redis, for several servers that share one account's limits. Needs the extra `redis`.

Law: the rules stay here: a step runs in Python between WATCH and MULTI and runs again when another server was faster. A Redis that
does not answer raises; nothing is let through for want of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import redis

from sandbox.policy.model import Cell, Cells

T = TypeVar("T")

PREFIX = "sandbox:"


class RedisStore:
    """Cells in Redis, each a text of whole numbers under `sandbox:<key>`."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def transact(self, keys: Iterable[str], step: Callable[[Cells], tuple[Cells, T]]) -> T:
        """See `Store.transact`."""
        keys = list(keys)
        names = [PREFIX + key for key in keys]
        with self._client.pipeline() as pipe:
            while True:
                if names:
                    pipe.watch(*names)  # type: ignore[no-untyped-call] # redis-py leaves it untyped
                held = pipe.mget(names) if names else []
                cells = {key: _read(text) for key, text in zip(keys, held, strict=True) if text is not None}
                changed, answer = step(cells)
                pipe.multi()
                for key, cell in changed.items():
                    pipe.set(PREFIX + key, " ".join(map(str, cell)))
                try:
                    pipe.execute()
                except redis.WatchError:
                    continue
                return answer

    def forget(self, account: str) -> None:
        """See `Store.forget`."""
        for key in self._keys(account):
            self._client.delete(key)

    def snapshot(self, account: str) -> Cells:
        """See `Store.snapshot`."""
        held = {key: self._client.get(key) for key in self._keys(account)}
        return {key.decode().removeprefix(PREFIX): _read(text) for key, text in held.items() if text is not None}

    def _keys(self, account: str) -> list[bytes]:
        escaped = "".join(f"[{letter}]" if letter in "*?[]" else letter for letter in account)
        found = [self._client.scan_iter(match=f"{PREFIX}{escaped}{mark}*") for mark in ("/", "#")]
        return [key for keys in found for key in keys]


def _read(text: bytes | str) -> Cell:
    return tuple(map(int, text.split()))
