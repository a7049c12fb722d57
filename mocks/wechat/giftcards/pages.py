"""Pages that sell gift cards (货架): made, changed, shut for maintenance, and shown in a mini-program that may be paid.

Law: a page offers only gift cards of the account's that have passed their review and have a price.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.card import ON_SALE, Card
from mocks.wechat.cards.finding import OK, card_of
from mocks.wechat.cards.parsing import is_whole
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.wechat.state import State

NAME: Final = "wechat"
WRONG: Final = "40097"
LACKING: Final = "41011"
APPID: Final = re.compile(r"wx[0-9a-f]{16}", re.ASCII)
MCHID: Final = re.compile(r"\d{8,10}", re.ASCII)
SIGN_UP: Final = "https://pay.weixin.qq.com/index.php/public/product/detail?pid=61&productType=0"
NORMAL, SHUT = "E_PAGE_CONTROL_NORMAL", "E_PAGE_CONTROL_BIZ"
TEXTS: Final = ("page_title", "address", "service_phone", "biz_description")
CELLS: Final = ("cell_1", "cell_2")


def add(desk: Desk, state: State, call: Call) -> Answer:
    """A new page."""
    page = call.payload.get("page")
    bad = _bad_page(state, page) if isinstance(page, dict) else LACKING
    if bad or not isinstance(page, dict):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    page_id = b64encode(bytes.fromhex(state.office.mint(state.secret, "giftcard/page")[:64])).decode()
    state.gifts.pages[page_id] = {name: value for name, value in page.items() if name != "page_id"}
    return Answer(OK, {"page_id": page_id})


def _bad_page(state: State, page: Mapping[str, Any]) -> str:
    """The code of what is wrong with a page, or an empty text."""
    themes, groups = page.get("theme_list"), page.get("category_list", [])
    flags = [page.get(name, False) for name in ("support_multi", "support_buy_for_self", "need_receipt")]
    if not _is_text(page.get("banner_pic_url")) or not _rows(themes):
        return LACKING
    fit = all(isinstance(flag, bool) for flag in flags) and all(isinstance(page.get(name, ""), str) for name in TEXTS)
    fit = fit and all(isinstance(page.get(name, {}), dict) for name in CELLS) and isinstance(groups, list)
    if not fit or not all(isinstance(one, dict) and _is_text(one.get("title")) for one in groups):
        return WRONG
    return next(filter(None, (_bad_theme(state, one, len(groups)) for one in themes or ())), "")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _rows(value: object) -> bool:
    """A list with something in it, all objects."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _bad_theme(state: State, theme: Mapping[str, Any], groups: int) -> str:
    items, pictures = theme.get("item_list"), theme.get("pic_item_list")
    if not all(_is_text(theme.get(name)) for name in ("theme_pic_url", "title", "title_color")):
        return LACKING
    if not _rows(items) or not _rows(pictures):
        return LACKING
    if not all(_is_text(one.get("background_pic_url")) for one in pictures or ()):
        return LACKING
    group = theme.get("category_index", 0)
    if not is_whole(group) or not 0 <= group < max(groups, 1):
        return WRONG
    found = (sold(state, one) for one in items or ())
    return next((one.code for one in found if isinstance(one, Answer)), "")


def sold(state: State, item: Mapping[str, Any]) -> Card | Answer:
    """The card that a page offers: a gift card, reviewed, with a price."""
    card = card_of(state, item)
    if isinstance(card, Answer):
        return card
    if card.kind != "GENERAL_CARD" or card.content.get("sub_card_type") != "GIFT_CARD" or price_of(card) <= 0:
        return Answer("40071")
    return card if card.status in ON_SALE else Answer("40078")


def price_of(card: Card) -> int:
    """What a gift card costs (fen); 0 for one without a price."""
    info = card.base.get("giftcard_info")
    price = info.get("price") if isinstance(info, dict) else None
    return int(price) if is_whole(price) else 0  # type: ignore[arg-type] # it is a number by then


