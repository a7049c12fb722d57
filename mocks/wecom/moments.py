"""Moments (客户朋友圈): a task for members to show something to their customers; what came of it.

Law: plans (see `plan`) and signals. The task becomes a moment after a while; members publish it themselves, no interface does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.customers import Moment
from mocks.wecom.fields import Payload, bad, mapping, maybe, number, one_of, page, text, texts, whole, wholes, wrong
from mocks.wecom.members import known
from mocks.wecom.parts import bad_attachments
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State
from sandbox.policy import Signal

MONTH_S: Final = 30 * 86_400
DONE, WAITING = 3, 1
BY_CORP: Final = 1
SENDERS: Final = {"user_list": maybe(texts(1000)), "department_list": maybe(wholes(100))}


def add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A task for some members, or for all who have customers."""
    if refused := bad_attachments(payload) or wrong(payload, {"visible_range": maybe(mapping)}):
        return refused
    senders = _senders(state, payload.get("visible_range") or {})
    if isinstance(senders, Answer):
        return senders

    def deed() -> Answer:
        content = {name: payload[name] for name in ("text", "attachments") if payload.get(name)}
        made = Moment("mom" + state.mint("moment", 29), state.mint("job", 32), desk.now(), content, senders)
        made.ready = desk.now() + desk.setting("wecom", "moment_takes")
        state.customers.moments[made.moment_id] = made
        return ok(jobid=made.jobid)

    return deed


def _senders(state: State, visible: Payload) -> list[str] | Answer:
    """The members whom a range names, or everybody with customers."""
    named = visible.get("sender_list") or {}
    if not mapping(named):
        return bad("visible_range.sender_list")
    if refused := wrong(named, SENDERS):
        return refused
    keys = [one.lower() for one in named.get("user_list") or ()]
    keys += [one.key for one in state.directory.people(map(number, named.get("department_list") or ()))]
    if any(one not in state.users for one in keys):
        return Answer("40003")
    everybody = dict.fromkeys(key for key, _ in state.customers.follows)
    return list(dict.fromkeys(keys)) or [key for key in everybody if key in state.users]


def task_result(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """How far a task is; its moment when it has become one."""
    moment = next((one for one in state.customers.moments.values() if one.jobid == payload.get("jobid")), None)
    if moment is None:
        return bad("jobid")
    if desk.now() < moment.ready:
        return telling(status=WAITING, type="add_moment_task")
    nobody: dict[str, Any] = {"invalid_sender_list": {"user_list": [], "department_list": []}}
    result = {"errcode": 0, "errmsg": "ok", "moment_id": moment.moment_id, **nobody}
    return telling(status=DONE, type="add_moment_task", result=result)


def _moment(desk: Desk, state: State, payload: Payload) -> Moment | Answer:
    found = state.customers.moments.get(str(payload.get("moment_id")))
    return found if found is not None and desk.now() >= found.ready else bad("moment_id")


LISTED: Final = {
    "start_time": whole(0, 2**33),
    "end_time": whole(0, 2**33),
    "creator": maybe(text(64, 0)),
    "filter_type": maybe(one_of(0, 1, 2)),
}


def list_all(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The moments of at most thirty days; those of the corp alone, since members make none here."""
    if refused := wrong(payload, LISTED):
        return refused
    start, end = number(payload["start_time"]), number(payload["end_time"])
    if not 0 <= end - start <= MONTH_S:
        return bad("end_time")
    found = [
        one for one in state.customers.moments.values() if start <= one.created // 1000 <= end and desk.now() >= one.ready
    ]
    rows = [
        {
            "moment_id": one.moment_id,
            "create_time": one.created // 1000,
            "create_type": 0,
            "visible_type": BY_CORP,
            **one.content,
        }
        for one in (found if not payload.get("creator") else [])
    ]
    paged = page(rows, payload, 20, 20)
    return paged if isinstance(paged, Answer) else telling(moment_list=paged[0], next_cursor=paged[1])


def task(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Which members have published a moment."""
    moment = _moment(desk, state, payload)
    if isinstance(moment, Answer):
        return moment
    rows = [{"userid": one, "publish_status": int(one in moment.published)} for one in moment.senders]
    paged = page(rows, payload, 1000, 500)
    return paged if isinstance(paged, Answer) else telling(task_list=paged[0], next_cursor=paged[1])


def _of_member(desk: Desk, state: State, payload: Payload) -> tuple[Moment, str] | Answer:
    moment, member = _moment(desk, state, payload), known(state, payload)
    if isinstance(moment, Answer):
        return moment
    return member if isinstance(member, Answer) else (moment, member.key)


def customer_list(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """To whom a member's moment is to be shown."""
    found = _of_member(desk, state, payload)
    if isinstance(found, Answer):
        return found
    rows = [{"userid": one.userid, "external_userid": one.external_userid} for one in _shown_to(state, *found)]
    paged = page(rows, payload, 1000, 500)
    return paged if isinstance(paged, Answer) else telling(customer_list=paged[0], next_cursor=paged[1])


def _shown_to(state: State, moment: Moment, key: str) -> list[Any]:
    return state.customers.of(key) if key in moment.senders else []


def send_result(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """To whom it was shown: nobody before the member has published it."""
    found = _of_member(desk, state, payload)
    if isinstance(found, Answer):
        return found
    seen = _shown_to(state, *found) if found[1] in found[0].published else []
    paged = page([{"external_userid": one.external_userid} for one in seen], payload, 5000, 3000)
    return paged if isinstance(paged, Answer) else telling(customer_list=paged[0], next_cursor=paged[1])


def comments(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What customers said to it, and who liked it."""
    found = _of_member(desk, state, payload)
    if isinstance(found, Answer):
        return found
    liked = [{"external_userid": who, "create_time": at // 1000} for who, at in found[0].likes.items()]
    return telling(comment_list=[], like_list=liked)


def cancel(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What is not published yet is not to be."""
    moment = _moment(desk, state, payload)
    if isinstance(moment, Answer):
        return moment
    if moment.cancelled:
        return Answer("41093")

    def deed() -> Answer:
        moment.cancelled = True
        return ok()

    return deed


def published(desk: Desk, state: State, signal: Signal) -> Answer:
    """A member publishes a moment (`moment_id`, `userid`)."""
    found = _of_member(desk, state, signal.payload)
    if isinstance(found, Answer):
        return found
    moment, key = found
    if moment.cancelled or key not in moment.senders:
        return Answer("41093")
    moment.published.setdefault(key, desk.now())
    return ok()


def liked(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer likes what a member has published (`moment_id`, `userid`, `external_userid`)."""
    found = _of_member(desk, state, signal.payload)
    if isinstance(found, Answer):
        return found
    who = str(signal.payload.get("external_userid"))
    if found[1] not in found[0].published or (found[1], who) not in state.customers.follows:
        return Answer("84061")
    found[0].likes.setdefault(who, desk.now())
    return ok()


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.add_moment_task": add,
    "wecom.get_moment_task_result": task_result,
    "wecom.get_moment_list": list_all,
    "wecom.get_moment_task": task,
    "wecom.get_moment_customer_list": customer_list,
    "wecom.get_moment_send_result": send_result,
    "wecom.get_moment_comments": comments,
    "wecom.cancel_moment_task": cancel,
}
"""What can be done with moments."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wecom.moment_published": published,
    "wecom.moment_liked": liked,
}
"""What people do with them."""
