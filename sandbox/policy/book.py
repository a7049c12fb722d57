"""A platform's rules, made ready to judge by.

Law: a rule is data, a meter is the rule made callable. The closures are built once, so that judging a call looks nothing up
but the action and the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from .model import Breaker, Quota, subject
from .risk import Guard, Risk
from .watches import Watches, make_ready
from .windows import ALGORITHMS, Take

Key = Callable[[str, Mapping[str, str]], str]
"""`key(account, actor)`: which cell."""

Fuse = tuple[Key, Breaker]
"""A breaker and where its memory is."""

Meter = tuple[Key, Take, Quota]
"""A quota, where it counts, and how."""

Window = tuple[Key | None, str, int, int, int, Quota | None]
"""A fixed window as bare as can be: key (none: the account and the tail that follows), tail, limit, window, offset, and the rule if it
weighs what it counts."""

Ready = tuple[tuple[Window, ...], tuple[Fuse, ...], tuple[Meter, ...], Guard | None]
"""An action's rules: the plain fixed windows, which most rules are; the breakers; all other quotas; risk control."""

NO_RULES: Ready = ((), (), (), None)


def keyer(rule: Quota | Breaker, action: str) -> Key:
    """Where a rule's memory of a subject is kept: the account first, so that one account can be forgotten whole.

    The scope `action` is known when the rule is made ready; `account` is always part of the key.
    """
    names, tail = _names(rule), _tail(rule, action)
    if not names:
        return lambda account, _actor: account + tail
    if len(names) == 1:
        name = names[0]
        return lambda account, actor: f"{account}/{actor.get(name, '')}{tail}"
    if len(names) == 2:
        return _pair(*names, tail)
    return lambda account, actor: subject(names, account, actor) + tail


def _pair(first: str, second: str, tail: str) -> Key:
    """`subject` written out for two names: WeCom's limits for each member of each application meet every recipient."""

    def key(account: str, actor: Mapping[str, str]) -> str:
        value = actor.get(first, "")
        return f"{account}/{len(value)}:{value}/{actor.get(second, '')}{tail}"

    return key


def meter(rule: Quota, action: str) -> Meter:
    """The quota, made callable. Raises KeyError for an algorithm that does not exist."""
    return keyer(rule, action), ALGORITHMS[rule.algorithm](rule), rule


def is_plain(rule: Quota) -> bool:
    """Is it a fixed window without condition or shadow?"""
    return rule.algorithm == "fixed" and not (rule.when or rule.shadow)


def _window(rule: Quota, action: str) -> Window:
    key = keyer(rule, action) if _names(rule) else None
    return key, _tail(rule, action), rule.limit, rule.window, rule.offset, rule if rule.weight else None


def _names(rule: Quota | Breaker) -> tuple[str, ...]:
    return tuple(name for name in rule.scope if name not in ("account", "action"))


def _tail(rule: Quota | Breaker, action: str) -> str:
    return f"#{rule.id}" + (f"@{action}" if "action" in rule.scope else "")


@dataclass(frozen=True, slots=True)
class Book:
    """A platform's rules by action: `quotas` and `breakers` as data, `meters` and `fuses` the same made callable.

    `ready` holds each action's rules once more, in the order and the form in which `judge` goes through them; `watches` are
    risk control's, and `unwatched` is the book without them.
    """

    platform: str
    quotas: Mapping[str, tuple[Quota, ...]] = field(default_factory=dict)
    breakers: Mapping[str, tuple[Breaker, ...]] = field(default_factory=dict)
    risk: Risk = field(default_factory=Risk)
    meters: Mapping[str, tuple[Meter, ...]] = field(init=False, repr=False, compare=False)
    fuses: Mapping[str, tuple[Fuse, ...]] = field(init=False, repr=False, compare=False)
    ready: Mapping[str, Ready] = field(init=False, repr=False, compare=False)
    watches: Watches = field(init=False, repr=False, compare=False)
    unwatched: Book = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        meters = {action: tuple(meter(rule, action) for rule in rules) for action, rules in self.quotas.items()}
        fuses = {action: tuple((keyer(rule, action), rule) for rule in rules) for action, rules in self.breakers.items()}
        object.__setattr__(self, "meters", meters)
        object.__setattr__(self, "fuses", fuses)
        object.__setattr__(self, "watches", make_ready(self.risk))
        object.__setattr__(
            self, "unwatched", Book(self.platform, self.quotas, self.breakers) if self.watches.calls else self
        )
        actions = {**meters, **fuses, **self.watches.calls}
        object.__setattr__(self, "ready", {action: self._ready(action) for action in actions})

    def _ready(self, action: str) -> Ready:
        meters = self.meters.get(action, ())
        plain = tuple(_window(rule, action) for _, _, rule in meters if is_plain(rule))
        others = tuple(one for one in meters if not is_plain(one[2]))
        watch = self.watches.calls.get(action)
        return plain, self.fuses.get(action, ()), others, watch.guard if watch else None

    def keys(self, action: str, account: str, actor: Mapping[str, str]) -> Iterator[str]:
        """Every cell that quotas and breakers may read or write for such a call or signal; made when asked for.

        Which cells risk control reads depends on what it finds there: a store shows those when they are asked for.
        """
        for key, _ in self.fuses.get(action, ()):
            yield key(account, actor)
        for key, _, _ in self.meters.get(action, ()):
            yield key(account, actor)
