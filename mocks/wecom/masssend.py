"""Messages to many customers (企业群发), which members must send themselves, and the greeting of a new one (欢迎语).

Law: plans (see `plan`) and signals. A customer gets one such message a day; what is beyond that is not sent, and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.customers import MassMessage
from mocks.wecom.fields import Payload, bad, each, listed, mapping, maybe, number, one_of, page, text, texts, whole, wrong
from mocks.wecom.parts import bad_attachments
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State
from sandbox.policy import Call, Signal

DAY, MONTH_S = 86_400_000, 31 * 86_400
UNSENT, SENT, NO_FRIEND, TOO_MANY = 0, 1, 2, 3
TARGETS: Final = {
    "chat_type": maybe(one_of("single", "group", "")),
    "external_userid": maybe(texts(10_000)),
    "chat_id_list": maybe(texts(2000)),
    "tag_filter": maybe(mapping),
    "sender": maybe(text(64, 0)),
}


def add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A task for members: to send this to their customers, or to the chats that they own."""
    if refused := wrong(payload, TARGETS) or bad_attachments(payload):
        return refused
    sender = (payload.get("sender") or "").lower()
    if sender and sender not in state.users:
        return Answer("40003")
    single = (payload.get("chat_type") or "single") == "single"
    wanted, tags = listed(payload, "external_userid"), _filtered(state, payload)
    if isinstance(tags, Answer):
        return tags
    if not single and not sender:
        return Answer("40003")
    if single and not wanted and not sender:
        return Answer("40063")
    targets = _customers(state, wanted, sender, tags) if single else _chats(state, listed(payload, "chat_id_list"), sender)
    if not targets:
        return Answer("41048")
    reached = {target for _, target in targets}

    def deed() -> Answer:
        content = {name: payload[name] for name in ("text", "attachments") if payload.get(name)}
        kind = "single" if single else "group"
        made = MassMessage("msg" + state.mint("mass", 29), kind, sender, desk.now(), content, targets)
        state.customers.mass[made.msgid] = made
        return ok(fail_list=[one for one in wanted if single and one not in reached], msgid=made.msgid)

    return deed


def _filtered(state: State, payload: Payload) -> list[list[str]] | Answer:
    """The tags that customers must have: one of each list."""
    groups = (payload.get("tag_filter") or {}).get("group_list") or []
    if not each(mapping, 20)(groups) or any(wrong(one, {"tag_list": texts(100, 1)}) for one in groups):
        return bad("tag_filter.group_list")
    found = [one["tag_list"] for one in groups]
    return found if all(state.customers.tag(tag) for tags in found for tag in tags) else Answer("40068")


def _customers(state: State, wanted: list[str], sender: str, tags: list[list[str]]) -> list[tuple[str, str]]:
    """Each customer once who has one of each list of tags, by the member who followed him first, or by the sender alone."""
    follows = [
        one
        for one in state.customers.follows.values()
        if (not sender or one.userid.lower() == sender) and all(set(one.tags).intersection(group) for group in tags)
    ]
    chosen: dict[str, str] = {}
    for one in sorted(follows, key=lambda follow: follow.created):
        if not wanted or one.external_userid in wanted:
            chosen.setdefault(one.external_userid, one.userid)
    return [(userid, external) for external, userid in chosen.items()]


def _chats(state: State, wanted: list[str], sender: str) -> list[tuple[str, str]]:
    mine = [one for one in state.customers.chats.values() if one.owner.lower() == sender]
    return [(one.owner, one.chat_id) for one in mine if not wanted or one.chat_id in wanted]


def _known(state: State, payload: Payload) -> MassMessage | Answer:
    msgid = payload.get("msgid")
    if not msgid:
        return Answer("41046")
    return state.customers.mass.get(str(msgid)) or Answer("41047")


