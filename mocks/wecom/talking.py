"""What members do with the application: open it, write to it, press its menu, answer its cards; and what the vendor does to it.

Law: signals. Whoever tells what a member does stands for his phone, and the application's server is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.trouble import troubling
from mocks.wecom import events
from mocks.wecom.directory import Member
from mocks.wecom.fields import bad, listed
from mocks.wecom.media import FILE, store
from mocks.wecom.members import known
from mocks.wecom.messages import new_code
from mocks.wecom.plan import ok
from mocks.wecom.state import State
from sandbox.policy import Signal

Told = Callable[[Desk, State, Signal], Answer]
Happened = Callable[[Desk, State, Member, Signal], Answer]

WRITTEN: Final[Mapping[str, Mapping[str, Any]]] = {
    "text": {"Content": "你好"},
    "image": {"PicUrl": "http://p.qpic.cn/pic_wework/0/0", "MediaId": ""},
    "voice": {"MediaId": "", "Format": "amr"},
    "video": {"MediaId": "", "ThumbMediaId": ""},
    "location": {"Location_X": "23.134", "Location_Y": "113.358", "Scale": 20, "Label": "深圳", "AppType": "wxwork"},
    "link": {
        "Title": "标题",
        "Description": "说明",
        "Url": "https://shop.example/1",
        "PicUrl": "https://shop.example/1.png",
    },
}
"""What a message of each type holds where nothing else is said; a file is put into the store, so that it can be got."""

FILES: Final = {"MediaId": "", "ThumbMediaId": "image"}
"""The fields that name a file, and of which kind; "" for the message's own."""

SAMPLE: Final = b"a file from a member's phone"
SEVERAL: Final = ("vote_interaction", "multiple_interaction")
"""The cards on which a member chooses."""


def _by_member(happened: Happened) -> Told:
    """The fact that a member (`userid`) does something."""

    def told(desk: Desk, state: State, signal: Signal) -> Answer:
        member = known(state, signal.payload)
        return member if isinstance(member, Answer) else happened(desk, state, member, signal)

    return told


def _entered(desk: Desk, state: State, member: Member, _signal: Signal) -> Answer:
    """He opens the application."""
    events.tell(desk, state, "enter_agent", sender=member.userid, EventKey="")
    return ok()


def _subscribed(desk: Desk, state: State, member: Member, signal: Signal) -> Answer:
    """He sees the application for the first time; with `gone` true: no more."""
    event = "unsubscribe" if signal.payload.get("gone") is True else "subscribe"
    events.tell(desk, state, event, sender=member.userid, EventKey="")
    return ok()


def _wrote(desk: Desk, state: State, member: Member, signal: Signal) -> Answer:
    """He writes to the application: `text`, or something else of `type`, with `fields` that replace those of `WRITTEN`."""
    said = signal.payload
    kind, fields = str(said.get("type", "text")), said.get("fields", {})
    if kind not in WRITTEN or not isinstance(fields, Mapping) or not fields.keys() <= WRITTEN[kind].keys():
        return bad("type" if kind not in WRITTEN else "fields")
    words = {"Content": str(said["text"])} if kind == "text" and said.get("text") else {}
    whole = {**WRITTEN[kind], **words, **fields}
    for name, other in FILES.items():
        if whole.get(name) == "":
            whole[name] = store(desk, state, {FILE: {"filename": kind, "content": SAMPLE}}, other or kind).media_id
    msgid = int(state.mint("msgid", 12).encode().hex(), 16) % 2**62
    events.message(desk, state, member.userid, "wecom.message", {"MsgType": kind, **whole, "MsgId": msgid})
    return ok(msgid=str(msgid))


def _pressed(desk: Desk, state: State, member: Member, signal: Signal) -> Answer:
    """He presses a button of the menu: the one of that `key`, or the one that leads to that address."""
    key = signal.payload.get("key")
    if not state.menu:
        return Answer("46003")
    buttons = [inner for one in state.menu["button"] for inner in (one, *listed(one, "sub_button"))]
    known_by = {"click": "key", "view": "url"}
    event = next((event for event, name in known_by.items() for one in buttons if key and one.get(name) == key), None)
    if event is None:
        return bad("key")
    events.tell(desk, state, event, sender=member.userid, EventKey=key)
    return ok()


def _located(desk: Desk, state: State, member: Member, signal: Signal) -> Answer:
    """His phone says where he is (`latitude`, `longitude`)."""
    place = {"Latitude": signal.payload.get("latitude", 23.134), "Longitude": signal.payload.get("longitude", 113.358)}
    if not all(isinstance(one, int | float) for one in place.values()):
        return bad("latitude")
    fields = {name: str(one) for name, one in place.items()}
    events.tell(desk, state, "LOCATION", sender=member.userid, **fields, Precision="65", AppType="wxwork")
    return ok()


def _answered(desk: Desk, state: State, member: Member, signal: Signal) -> Answer:
    """He answers a card (`task_id`, `key`, and where he chooses `selected`: options by question); answers with the event's code."""
    task, said = signal.payload.get("task_id"), signal.payload
    card = state.cards.get(task) if isinstance(task, str) else None
    if card is None or member.key not in card["users"]:
        return Answer("42014")
    key, selected = str(said.get("key") or ""), said.get("selected", {})
    if not isinstance(selected, Mapping) or not all(isinstance(one, list) for one in selected.values()):
        return bad("selected")
    if not card["type"]:
        events.tell(desk, state, "taskcard_click", sender=member.userid, EventKey=key, TaskId=task)
        return ok()
    code = new_code(desk, state, str(task))
    fields: dict[str, Any] = {"EventKey": key, "TaskId": task, "CardType": card["type"], "ResponseCode": code}
    rows = [{"QuestionKey": one, "OptionIds": {"OptionId": options}} for one, options in selected.items()]
    chosen = {"SelectedItems": {"SelectedItem": rows}} if card["type"] in SEVERAL else {}
    events.tell(desk, state, "template_card_event", sender=member.userid, **fields, **chosen)
    return ok(response_code=code)


TROUBLES: Final = ("-1", "48002", "50003", "60011", "301007")
"""What every call of an application can be answered: busy, no right to the interface, disabled, out of its scope, no corp any more."""


SIGNALS: Final[Mapping[str, Told]] = {
    "wecom.trouble": troubling("0", "40058", TROUBLES, "/cgi-bin/"),
    "wecom.agent_entered": _by_member(_entered),
    "wecom.member_subscribed": _by_member(_subscribed),
    "wecom.member_wrote": _by_member(_wrote),
    "wecom.member_located": _by_member(_located),
    "wecom.menu_pressed": _by_member(_pressed),
    "wecom.card_clicked": _by_member(_answered),
}
"""What members do with the application."""
