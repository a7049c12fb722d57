"""Meters in Redis, for several servers that share one account's limits. Needs the extra `redis`.

Law: the rules stay here: a step runs in Python between WATCH and MULTI and runs again when another server was faster. A Redis that
does not answer raises; nothing is let through for want of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import redis

from sandbox.policy.model import Cell, Cells

T = TypeVar("T")

PREFIX = "sandbox:"


class RedisStore:
    """Cells in Redis, each as JSON under `sandbox:<key>`."""

    far = True

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def transact(self, keys: Iterable[str], step: Callable[[Cells], tuple[Cells, T]]) -> T:
        """See `Store.transact`."""
        keys = list(keys)
        with self._client.pipeline() as pipe:
            while True:
                cells = _Watched(pipe, keys)
                changed, answer = step(cells)
                pipe.multi()
                for key, cell in changed.items():
                    pipe.set(PREFIX + key, json.dumps(cell))
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


class _Watched(Mapping[str, Cell]):
    """The cells as a step sees them: those named beforehand are fetched at once, others (risk control's) when they are asked for.

    What is read is watched first, so that a step never decides by what another server has changed since.
    """

    def __init__(self, pipe: redis.client.Pipeline, keys: list[str]) -> None:
        self._pipe = pipe
        self._held: dict[str, Cell | None] = {}
        if keys:
            names = [PREFIX + key for key in keys]
            pipe.watch(*names)  # type: ignore[no-untyped-call] # redis-py leaves it untyped
            self._held = {
                key: None if text is None else _read(text) for key, text in zip(keys, pipe.mget(names), strict=True)
            }

    def __getitem__(self, key: str) -> Cell:
        if key not in self._held:
            self._pipe.watch(PREFIX + key)  # type: ignore[no-untyped-call] # redis-py leaves it untyped
            text = self._pipe.get(PREFIX + key)
            self._held[key] = None if text is None else _read(text)
        cell = self._held[key]
        if cell is None:
            raise KeyError(key)
        return cell

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def _read(text: bytes | str) -> Cell:
    return _cell(json.loads(text))


def _cell(parts: list[Any]) -> Cell:
    return tuple(_cell(part) if isinstance(part, list) else part for part in parts)
