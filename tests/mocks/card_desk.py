"""A merchant's counter for card tests: short ways to make cards, have them taken, and see what happened."""

from __future__ import annotations

from typing import Any

from mocks.wechat.cards.parsing import TYPES
from tests.mocks.rig import CARD, Rig

TERM = {"type": "DATE_TYPE_FIX_TERM", "fixed_term": 7}
EVER = {"type": "DATE_TYPE_PERMANENT"}
OWN = {"use_custom_code": True}
DEPOSIT = {"sku": {"quantity": 0}, "use_custom_code": True, "get_custom_code_mode": "GET_CUSTOM_CODE_MODE_DEPOSIT"}
PARTS: dict[str, dict[str, Any]] = {
    "CASH": {"least_cost": 10_000, "reduce_cost": 1_000},
    "DISCOUNT": {"discount": 20},
    "GENERAL_CARD": {"sub_card_type": "GIFT_CARD"},
    "MEMBER_CARD": {"prerogative": "会员九折", "supply_bonus": True, "supply_balance": True, "wx_activate": True},
}


def body(kind: str = "CASH", part: dict[str, Any] | None = None, **base: Any) -> dict[str, Any]:
    """A create request; `part` and `base` replace fields."""
    info = {**CARD["card"]["cash"]["base_info"], "date_info": TERM, **base}
    content = {**PARTS.get(kind, {TYPES[kind] or "x": "八折"}), **(part or {}), "base_info": info}
    return {"card": {"card_type": kind, kind.lower(): content}}


class Counter:
    """One rig, its main account and a token that stays good."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.state = rig, rig.main.wechat
        self.fans = self.state.followers

    def ask(self, path: str, **asked: Any) -> dict[str, Any]:
        """What /card/`path` answers."""
        return self.rig.wechat(f"/card/{path}", self.token(), asked)

    def token(self) -> str:
        """A token that is good now."""
        current = self.state.current
        return current.text if current and current.until > self.rig.clock() else self.rig.wechat_token()

    def code(self, path: str, **asked: Any) -> int:
        """Its errcode."""
        return self.ask(path, **asked)["errcode"]

    def see(self, path: str) -> dict[str, Any]:
        """What /card/`path` answers to a GET."""
        return self.rig.said("wechat", "GET", f"/card/{path}", {"access_token": self.token()})

    def make(self, kind: str = "CASH", part: dict[str, Any] | None = None, *, review: bool = True, **base: Any) -> str:
        """A card's id, reviewed unless told otherwise; the errcode when it was refused."""
        made = self.ask("create", **body(kind, part, **base))
        if made["errcode"]:
            return str(made["errcode"])
        if review:
            self.tell("card_approved", card_id=made["card_id"])
        return made["card_id"]

    def tell(self, fact: str, **said: Any) -> dict[str, Any]:
        """Tell a fact; its answer, whose `code` is "0" or what was refused."""
        return self.rig.tell(f"wechat.{fact}", **said)

    def take(self, card_id: str, fan: int = 0, **more: Any) -> str:
        """The code that a follower gets, or what is in the way."""
        return self.tell("card_received", card_id=card_id, openid=self.fans[fan], **more)["code"]

    def shown(self, card_id: str) -> dict[str, Any]:
        """A card's base_info."""
        card = self.ask("get", card_id=card_id)["card"]
        return card[card["card_type"].lower()]["base_info"]

    def happened(self, event: str) -> list[dict[str, Any]]:
        """The happenings of a name."""
        return [one for one in self.rig.events("happening") if one["action"] == event]
