"""A platform's rules, made ready to judge by.

Law: a rule is data, a meter is the rule made callable. The closures are built once, so that judging a call looks nothing up
but the action and the cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .keys import Key, keyer
from .metered import Charge, is_plain, write_out
from .model import Breaker, Quota
from .risk import Guard, Risk
from .watches import Watches, make_ready
from .windows import ALGORITHMS, Take

Fuse = tuple[Key, Breaker]
"""A breaker and where its memory is."""

Meter = tuple[Key, Take, Quota]
"""A quota, where it counts, and how."""

Ready = tuple[Charge, tuple[Meter, ...], Guard | None]
"""An action's rules: the breakers and the plain quotas, which most rules are, written out; all other quotas; risk control."""

NO_RULES: Ready = (write_out((), (), ""), (), None)


def meter(rule: Quota, action: str) -> Meter:
    """The quota, made callable. Raises KeyError for an algorithm that does not exist."""
    return keyer(rule, action), ALGORITHMS[rule.algorithm](rule), rule


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
        quotas, breakers, watch = self.quotas.get(action, ()), self.breakers.get(action, ()), self.watches.calls.get(action)
        plain = tuple(rule for rule in quotas if is_plain(rule))
        others = tuple(one for one in self.meters.get(action, ()) if not is_plain(one[2]))
        return write_out(plain, breakers, action), others, watch.guard if watch else None

    def keys(self, action: str, account: str, actor: Mapping[str, str]) -> Iterator[str]:
        """Every cell that quotas and breakers may read or write for such a call or signal; made when asked for.

        Which cells risk control reads depends on what it finds there: a store shows those when they are asked for.
        """
        for key, _ in self.fuses.get(action, ()):
            yield key(account, actor)
        for key, _, _ in self.meters.get(action, ()):
            yield key(account, actor)
