"""A platform's rules, made ready to judge by.

Law: a rule is data, a meter is the rule made callable. The closures are built once, so that judging a call looks nothing up
but the action and the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .model import Breaker, Quota, subject
from .windows import ALGORITHMS, Take

Key = Callable[[str, Mapping[str, str]], str]


class Meter(NamedTuple):
    """One quota made callable.

    `key(account, actor)` says which cell, `take` counts in it; `special` is false for the plain majority of rules (no
    condition, no weight, not a shadow).
    """

    key: Key
    take: Take
    rule: Quota
    special: bool


def keyer(rule: Quota | Breaker, action: str) -> Key:
    """Where a rule's memory of a subject is kept: the account first, so that one account can be forgotten whole.

    The scope `action` is known when the rule is made ready; `account` is always part of the key.
    """
    names = tuple(name for name in rule.scope if name not in ("account", "action"))
    tail = f"#{rule.id}" + (f"@{action}" if "action" in rule.scope else "")
    if not names:
        return lambda account, _actor: account + tail
    if len(names) == 1:
        name = names[0]
        return lambda account, actor: f"{account}/{actor.get(name, '')}{tail}"
    return lambda account, actor: subject(names, account, actor) + tail


def meter(rule: Quota, action: str) -> Meter:
    """The quota, made callable. Raises KeyError for an algorithm that does not exist."""
    return Meter(keyer(rule, action), ALGORITHMS[rule.algorithm](rule), rule, bool(rule.when or rule.weight or rule.shadow))


@dataclass(frozen=True, slots=True)
class Book:
    """A platform's rules by action: `quotas` and `breakers` as data, `meters` and `fuses` the same made callable."""

    platform: str
    quotas: Mapping[str, tuple[Quota, ...]] = field(default_factory=dict)
    breakers: Mapping[str, tuple[Breaker, ...]] = field(default_factory=dict)
    meters: Mapping[str, tuple[Meter, ...]] = field(init=False, repr=False, compare=False)
    fuses: Mapping[str, tuple[tuple[Key, Breaker], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        meters = {action: tuple(meter(rule, action) for rule in rules) for action, rules in self.quotas.items()}
        fuses = {action: tuple((keyer(rule, action), rule) for rule in rules) for action, rules in self.breakers.items()}
        object.__setattr__(self, "meters", meters)
        object.__setattr__(self, "fuses", fuses)

    def keys(self, action: str, account: str, actor: Mapping[str, str]) -> list[str]:
        """Every cell that judging such a call, or observing a signal about it, may read or write."""
        keys = [key(account, actor) for key, _ in self.fuses.get(action, ())]
        return keys + [one.key(account, actor) for one in self.meters.get(action, ())]
