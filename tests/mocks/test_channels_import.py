"""Products from a CSV file: all of it, or nothing and a report of every row."""

from __future__ import annotations

import pytest

from tests.mocks.channels_rig import PICTURE, Shop
from tests.mocks.rig import Rig


@pytest.fixture
def shop(rig: Rig) -> Shop:
    return Shop(rig)


HEADER = "out_product_id,title,cat_id,head_img,sale_price,market_price,stock_num,sku_code,template_id,after_sale_address_id,seven_day_return,qua_url"


def row(shop: Shop, number: int, **changes: str) -> str:
    """A good row of a file, with fields changed."""
    good = {
        "out_product_id": f"erp-{number}",
        "title": "手绘青花瓷马克杯",
        "cat_id": "6141",
        "head_img": PICTURE,
        "sale_price": "12.90",
        "market_price": "15",
        "stock_num": "100",
        "sku_code": f"A{number}",
        "template_id": next(iter(shop.state.templates)),
        "after_sale_address_id": next(iter(shop.state.addresses)),
        "seven_day_return": "1",
        "qua_url": "",
    }
    return ",".join({**good, **changes}.values())


def test_a_file_is_imported_whole(shop: Shop) -> None:
    """M09."""
    text = "\r\n".join(["\ufeff" + HEADER, *(row(shop, number) for number in range(3))])
    done = shop.rig.admin("POST", "/channels/import", {"csv": text, "listing": True})
    assert (done["ok"], done["imported"], done["errors"]) == (True, 3, [])
    draft = shop.get(done["product_ids"][0], 2)["edit_product"]
    assert (draft["out_product_id"], draft["min_price"], draft["edit_status"]) == ("erp-0", 1290, 2)


def test_a_file_with_mistakes_is_reported_row_by_row_and_nothing_is_imported(shop: Shop) -> None:
    """M09: a strict field list."""
    before = dict(shop.state.products)
    wrong = [
        ({"title": ""}, "title", "10020020"),
        ({"cat_id": "7"}, "cat_id", "10020017"),
        ({"sale_price": "1.234"}, "sale_price", "40097"),
        ({"sale_price": "NaN"}, "sale_price", "40097"),
        ({"stock_num": "-1"}, "stock_num", "40097"),
        ({"out_product_id": "erp-0"}, "out_product_id", "10020036"),
        ({"cat_id": "6101"}, "", "10020018"),
        ({"title": "国家级手工马克杯"}, "", "10020110"),
        ({"template_id": "1"}, "", "10020019"),
    ]
    lines = [HEADER, row(shop, 0), *(row(shop, number, **changes) for number, (changes, _, _) in enumerate(wrong, 1))]
    report = shop.rig.admin("POST", "/channels/import", {"csv": "\n".join(lines), "listing": True})
    assert not report["ok"]
    found = [(one["row"], one["field"], one["code"]) for one in report["errors"]]
    assert found == [(number, field, code) for number, (_, field, code) in enumerate(wrong, 3)]
    assert all(one["text"] for one in report["errors"])
    assert shop.state.products == before


TURNED = ",".join(reversed(HEADER.split(",")))


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("", "header"),
        ("title\nx", "header"),
        (f"{HEADER},more\n", "header"),
        (f"{TURNED}\n{HEADER}", "header"),
        (HEADER, "csv"),
        (f"{HEADER}\na,b", "csv"),
        (f'{HEADER}\n"open', "csv"),
        (f"{HEADER}\n\n", "csv"),
    ],
)
def test_what_is_no_such_file_is_refused(shop: Shop, text: str, blamed: str) -> None:
    """M09: exactly these fields, in this order."""
    report = shop.rig.admin("POST", "/channels/import", {"csv": text})
    assert (report["ok"], report["imported"], [one["field"] for one in report["errors"]]) == (False, 0, [blamed])
