"""How much is written in customer service (微信客服统计), day by day in Beijing.

Law: plans (see `plan`); nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import DAY_S, Payload, bad, midnight, number, text, whole, wrong
from mocks.wecom.inquiries import CUSTOMER, SERVICER, Written
from mocks.wecom.kf import service_of
from mocks.wecom.plan import Deed, Plan, telling
from mocks.wecom.state import State

SPAN: Final = {"start_time": whole(0, 2**33), "end_time": whole(0, 2**33)}
LONGEST: Final = 31 * DAY_S


def statistic(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What customers and servicers wrote to each other, a row a day; of one service account when it is named."""
    return _statistic(state, payload, "")


def servicer_statistic(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The same of one servicer."""
    if refused := wrong(payload, {"servicer_userid": text(64)}, {"servicer_userid": "41009"}):
        return refused
    return _statistic(state, payload, payload["servicer_userid"].lower())


def _statistic(state: State, payload: Payload, servicer: str) -> Answer | Deed:
    found = service_of(state, payload) if payload.get("open_kfid") is not None else None
    if isinstance(found, Answer):
        return found
    if refused := wrong(payload, SPAN):
        return refused
    start, end = number(payload["start_time"]), number(payload["end_time"])
    if not 0 <= end - start <= LONGEST:
        return bad("end_time")
    lines = [one for one in state.inquiries.log if found is None or one.open_kfid == found.open_kfid]
    return telling(statistic_list=[_of_day(lines, day, servicer) for day in range(midnight(start), end + 1, DAY_S)])


def _of_day(lines: Sequence[Written], day: int, servicer: str) -> dict[str, Any]:
    """One day's counts."""
    shown = [one.shown for one in lines if day <= one.at // 1000 < day + DAY_S]
    wrote = [one for one in shown if one.get("origin") == CUSTOMER]
    answered = [
        one
        for one in shown
        if one.get("origin") == SERVICER and (not servicer or str(one.get("servicer_userid", "")).lower() == servicer)
    ]
    customers = {one.get("external_userid") for one in wrote}
    counts = {"session_cnt": len(customers), "customer_cnt": len(customers), "customer_msg_cnt": len(wrote)}
    return {"stat_time": day, "statistic": {**counts, "servicer_msg_cnt": len(answered)}}


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.kf_statistic": statistic,
    "wecom.kf_servicer_statistic": servicer_statistic,
}
"""What can be asked of it."""
