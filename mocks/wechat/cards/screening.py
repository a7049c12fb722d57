"""What a card may not say, and what an account's trade does not allow: face, wording, value, licence.

Law: pure; every word, share and certificate is rulebook data. The answer is the vendor's code and why, for the journal.
Facts K05, K10, K14, K19, K20, A06, A13, A15, M15.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mocks.wording import screen_all

from .card import Card
from .shelf import Licence

Setting = Callable[[str], Any]

SPAM, PARAMETERS, FORBIDDEN, TIME = "40151", "40150", "48001", "40079"
WORD_LISTS: Final = ("words_absolute", "words_sharing", "words_watched", "words_terms")
ORIGINAL_PRICE = re.compile(r"(?:原价|划线价)\D{0,3}(\d{1,9}(?:\.\d{1,2})?)")


class Objection(NamedTuple):
    """The code that a card is refused with, the reason (a setting's name), and the word or figure."""

    code: str
    reason: str
    what: str = ""


def objection(card: Card, category: str, licence: Licence, setting: Setting, now: int) -> Objection | None:
    """The first thing that speaks against a card of an account in that trade, or None."""
    trade: Mapping[str, Any] = setting("categories").get(category, {})
    return (
        _not_licensed(category, trade, licence)
        or _not_for_trade(card, trade, setting, now)
        or _wrong_words(card, category, licence, setting)
        or _too_good(card, category, setting)
    )


def texts(content: Any, name: str = "") -> Iterator[str]:
    """Every text of a card that is shown: whatever is no address, id or enumeration."""
    if isinstance(content, dict):
        for key, inner in content.items():
            yield from texts(inner, str(key))
    elif isinstance(content, list):
        for inner in content:
            yield from texts(inner, name)
    elif isinstance(content, str) and not name.endswith(("url", "type", "color", "_list", "phone")):
        yield content


def _not_licensed(category: str, trade: Mapping[str, Any], licence: Licence) -> Objection | None:
    """K05: the entity is the registered one, and the trade's certificates are there. A06: the category matches the licence."""
    if licence.entity != licence.registered_as:
        return Objection(FORBIDDEN, "entity", licence.entity)
    if licence.trades is not None and category not in licence.trades:
        return Objection(FORBIDDEN, "category", category)
    if licence.certificates is not None:
        for wanted in trade.get("certificates", ()):
            if wanted not in licence.certificates:
                return Objection(FORBIDDEN, "certificate", wanted)
    return None


def _not_for_trade(card: Card, trade: Mapping[str, Any], setting: Setting, now: int) -> Objection | None:
    """A03-A05: the trade's types, when they are enforced. A06: how long a card of the trade may run."""
    kinds = trade.get("types", ())
    if setting("category_rights") == "enforced" and kinds and card.kind not in kinds:
        return Objection(FORBIDDEN, "type", card.kind)
    begin, end, _, term = card.dates
    lasts = term or end - max(begin, now)
    if trade.get("at_most") and lasts > trade["at_most"] * 86_400_000:
        return Objection(TIME, "at_most", str(trade["at_most"]))
    return None


def _wrong_words(card: Card, category: str, licence: Licence, setting: Setting) -> Objection | None:
    """K10, K14, K20, A13, M15: words that no card says, those that its trade must not, and those that it must."""
    shown = list(texts(card.content))
    lists = {name: setting(name) for name in WORD_LISTS}
    if found := screen_all(shown, {**lists, "trade_words": setting("trade_words").get(category, ())}):
        return Objection(SPAM, *found)
    wanted = setting("trade_must_say").get(category, ())
    if wanted and not screen_all(shown, {"": wanted}):
        return Objection(PARAMETERS, "trade_must_say", wanted[0])
    if category == "ecommerce":
        return _invented_price(shown, licence)
    return None


def _invented_price(shown: list[str], licence: Licence) -> Objection | None:
    """K20: an original price that a shop names must be one that it can prove."""
    for text in shown:
        for price in ORIGINAL_PRICE.findall(text):
            if round(float(price) * 100) not in licence.prices:
                return Objection(SPAM, "original_price", price)
    return None


def _too_good(card: Card, category: str, setting: Setting) -> Objection | None:
    """A15: no extreme threshold. K19: in catering at most so much of the dish's price. A13: a voucher says what it is."""
    share = min(setting("value_share_at_most"), setting("trade_value_share").get(category, 100))
    for least, cost in values(card):
        if least and cost * 100 > least * share:
            return Objection(PARAMETERS, "value_share_at_most", f"{cost}/{least}")
    wanted = setting("voucher_must_say")
    if card.content.get("sub_card_type") == "VOUCHER" and not screen_all(texts(card.content), {"": wanted}):
        return Objection(PARAMETERS, "voucher_must_say", wanted[0])
    return None


def values(card: Card) -> list[tuple[int, int]]:
    """What a cash card takes off, and from which price on (fen); a tiered one has several steps (A29)."""
    steps = card.content.get("advanced_info", {}).get("tiers", ())
    flat = [(card.content.get("least_cost", 0), card.content["reduce_cost"])] if card.kind == "CASH" else []
    return flat + [(step["least_cost"], step["reduce_cost"]) for step in steps]
