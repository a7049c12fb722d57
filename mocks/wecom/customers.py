"""Customers (客户联系): outside contacts, who follows them, their tags, contact ways, group chats, mass messages, transfers.

Law: lookups and changes that cannot fail; whether a change may be made is for the actions to say. Times are ms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody outside; `kind` 1 uses WeChat, 2 WeCom."""

    external_userid: str
    name: str
    gender: int
    unionid: str
    kind: int = 1

    def shown(self) -> dict[str, Any]:
        """As `externalcontact/get` shows him."""
        shown = {
            "external_userid": self.external_userid,
            "name": self.name,
            "type": self.kind,
            "gender": self.gender,
            "avatar": f"http://wx.qlogo.cn/mmhead/{self.external_userid}/0",
        }
        return {**shown, "unionid": self.unionid} if self.kind == 1 else shown


@dataclass(slots=True)
class Follow:
    """A member follows a customer: what he noted of him, and how they met."""

    userid: str
    external_userid: str
    created: int
    add_way: int = 1
    state: str = ""
    remark: str = ""
    description: str = ""
    company: str = ""
    mobiles: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    transfers: list[int] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """What both views of a follower have in common."""
        return {
            "userid": self.userid,
            "remark": self.remark,
            "description": self.description,
            "createtime": self.created // 1000,
            "remark_corp_name": self.company,
            "remark_mobiles": list(self.mobiles),
            "oper_userid": self.userid,
            "add_way": self.add_way,
            "state": self.state,
        }


@dataclass(slots=True)
class CorpTag:
    """A tag for customers, in a group."""

    id: str
    name: str
    created: int
    order: int = 0

    def shown(self) -> dict[str, Any]:
        """As the tag list shows it."""
        return {"id": self.id, "name": self.name, "create_time": self.created // 1000, "order": self.order}


@dataclass(slots=True)
class TagGroup:
    """A group of tags for customers."""

    id: str
    name: str
    created: int
    order: int = 0
    tags: dict[str, CorpTag] = field(default_factory=dict)

    def shown(self, tags: list[CorpTag]) -> dict[str, Any]:
        """The group with some of its tags."""
        head = {"group_id": self.id, "group_name": self.name, "create_time": self.created // 1000, "order": self.order}
        return {**head, "tag": [one.shown() for one in tags]}


@dataclass(slots=True)
class ContactWay:
    """A QR code or button by which customers add a member."""

    config_id: str
    created: int
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in a customer group chat: a member (`kind` 1) or an outsider (2)."""

    id: str
    kind: int
    joined: int
    scene: int
    name: str
    unionid: str = ""

    def shown(self, owner: str) -> dict[str, Any]:
        """As `groupchat/get` shows him."""
        shown = {
            "userid": self.id,
            "type": self.kind,
            "join_time": self.joined // 1000,
            "join_scene": self.scene,
            "invitor": {"userid": owner},
            "group_nickname": "",
            "name": self.name,
        }
        return {**shown, "unionid": self.unionid} if self.unionid else shown


@dataclass(slots=True)
class GroupChat:
    """A group chat with customers."""

    chat_id: str
    name: str
    owner: str
    created: int
    notice: str = ""
    status: int = 0
    guests: dict[str, Guest] = field(default_factory=dict)


@dataclass(slots=True)
class MassMessage:
    """A message to many customers: a task for each member, who sends it or does not. `targets` are (member, customer or chat)."""

    msgid: str
    chat_type: str
    creator: str
    created: int
    content: dict[str, Any]
    targets: list[tuple[str, str]]
    sent: dict[str, int] = field(default_factory=dict)
    cancelled: bool = False
    reminded: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Transfer:
    """A customer on his way from one member to another; done a day later unless he refuses."""

    handover: str
    takeover: str
    external_userid: str
    asked: int
    resigned: bool = False
    outcome: int = 2
    done: int = 0


@dataclass(slots=True)
class Welcome:
    """A code to greet a new customer with: once, and until."""

    userid: str
    external_userid: str
    until: int
    used: bool = False


@dataclass(slots=True)
class Moment:
    """Something that members are to show to their customers; `published` by whom and when, from `ready` on."""

    moment_id: str
    jobid: str
    created: int
    content: dict[str, Any]
    senders: list[str]
    ready: int = 0
    published: dict[str, int] = field(default_factory=dict)
    likes: dict[str, int] = field(default_factory=dict)
    cancelled: bool = False


@dataclass(slots=True)
class Product:
    """A product that members may send."""

    product_id: str
    created: int
    fields: dict[str, Any]


@dataclass(slots=True)
class Link:
    """A customer acquisition link, and who `came` by it: (customer, member, state)."""

    link_id: str
    name: str
    created: int
    range: dict[str, Any]
    skip_verify: bool = True
    came: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class JoinWay:
    """A way into group chats."""

    config_id: str
    fields: dict[str, Any]


@dataclass(slots=True)
class Customers:
    """All of them. Follows by (member's key, customer); departed members' customers as (member, customer, when)."""

    people: dict[str, Customer] = field(default_factory=dict)
    follows: dict[tuple[str, str], Follow] = field(default_factory=dict)
    groups: dict[str, TagGroup] = field(default_factory=dict)
    ways: dict[str, ContactWay] = field(default_factory=dict)
    chats: dict[str, GroupChat] = field(default_factory=dict)
    mass: dict[str, MassMessage] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    welcomes: dict[str, Welcome] = field(default_factory=dict)
    departed: list[tuple[str, str, int]] = field(default_factory=list)
    moments: dict[str, Moment] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    joins: dict[str, JoinWay] = field(default_factory=dict)
    acquired: int = 0

    def of(self, key: str) -> list[Follow]:
        """What a member follows."""
        return [one for (member, _), one in self.follows.items() if member == key]

    def followers(self, external_userid: str) -> list[Follow]:
        """Who follows a customer."""
        return [one for (_, customer), one in self.follows.items() if customer == external_userid]

    def tag(self, tag_id: str) -> tuple[TagGroup, CorpTag] | None:
        """A tag and its group."""
        return next(((group, group.tags[tag_id]) for group in self.groups.values() if tag_id in group.tags), None)

    def tags(self) -> int:
        """How many tags there are."""
        return sum(len(group.tags) for group in self.groups.values())

    def drop_tag(self, tag_id: str) -> None:
        """Delete a tag, also where it is on somebody; a group without tags goes too."""
        for group in list(self.groups.values()):
            if group.tags.pop(tag_id, None) and not group.tags:
                del self.groups[group.id]
        for follow in self.follows.values():
            follow.tags = [one for one in follow.tags if one != tag_id]

    def depart(self, key: str, now: int) -> None:
        """A member leaves: what he follows waits to be taken over."""
        for follow in self.of(key):
            self.departed.append((follow.userid, follow.external_userid, now))
            del self.follows[key, follow.external_userid]
