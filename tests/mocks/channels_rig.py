"""The Channels shop, as an HTTP client sees it: bodies, ids and short ways to ask."""

from __future__ import annotations

from typing import Any

from tests.mocks.rig import START, Rig

NOW = START // 1000
PICTURE = "https://mmecimage.cn/p/wx37f38d59298839c3/HJE9eJaEc5bJk"
PATHS = {
    "6091": ("10000110", "10000111", "6091"),
    "6101": ("10000120", "10000121", "6101"),
    "6111": ("10000130", "10000131", "6111"),
    "6121": ("10000140", "10000141", "6121"),
    "6131": ("10000150", "10000151", "6131"),
    "6141": ("10000160", "10000161", "6141"),
    "6151": ("10000170", "10000171", "6151"),
    "6161": ("10000180", "10000181", "6161"),
}


class Shop:
    """One shop, asked over HTTP with a token that is good."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.state = rig.main.channels

    def ask(self, path: str, **body: Any) -> dict[str, Any]:
        """What the shop answers to a POST."""
        return self.rig.said("wechat", "POST", "/channels/ec" + path, {"access_token": self.token()}, body)

    def token(self) -> str:
        """A token that is good now."""
        current = self.rig.main.wechat.current
        return current.text if current and current.until > self.rig.clock() else self.rig.wechat_token()

    def code(self, path: str, **body: Any) -> int:
        """The errcode of that answer."""
        return self.ask(path, **body)["errcode"]

    def product(self, cat: str = "6141", **changes: Any) -> dict[str, Any]:
        """The body of a good product, with fields changed; None leaves one out."""
        sku = {"sale_price": 1300, "market_price": 1500, "stock_num": 100, "sku_code": "A24525252", "sku_attrs": []}
        body = {
            "title": "手工拉坯马克杯",
            "head_imgs": [PICTURE],
            "desc_info": {"imgs": [PICTURE]},
            "cats_v2": [{"cat_id": one} for one in PATHS[cat]],
            "express_info": {"template_id": next(iter(self.state.templates)), "weight": 100},
            "extra_service": {"seven_day_return": 1},
            "after_sale_info": {"after_sale_address_id": int(next(iter(self.state.addresses)))},
            "skus": [sku],
            "listing": 1,
        }
        return {name: value for name, value in {**body, **changes}.items() if value is not None}

    def added(self, cat: str = "6141", **changes: Any) -> str:
        """A new product's id."""
        return self.ask("/product/add", **self.product(cat, **changes))["data"]["product_id"]

    def listed(self, cat: str = "6141", **changes: Any) -> str:
        """The id of a new product that passed its review."""
        product_id = self.added(cat, **changes)
        assert self.rig.tell("channels.product_reviewed", product_id=product_id)["status"] == 5
        return product_id

    def get(self, product_id: str, data_type: int = 1) -> dict[str, Any]:
        """A product, or its draft."""
        return self.ask("/product/get", product_id=product_id, data_type=data_type)

    def sku(self, product_id: str) -> str:
        """The id of its first sku."""
        return self.get(product_id)["product"]["skus"][0]["sku_id"]

    def order(self, **wanted: Any) -> str:
        """The id of a new order of a buyer."""
        return self.rig.tell("channels.order_placed", **wanted)["order_id"]

    def shown(self, order_id: str) -> dict[str, Any]:
        """An order, as the shop tells it."""
        return self.ask("/order/get", order_id=order_id)["order"]

    def parcel(self, order_id: str, count: int | None = None, **changes: Any) -> dict[str, Any]:
        """The body that ships an order, or so many pieces of it."""
        line = self.shown(order_id)["order_detail"]["product_infos"][0]
        info = {"product_id": line["product_id"], "sku_id": int(line["sku_id"]), "product_cnt": count or line["sku_cnt"]}
        one = {"delivery_id": "SF", "waybill_id": "SF1", "deliver_type": 1, "product_infos": [info], **changes}
        return {"order_id": order_id, "delivery_list": [one]}

    def happened(self, kind: str = "happening") -> list[str]:
        """What the journal notes, by name."""
        return [one["action"].removeprefix("channels.") for one in self.rig.events(kind)]
