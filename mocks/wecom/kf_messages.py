"""What customers and service accounts write to each other (微信客服消息): the log, and the five answers a customer's message allows.

Law: plans (see `plan`) and signals. The log is read by cursor and keeps three days; a customer's message allows five answers
within two days, counted anew with each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.fields import Payload, like, maybe, number, one_of, text, whole, wrong
from mocks.wecom.inquiries import CUSTOMER, ENDED, HUMAN, NEW, POOL, SERVICER, SYSTEM, Session, Written
from mocks.wecom.kf import customer_at, new_code
from mocks.wecom.media import unknown_media
from mocks.wecom.members import known
from mocks.wecom.parts import SERVICE_MESSAGES, unfit
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State
from sandbox.policy import Signal

AT_ONCE = 1000
ON_EVENT: Final = {name: SERVICE_MESSAGES[name] for name in ("text", "msgmenu")}
READ: Final = {
    "cursor": maybe(text(64, 0)),
    "token": maybe(text(128, 0)),
    "limit": maybe(whole(0, AT_ONCE)),
    "voice_format": maybe(one_of(0, 1)),
    "open_kfid": maybe(text(64, 0)),
}
MSGID = {"msgid": maybe(like(r"[0-9a-zA-Z_-]{0,32}"))}


def sync(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The log after a cursor, of one service account or of all; read on until `has_more` is 0."""
    if refused := wrong(payload, READ):
        return refused
    inquiries, kfid = state.inquiries, payload.get("open_kfid")
    if kfid and kfid not in inquiries.desks:
        return Answer("95000")
    token = payload.get("token")
    if token and desk.now() >= inquiries.tokens.get(token, 0):
        return Answer("95007")
    start = _position(payload.get("cursor") or "")
    if start is None or start > len(inquiries.log):
        return Answer("50100")
    oldest = desk.now() - desk.setting("wecom", "kf_log_life")
    limit, end = number(payload.get("limit")) or AT_ONCE, start
    found: list[dict[str, Any]] = []
    while end < len(inquiries.log) and len(found) < limit:
        line, end = inquiries.log[end], end + 1
        if line.at > oldest and kfid in (None, "", line.open_kfid):
            found.append(line.shown)
    more = any(kfid in (None, "", line.open_kfid) for line in inquiries.log[end:])
    return telling(next_cursor=f"4gw7MepFLfgF2VC5{end:08}", has_more=int(more), msg_list=found)


def _position(cursor: str) -> int | None:
    if not cursor:
        return 0
    fits = cursor.startswith("4gw7MepFLfgF2VC5") and cursor[16:].isdecimal()
    return int(cursor[16:]) if fits else None


