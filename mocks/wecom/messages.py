"""Application messages (应用消息): sent, recalled, and cards that are updated afterwards.

Law: whoever asks is told of invalid receivers, the others get the message; a member who gets too many is passed over in
silence, as WeCom does, and the journal says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import Payload, bad, listed, mapping, maybe, number, one_of, text, texts, truth, whole, wholes, wrong
from mocks.wecom.media import unknown_media
from mocks.wecom.parts import APP_MESSAGES, INTERACTIVE, WORDS, unfit
from mocks.wecom.plan import Action, Deed, Plan, ok, telling
from mocks.wecom.state import State
from sandbox.events import Event
from sandbox.policy import NOTHING, Call, named

ALL = "@all"
DAY, BEIJING = 86_400_000, 8 * 3_600_000
AT_MOST: Final = {"touser": 1000, "toparty": 100, "totag": 100}
FEW: Final = min(AT_MOST.values())
KEPT_CARDS = 10_000
SWITCHES: Final = {
    "safe": maybe(lambda value: truth(value) or one_of(2)(value)),
    "enable_id_trans": maybe(truth),
    "enable_duplicate_check": maybe(truth),
    "duplicate_check_interval": maybe(whole(0, 14_400)),
}


Wanted = tuple[list[str], list[str], list[str]]
"""The members, the departments and the tags that a message is for."""


def send(desk: Desk, state: State, call: Call) -> Answer:
    """An application message."""
    payload = call.payload
    wanted = _ids(payload.get("touser")), _ids(payload.get("toparty")), _ids(payload.get("totag"))
    if refused := _unfit(desk, state, payload, wanted):
        return refused
    users, invalid = _receivers(state, *wanted)
    if not users:
        return Answer("81013", invalid)
    key = _fingerprint(payload) if payload.get("enable_duplicate_check") in (1, "1") else ""
    seen = state.recent.get(key) if key else None
    if seen and desk.now() < seen[0]:
        return _ask(desk, call, 0) or ok(**invalid, msgid=seen[1])
    if refused := _ask(desk, call, len(users)):
        return refused
    msgid, extra = _deliver(desk, state, call, users)
    if key:
        _remember(desk, state, key, number(payload.get("duplicate_check_interval")) or 1800, msgid)
    return Answer("0", {**invalid, "msgid": msgid, **extra})


def _ask(desk: Desk, call: Call, recipients: int) -> Answer | None:
    platform, action, account, actor, cost, _ = call
    return desk.ask(named(Call, (platform, action, account, {**actor, "recipients": str(recipients)}, cost, NOTHING)))


def _unfit(desk: Desk, state: State, payload: Payload, wanted: Wanted) -> Answer | None:
    """What is wrong with a message, whose receivers are `wanted`."""
    if refused := unfit(payload, APP_MESSAGES) or bad_agent(state, payload):
        return refused
    if not SWITCHES.keys().isdisjoint(payload) and (refused := wrong(payload, SWITCHES)):
        return refused
    users, parties, tags = wanted
    if not (users or parties or tags):
        return Answer("82001")
    if len(users) > FEW or len(parties) > FEW or len(tags) > FEW:
        for ids, (name, most) in zip(wanted, AT_MOST.items(), strict=True):
            if len(ids) > most:
                return Answer("40058", text=f"{name} exceed max length {most}. invalid Request Parameter")
    kind = payload["msgtype"]
    if kind in WORDS:
        return None
    if kind in ("template_card", "taskcard") and payload[kind].get("task_id") in state.cards:
        return bad("task_id")
    return unknown_media(desk, state, payload)


def bad_agent(state: State, payload: Payload) -> Answer | None:
    """What is wrong with the application that a request names."""
    if payload.get("agentid") in (None, ""):
        return Answer("41011")
    return None if number(payload["agentid"], -1) == state.agentid else Answer("301002")


def _ids(value: object) -> list[str]:
    """The ids asked for; WeCom's ids know no upper and lower case."""
    if not isinstance(value, str):
        return []
    return [name for one in value.lower().split("|") if (name := one.strip())]


def _receivers(state: State, touser: list[str], toparty: list[str], totag: list[str]) -> tuple[list[str], dict[str, Any]]:
    """Whom a message reaches, each once, and what was asked for in vain."""
    if ALL in touser:
        return [one for one, member in state.users.items() if member.enabled], {}
    directory, once = state.directory, dict.fromkeys(touser)
    if not (toparty or totag) and once.keys() <= directory.members.keys():
        return list(once), {}  # the hot case: members by name, all known
    asked = {"invaliduser": touser, "invalidparty": toparty, "invalidtag": totag}
    good_parties = [number(one) for one in toparty if number(one) in directory.departments]
    good_tags = [directory.tags[number(one)] for one in totag if number(one) in directory.tags]
    found = [one for one in touser if one in state.users]
    below = {one for party in good_parties for one in directory.below(party)}
    found += [one.key for one in directory.people(below)] if below else []
    found += [one.key for tag in good_tags for one in directory.tagged(tag)]
    known: dict[str, Any] = {
        "invaliduser": state.users,
        "invalidparty": {str(one) for one in good_parties},
        "invalidtag": {str(one.id) for one in good_tags},
    }
    invalid = {field: "|".join(one for one in ids if one not in known[field]) for field, ids in asked.items()}
    return list(dict.fromkeys(found)), {field: names for field, names in invalid.items() if names}


def _fingerprint(payload: Payload) -> str:
    content = {name: value for name, value in payload.items() if name not in SWITCHES}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _remember(desk: Desk, state: State, key: str, seconds: int, msgid: str) -> None:
    """Keep what was sent until its interval is over; what is over is forgotten."""
    now = desk.now()
    for old in [one for one, (until, _) in state.recent.items() if until <= now]:
        del state.recent[old]
    state.recent[key] = (now + seconds * 1000, msgid)


