"""What buyers say of what they got: a comment for each completed order, and the seller's one reply to it.

Law: plans and a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.display import Comment
from mocks.shopee.fields import Payload, between, checked, each, having, maybe, page, text, whole, wrong
from mocks.shopee.plan import Deed, Fact, Plan, ok, telling
from mocks.shopee.state import State
from sandbox.policy import Signal

AT_ONCE: Final = 100
REPLY: Final = having({"comment_id": between(), "comment": text(500)})


def order_reviewed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer says what he thinks of a completed order: `rating_star` of five, and a `comment`."""
    said = signal.payload
    order = state.orders.get(str(said.get("order_sn", "")))
    if order is None:
        return Answer("error_not_found")
    if refused := checked(said, {"rating_star": maybe(between(1, 5)), "comment": maybe(text(500, 0))}):
        return refused
    if not order.completed or any(one.order_sn == order.sn for one in state.display.comments.values()):
        return wrong("the order is not completed, or was commented on before")
    number, stars = state.display.number(), whole(said.get("rating_star", 5)) or 5
    words = said.get("comment") or "不错"
    state.display.comments[number] = Comment(number, order.sn, order.item_id, order.buyer, stars, words, desk.now())
    return ok(comment_id=number)


def found(state: State, asked: Payload) -> list[Comment]:
    """The comments on one item, or the one of that number, the newest first; all of them when none is named."""
    item, number = whole(asked.get("item_id")), whole(asked.get("comment_id"))
    return [
        one for one in reversed(state.display.comments.values()) if item in (None, one.item) and number in (None, one.id)
    ]


def standing(state: State, item: int) -> dict[str, Any]:
    """How many say something of an item, and how many stars they give on average."""
    stars = [one.stars for one in state.display.comments.values() if one.item == item]
    return {"rating_star": round(sum(stars) / len(stars), 2) if stars else 0.0, "comment_count": len(stars)}


def comments(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Comments, the newest first, a page at a time."""
    if refused := checked(asked, {"item_id": maybe(between()), "comment_id": maybe(between())}):
        return refused
    where = page(asked)
    if isinstance(where, Answer):
        return where
    start, end = where[0], sum(where)
    rows = found(state, asked)
    shown = [_row(one) for one in rows[start:end]]
    more = end < len(rows)
    return telling(item_comment_list=shown, more=more, next_cursor=str(end) if more else "")


def _row(one: Comment) -> dict[str, Any]:
    reply = {"comment_reply": {"reply": one.reply, "hidden": False, "create_time": one.replied // 1000}} if one.reply else {}
    head = {"order_sn": one.order_sn, "comment_id": one.id, "comment": one.text, "buyer_username": one.buyer}
    goods = {"item_id": one.item, "model_id": 0, "rating_star": one.stars, "editable": "NON_EDITABLE", "hidden": False}
    return {**head, **goods, "create_time": one.at // 1000, **reply}


def reply(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller answers up to a hundred comments, each of them once."""
    if refused := checked(asked, {"comment_list": each(REPLY, AT_ONCE)}):
        return refused

    def one(number: int, words: str) -> dict[str, Any]:
        comment = state.display.comments.get(number)
        if comment is None or comment.reply:
            why = "The comment was replied to before." if comment else "The comment is not found."
            return {"comment_id": number, "fail_error": "error_param", "fail_message": why}
        comment.reply, comment.replied = words, desk.now()
        return {"comment_id": number, "fail_error": "", "fail_message": ""}

    def deed() -> Answer:
        return ok(result_list=[one(whole(row["comment_id"]) or 0, row["comment"]) for row in asked["comment_list"]])

    return deed


PLANS: Final[Mapping[str, Plan]] = {"shopee.comments": comments, "shopee.comment_reply": reply}
"""What can be asked about comments."""

SIGNALS: Final[Mapping[str, Fact]] = {"shopee.order_reviewed": order_reviewed}
"""What buyers do here."""
