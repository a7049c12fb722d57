"""From a create request to a card, or to the code of what is wrong with it.

Law: pure; tables before branches. What a text may say is `screening`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.clock import DAY

from .card import COLORS, FIXED_RANGE, FIXED_TERM, STOCK_AT_MOST, YEAR_2100, Card

Setting = Callable[[str], Any]

TYPES: Final[Mapping[str, str]] = {
    "GENERAL_COUPON": "default_detail",
    "GROUPON": "deal_detail",
    "GIFT": "gift",
    "CASH": "reduce_cost",
    "DISCOUNT": "discount",
    "MEMBER_CARD": "prerogative",
    "GENERAL_CARD": "sub_card_type",
    "SCENIC_TICKET": "",
    "MOVIE_TICKET": "",
    "BOARDING_PASS": "",
    "MEETING_TICKET": "",
    "BUS_TICKET": "",
    "LUCKY_MONEY": "",
}
"""Card types, and the field that each must have beside its base_info (K08: the first five and the voucher are the basic six)."""

FIGURES: Final = ("CASH", "DISCOUNT")
"""Types whose own field is a number; that of the others is text."""

REQUIRED: Final[Mapping[str, int]] = {"logo_url": 128, "brand_name": 36, "title": 27, "notice": 48, "description": 3072}
"""The longest UTF-8 text of each required field, in bytes."""

OPTIONAL: Final[Mapping[str, int]] = {
    "service_phone": 24,
    "source": 36,
    "center_title": 18,
    "center_sub_title": 24,
    "center_url": 128,
    "custom_url": 128,
    "promotion_url": 128,
}
"""The same of fields that may be absent."""

CODE_TYPES = tuple(f"CODE_TYPE_{kind}" for kind in ("TEXT", "BARCODE", "QRCODE", "ONLY_QRCODE", "ONLY_BARCODE", "NONE"))
DEPOSIT_MODE = "GET_CUSTOM_CODE_MODE_DEPOSIT"
GET_LIMIT_AT_MOST = 50
CUSTOM_FIELDS = ("custom_field1", "custom_field2", "custom_field3")
FIELD_NAMES = tuple(
    f"FIELD_NAME_TYPE_{name}"
    for name in ("LEVEL", "COUPON", "STAMP", "DISCOUNT", "ACHIEVEMEN", "MILEAGE", "SET_POINTS", "TIMS")
)
"""What a member card's own fields may be called, as the vendor spells it."""

SERVICES = tuple(f"BIZ_SERVICE_{name}" for name in ("DELIVER", "FREE_PARK", "WITH_PET", "FREE_WIFI"))
SCENES = ("PRESALE", "CROSS_BORDER", "LIVE")
"""Special scenes of a card (A28): our own field, for the vendor has none."""

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY", "HOLIDAY")
TIME_FIELDS = ("begin_hour", "begin_minute", "end_hour", "end_minute")
MIDNIGHT_IN_BEIJING = DAY // 3


def parse(content: object, setting: Setting, now: int) -> Card | str:
    """The card that a create request describes, or the code of what is wrong with it."""
    if not isinstance(content, dict):
        return "41011"
    kind = content.get("card_type")
    if not isinstance(kind, str) or kind.upper() not in TYPES:
        return "40071"
    part, kind = content.get(kind.lower()), kind.upper()
    if not isinstance(part, dict) or not isinstance(part.get("base_info"), dict):
        return "41011"
    base = part["base_info"]
    bad = bad_texts(base) or bad_base(base) or _bad_sku(base) or bad_dates(kind, part, setting, now)
    bad = bad or bad_part(kind, part) or bad_advanced(part.get("advanced_info", {}))
    if bad:
        return bad
    deposits = base.get("get_custom_code_mode") == DEPOSIT_MODE
    limit = base.get("get_limit", STOCK_AT_MOST)  # without one, whatever is in stock
    return Card(kind, part, base["sku"]["quantity"], base.get("use_custom_code") is True, deposits, limit)


def encodable(value: object) -> bool:
    """Can all of it be said in UTF-8? Escapes can smuggle in halves of characters (A31)."""
    if isinstance(value, dict):
        return all(encodable(inner) for pair in value.items() for inner in pair)
    if isinstance(value, list):
        return all(map(encodable, value))
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def bad_texts(base: Mapping[str, Any]) -> str:
    """The code of what is wrong with a base_info's texts, or an empty text."""
    for name, longest in REQUIRED.items():
        if not isinstance(base.get(name), str) or not base[name]:
            return "41011"
        if len(base[name].encode("utf-8", "replace")) > longest:
            return "45021"
    for name, longest in OPTIONAL.items():
        if name in base and (not isinstance(base[name], str) or len(base[name].encode("utf-8", "replace")) > longest):
            return "45021"
    return ""


def bad_base(base: Mapping[str, Any]) -> str:
    """The code of what is wrong with the rest of a base_info that may be updated, or an empty text."""
    limit, use = base.get("get_limit", GET_LIMIT_AT_MOST), base.get("use_limit", 1)
    if base.get("color") not in tuple(COLORS):
        return "40076"
    if base.get("code_type") not in CODE_TYPES or not _places(base.get("location_id_list", [])):
        return "40072"
    if not is_whole(limit) or limit < 1:
        return "41011"
    if not is_whole(use) or use < 1:
        return "72020"
    return "72009" if limit > GET_LIMIT_AT_MOST else ""