def _deliver(desk: Desk, state: State, call: Call, users: list[str]) -> tuple[str, dict[str, str]]:
    state.sent += 1
    msgid, now = f"{state.corpid[2:10]}{state.sent:010}", desk.now()
    reach(desk, call, users, "wecom.message_deliver", msgid)
    day = str((now + BEIJING) // DAY)
    state.counts[day] = state.counts.get(day, 0) + len(users)
    state.messages.append({"msgid": msgid, "at": now, "users": users, "content": call.payload})
    return msgid, {} if call.payload["msgtype"] in WORDS else _note_card(desk, state, call.payload, users)


def reach(desk: Desk, call: Call, users: list[str], action: str, msgid: str) -> None:
    """Reach each member, or pass over him in silence when he gets too many; the journal names those."""
    for user in users:
        if desk.ask(named(Call, ("wecom", action, call.account, {**call.actor, "user": user}, 1, NOTHING))):
            event: Event = {"at": desk.now(), "kind": "drop", "account": call.account, "action": call.action}
            desk.record({**event, "user": user, "msgid": msgid})


def _note_card(desk: Desk, state: State, payload: Payload, users: list[str]) -> dict[str, str]:
    """Remember a card that can be updated, by its task id; a card that members answer brings a code."""
    kind = payload["msgtype"]
    task = payload[kind].get("task_id") if kind in ("template_card", "taskcard") else None
    if not task:
        return {}
    card_type = payload[kind].get("card_type", "")
    for old in list(islice(state.cards, max(0, len(state.cards) - KEPT_CARDS + 1))):
        del state.cards[old]
    state.cards[task] = {"type": card_type, "users": users, "codes": {}, "shown": dict(payload[kind])}
    return {"response_code": new_code(desk, state, task)} if card_type in INTERACTIVE else {}


def new_code(desk: Desk, state: State, task: str) -> str:
    """A code with which a card can be updated: once, and for so long."""
    code = state.mint("response_code", 64)
    state.cards[task]["codes"][code] = desk.now() + desk.setting("wecom", "response_code_life")
    return code


def recall(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Take a message back, within a day."""
    if refused := wrong(payload, {"msgid": text(128)}):
        return refused
    found = next((one for one in state.messages if one["msgid"] == payload["msgid"]), None)
    if found is None:
        return bad("msgid")
    if desk.now() - found["at"] > desk.setting("wecom", "recall_within"):
        return Answer("42052")

    def deed() -> Answer:
        found["recalled"] = True
        return ok()

    return deed


UPDATE: Final = {
    "userids": maybe(texts(1000)),
    "partyids": maybe(wholes(100)),
    "tagids": maybe(wholes(100)),
    "atall": maybe(one_of(0, 1)),
    "button": maybe(mapping),
    "template_card": maybe(mapping),
}


def update_template_card(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Update a card that was answered; its code works once."""
    if refused := bad_agent(state, payload) or wrong(payload, UPDATE):
        return refused
    if not payload.get("button") and not payload.get("template_card"):
        return bad("button")
    code = payload.get("response_code")
    card = next((one for one in state.cards.values() if code in one["codes"]), None) if isinstance(code, str) else None
    if card is None or desk.now() >= card["codes"][code]:
        return Answer("60140")
    users, parties, tags = ([str(one) for one in listed(payload, name)] for name in ("userids", "partyids", "tagids"))
    everybody = ALL if number(payload.get("atall")) else ""
    if not (everybody or users or parties or tags):
        return Answer("82001")
    wanted = [everybody] if everybody else [one.strip().lower() for one in users]
    reached, _ = _receivers(state, wanted, parties, tags)
    invalid = [one for one in users if one.lower() not in card["users"]]
    return Answer("81013") if not reached else lambda: _update(card, str(code), reached, payload, invalid)


def _update(card: dict[str, Any], code: str, users: list[str], payload: Payload, invalid: list[str]) -> Answer:
    del card["codes"][code]
    card["updated"] = {"users": users, "to": payload.get("template_card") or payload.get("button")}
    return ok(invaliduser=invalid)


def update_taskcard(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Update an old-style task card, by its task id."""
    if refused := bad_agent(state, payload) or wrong(payload, {"userids": texts(1000, 1), "task_id": text(128)}):
        return refused
    card = state.cards.get(payload["task_id"])
    if card is None or card["type"]:
        return Answer("42014")
    invalid = [one for one in payload["userids"] if one.lower() not in card["users"]]

    def deed() -> Answer:
        card["updated"] = {"users": payload["userids"], "to": payload.get("replace_name") or payload.get("clicked_key")}
        return ok(invaliduser=invalid)

    return deed


def get_statistics(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """How many people the application reached today (0) or yesterday (1)."""
    if refused := wrong(payload, {"time_type": maybe(one_of(0, 1))}):
        return refused
    day = (desk.now() + BEIJING) // DAY - number(payload.get("time_type"))
    count = state.counts.get(f"{day}", 0)
    row = {"agentid": state.agentid, "app_name": state.agent["name"], "count": count}
    return telling(statistics=[row] if count else [])


ACTIONS: Final[Mapping[str, Action]] = {"wecom.message_send": send}
"""What asks the gate in its own way."""

PLANS: Final[Mapping[str, Plan]] = {
    "wecom.message_recall": recall,
    "wecom.message_update_template_card": update_template_card,
    "wecom.message_update_taskcard": update_taskcard,
    "wecom.message_get_statistics": get_statistics,
}
"""What can be done with messages."""
