"""To whom a message rule speaks: a department, a member, or a group chat (S08).

Law: pure lookups in one corp; a target that is not there is None, an empty department is an empty list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mocks.wecom.state import State


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to tell: what kind of thing, and its id."""

    kind: Literal["department", "member", "chat"]
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def receivers(corp: State, target: Target) -> list[str] | None:
    """The members that a target reaches, by their ids; None when there is no such target."""
    if target.kind == "member":
        key = target.id.lower()
        return [key] if key in corp.users else None
    return _of_department(corp, target.id) if target.kind == "department" else _of_chat(corp, target.id)


def _of_department(corp: State, text: str) -> list[str] | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number not in corp.directory.departments:
        return None
    return [one.key for one in corp.directory.people(corp.directory.below(number))]


def _of_chat(corp: State, chat: str) -> list[str] | None:
    """A chat that the application made, or one with customers: of that, the members."""
    if chat in corp.chats:
        return list(corp.chats[chat].users)
    with_customers = corp.customers.chats.get(chat)
    return [one for one in with_customers.guests if one in corp.users] if with_customers else None