def items_of(page: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """All that a page offers: each theme with each of its items."""
    return ((theme, item) for theme in page["theme_list"] for item in theme["item_list"])


def update(desk: Desk, state: State, call: Call) -> Answer:
    """Parts of a page are replaced."""
    change = call.payload.get("page")
    if not isinstance(change, dict):
        return Answer(LACKING)
    page = _page(state, change)
    if isinstance(page, Answer):
        return page
    after = {**page, **{name: value for name, value in change.items() if name != "page_id"}}
    if bad := _bad_page(state, after):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    state.gifts.pages[change["page_id"]] = after
    return Answer(OK)


def _page(state: State, said: Mapping[str, Any]) -> dict[str, Any] | Answer:
    page_id = said.get("page_id")
    found = state.gifts.pages.get(page_id) if isinstance(page_id, str) else None
    return Answer(WRONG, text="invalid args, page_id") if found is None else found


def get(desk: Desk, state: State, call: Call) -> Answer:
    """One page."""
    page = _page(state, call.payload)
    if isinstance(page, Answer):
        return page
    return desk.ask(call) or Answer(OK, {"page": {"page_id": call.payload["page_id"], **page}})


def batchget(desk: Desk, state: State, call: Call) -> Answer:
    """The ids of all pages."""
    return desk.ask(call) or Answer(OK, {"page_id_list": list(state.gifts.pages)})


def maintain(desk: Desk, state: State, call: Call) -> Answer:
    """Shut a page, or (`all`) all of them, or open it again."""
    said, shop = call.payload, state.gifts
    every, shut = said.get("all", False), said.get("maintain")
    if not isinstance(every, bool) or not isinstance(shut, bool):
        return Answer(LACKING)
    page = _page(state, said)
    if isinstance(page, Answer) and not every:
        return page
    if refused := desk.ask(call):
        return refused
    if every:
        shop.all_shut = shut
    else:
        (shop.shut.add if shut else shop.shut.discard)(said["page_id"])
    pages = [
        {"page_id": one, "page_control_type": SHUT if one in shop.shut else NORMAL, "system_page_control_type": NORMAL}
        for one in shop.pages
    ]
    told = {"biz_control_type": SHUT if shop.all_shut else NORMAL, "system_biz_control_type": NORMAL, "list": pages}
    return Answer(OK, {"control_info": told})


def _bad_appid(said: Mapping[str, Any]) -> str:
    appid = said.get("wxa_appid")
    return "" if isinstance(appid, str) and APPID.fullmatch(appid) else "40013"


def whitelist(desk: Desk, state: State, call: Call) -> Answer:
    """A mini-program asks to be paid for gift cards: where its merchant signs up."""
    if bad := _bad_appid(call.payload):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    state.gifts.applied.add(call.payload["wxa_appid"])
    return Answer(OK, {"url": SIGN_UP})


def bind(desk: Desk, state: State, call: Call) -> Answer:
    """A mini-program that has signed up is paid to this merchant."""
    said, mchid = call.payload, call.payload.get("sub_mch_id")
    if bad := _bad_appid(said):
        return Answer(bad)
    if not isinstance(mchid, str) or not MCHID.fullmatch(mchid):
        return Answer("72010")
    if said["wxa_appid"] not in state.gifts.applied:
        return Answer("43008")
    if refused := desk.ask(call):
        return refused
    state.gifts.bound[said["wxa_appid"]] = mchid
    return Answer(OK)


def show(desk: Desk, state: State, call: Call) -> Answer:
    """A mini-program that can be paid shows this page."""
    said = call.payload
    if bad := _bad_appid(said):
        return Answer(bad)
    page = _page(state, said)
    if isinstance(page, Answer):
        return page
    if said["wxa_appid"] not in state.gifts.bound:
        return Answer("72002")
    if refused := desk.ask(call):
        return refused
    state.gifts.shows[said["wxa_appid"]] = said["page_id"]
    return Answer(OK)
