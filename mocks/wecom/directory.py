"""The directory (通讯录): members, departments and tags of a corp, and who stands below what.

Law: lookups and changes that cannot fail; whether a change may be made is for the actions to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ROOT = 1


@dataclass(slots=True)
class Department:
    """A department; the root's parent is 0."""

    id: int
    name: str
    parent: int
    order: int = 0
    name_en: str = ""

    def shown(self) -> dict[str, Any]:
        """As `department/list` shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "name_en": self.name_en,
            "department_leader": [],
            "parentid": self.parent,
            "order": self.order,
        }


@dataclass(slots=True)
class Member:
    """A member: who and where he is, and whatever else was said of him."""

    userid: str
    name: str
    departments: list[int]
    profile: dict[str, Any] = field(default_factory=dict)
    enabled: bool = True

    @property
    def key(self) -> str:
        """The id in lower case, by which he is found."""
        return self.userid.lower()

    def shown(self) -> dict[str, Any]:
        """As `user/get` shows him."""
        plain = {name: self.profile.get(name, default) for name, default in PROFILE.items()}
        count = len(self.departments)
        return {
            "userid": self.userid,
            "name": self.name,
            "department": list(self.departments),
            "order": self.profile.get("order") or [0] * count,
            "is_leader_in_dept": self.profile.get("is_leader_in_dept") or [0] * count,
            **plain,
            "main_department": self.profile.get("main_department") or self.departments[0],
            "status": 1 if self.enabled else 2,
        }


PROFILE: dict[str, Any] = {
    "position": "",
    "mobile": "",
    "gender": "0",
    "email": "",
    "biz_mail": "",
    "direct_leader": [],
    "avatar": "",
    "thumb_avatar": "",
    "telephone": "",
    "alias": "",
    "address": "",
    "open_userid": "",
    "extattr": {"attrs": []},
    "qr_code": "",
    "external_position": "",
    "external_profile": {},
}
"""What a member's profile shows, and how where nothing was said."""


@dataclass(slots=True)
class Tag:
    """A tag, and whom it is on: members by their keys, departments by their ids."""

    id: int
    name: str
    users: list[str] = field(default_factory=list)
    parties: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Directory:
    """All of them."""

    members: dict[str, Member] = field(default_factory=dict)
    departments: dict[int, Department] = field(default_factory=dict)
    tags: dict[int, Tag] = field(default_factory=dict)

    def children(self, department: int) -> list[int]:
        """The departments right below one."""
        return [one.id for one in self.departments.values() if one.parent == department]

    def below(self, department: int) -> list[int]:
        """A department and all that is under it, parents first."""
        found = [department]
        for one in found:
            found += self.children(one)
        return found

    def depth(self, department: int) -> int:
        """How many levels down; the root is 1."""
        levels, at = 0, department
        while at in self.departments and levels <= len(self.departments):
            levels, at = levels + 1, self.departments[at].parent
        return levels

    def people(self, departments: Iterable[int]) -> list[Member]:
        """The members right in any of these departments."""
        wanted = set(departments)
        return [one for one in self.members.values() if wanted.intersection(one.departments)]

    def tagged(self, tag: Tag) -> list[Member]:
        """The members whom a tag reaches: those it is on, and those below the departments it is on."""
        below = {one for party in tag.parties for one in self.below(party)}
        return [one for one in self.members.values() if one.key in tag.users or below.intersection(one.departments)]

    def remove(self, key: str) -> Member:
        """Take a member out, and off every tag."""
        for tag in self.tags.values():
            tag.users = [one for one in tag.users if one != key]
        return self.members.pop(key)

    def remove_department(self, department: int) -> None:
        """Take a department out, and off every tag."""
        for tag in self.tags.values():
            tag.parties = [one for one in tag.parties if one != department]
        del self.departments[department]
