"""The categories that a product can stand in, and what each wants: which certificate, and what kind of review it meets.

Law: a table. Names and ids are our own choice of the vendor's; certificates are those that V06 and M15 name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Category:
    """One category. `kind` names its review, `certificate` (id, name) what a product in it must show."""

    id: str
    name: str
    parent: str
    level: int
    kind: str = ""
    certificate: tuple[int, str] | None = None
    virtual: bool = False


FOOD: Final = (1111484, "食品生产许可证 (SC)")
COSMETICS: Final = (1111485, "化妆品备案凭证")
ELECTRONICS: Final = (1111486, "3C 认证证书")
MEDICAL: Final = (1111487, "医疗器械注册证")

ROWS: Final = (
    Category("10000110", "服饰", "0", 1),
    Category("10000111", "女装", "10000110", 2),
    Category("6091", "连衣裙", "10000111", 3, "clothing"),
    Category("6092", "T恤", "10000111", 3, "clothing"),
    Category("10000120", "食品", "0", 1),
    Category("10000121", "休闲零食", "10000120", 2),
    Category("6101", "坚果炒货", "10000121", 3, "food", FOOD),
    Category("10000130", "数码家电", "0", 1),
    Category("10000131", "影音电器", "10000130", 2),
    Category("6111", "耳机", "10000131", 3, "electronics", ELECTRONICS),
    Category("10000140", "美妆", "0", 1),
    Category("10000141", "面部护肤", "10000140", 2),
    Category("6121", "面霜", "10000141", 3, "cosmetics", COSMETICS),
    Category("10000150", "医疗健康", "0", 1),
    Category("10000151", "家用器械", "10000150", 2),
    Category("6131", "血压计", "10000151", 3, "medical", MEDICAL),
    Category("10000160", "家居日用", "0", 1),
    Category("10000161", "厨房用品", "10000160", 2),
    Category("6141", "马克杯", "10000161", 3, "household"),
    Category("10000170", "虚拟商品", "0", 1),
    Category("10000171", "卡券", "10000170", 2),
    Category("6151", "会员兑换码", "10000171", 3, "virtual", virtual=True),
    Category("10000180", "本地服务", "0", 1),
    Category("10000181", "上门服务", "10000180", 2),
    Category("6161", "家电清洗", "10000181", 3, "service"),
)

CATEGORIES: Final = {one.id: one for one in ROWS}
"""Every category by its id."""


def leaf_of(ids: list[str]) -> Category | None:
    """The category at the end of a path from the root; None when it is no such path."""
    parent = "0"
    for one in ids:
        found = CATEGORIES.get(one)
        if found is None or found.parent != parent:
            return None
        parent = one
    found = CATEGORIES.get(parent)
    return found if found and found.kind else None


def tree() -> list[dict[str, Any]]:
    """Every path to a leaf, as `category/all` lists them."""
    return [{"cat_and_qua": [_step(one) for one in _path(leaf)]} for leaf in ROWS if leaf.kind]


def _path(leaf: Category) -> list[Category]:
    middle = CATEGORIES[leaf.parent]
    return [CATEGORIES[middle.parent], middle, leaf]


def _step(one: Category) -> dict[str, Any]:
    qualification = {"qua_id": 0, "name": "", "need_to_apply": False, "tips": "", "mandatory": False}
    row = {"cat": shown(one), "qua": qualification, "product_qua": qualification, "brand_qua": qualification}
    return {**row, "product_qua_list": certificates(one)}


def shown(one: Category) -> dict[str, Any]:
    """A category as lists show it."""
    return {"cat_id": one.id, "f_cat_id": one.parent, "name": one.name, "level": one.level, "leaf": bool(one.kind)}


def certificates(one: Category) -> list[dict[str, Any]]:
    """What a product in this category must show."""
    if one.certificate is None:
        return []
    number, name = one.certificate
    return [{"qua_id": number, "name": name, "need_to_apply": False, "tips": name, "mandatory": True}]


def detail(one: Category) -> dict[str, Any]:
    """What `category/detail` says of a leaf."""
    attributes = [
        {
            "name": "产地",
            "type": "string",
            "type_v2": "string",
            "value": "",
            "is_required": False,
            "hint": "",
            "append_allowed": False,
        }
    ]
    fee = {"basis_point": 100, "incentive_type": 0, "original_basis_point": 100, "incentive_end_time": 0}
    return {
        "info": {"cat_id": one.id, "name": one.name},
        "attr": {
            "shop_no_shipment": one.virtual,
            "access_permit_required": one.certificate is not None,
            "pre_sale": True,
            "seven_day_return": not one.virtual,
            "brand_list": [{"brand_id": "2100000000"}],
            "deposit": 0,
            "product_attr_list": attributes,
            "sale_attr_list": [],
            "transactionfee_info": fee,
            "coupon_rule": {"discount_ratio_limit": 100, "discount_limit": 20_000},
            "floor_price": "0",
            "product_qua_list": certificates(one),
        },
    }
