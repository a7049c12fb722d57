"""How items reach buyers, as old clients ask: boosts, comments.

Law: plans, in the words of v1; what may be boosted or replied to is v2's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import boosting, comments
from mocks.shopee.display import Comment
from mocks.shopee.fields import Payload, between, checked, maybe
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.state import State
from mocks.shopee.v1.words import Old, in_old_words, renamed, sliced


def _boosted(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    failed = [
        {"id": one["item_id"], "error_code": "error_param", "description": one["failed_reason"]}
        for one in done["failure_list"]
    ]
    return {"batch_result": {"successes": done["success_list"]["item_id_list"], "failures": failed}}


def _cooling(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [{"item_id": one["item_id"], "cooldown_second": one["cool_down_second"]} for one in done["item_list"]]
    return {"items": rows}


def said(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetComment: comments on an item, or one of them, a page at a time."""
    if refusal := checked(asked, {"item_id": maybe(between()), "cmt_id": maybe(between())}):
        return refusal
    found = comments.found(state, {"item_id": asked.get("item_id"), "comment_id": asked.get("cmt_id")})
    page = sliced(asked, found)
    if isinstance(page, Answer):
        return page
    return telling(shopid=state.shop_id, more=page.more, item_cmt_list=[_row(one) for one in page.rows])


def _row(one: Comment) -> dict[str, Any]:
    reply = {"reply": one.reply, "hidden": False, "create_time": one.replied // 1000} if one.reply else None
    head = {"ordersn": one.order_sn, "item_id": one.item, "cmt_id": one.id, "comment": one.text}
    shown = {"buyer_username": one.buyer, "rating_star": one.stars, "editable": "NON_EDITABLE", "hidden": False}
    return {**head, **shown, "create_time": one.at // 1000, "cmt_reply": reply}


def _replying(_desk: Desk, asked: Payload) -> Payload:
    rows = asked.get("cmt_list")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return {"comment_list": rows}
    return {"comment_list": [{"comment_id": row.get("cmt_id"), "comment": row.get("comment")} for row in rows]}


def _replied(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = done["result_list"]
    failed = [
        {"cmt_id": one["comment_id"], "error_code": one["fail_error"], "error_description": one["fail_message"]}
        for one in rows
        if one["fail_error"]
    ]
    return {"succ_list": [{"cmt_id": one["comment_id"]} for one in rows if not one["fail_error"]], "errors": failed}


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_boost": in_old_words(Old(boosting.boost, renamed(item_id_list="item_id"), _boosted)),
    "shopee.v1_boosted": in_old_words(Old(boosting.boosted, renamed(), _cooling)),
    "shopee.v1_comments": said,
    "shopee.v1_comment_replies": in_old_words(Old(comments.reply, _replying, _replied)),
}
"""What old clients can ask about boosts and comments."""