def remind(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Remind those who have not sent yet: three times a day at most."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    if found.cancelled:
        return Answer("41093")
    lately = [at for at in found.reminded if at > desk.now() - DAY]
    if len(lately) >= desk.setting("wecom", "mass_reminders"):
        return Answer("41094")

    def deed() -> Answer:
        found.reminded = [*lately, desk.now()]
        return ok()

    return deed


def cancel(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Stop what is not sent yet."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    if found.cancelled:
        return Answer("41093")

    def deed() -> Answer:
        found.cancelled = True
        return ok()

    return deed


LISTED: Final = {
    "chat_type": one_of("single", "group"),
    "start_time": whole(0, 2**33),
    "end_time": whole(0, 2**33),
    "creator": maybe(text(64, 0)),
    "filter_type": maybe(one_of(0, 1, 2)),
}


def list_all(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The messages of at most a month."""
    if refused := wrong(payload, LISTED):
        return refused
    start, end = number(payload["start_time"]), number(payload["end_time"])
    if not 0 <= end - start <= MONTH_S:
        return bad("end_time")
    creator = (payload.get("creator") or "").lower()
    rows = [
        {"msgid": one.msgid, "creator": one.creator, "create_time": one.created // 1000, "create_type": 0, **one.content}
        for one in state.customers.mass.values()
        if one.chat_type == payload["chat_type"]
        and start <= one.created // 1000 <= end
        and (not creator or one.creator == creator)
    ]
    found = page(rows, payload, 100, 50)
    return found if isinstance(found, Answer) else telling(group_msg_list=found[0], next_cursor=found[1])


def task(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Who has sent a message, and who has not."""
    message = _known(state, payload)
    if isinstance(message, Answer):
        return message
    rows = []
    for userid in dict.fromkeys(userid for userid, _ in message.targets):
        at = message.sent.get(f"by {userid}", 0)
        rows.append({"userid": userid, "status": 2 if at else 0, **({"send_time": at // 1000} if at else {})})
    found = page(rows, payload, 1000, 500)
    return found if isinstance(found, Answer) else telling(task_list=found[0], next_cursor=found[1])


def _results(message: MassMessage, userid: str = "") -> list[dict[str, Any]]:
    field = "external_userid" if message.chat_type == "single" else "chat_id"
    rows = []
    for sender, target in message.targets:
        if not userid or sender.lower() == userid:
            status, at = message.sent.get(f"to {target}", UNSENT), message.sent.get(f"by {sender}", 0)
            rows.append({field: target, "userid": sender, "status": status, **({"send_time": at // 1000} if at else {})})
    return rows


def send_result(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What became of a member's part of a message."""
    message = _known(state, payload)
    if isinstance(message, Answer):
        return message
    if refused := wrong(payload, {"userid": text(64)}, {"userid": "41009"}):
        return refused
    found = page(_results(message, payload["userid"].lower()), payload, 1000, 500)
    return found if isinstance(found, Answer) else telling(send_list=found[0], next_cursor=found[1])


def legacy_result(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The same of all members at once, as old clients ask for it."""
    message = _known(state, payload)
    return message if isinstance(message, Answer) else telling(check_status=1, detail_list=_results(message))


def sent(desk: Desk, state: State, signal: Signal) -> Answer:
    """A member (`userid`) sends his part of a message (`msgid`)."""
    message = _known(state, signal.payload)
    if isinstance(message, Answer):
        return message
    userid = str(signal.payload.get("userid", "")).lower()
    mine = [row for row in message.targets if row[0].lower() == userid]
    if message.cancelled or not mine:
        return Answer("41093" if message.cancelled else "60111")
    for sender, target in mine:
        follows = message.chat_type == "group" or (userid, target) in state.customers.follows
        reach = Call("wecom", "wecom.mass_reach", signal.account, {**state.identity, "customer": target})
        message.sent[f"to {target}"] = NO_FRIEND if not follows else TOO_MANY if desk.ask(reach) else SENT
        message.sent[f"by {sender}"] = desk.now()
    return ok()


def welcome(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Greet a new customer: within twenty seconds, once."""
    code = payload.get("welcome_code")
    if not code:
        return Answer("41049")
    found = state.customers.welcomes.get(code) if isinstance(code, str) else None
    if found is None or found.used or desk.now() >= found.until:
        return Answer("41050")
    if refused := bad_attachments(payload):
        return refused

    def deed() -> Answer:
        found.used = True
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.add_msg_template": add,
    "wecom.remind_groupmsg_send": remind,
    "wecom.cancel_groupmsg_send": cancel,
    "wecom.get_groupmsg_list": list_all,
    "wecom.get_groupmsg_task": task,
    "wecom.get_groupmsg_send_result": send_result,
    "wecom.get_group_msg_result": legacy_result,
    "wecom.send_welcome_msg": welcome,
}
"""What can be done with messages to many."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {"wecom.mass_sent": sent}
"""What members do with them."""
