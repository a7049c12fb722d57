"""Products from a file: CSV with a strict list of fields, all of it or nothing (M09).

Law: a fact told by the shop's console. Every row that will not do is named with its field and the code that an `add` would get;
while there is one, nothing is imported.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any, Final, NamedTuple

from mocks.channels import catalog, review
from mocks.channels.categories import CATEGORIES
from mocks.channels.fields import NAME
from mocks.channels.plan import Fact, ok
from mocks.channels.products import create
from mocks.channels.review import DELETED
from mocks.channels.state import State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

FIELDS: Final = (
    "out_product_id",
    "title",
    "cat_id",
    "head_img",
    "sale_price",
    "market_price",
    "stock_num",
    "sku_code",
    "template_id",
    "after_sale_address_id",
    "seven_day_return",
    "qua_url",
)
"""The columns, all of them, in this order. Prices in yuan; `qua_url` may be empty where a category wants no certificate."""

BAD_FILE: Final = "40097"


class Mistake(NamedTuple):
    """What is wrong with a row: its number in the file (the header is 1), the field where one is to blame, the code, the words."""

    row: int
    field: str
    code: str
    text: str = ""


def imported(desk: Desk, state: State, signal: Signal) -> Answer:
    """Import the products of a file; `listing` hands them in right away. Answers with their ids, or with every mistake."""
    found = _rows(signal.payload.get("csv"), desk.setting(NAME, "import_rows"))
    if isinstance(found, Mistake):
        return _refused([found])
    listing = signal.payload.get("listing") is True
    drafts, mistakes = _drafts(desk, state, found, listing=listing)
    mistakes += _beyond_cap(desk, state, len(found))
    if mistakes:
        return _refused(sorted(mistakes))
    made = [create(desk, state, one) for one in drafts]
    for product in made if listing else ():
        review.submit(desk, state, product)
    return ok(imported=len(made), product_ids=[one.id for one in made], errors=[])


def _refused(mistakes: list[Mistake]) -> Answer:
    return Answer(BAD_FILE, {"imported": 0, "product_ids": [], "errors": [one._asdict() for one in mistakes]})


def _rows(content: object, most: int) -> list[dict[str, str]] | Mistake:
    """The rows of a file with exactly the columns that are wanted."""
    if not isinstance(content, str):
        return Mistake(1, "csv", BAD_FILE, "expected the text of a CSV file")
    try:
        lines = list(csv.reader(StringIO(content.removeprefix("\ufeff")), strict=True))
    except csv.Error as problem:
        return Mistake(1, "csv", BAD_FILE, f"no CSV: {problem}")
    if not lines or tuple(lines[0]) != FIELDS:
        return Mistake(1, "header", BAD_FILE, f"expected exactly: {','.join(FIELDS)}")
    if not 1 <= len(lines) - 1 <= most:
        return Mistake(1, "csv", BAD_FILE, f"expected 1 to {most} rows")
    uneven = next((number for number, one in enumerate(lines, 1) if len(one) != len(FIELDS)), 0)
    if uneven:
        return Mistake(uneven, "csv", BAD_FILE, f"expected {len(FIELDS)} fields")
    return [dict(zip(FIELDS, one, strict=True)) for one in lines[1:]]


def _drafts(
    desk: Desk, state: State, rows: list[dict[str, str]], *, listing: bool
) -> tuple[list[dict[str, Any]], list[Mistake]]:
    """A draft for each row that is good, and a mistake for each that is not."""
    drafts, mistakes = [], []
    there = (one.draft for one in state.products.values() if one.status != DELETED)
    taken = {one["out_product_id"] for one in there if one.get("out_product_id")}
    for number, row in enumerate(rows, 2):
        made = _draft(row, taken)
        taken.add(row["out_product_id"])
        refused = made if isinstance(made, Mistake) else (listing and review.problem(desk, state, made)) or None
        if isinstance(refused, Mistake):
            mistakes.append(refused._replace(row=number))
        elif isinstance(refused, Answer):
            mistakes.append(Mistake(number, "", refused.code, refused.text))
        elif isinstance(made, dict):
            drafts.append(made)
    return drafts, mistakes


def _draft(row: Mapping[str, str], taken: set[str]) -> dict[str, Any] | Mistake:
    if not row["out_product_id"] or row["out_product_id"] in taken:
        return Mistake(0, "out_product_id", "10020036", "a number of your own that no other product has")
    prices = {name: _fen(row[name]) for name in ("sale_price", "market_price")}
    bad = next((name for name, fen in prices.items() if fen is None), "")
    whole = ("stock_num", "template_id", "after_sale_address_id", "seven_day_return")
    bad = bad or next((name for name in whole if not (row[name].isascii() and row[name].isdigit())), "")
    if bad:
        return Mistake(0, bad, BAD_FILE, "a whole number" if bad in whole else "yuan, with at most two decimals")
    made = catalog.draft_of(_body(row, prices))
    return Mistake(0, BLAMED.get(made.code, ""), made.code, made.text) if isinstance(made, Answer) else made


BLAMED: Final = {
    "10020017": "cat_id",
    "10020011": "cat_id",
    "10020022": "head_img",
    "10020035": "head_img",
    "10020039": "sale_price",
    "10020028": "sale_price",
    "10020040": "market_price",
    "10020029": "sku_code",
    "10020036": "out_product_id",
    **dict.fromkeys(("10020020", "10020021", "10020042", "10020045"), "title"),
}
"""Which column a code is about."""


def _fen(text: str) -> int | None:
    """An amount in yuan, in fen; None for what is none."""
    try:
        amount = Decimal(text) * 100
    except InvalidOperation:
        return None
    return int(amount) if amount.is_finite() and amount == amount.to_integral_value() and 0 <= amount < 10**12 else None


def _body(row: Mapping[str, str], prices: Mapping[str, int | None]) -> dict[str, Any]:
    """The body of an `add` that says the same as a row."""
    leaf = CATEGORIES.get(row["cat_id"])
    path = [CATEGORIES[leaf.parent].parent, leaf.parent, leaf.id] if leaf and leaf.kind else ["1", "1", "1"]
    sku = {**prices, "stock_num": row["stock_num"], "sku_code": row["sku_code"], "out_sku_id": row["out_product_id"]}
    certificate = leaf.certificate if leaf else None
    papers = [{"qua_id": certificate[0], "qua_url": [row["qua_url"]]}] if certificate and row["qua_url"] else None
    return {
        "out_product_id": row["out_product_id"],
        "title": row["title"],
        "cats": [{"cat_id": one} for one in path],
        "head_imgs": [row["head_img"]] if row["head_img"] else [],
        "skus": [sku],
        "express_info": {"template_id": row["template_id"]} if int(row["template_id"]) else None,
        "after_sale_info": {"after_sale_address_id": row["after_sale_address_id"]},
        "extra_service": {"seven_day_return": int(row["seven_day_return"])},
        "product_qua_infos": papers,
    }


def _beyond_cap(desk: Desk, state: State, more: int) -> list[Mistake]:
    """An individual's shop has room for so many products (V02)."""
    room = desk.setting(NAME, "products_individual") - sum(one.status != DELETED for one in state.products.values())
    if state.shop.entity != "individual" or more <= room:
        return []
    return [Mistake(1, "csv", "10020110", f"an individual shop has room for {max(0, room)} more products")]


SIGNALS: Final[Mapping[str, Fact]] = {"channels.products_imported": imported}
"""What the shop's console does with files."""
