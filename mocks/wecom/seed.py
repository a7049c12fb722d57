"""A new corp, as it is found: members in departments, tags, customers with followers, a group chat, a service account.

Law: all of it follows from the account's own random numbers, so the same seed gives the same corp.
"""

from __future__ import annotations

import uuid
from random import Random
from string import ascii_letters, digits

from mocks.wecom.customers import CorpTag, Customer, Customers, Follow, GroupChat, Guest, TagGroup
from mocks.wecom.directory import ROOT, Department, Directory, Member, Tag
from mocks.wecom.inquiries import Desk, Inquiries
from mocks.wecom.state import Bill, Merchant, State

STAFF = 20
OUTSIDE = 12
FOLLOWERS = 3
DAY = 86_400_000
SERVICE, OPERATIONS, AFTER_SALES = 2, 3, 4


def new(account: str, rng: Random, names: list[str], now: int) -> State:
    """A corp with credentials drawn from `rng`, and members `staff01`, `staff02` ... of those names; it began 30 days ago."""
    state = State(
        account=account,
        corpid="ww" + f"{rng.getrandbits(64):016x}",
        secret=_text(rng, 43),
        agentid=1000002,
        callback_token=_text(rng, 16),
        aes_key=_text(rng, 42) + "A",
        robot_key=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        binding_key=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        directory=_directory(names),
        customers=Customers(),
        inquiries=Inquiries(),
    )
    began = now - 30 * DAY
    _customers(state, names[STAFF:] or names, began)
    _group_chat(state, began)
    kfid = "wk" + state.mint("kf")
    state.inquiries.desks[kfid] = Desk(kfid, "售后客服", "http://wework.qpic.cn/kf/0", ["staff01", "staff02"])
    _payments(state, now)
    state.agent = {"name": "订单助手", "description": "订单与物流通知", "square_logo_url": "http://p.qlogo.cn/logo/0"}
    return state


def _text(rng: Random, length: int) -> str:
    return "".join(rng.choices(ascii_letters + digits, k=length))


def _directory(names: list[str]) -> Directory:
    rows = ((ROOT, "演示企业", 0), (SERVICE, "客服部", ROOT), (OPERATIONS, "运营部", ROOT), (AFTER_SALES, "售后组", SERVICE))
    departments = {number: Department(number, name, parent, 100) for number, name, parent in rows}
    members = {}
    for number in range(1, STAFF + 1):
        place = SERVICE if number <= 8 else OPERATIONS if number <= 14 else AFTER_SALES
        profile = {"position": "客服", "mobile": f"138{number:08}", "email": f"staff{number:02}@example.com", "gender": "1"}
        userid = f"staff{number:02}"
        members[userid] = Member(userid, names[(number - 1) % len(names)], [place], profile)
    tags = {1: Tag(1, "值班", ["staff01", "staff02"]), 2: Tag(2, "售后", parties=[AFTER_SALES])}
    return Directory(members, departments, tags)


def _customers(state: State, names: list[str], began: int) -> None:
    """Twelve customers, each followed by one of three members; the first by all of them."""
    group = TagGroup("et" + state.mint("tag"), "客户等级", began)
    for name in ("一般", "重要", "核心"):
        tag = CorpTag("et" + state.mint("tag"), name, began)
        group.tags[tag.id] = tag
    state.customers.groups[group.id] = group
    for number in range(OUTSIDE):
        external_userid = "wm" + state.mint("customer")
        customer = Customer(external_userid, names[number % len(names)], 1 + number % 2, "o" + state.mint("unionid", 27))
        state.customers.people[external_userid] = customer
        for follower in range(FOLLOWERS) if number == 0 else (number % FOLLOWERS,):
            userid = f"staff{follower + 1:02}"
            follow = Follow(userid, external_userid, began + number * DAY, tags=list(group.tags)[:1])
            state.customers.follows[userid, external_userid] = follow


def _group_chat(state: State, began: int) -> None:
    """One chat, with two members and three customers."""
    chat = GroupChat("wr" + state.mint("chat"), "老客户福利群", "staff01", began, "新品上架请看群公告")
    for userid in ("staff01", "staff02"):
        chat.guests[userid] = Guest(userid, 1, began, 1, state.users[userid].name)
    for customer in list(state.customers.people.values())[:3]:
        guest = Guest(customer.external_userid, 2, began + DAY, 3, customer.name, customer.unionid)
        chat.guests[guest.id] = guest
    state.customers.chats[chat.chat_id] = chat


def _payments(state: State, now: int) -> None:
    """A merchant number, and a payment of yesterday."""
    mch_id = "1" + str(int(state.mint("mch", 8).encode().hex(), 16) % 10**9).zfill(9)
    state.merchants[mch_id] = Merchant(mch_id, "演示企业", scope={"user": ["staff01"], "partyid": [], "tagid": []})
    payer = next(iter(state.customers.people))
    number = state.mint("bill", 24)
    state.bills.append(Bill("4200" + number, number, payer, "staff01", mch_id, 12_900, now - DAY, state.mint("payment")))
