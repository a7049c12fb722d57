"""Customer service (微信客服): service accounts, who serves, the sessions, and the log that `kf/sync_msg` reads.

Law: lookups and changes that cannot fail; whether a change may be made is for the actions to say. Times are ms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NEW, ROBOT, POOL, HUMAN, ENDED = range(5)
CUSTOMER, SYSTEM, SERVICER = 3, 4, 5
"""Where a message comes from."""


@dataclass(slots=True)
class Desk:
    """A service account; `servicers` are members' keys."""

    open_kfid: str
    name: str
    avatar: str
    servicers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    """A customer at a service account: who serves him, when he last wrote, and how often he was answered since."""

    state: int = NEW
    servicer: str = ""
    wrote: int = -1
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the log."""

    open_kfid: str
    at: int
    shown: dict[str, Any]


@dataclass(slots=True)
class Code:
    """A code to answer one event with: once, and until."""

    open_kfid: str
    external_userid: str
    until: int
    used: bool = False


@dataclass(slots=True)
class Inquiries:
    """All of them. Sessions by (service account, customer)."""

    desks: dict[str, Desk] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    log: list[Written] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    scenes: dict[str, str] = field(default_factory=dict)

    def session(self, open_kfid: str, external_userid: str) -> Session:
        """The session of a customer; a new one when there is none yet."""
        return self.sessions.setdefault((open_kfid, external_userid), Session())
