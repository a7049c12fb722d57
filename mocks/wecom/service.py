"""WeCom's domain: tokens of applications, members, messages to them, group robots, and the addresses that a binding issues.

Law: plain functions from a call to an answer, over one account's state. What can be refused without asking the gate is
refused first, so that a bad request uses up nothing.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from sandbox.events import Event
from sandbox.policy import Call, Signal

ALL = "@all"
STAFF = 20
TEXT_BYTES = 2048
TOUSER_AT_MOST = 1000
CALLBACK_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(slots=True)
class State:
    """One corp, with one application, its members, one group robot and one address of a Shopee binding."""

    account: str
    corpid: str
    secret: str
    agentid: int
    callback_token: str
    aes_key: str
    robot_key: str
    binding_key: str
    users: dict[str, str]
    token: str = ""
    token_until: int = 0
    tokens_issued: int = 0
    sent: int = 0
    messages: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=1000))

    @property
    def identity(self) -> dict[str, str]:
        """What every call of this corp's application carries."""
        return {"corpid": self.corpid, "application": f"{self.corpid}:{self.agentid}"}

    def expire(self, text: str, now: int) -> bool:
        """Let the token die; False when it is not ours."""
        if not text or text != self.token:
            return False
        self.token_until = now
        return True


def new(account: str, rng: Random, names: list[str]) -> State:
    """A corp with credentials drawn from `rng`, and members `staff01`, `staff02` ... of those names."""
    return State(
        account=account,
        corpid="ww" + f"{rng.getrandbits(64):016x}",
        secret=_text(rng, 43),
        agentid=1000002,
        callback_token=_text(rng, 16),
        aes_key=_text(rng, 42) + "A",
        robot_key=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        binding_key=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        users={f"staff{number:02}": names[(number - 1) % len(names)] for number in range(1, STAFF + 1)},
    )


def _text(rng: Random, length: int) -> str:
    return "".join(rng.choices(CALLBACK_ALPHABET, k=length))