def send(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Answer a customer."""
    asked = {"open_kfid": payload.get("open_kfid"), "external_userid": payload.get("touser")}
    place = customer_at(state, asked)
    if isinstance(place, Answer):
        return place
    if refused := wrong(payload, MSGID) or unfit(payload, SERVICE_MESSAGES) or unknown_media(desk, state, payload):
        return refused
    session = state.inquiries.sessions.get((place[0].open_kfid, place[1]))
    if session is None or (refused := _silent(desk, session)):
        return Answer("95031") if session is None else refused or Answer("95031")

    def deed() -> Answer:
        session.answers += 1
        return ok(msgid=payload.get("msgid") or state.mint("kfmsg", 32))

    return deed


def _silent(desk: Desk, session: Session) -> Answer | None:
    """Why a customer may not be answered just now."""
    if session.wrote < 0:
        return Answer("95031")
    if session.state in (POOL, ENDED):
        return Answer("95018")
    if desk.now() - session.wrote >= desk.setting("wecom", "kf_answer_within"):
        return Answer("95002")
    return Answer("95001") if session.answers >= desk.setting("wecom", "kf_answers") else None


def send_on_event(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Answer an event, with the code that came with it."""
    code = payload.get("code")
    found = state.inquiries.codes.get(code) if isinstance(code, str) else None
    if found is None or found.used or desk.now() >= found.until:
        return Answer("95007")
    if refused := wrong(payload, MSGID) or unfit(payload, ON_EVENT):
        return refused

    def deed() -> Answer:
        found.used = True
        return ok(msgid=payload.get("msgid") or state.mint("kfmsg", 32))

    return deed


def _write(desk: Desk, state: State, open_kfid: str, origin: int, **shown: Any) -> None:
    """A line in the log; lines of more than three days are left where they are, and no longer shown."""
    head = {"msgid": state.mint("kflog", 32), "open_kfid": open_kfid, "send_time": desk.now() // 1000, "origin": origin}
    state.inquiries.log.append(Written(open_kfid, desk.now(), {**head, **shown}))


def _announce(desk: Desk, state: State, open_kfid: str) -> None:
    """Tell the application that there is something to read, with a token that lives for ten minutes."""
    tokens = state.inquiries.tokens
    for old in [token for token, until in tokens.items() if until <= desk.now()]:
        del tokens[old]
    token = state.mint("kftoken", 48)
    tokens[token] = desk.now() + desk.setting("wecom", "kf_token_life")
    events.tell(desk, state, "kf_msg_or_event", Token=token, OpenKfId=open_kfid)


def entered(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer opens the chat (`open_kfid`, `external_userid`, `scene`); answers with the welcome code of a new session."""
    place = customer_at(state, _of(state, signal.payload))
    if isinstance(place, Answer):
        return place
    code = _enter(desk, state, place[0].open_kfid, place[1], str(signal.payload.get("scene") or ""))
    _announce(desk, state, place[0].open_kfid)
    return ok(welcome_code=code, open_kfid=place[0].open_kfid, external_userid=place[1])


def _of(state: State, said: Payload) -> dict[str, Any]:
    """Whom a signal means: where it does not say, the first service account and the first customer."""
    first = {"open_kfid": next(iter(state.inquiries.desks), ""), "external_userid": next(iter(state.customers.people), "")}
    return {**first, **{name: said[name] for name in first if name in said}}


def _enter(desk: Desk, state: State, open_kfid: str, external: str, scene: str) -> str:
    session = state.inquiries.session(open_kfid, external)
    session.state, session.servicer = NEW, ""
    state.inquiries.scenes[external] = scene
    code = new_code(desk, state, open_kfid, external)
    said = {"event_type": "enter_session", "open_kfid": open_kfid, "external_userid": external, "scene": scene}
    _write(desk, state, open_kfid, SYSTEM, msgtype="event", event={**said, "scene_param": "", "welcome_code": code})
    return code


def wrote(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer writes (`open_kfid`, `external_userid`, `text`); a session that has ended begins anew."""
    place = customer_at(state, _of(state, signal.payload))
    if isinstance(place, Answer):
        return place
    open_kfid, external = place[0].open_kfid, place[1]
    session = state.inquiries.session(open_kfid, external)
    code = _enter(desk, state, open_kfid, external, "") if session.wrote < 0 or session.state == ENDED else ""
    session.wrote, session.answers = desk.now(), 0
    words = {"content": str(signal.payload.get("text") or "在吗？")}
    _write(desk, state, open_kfid, CUSTOMER, external_userid=external, msgtype="text", text=words)
    _announce(desk, state, open_kfid)
    return ok(open_kfid=open_kfid, external_userid=external, welcome_code=code)


def servicer_wrote(desk: Desk, state: State, signal: Signal) -> Answer:
    """A servicer (`userid`) answers a customer himself (`text`), and serves him from now on."""
    place, member = customer_at(state, _of(state, signal.payload)), known(state, signal.payload)
    if isinstance(place, Answer) or isinstance(member, Answer):
        return place if isinstance(place, Answer) else Answer("95014")
    session = state.inquiries.sessions.get((place[0].open_kfid, place[1]))
    if member.key not in place[0].servicers:
        return Answer("95014")
    if session is None or session.state == ENDED:
        return Answer("95013")
    session.state, session.servicer = HUMAN, member.key
    words = {"content": str(signal.payload.get("text") or "您好")}
    who = {"external_userid": place[1], "servicer_userid": member.userid}
    _write(desk, state, place[0].open_kfid, SERVICER, **who, msgtype="text", text=words)
    _announce(desk, state, place[0].open_kfid)
    return ok()


def ended(desk: Desk, state: State, signal: Signal) -> Answer:
    """A member ends a session."""
    place = customer_at(state, _of(state, signal.payload))
    if isinstance(place, Answer):
        return place
    session = state.inquiries.session(place[0].open_kfid, place[1])
    if session.state == ENDED:
        return Answer("95013")
    old, session.state, session.servicer = session.servicer, ENDED, ""
    said = {"event_type": "session_status_change", "open_kfid": place[0].open_kfid, "external_userid": place[1]}
    code = new_code(desk, state, place[0].open_kfid, place[1])
    change = {**said, "change_type": HUMAN, "old_servicer_userid": old, "new_servicer_userid": "", "msg_code": code}
    _write(desk, state, place[0].open_kfid, SYSTEM, msgtype="event", event=change)
    _announce(desk, state, place[0].open_kfid)
    return ok(msg_code=code)


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.kf_sync_msg": sync,
    "wecom.kf_send_msg": send,
    "wecom.kf_send_msg_on_event": send_on_event,
}
"""What can be done with messages of customer service."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wecom.customer_entered": entered,
    "wecom.customer_wrote": wrote,
    "wecom.servicer_wrote": servicer_wrote,
    "wecom.session_ended": ended,
}
"""What customers and servicers do."""
