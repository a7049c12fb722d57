"""A good request for each path of Shopee's v1, without the fields that say who asks: what is spoilt, and asked, elsewhere.

`SN` stands for an order's number, `R1` for a return's; the items and categories are those of a new shop.
"""

from __future__ import annotations

from typing import Any

from tests.mocks.rig import START

NOW = START // 1000
WINDOW = {"create_time_from": NOW - 86_400, "create_time_to": NOW}
ITEM = {
    "name": "帆布鞋",
    "description": "红色帆布鞋",
    "price": 59.9,
    "stock": 10,
    "category_id": 100_047,
    "weight": 0.5,
    "images": [{"url": "https://cf.shopee.sg/file/x"}],
    "logistics": [{"logistic_id": 18_025, "enabled": True}],
}
KIND = {"tier_index": [0], "stock": 5, "price": 9.9, "variation_sku": "S-1"}
PAGE = {"pagination_offset": 0, "pagination_entries_per_page": 5}
PICTURE = "https://shop.example/a.png"
IN_IT = {"item_id": 10_000, "item_promotion_price": 1.5, "purchase_limit": 2}
SHIRT = {"item_id": 10_008, "variations": [{"variation_id": 100_081, "variation_promotion_price": 1.5}]}
PICKS = {"name": "精选", "item_ids": [10_000, 10_001, 10_002, 10_003], "is_activated": False}
MADE = 300_001
"""What is made first on a new shop's display has this number, whatever it is."""