def gettoken(desk: Desk, state: State, call: Call) -> Answer:
    """The application's token: the same one, with what is left of its life, until it ends."""
    if refused := desk.ask(call):
        return refused
    now, life = desk.now(), desk.setting("wecom", "token_life")
    if now >= state.token_until:
        state.tokens_issued += 1
        seed = f"{state.secret}/{state.tokens_issued}".encode()
        state.token = base64.urlsafe_b64encode(hashlib.sha512(seed).digest() * 2).decode()[:214]
        state.token_until = now + life
    return Answer("0", {"access_token": state.token, "expires_in": (state.token_until - now) // 1000})


def message_send(desk: Desk, state: State, call: Call) -> Answer:
    """An application message; a member who gets too many is passed over in silence, as WeCom does."""
    payload = call.payload
    if bad := _bad_message(payload, APP_MESSAGES):
        return bad
    if "agentid" not in payload:
        return Answer("41011")
    if str(payload["agentid"]) != str(state.agentid):
        return Answer("301002")
    wanted = _targets(payload.get("touser"))
    if not wanted and not payload.get("toparty") and not payload.get("totag"):
        return Answer("82001")
    if len(wanted) > TOUSER_AT_MOST:
        return Answer("40058", text="touser exceed max length 1000. invalid Request Parameter")
    known, unknown = _known(state, wanted)
    if not known:
        return Answer("81013", {"invaliduser": "|".join(unknown)} if unknown else {})
    actor = {**call.actor, "recipients": str(len(known))}
    if refused := desk.ask(call._replace(actor=actor)):
        return refused
    msgid = _deliver(desk, state, call, known)
    body: dict[str, Any] = {"invaliduser": "|".join(unknown)} if unknown else {}
    return Answer("0", {**body, "msgid": msgid})


def _targets(touser: object) -> list[str]:
    """The user ids asked for; WeCom's ids know no upper and lower case."""
    return [name.strip().lower() for name in touser.split("|") if name.strip()] if isinstance(touser, str) else []


def _known(state: State, wanted: list[str]) -> tuple[list[str], list[str]]:
    if ALL in wanted:
        return list(state.users), []
    return [name for name in wanted if name in state.users], [name for name in wanted if name not in state.users]


def _deliver(desk: Desk, state: State, call: Call, users: list[str]) -> str:
    state.sent += 1
    msgid = f"{state.corpid[2:10]}{state.sent:010}"
    for user in users:
        reach = Call("wecom", "wecom.message_deliver", call.account, {**call.actor, "user": user})
        if desk.ask(reach):
            event: Event = {"at": desk.now(), "kind": "drop", "account": call.account, "action": call.action}
            desk.record({**event, "user": user, "msgid": msgid})
    state.messages.append({"msgid": msgid, "at": desk.now(), "users": users, "content": dict(call.payload)})
    return msgid


def webhook_send(desk: Desk, state: State, call: Call) -> Answer:
    """A message through a webhook address: a group robot's, or the one that a Shopee binding issued (S01)."""
    if bad := _bad_message(call.payload, ROBOT_MESSAGES):
        return bad
    if refused := desk.ask(call):
        return refused
    state.sent += 1
    state.messages.append({"msgid": "", "at": desk.now(), "users": [], "content": dict(call.payload)})
    return Answer("0")


def user_get(desk: Desk, state: State, call: Call) -> Answer:
    """One member, as an application may see him."""
    userid = str(call.payload.get("userid", "")).lower()
    if not userid:
        return Answer("41009")
    if userid not in state.users:
        return Answer("60111")
    return desk.ask(call) or Answer("0", _member(userid, state.users[userid]))


def _member(userid: str, name: str) -> dict[str, Any]:
    return {
        "userid": userid,
        "name": name,
        "department": [1],
        "order": [0],
        "position": "客服",
        "gender": "0",
        "is_leader_in_dept": [0],
        "direct_leader": [],
        "alias": "",
        "status": 1,
        "main_department": 1,
        "extattr": {"attrs": []},
    }


Check = Callable[[Mapping[str, Any]], bool]


def _has(*names: str) -> Check:
    return lambda part: all(isinstance(part.get(name), str) and part[name] for name in names)


def _articles(part: Mapping[str, Any]) -> bool:
    articles = part.get("articles")
    return isinstance(articles, list) and 1 <= len(articles) <= 8 and all(isinstance(one, dict) for one in articles)


APP_MESSAGES: Final[Mapping[str, Check]] = {
    "text": _has("content"),
    "markdown": _has("content"),
    "image": _has("media_id"),
    "voice": _has("media_id"),
    "file": _has("media_id"),
    "video": _has("media_id"),
    "textcard": _has("title", "description", "url"),
    "news": _articles,
    "mpnews": _articles,
    "miniprogram_notice": _has("appid", "title"),
    "template_card": _has("card_type"),
    "taskcard": _has("title", "description", "task_id"),
}
"""What each type of application message must hold."""

ROBOT_MESSAGES: Final[Mapping[str, Check]] = {
    "text": _has("content"),
    "markdown": _has("content"),
    "markdown_v2": _has("content"),
    "image": _has("base64", "md5"),
    "news": _articles,
    "file": _has("media_id"),
    "voice": _has("media_id"),
    "template_card": _has("card_type"),
}
"""What each type of robot message must hold."""


WORDS: Final = ("text", "markdown", "markdown_v2")
"""The types that are nothing but a content."""


def _bad_message(payload: Mapping[str, Any], kinds: Mapping[str, Check]) -> Answer | None:
    kind = payload.get("msgtype")
    if not isinstance(kind, str) or kind not in kinds:
        return Answer("40008")
    part = payload.get(kind)
    content = part.get("content") if isinstance(part, dict) else None
    if not isinstance(part, dict) or (kind in WORDS and not (isinstance(content, str) and content)):
        return Answer("44004")
    if kind == "text" and len(str(content).encode("utf-8", "replace")) > TEXT_BYTES:
        return Answer("40058", text=f"text.content exceed max length {TEXT_BYTES}. invalid Request Parameter")
    return None if kinds[kind](part) else Answer("40058", text=f"invalid param '{kind}'. invalid Request Parameter")


ACTIONS: Final[Mapping[str, Callable[[Desk, State, Call], Answer]]] = {
    "wecom.gettoken": gettoken,
    "wecom.message_send": message_send,
    "wecom.webhook_send": webhook_send,
    "wecom.binding_push": webhook_send,
    "wecom.user_get": user_get,
}
"""What this platform can be asked to do."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {}
"""What this platform does with facts told afterwards; limits and breakers are the gate's."""
