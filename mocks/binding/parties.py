"""Who wants to be bound: the licence behind the shop and the entity behind the corp, and what speaks against it.

Law: pure. One table of refusals, looked at in its order: is the corp verified, are they the same, may this shop connect at all,
may it reach customers. Only ERR_AUTH_MISMATCH is a published code (S11); the others are named by us, one for each published rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

Kind = Literal["company", "sole_proprietor"]
Reach = Literal["cross_border", "local"]
Status = Literal["active", "to_be_activated", "frozen"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity as a licence shows it. Every character counts."""

    name: str
    legal_representative: str
    registered_capital: str
    kind: Kind = "company"


@dataclass(frozen=True, slots=True)
class Shop:
    """The Shopee side: the licence, where the shop may sell, and whether it is open."""

    licence: Entity
    reach: Reach = "cross_border"
    status: Status = "active"


@dataclass(frozen=True, slots=True)
class Corp:
    """The WeCom side: the entity, whether WeCom has verified it, and whether members may have customers (外部联系人)."""

    entity: Entity
    verified: bool = True
    external_contact: bool = True


@dataclass(frozen=True, slots=True)
class Parties:
    """Both sides."""

    shop: Shop
    corp: Corp


SAME: Final = Entity("深圳市鹏程万里贸易有限公司", "陈志远", "500万元人民币")
GOOD: Final = Parties(Shop(SAME), Corp(SAME))
"""The pair that every account starts with: nothing speaks against it."""


def identity(entity: Entity) -> tuple[str, str, str]:
    """What must agree to the character (S03)."""
    return entity.name, entity.legal_representative, entity.registered_capital


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason not to bind: its code, what it says, the facts it stands on, and when it holds."""

    code: str
    text: str
    facts: tuple[str, ...]
    holds: Callable[[Parties], bool]


REFUSALS: Final = (
    Refusal("ERR_AUTH_UNVERIFIED", "企业微信尚未完成企业认证", ("S04",), lambda two: not two.corp.verified),
    Refusal(
        "ERR_AUTH_MISMATCH",
        "企业微信认证主体与店铺营业执照不一致",
        ("S03", "S11"),
        lambda two: identity(two.corp.entity) != identity(two.shop.licence),
    ),
    Refusal(
        "ERR_SOLE_PROPRIETOR",
        "个体工商户不可直接接入，须升级为公司主体",
        ("S09",),
        lambda two: "sole_proprietor" in (two.shop.licence.kind, two.corp.entity.kind),
    ),
    Refusal("ERR_LOCAL_SHOP", "本地店不可接入，仅限跨境店", ("S09",), lambda two: two.shop.reach == "local"),
    Refusal("ERR_SHOP_TO_BE_ACTIVATED", "店铺处于待激活状态", ("S09",), lambda two: two.shop.status == "to_be_activated"),
    Refusal("ERR_SHOP_FROZEN", "店铺处于冻结状态", ("S09",), lambda two: two.shop.status == "frozen"),
    Refusal(
        "ERR_EXTERNAL_CONTACT_OFF",
        "企业微信未开启添加外部联系人权限",
        ("S10",),
        lambda two: not two.corp.external_contact,
    ),
)
"""Everything that can speak against two parties. The order follows the source's advice for finding the cause."""


def refusal(parties: Parties) -> str:
    """The code of the first reason not to bind them; "" when there is none."""
    return next((one.code for one in REFUSALS if one.holds(parties)), "")


def changed(parties: Parties, shop: Mapping[str, Any], corp: Mapping[str, Any]) -> Parties:
    """The parties with some of their fields replaced; `licence` and `entity` field by field."""
    licence = replace(parties.shop.licence, **shop.get("licence", {}))
    entity = replace(parties.corp.entity, **corp.get("entity", {}))
    return Parties(
        replace(parties.shop, **{**shop, "licence": licence}), replace(parties.corp, **{**corp, "entity": entity})
    )
