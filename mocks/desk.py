"""What a domain service may use of the world around it.

Law: a service sees this and its own state, nothing else: no HTTP, no store, no journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from sandbox.behaviour import Push
from sandbox.events import Event
from sandbox.policy import Call, Quota, Signal

from .http import Answer


class Desk(Protocol):
    """The counter a service stands behind."""

    def now(self) -> int:
        """Virtual now, ms since the epoch."""
        ...

    def ask(self, call: Call) -> Answer | None:
        """Ask the gate: None when the call may pass, else what the platform says to the refused."""
        ...

    def tell(self, signal: Signal) -> object:
        """Tell a fact: to the service whom it concerns, and to the gates."""
        ...

    def usage(self, call: Call) -> tuple[tuple[Quota, int], ...]:
        """The quotas that such a call would meet, with how many units are left of each."""
        ...

    def clear(self, account: str, platform: str, actions: Iterable[str], window: int) -> None:
        """Forget what was counted of these actions in the account's fixed windows of a length (ms)."""
        ...

    def explained(self, number: str) -> Mapping[str, Any] | None:
        """What is known of the error whose text bears this number: at least its `account`."""
        ...

    def setting(self, platform: str, name: str) -> Any:
        """A setting of a rulebook."""
        ...

    def post(self, account: str, push: Push) -> None:
        """Push something to the merchant's server."""
        ...

    def later(self, account: str, due: int, what: str, job: Callable[[], None]) -> None:
        """Do something at a time to come (ms), unless the account was reset or closed by then. `what` names it for people."""
        ...

    def record(self, event: Event) -> None:
        """Note something in the journal."""
        ...
