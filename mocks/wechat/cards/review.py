"""A card's review: how long it takes and how it ends, drawn from the account's seed (A14).

Law: the chance of passing depends on the card's style; the first time it is the published rate, later the one that gives the
published number of revisions. A draw depends on nothing but the account, the card and which review it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.happenings import happened
from sandbox.policy import Signal

from .card import DISPATCH, NOT_VERIFY, VERIFY_FAIL, VERIFY_OK, Card
from .finding import OK, card_of

if TYPE_CHECKING:
    from mocks.wechat.state import State

REASONS: Final[Mapping[str, str]] = {"text": "信息不全", "picture": "图片占比超标", "animated": "动画帧数超限"}
"""What a card of each style fails for, mostly."""

BRAND = "品牌标识须占头图30%以上"


def style(card: Card) -> str:
    """Plain text, picture and text, or animated: by the pictures beside its logo."""
    pictures = list(_pictures(card.content))
    if any(one.partition("?")[0].lower().endswith(".gif") or "wx_fmt=gif" in one for one in pictures):
        return "animated"
    return "picture" if pictures else "text"


def _pictures(content: Mapping[str, Any]) -> list[str]:
    advanced = content.get("advanced_info", {})
    abstract = advanced.get("abstract")
    icons = abstract.get("icon_url_list") if isinstance(abstract, dict) else None
    found = [content.get("background_pic_url"), *(icons if isinstance(icons, list) else [icons])]
    found += [one.get("image_url") for one in advanced.get("text_image_list", ())]
    return [one for one in found if isinstance(one, str) and one]


def begin(desk: Desk, state: State, card: Card) -> None:
    """A card goes to its reviewer."""
    card.review += 1
    number, rng = card.review, Random(f"{state.secret}/{card.id}/review/{card.review}")
    passes = rng.random() * 100 < chance(desk, card)
    due = desk.now() + rng.randrange(desk.setting("wechat", "review_shortest"), desk.setting("wechat", "review_longest") + 1)

    def end() -> None:
        if card.review == number and card.status == NOT_VERIFY:
            finish(desk, state, card, "" if passes else REASONS[style(card)])

    desk.later(state.account, due, f"review of card {card.id}", end)


def chance(desk: Desk, card: Card) -> float:
    """The percentage with which this review passes: of a card that failed before, the later one."""
    first, revisions = desk.setting("wechat", "review_odds")[style(card)]
    return float(first if not card.refused_for else (100 - first) / revisions)


def finish(desk: Desk, state: State, card: Card, reason: str) -> None:
    """A review is over: it passed, or failed for a reason."""
    card.refused_for = reason
    if reason:
        card.move(VERIFY_FAIL)
        happened(desk, state, "card_not_pass_check", CardId=card.id, RefuseReason=reason)
    else:
        card.move(VERIFY_OK)
        happened(desk, state, "card_pass_check", CardId=card.id)


def approved(desk: Desk, state: State, signal: Signal) -> Answer:
    """A reviewer has looked: the card passes, unless a `reason` is given, or its brand's share of the head image is too small (A13)."""
    card = card_of(state, signal.payload)
    if isinstance(card, Answer):
        return card
    if card.status not in (NOT_VERIFY, VERIFY_FAIL, VERIFY_OK, DISPATCH):
        return Answer("40078")
    reason, share = signal.payload.get("reason", ""), signal.payload.get("brand_percent", 100)
    if isinstance(share, int | float) and share < desk.setting("wechat", "brand_share_at_least"):
        reason = BRAND
    if card.status in (NOT_VERIFY, VERIFY_FAIL) or reason:
        finish(desk, state, card, reason if isinstance(reason, str) else "")
    return Answer(OK)
