"""Ways by which a card reaches users: QR codes, landing pages, articles; and what is switched on beside its face.

Law: a ticket leads to cards that are there; nothing is taken from stock before somebody takes it.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.shelf import Ticket
from sandbox.policy import Call

from .card import DELETED, ON_SALE, Card
from .concealing import conceal
from .finding import OK, card_of
from .parsing import is_whole

if TYPE_CHECKING:
    from mocks.wechat.state import State

SCENES = tuple(f"SCENE_{name}" for name in ["NEAR_BY", "MENU", "QRCODE", "ARTICLE", "H5", "IVR", "CARD_CUSTOM_CELL"])
SHORTEST, LONGEST, YEAR_S = 60, 1_800, 31_536_000
CARDS_AT_MOST, OUTER_AT_MOST = 5, 128
CARD_FIELDS = ("card_id", "code", "openid", "outer_str", "outer_id")


def qrcode(desk: Desk, state: State, call: Call) -> Answer:
    """A code to be scanned that leads to one card or several."""
    said = call.payload
    action, info = said.get("action_name"), said.get("action_info")
    seconds = said.get("expire_seconds", YEAR_S)
    wanted = _wanted(action, info if isinstance(info, dict) else {})
    if wanted is None or not is_whole(seconds) or not (seconds == YEAR_S or SHORTEST <= seconds <= LONGEST):
        return Answer("40053")
    if len(wanted) > CARDS_AT_MOST:
        return Answer("45029")
    for one in wanted:
        if bad := _bad_wanted(state, one):
            return bad
    if refused := desk.ask(call):
        return refused
    once = wanted[0].get("is_unique_code") is True
    shelf = state.shelf
    text = conceal(state, f"qr/{len(shelf.tickets)}")
    cards = tuple({name: one[name] for name in CARD_FIELDS if name in one} for one in wanted)
    shelf.tickets[text] = Ticket(cards, desk.now() + seconds * 1000, once)
    told = {"ticket": text, "expire_seconds": seconds, "url": f"http://weixin.qq.com/q/{text[:16]}"}
    return Answer(OK, {**told, "show_qrcode_url": f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={text}"})


def _wanted(action: object, info: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The cards that a QR request names."""
    if action == "QR_CARD":
        found: Any = [info.get("card")]
    elif action == "QR_MULTIPLE_CARD":
        many = info.get("multiple_card")
        found = many.get("card_list") if isinstance(many, dict) else None
    else:
        return None
    good = isinstance(found, list) and found and all(isinstance(one, dict) for one in found)
    return found if good else None


def _bad_wanted(state: State, wanted: Mapping[str, Any]) -> Answer | None:
    """What speaks against leading to a card."""
    card = card_of(state, wanted)
    if isinstance(card, Answer):
        return card
    texts = [wanted.get(name, "") for name in ("code", "openid", "outer_str")]
    if not all(isinstance(one, str) and len(one) <= OUTER_AT_MOST for one in texts):
        return Answer("40053")
    if card.base.get("bind_openid") is True and not wanted.get("openid"):
        return Answer("40112")
    if card.custom and not card.deposits and not wanted.get("code"):
        return Answer("41013")
    return None if card.status != DELETED else Answer("40078")


def landingpage(desk: Desk, state: State, call: Call) -> Answer:
    """A page that shows some cards."""
    said = call.payload
    texts = [said.get(name) for name in ("banner", "page_title")]
    cards = said.get("card_list")
    if not all(isinstance(one, str) and one for one in texts) or said.get("scene") not in SCENES:
        return Answer("41011")
    if not isinstance(cards, list) or not cards or not all(isinstance(one, dict) for one in cards):
        return Answer("45039")
    for one in cards:
        found = card_of(state, one)
        if isinstance(found, Answer):
            return found
    if refused := desk.ask(call):
        return refused
    state.shelf.pages += 1
    url = f"http://mp.weixin.qq.com/bizmall/cardshelf?shelf_id={state.shelf.pages}&biz={state.original_id}"
    return Answer(OK, {"url": f"{url}#wechat_redirect", "page_id": state.shelf.pages})


def gethtml(desk: Desk, state: State, call: Call) -> Answer:
    """A card as a frame to be put into an article."""
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    if card.status not in ON_SALE:
        return Answer("40078")
    if refused := desk.ask(call):
        return refused
    link = f"http://mp.weixin.qq.com/bizmall/cardshow?action=show&card_id={card.id}#wechat_redirect"
    return Answer(
        OK, {"content": f'<iframe class="res_iframe card_iframe js_editor_card" data-src="{html.escape(link)}"></iframe>'}
    )


def testwhitelist(desk: Desk, state: State, call: Call) -> Answer:
    """Who may take cards before their review has passed."""
    openids, names = call.payload.get("openid", []), call.payload.get("username", [])
    both = [openids, names]
    if not all(isinstance(one, list) and all(isinstance(name, str) and name for name in one) for one in both):
        return Answer("40003")
    if len(openids) + len(names) > desk.setting("wechat", "testers_at_most"):
        return Answer("45021")
    if refused := desk.ask(call):
        return refused
    state.shelf.testers = {*openids, *names}
    told = {"success_openid": openids, "success_username": names, "fail_openid": [], "fail_username": []}
    return Answer(OK, told)


def set_paycell(desk: Desk, state: State, call: Call) -> Answer:
    """Switch a card's payment cell on or off."""
    return _switch(desk, state, call, "pay", ())


def set_selfconsumecell(desk: Desk, state: State, call: Call) -> Answer:
    """Let users redeem a card themselves; the misspelt key is the vendor's."""
    return _switch(desk, state, call, "self_consume", ("need_verify_cod", "need_remark_amount"))


def _switch(desk: Desk, state: State, call: Call, cell: str, more: tuple[str, ...]) -> Answer:
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    on, rest = call.payload.get("is_open"), {name: call.payload.get(name, False) for name in more}
    if not all(isinstance(one, bool) for one in (on, *rest.values())):
        return Answer("40150")
    if on and _taken(card, cell):
        return Answer("45046")
    if refused := desk.ask(call):
        return refused
    card.cells[cell] = {"is_open": on, **rest}
    return Answer(OK)


def _taken(card: Card, cell: str) -> bool:
    """The middle of a card's face holds one cell: a title of the merchant's, payment, or redemption by the user."""
    others = [one for name, one in card.cells.items() if name != cell]
    return bool(card.base.get("center_title")) or any(one["is_open"] for one in others)
