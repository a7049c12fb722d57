"""Somebody else's SDK against the real server: pyshopee 1.4.0's clients, led to loopback by their BASE_URL.

That for v2 is unmodified: it writes queries by hand, without escapes and with Python's own lists, and takes whatever JSON comes
back. Of that for v1 one file does not compile, for one space too many before its last method: this space is taken out in memory.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pyshopee2
import pytest
import requests

from mocks.app import create_app
from mocks.server import Server
from sandbox.rulebooks import load_all
from tests.mocks.rig import ADMIN, DAY, HOUR, MINUTE, START
from tests.mocks.running import served

SN = "260302PYSHOPEE"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a real server, whose clock stands still until it is moved."""
    server = Server(load_all(), rate=0, start=START)
    app = create_app(server, admin_token=ADMIN)
    with served(app) as number:
        yield number


class Shop:
    """An account of its own on the real server, and the SDK's client for its shop."""

    def __init__(self, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.base = f"http://127.0.0.1:{port}"
        made = self.admin("POST", "/accounts", {})
        self.id, self.env = made["id"], made["env"]
        monkeypatch.setattr(pyshopee2.Client, "BASE_URL", f"{self.base}/shopee")
        env = self.env
        self.client = pyshopee2.Client(
            env["SHOPEE_SHOP_ID"], env["SHOPEE_PARTNER_ID"], env["SHOPEE_PARTNER_KEY"], "http://127.0.0.1:9/back"
        )
        self.client.code = env["SHOPEE_AUTH_CODE"]
        self.client.set_access_token(env["SHOPEE_ACCESS_TOKEN"])

    def admin(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the control plane answers."""
        headers = {"X-Sandbox-Token": ADMIN}
        return requests.request(method, f"{self.base}/_sandbox{path}", json=body, headers=headers, timeout=10).json()

    def tell(self, kind: str, **payload: Any) -> dict[str, Any]:
        """Tell a fact."""
        return self.admin("POST", "/signals", {"kind": f"shopee.{kind}", "account": self.id, **payload})

    def jump(self, ms: int) -> None:
        """Move the server's clock; a shop's token does not last, so a new one is fetched."""
        self.admin("POST", "/clock", {"advance_ms": ms})
        env = self.env
        refresh = self.client.refresh_token or env["SHOPEE_REFRESH_TOKEN"]
        self.client.get_access_token(env["SHOPEE_SHOP_ID"], env["SHOPEE_PARTNER_ID"], env["SHOPEE_PARTNER_KEY"], refresh)


@pytest.fixture
def shop(port: int, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(port, monkeypatch)


def good(answer: dict[str, Any]) -> Any:
    """What a success brings."""
    assert answer["error"] == "", answer
    return answer.get("response")


def now_of(shop: Shop) -> int:
    """The server's seconds."""
    headers = {"X-Sandbox-Token": ADMIN}
    return requests.get(f"{shop.base}/_sandbox/clock", headers=headers, timeout=10).json()["now"] // 1000


def test_tokens_are_got_with_a_code_and_refreshed_once(shop: Shop) -> None:
    token, life, refresh = shop.client.get_token()
    assert (life, good(shop.client.shop.get_profile())["description"]) == (14_400, "演示店铺")
    env = shop.env
    new, _, _ = shop.client.get_access_token(env["SHOPEE_SHOP_ID"], env["SHOPEE_PARTNER_ID"], "", refresh)
    assert new != token
    with pytest.raises(KeyError):
        shop.client.get_access_token(env["SHOPEE_SHOP_ID"], env["SHOPEE_PARTNER_ID"], "", refresh)


def test_without_a_token_the_text_none_is_no_token(shop: Shop) -> None:
    shop.client.set_access_token(None)
    assert shop.client.shop.get_shop_info()["error"] == "invalid_acceess_token"


def test_an_order_is_listed_shipped_tracked_and_printed(shop: Shop) -> None:
    shop.tell("order_placed", order_sn=SN)
    now = now_of(shop)
    listed = shop.client.order.get_order_list(
        time_range_field="create_time", time_from=now - 86_400, time_to=now + 1, page_size=100, order_status="READY_TO_SHIP"
    )
    assert SN in [one["order_sn"] for one in good(listed)["order_list"]]
    (detail,) = good(
        shop.client.order.get_order_detail(order_sn_list=SN, response_optional_fields="item_list,package_list")
    )["order_list"]
    assert detail["package_list"][0]["item_list"][0]["item_id"] == detail["item_list"][0]["item_id"]
    needed = good(shop.client.logistics.get_shipping_parameter(order_sn=SN))
    place = needed["pickup"]["address_list"][0]
    pickup = {"address_id": place["address_id"], "pickup_time_id": place["time_slot_list"][0]["pickup_time_id"]}
    assert good(shop.client.logistics.ship_order(order_sn=SN, pickup=pickup)) is None
    assert good(shop.client.logistics.get_tracking_number(order_sn=SN))["tracking_number"] == ""
    shop.jump(5 * MINUTE)
    number = good(shop.client.logistics.get_tracking_number(order_sn=SN))["tracking_number"]
    rows = [{"order_sn": SN, "tracking_number": number}]
    made = good(shop.client.logistics.create_shipping_document(order_list=rows))
    assert made["result_list"][0]["fail_error"] == ""
    (row,) = good(shop.client.logistics.get_shipping_document_result(order_list=rows))["result_list"]
    assert row["status"] == "PROCESSING"
    shop.jump(MINUTE)
    (row,) = good(shop.client.logistics.get_shipping_document_result(order_list=rows))["result_list"]
    assert row["status"] == "READY"
    shop.jump(12 * HOUR)
    info = good(shop.client.logistics.get_tracking_info(order_sn=SN))
    assert [one["logistics_status"] for one in info["tracking_info"]] == ["PICKED_UP", "ORDER_CREATED"]


def test_a_buyers_cancellation_is_handled_and_an_order_noted(shop: Shop) -> None:
    shop.tell("order_placed", order_sn=SN)
    good(shop.client.order.set_note(order_sn=SN, note="gift"))
    shop.jump(HOUR)
    assert shop.tell("cancel_requested", order_sn=SN)["order_status"] == "IN_CANCEL"
    good(shop.client.order.handle_buyer_cancellation(order_sn=SN, operation="ACCEPT"))
    refused = shop.client.order.cancel_order(order_sn=SN, cancel_reason="CUSTOMER_REQUEST")
    assert (refused["error"], refused["message"]) == ("order.error_limit", "Can not cancel this order")


def test_many_orders_are_shipped_in_a_batch_and_the_rest_says_why_not(shop: Shop) -> None:
    ready = [one["order_sn"] for one in good(shop.client.order.get_shipment_list(page_size=3))["order_list"]]
    rows = [{"order_sn": sn} for sn in (*ready, ready[0], "nothing")]
    done = shop.client.logistics.batch_ship_order(order_list=rows, dropoff={"branch_id": 771})
    errors = [one["fail_error"] for one in good(done)["result_list"]]
    assert errors == ["", "", "", "logistics.package_already_shipped", "error_not_found"]


def test_items_are_listed_added_changed_and_deleted(shop: Shop) -> None:
    item = {
        "item_name": "竹筷",
        "description": "十双",
        "original_price": 12.5,
        "normal_stock": 7,
        "weight": 0.2,
        "category_id": 100_717,
        "image": {"image_id_list": ["a1"]},
        "logistic_info": [{"logistic_id": 18_025, "enabled": True}],
    }
    number = good(shop.client.product.add_item(**item))["item_id"]
    listed = good(shop.client.product.get_item_list(offset=0, page_size=100, item_status="NORMAL"))
    assert number in [one["item_id"] for one in listed["item"]]
    rows = good(shop.client.product.get_item_base_info(item_id_list=[10_000, number]))["item_list"]
    assert [one["item_id"] for one in rows] == [10_000, number]
    assert (rows[1]["weight"], rows[1]["price_info"][0]["current_price"]) == ("0.20", 12.5)
    stock = [{"model_id": 0, "seller_stock": [{"stock": 3}]}]
    good(shop.client.product.update_stock(item_id=number, stock_list=stock))
    price = [{"model_id": 0, "original_price": 9.99}]
    good(shop.client.product.update_price(item_id=number, price_list=price))
    good(shop.client.product.update_item(item_id=number, item_name="竹筷十双"))
    good(shop.client.product.unlist_item(item_list=[{"item_id": number, "unlist": True}]))
    (row,) = good(shop.client.product.get_item_base_info(item_id_list=[number]))["item_list"]
    assert (row["item_name"], row["item_status"]) == ("竹筷十双", "UNLIST")
    assert (row["price_info"][0]["original_price"], row["stock_info_v2"]["summary_info"]["total_available_stock"]) == (
        9.99,
        3,
    )
    found = good(shop.client.product.search_item(offset="", page_size=10, item_name="T"))
    assert found["item_id_list"] == [10_008]
    assert len(good(shop.client.product.get_model_list(item_id=10_008))["model"]) == 2
    assert good(shop.client.product.get_category(language="en"))["category_list"]
    good(shop.client.product.delete_item(item_id=number))
    assert shop.client.product.update_item(item_id=number, item_name="x")["error"] == "error_item_not_found"


def test_the_shops_info_stands_at_the_top_and_its_profile_is_changed(shop: Shop) -> None:
    info = shop.client.shop.get_shop_info()
    assert ("response" in info, info["region"], info["error"]) == (False, "SG", "")
    good(shop.client.shop.update_profile(shop_name="南洋小店一号"))
    assert shop.client.shop.get_shop_info()["shop_name"] == "南洋小店一号"


def test_vouchers_come_begin_and_end(shop: Shop) -> None:
    now = now_of(shop)
    voucher = {
        "voucher_name": "十元券",
        "voucher_code": "TEN1",
        "start_time": now + 3_600,
        "end_time": now + 90_000,
        "voucher_type": 1,
        "reward_type": 1,
        "usage_quantity": 10,
        "min_basket_price": 50,
        "discount_amount": 10,
    }
    number = good(shop.client.voucher.add_voucher(**voucher))["voucher_id"]
    assert shop.client.voucher.add_voucher(**voucher)["error"] == "voucher.voucher_code_duplicate_error"
    good(shop.client.voucher.update_voucher(voucher_id=number, voucher_name="十元"))
    assert shop.client.voucher.end_voucher(voucher_id=number)["error"] == "voucher.voucher_status_error"
    shop.jump(HOUR)
    (row,) = good(shop.client.voucher.get_voucher_list(status="ongoing"))["voucher_list"]
    assert (row["voucher_id"], row["voucher_name"], row["discount_amount"]) == (number, "十元", 10.0)
    assert shop.client.voucher.delete_voucher(voucher_id=number)["error"] == "voucher.voucher_status_error"
    good(shop.client.voucher.end_voucher(voucher_id=number))
    assert good(shop.client.voucher.get_voucher_list(status="expired"))["voucher_list"]


def test_a_completed_order_is_paid_out(shop: Shop) -> None:
    shop.tell("order_placed", order_sn=SN)
    assert shop.client.payment.get_escrow_list(release_time_from=2, release_time_to=1)["error"] == "error_param"
    good(shop.client.logistics.ship_order(order_sn=SN, dropoff={}))
    for wait in (12 * HOUR, 48 * HOUR, 7 * DAY):
        shop.jump(wait)
    income = good(shop.client.payment.get_escrow_detail(order_sn=SN))["order_income"]
    taken = sum(income[name] for name in ("commission_fee", "service_fee", "seller_transaction_fee"))
    assert income["escrow_amount"] == pytest.approx(income["original_price"] - taken)
    now = now_of(shop)
    (row,) = good(shop.client.payment.get_escrow_list(release_time_from=now - 60, release_time_to=now))["escrow_list"]
    assert (row["order_sn"], row["payout_amount"]) == (SN, income["escrow_amount"])


def test_the_paths_that_the_sdk_spells_wrong_are_not_the_vendors(shop: Shop) -> None:
    offline = "Permission denied. This API is currently offline or the request path is incorrect."
    calls = (
        shop.client.returns.get_return_list(page_no=0),
        shop.client.push.get_push_config(),
        shop.client.public.get_shop_by_partner(),
        shop.client.voucher.get_voucher_detail(voucher_id=1),
    )
    assert {(one["error"], one["message"]) for one in calls} == {("error_param", offline)}


def test_a_buyer_writes_and_is_answered(shop: Shop) -> None:
    said = shop.tell(
        "buyer_wrote", order_sn=good(shop.client.order.get_shipment_list(page_size=1))["order_list"][0]["order_sn"]
    )
    (chat,) = good(shop.client.chat.get_conversation_list(direction="latest", type="unread"))["conversations"]
    assert (chat["conversation_id"], chat["to_id"]) == (said["conversation_id"], said["to_id"])
    good(shop.client.chat.send_message(to_id=chat["to_id"], message_type="text", content={"text": "有货"}))
    page = good(shop.client.chat.get_message(conversation_id=chat["conversation_id"]))["messages"]
    assert [one["content"]["text"] for one in page] == ["有货", "在吗？"]


def test_the_page_that_opens_the_shop_gives_a_code_that_the_client_trades(shop: Shop) -> None:
    """The client reads the code by its place in the query, as a browser shows it after the redirect."""
    answer = requests.get(shop.client.shop_authorization(shop.client.redirect_url), allow_redirects=False, timeout=10)
    first, second = answer.headers["location"].partition("?")[2].split("&")
    shop.client.code, shop.client.shop_id = first.replace("code=", ""), int(second.replace("shop_id=", ""))
    shop.client.get_token()
    assert shop.client.shop.get_shop_info()["error"] == ""


def old_module() -> ModuleType:
    """The client for v1, its `item.py` put right."""
    root = Path(pyshopee2.__file__).parent.with_name("pyshopee")
    package = spec_from_loader("pyshopee", None, is_package=True)
    item = spec_from_file_location("pyshopee.item", root / "item.py")
    assert package is not None
    assert item is not None
    package.submodule_search_locations = [str(root)]
    for name, spec in (("pyshopee", package), ("pyshopee.item", item)):
        sys.modules[name] = module_from_spec(spec)
    source = (root / "item.py").read_text("utf-8").replace("\n     def ", "\n    def ")
    exec(compile(source, str(root / "item.py"), "exec"), vars(sys.modules["pyshopee.item"]))  # noqa: S102 - see the top of this file
    return import_module("pyshopee.client")


@pytest.fixture
def old(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The SDK's client for v1, of the same shop."""
    client = old_module().Client
    monkeypatch.setattr(client, "BASE_URL", f"{shop.base}/shopee/api/v1")
    env = shop.env
    yield client(int(env["SHOPEE_SHOP_ID"]), int(env["SHOPEE_PARTNER_ID"]), env["SHOPEE_PARTNER_KEY"])
    for name in [one for one in sys.modules if one.partition(".")[0] == "pyshopee"]:
        del sys.modules[name]


def test_what_the_old_client_does_the_new_one_sees(shop: Shop, old: Any) -> None:
    now = now_of(shop)
    listed = old.order.get_order_by_status(order_status="READY_TO_SHIP", create_time_from=now - 86_400, create_time_to=now)
    sn = listed["orders"][0]["ordersn"]
    assert old.order.get_order_detail(ordersn_list=[sn])["orders"][0]["order_status"] == "READY_TO_SHIP"
    logistics = [{"logistic_id": old.logistic.get_logistics()["logistics"][0]["logistic_id"], "enabled": True}]
    goods = {"name": "旧客户端的杯子", "description": "杯", "price": 9.9, "stock": 3, "weight": 0.1, "category_id": 100_717}
    added = old.item.add({**goods, "images": [{"url": "https://a.example/1.png"}], "logistics": logistics})["item_id"]
    assert old.item.add_item_img(item_id=added, images=["https://a.example/2.png"])["fail_image"] == []
    seen = good(shop.client.product.get_item_base_info(item_id_list=[added]))["item_list"][0]
    assert (seen["item_name"], len(seen["image"]["image_id_list"])) == (goods["name"], 2)
    assert old.item.boost_item(item_id=[added])["batch_result"]["successes"] == [added]
    assert good(shop.client.product.get_boosted_list())["item_list"][0]["item_id"] == added
    assert old.logistic.init(ordersn=sn, dropoff={})["tracking_number"] == ""
    detail = good(shop.client.order.get_order_detail(order_sn_list=sn))
    assert detail["order_list"][0]["order_status"] == "PROCESSED"
    page = requests.get(old.shop.cancel_authorize("http://127.0.0.1:9/back"), allow_redirects=False, timeout=10)
    assert (page.status_code, old.shop.get_shop_info()["error"]) == (302, "error_permission")


def test_every_method_of_the_old_client_is_answered_by_an_interface_of_its_own(old: Any) -> None:
    """But its `rma`, which uses a module that it does not import; its `returns` asks the same."""
    registered = {name: getattr(old, name) for name in type(old).registered_module if name != "rma"}
    modules = [*registered.values(), import_module("pyshopee.returns").Returns(old)]
    calls = [call for one in modules for name, call in inspect.getmembers(one, inspect.ismethod) if name[0] != "_"]
    asked = [call for call in calls if not call.__name__.endswith("authorize")]
    assert len(asked) == 80
    answers = [call({}) if "data" in str(inspect.signature(call)) else call() for call in asked]
    refusals = {one.get("error", "") for one in answers}
    assert refusals == {"", "error_param", "error_not_exists"}