GOOD: dict[str, Any] = {
    "item/tier_var/init": {
        "item_id": 10_000,
        "tier_variation": [{"name": "尺码", "options": ["S", "M"]}],
        "variation": [KIND],
    },
    "item/tier_var/add": {"item_id": 10_008, "variation": [KIND]},
    "item/delete_variation": {"item_id": 10_008, "variation_id": 100_081},
    "orders/basics": {**WINDOW, "pagination_entries_per_page": 5, "pagination_offset": 0},
    "orders/get": {**WINDOW, "order_status": "ALL"},
    "orders/cancel": {"ordersn": "SN", "cancel_reason": "OUT_OF_STOCK", "item_id": 10_000, "variation_id": 0},
    "orders/note/add": {"ordersn": "SN", "note": "x"},
    "orders/get_escrow_detail": {"release_time_from": 0, "release_time_to": NOW, **PAGE},
    "logistics/forder_waybill/get_mass": {"orders_list": [{"ordersn": "SN", "forder_id": "x"}]},
    "orders/detail": {"ordersn_list": ["SN"]},
    "item/add": ITEM,
    "item/update": {
        **ITEM,
        "item_id": 10_000,
        "is_pre_order": True,
        "days_to_ship": 7,
        "attributes": [{"attributes_id": 100_134, "value": "帆布"}],
        "wholesales": [{"min": 2, "max": 5, "unit_price": 1.5}],
        **dict.fromkeys(("package_length", "package_width", "package_height"), 9),
    },
    "items/unlist": {"items": [{"item_id": 10_000, "unlist": True}]},
    "items/update/items_price": {"items": [{"item_id": 10_000, "price": 1.5}]},
    "items/update/items_stock": {"items": [{"item_id": 10_000, "stock": 1}]},
    "items/update/vars_price": {"variations": [{"item_id": 10_008, "variation_id": 100_081, "price": 1.5}]},
    "items/update/vars_stock": {"variations": [{"item_id": 10_008, "variation_id": 100_081, "stock": 1}]},
    "logistics/init": {
        "ordersn": "SN",
        "pickup": {"address_id": 234, "pickup_time_id": "1"},
        "dropoff": {"tracking_no": "x"},
    },
    "shop/update": {
        "shop_name": "又一家小店",
        "shop_description": "x",
        "images": [PICTURE],
        "videos": [],
        "disable_make_offer": 1,
        "enable_display_unitno": True,
    },
    "payment/list": {"country": "SG"},
    "item/categories/get_by_country": {"country": "SG", "is_cb": 0, "language": "en"},
    "item/categories/get_recommend": {"name": "台灯"},
    "item/attributes/get": {"category_id": 100_717, "language": "en"},
    "item/promotion/get": {"item_id_list": [10_000, 10_008]},
    "item/installment/set": {"item_id": 10_000, "tenures": [3, 6]},
    "item/img/add": {"item_id": 10_000, "images": [PICTURE]},
    "item/img/update": {"item_id": 10_000, "images": [PICTURE, PICTURE + "b"]},
    "item/img/insert": {"item_id": 10_000, "image_url": PICTURE, "image_position": 1},
    "item/img/delete": {"item_id": 10_000, "images": [], "positions": [1]},
    "image/upload": {"images": [PICTURE]},
    "item/tier_var/update_list": {
        "item_id": 10_008,
        "tier_variation": [{"name": "号", "options": ["小", "中", "大"], "images_url": [PICTURE]}],
    },
    "item/tier_var/update": {"item_id": 10_008, "variation": [{"variation_id": 100_081, "tier_index": [0]}]},
    "item/add_variations": {
        "item_id": 10_000,
        "variations": [{"name": "红", "stock": 3, "price": 9.9, "variation_sku": "R-1"}],
    },
    "items/boost": {"item_id": [10_000, 10_001]},
    "items/comments/get": {"item_id": 10_000, "cmt_id": MADE, **PAGE},
    "items/comments/reply": {"cmt_list": [{"cmt_id": MADE, "comment": "谢谢"}]},
    "logistics/tracking_number/set_mass": {"info_list": [{"ordersn": "SN", "tracking_number": "MY1"}]},
    "returns/get": {**WINDOW, **PAGE},
    "returns/detail": {"returnsn": "R1"},
    "returns/confirm": {"returnsn": "R1"},
    "returns/dispute": {
        "returnsn": "R1",
        "email": "a@b.example",
        "dispute_reason": "OTHER",
        "dispute_text_reason": "x",
        "images": [PICTURE],
    },
    "discount/add": {"discount_name": "周末", "start_time": NOW + 60, "end_time": NOW + 7_200, "items": [IN_IT, SHIRT]},
    "discount/items/add": {"discount_id": MADE, "items": [{**IN_IT, "item_id": 10_001}]},
    "discount/items/update": {"discount_id": MADE, "items": [IN_IT, SHIRT]},
    "discount/item/delete": {"discount_id": MADE, "item_id": 10_000, "variation_id": 0},
    "discount/update": {"discount_id": MADE, "discount_name": "x", "start_time": NOW + 90, "end_time": NOW + 7_200},
    "discount/delete": {"discount_id": MADE},
    "discount/detail": {"discount_id": MADE, **PAGE},
    "discounts/get": {"discount_status": "ALL", "update_time_from": 0, "update_time_to": NOW, **PAGE},
    "shop_category/add": {"name": "新品", "sort_weight": 3},
    "shop_category/update": {"shop_category_id": MADE, "name": "x", "sort_weight": 1, "status": "INACTIVE"},
    "shop_category/delete": {"shop_category_id": MADE},
    "shop_category/add/items": {"shop_category_id": MADE, "items": [10_000, 10_001]},
    "shop_category/del/item": {"shop_category_id": MADE, "items": [10_000]},
    "shop_category/get/items": {"shop_category_id": MADE},
    "shop_category/get/item": {"shop_category_id": MADE},
    "shop_categorys/get": PAGE,
    "top_picks/add": PICKS,
    "top_picks/update": {**PICKS, "top_picks_id": MADE},
    "top_picks/delete": {"top_picks_id": MADE},
}
ANY = {"ordersn": "SN", "item_id": 10_000, "variation_id": 0, "price": 1.5, "stock": 1, "ordersn_list": ["SN"]}