def is_whole(value: object) -> bool:
    """Is it a whole number? True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _places(ids: object) -> bool:
    return isinstance(ids, list) and all(is_whole(one) or (isinstance(one, str) and one.isdecimal()) for one in ids)


def _bad_sku(base: Mapping[str, Any]) -> str:
    sku = base.get("sku")
    quantity = sku.get("quantity") if isinstance(sku, dict) else None
    if not is_whole(quantity) or not 0 <= quantity <= STOCK_AT_MOST:  # type: ignore[operator] # it is a number by then
        return "40122"
    return "40136" if base.get("get_custom_code_mode") == DEPOSIT_MODE and quantity else ""


def bad_dates(kind: str, part: Mapping[str, Any], setting: Setting, now: int) -> str:
    """The code of what is wrong with a card's validity, or an empty text: each basic type has its shortest and longest (K09)."""
    info = part["base_info"].get("date_info")
    if not isinstance(info, dict):
        return "41011"
    days = _days(info, now)
    if days is None:
        return "40079"
    name = f"valid_days_{part.get('sub_card_type') if kind == 'GENERAL_CARD' else kind}".lower()
    if name not in RANGED:
        return ""
    shortest, longest = setting(name)
    return "" if shortest <= days <= longest else "40079"


RANGED = frozenset(f"valid_days_{kind}" for kind in ("general_coupon", "discount", "gift", "groupon", "cash", "voucher"))
FOR_EVER = 10**9


def _days(info: Mapping[str, Any], now: int) -> int | None:
    """On how many days a card is good; None when its dates are none."""
    if info.get("type") in FIXED_RANGE:
        begin, end = info.get("begin_timestamp"), info.get("end_timestamp")
        if not _ordered(begin, end) or end * 1000 <= now:  # type: ignore[operator] # it is a number by then
            return None
        return 1 + _day(end * 1000 - 1) - _day(begin * 1000)  # type: ignore[operator] # as above
    if info.get("type") in FIXED_TERM:
        term, first = info.get("fixed_term"), info.get("fixed_begin_term", 0)
        good = _ordered(0, term) and _ordered(-1, first) and _ordered(0, info.get("end_timestamp", 1))
        return term if good else None
    return FOR_EVER if info.get("type") == "DATE_TYPE_PERMANENT" else None


def _day(at: int) -> int:
    return (at + MIDNIGHT_IN_BEIJING) // DAY


def _ordered(first: object, second: object) -> bool:
    return is_whole(first) and is_whole(second) and -1 <= first < second <= YEAR_2100  # type: ignore[operator] # both are numbers


def bad_part(kind: str, part: Mapping[str, Any]) -> str:
    """The code of what is wrong with what only this type has, or an empty text."""
    name = TYPES[kind]
    if name and part.get(name) in (None, ""):
        return "41011"
    if name and kind not in FIGURES and not isinstance(part[name], str):
        return "40150"
    bad = {"CASH": _bad_cash, "DISCOUNT": _bad_discount, "MEMBER_CARD": _bad_member, "GENERAL_CARD": _bad_general}.get(kind)
    return bad(part) if bad else ""


def _bad_discount(part: Mapping[str, Any]) -> str:
    """So many percent off: 30 is what the vendor's pages call 7 折."""
    return "" if is_whole(part["discount"]) and 0 < part["discount"] < 100 else "40150"


def _bad_cash(part: Mapping[str, Any]) -> str:
    cost, least = part["reduce_cost"], part.get("least_cost", 0)
    if not is_whole(cost) or cost < 100:
        return "72007"
    return "" if is_whole(least) and (least == 0 or least > cost) else "72008"


def _bad_member(part: Mapping[str, Any]) -> str:
    if any(name.startswith("custom_field") and name not in CUSTOM_FIELDS for name in part):
        return "40124"
    fields = [part[name] for name in CUSTOM_FIELDS if name in part]
    good = all(isinstance(one, dict) and one.get("name_type", FIELD_NAMES[0]) in FIELD_NAMES for one in fields)
    return "" if good else "40150"


def _bad_general(part: Mapping[str, Any]) -> str:
    return "" if part["sub_card_type"] in ("GIFT_CARD", "VOUCHER") else "40150"


def bad_advanced(info: object) -> str:
    """The code of what is wrong with an advanced_info, or an empty text."""
    if not isinstance(info, dict):
        return "40150"
    lists = [info.get(name, []) for name in ("business_service", "time_limit", "text_image_list", "tiers", "scenes")]
    if not all(isinstance(one, list) for one in lists):
        return "40150"
    services, times, pictures, tiers, scenes = lists
    good = all(one in SERVICES for one in services) and all(map(_is_time, times))
    good = good and all(isinstance(one, dict) for one in pictures) and all(map(_is_tier, tiers))
    good = good and all(one in SCENES for one in scenes) and _filed(info, scenes)
    return "" if good else "40150"


def _filed(info: Mapping[str, Any], scenes: list[str]) -> bool:
    """A card that crosses the border is bound to its goods' filing with the customs (A28)."""
    filing = info.get("customs_filing_code")
    return "CROSS_BORDER" not in scenes or (isinstance(filing, str) and filing.isalnum())


def _is_time(value: object) -> bool:
    if not isinstance(value, dict) or value.get("type") not in DAYS:
        return False
    return all(is_whole(value.get(name, 0)) and 0 <= value.get(name, 0) <= 59 for name in TIME_FIELDS)


def _is_tier(value: object) -> bool:
    """One step of a tiered card (A29): from `least_cost` on, `reduce_cost` less."""
    if not isinstance(value, dict):
        return False
    least, cost = value.get("least_cost"), value.get("reduce_cost")
    return is_whole(least) and is_whole(cost) and 0 < cost < least  # type: ignore[operator] # both are numbers by then
