"""The table of the gift cards: every endpoint, what performs it, and every fact that can be told.

Law: data. An action's name here is the one that rulebook and journal use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mocks.desk import Desk
from mocks.http import Answer, Endpoint
from sandbox.policy import Call, Signal

from . import orders, pages

if TYPE_CHECKING:
    from mocks.wechat.state import State

Handler = Callable[[Desk, "State", Call], Answer]

_ROWS: Final[tuple[tuple[str, Handler, str], ...]] = (
    ("page/add", pages.add, "创建礼品卡货架: a page that sells gift cards"),
    ("page/get", pages.get, "查询礼品卡货架: one page"),
    ("page/update", pages.update, "修改礼品卡货架: change a page"),
    ("page/batchget", pages.batchget, "查询礼品卡货架列表: the pages' ids"),
    ("maintain/set", pages.maintain, "下架礼品卡货架: shut pages, or open them"),
    ("pay/whitelist/add", pages.whitelist, "申请微信支付礼品卡权限: a mini-program asks to be paid"),
    ("pay/submch/bind", pages.bind, "绑定商户号到礼品卡小程序: to whom it is paid"),
    ("wxa/set", pages.show, "上传小程序代码: which page it shows"),
    ("order/get", orders.get, "查询单个礼品卡订单: one order"),
    ("order/batchget", orders.batchget, "批量查询礼品卡订单: orders of a span of time"),
    ("order/refund", orders.refund, "礼品卡订单退款: pay an order back"),
)
"""Path below /card/giftcard/, what performs it, what it is."""


def _action(path: str) -> str:
    return f"wechat.card.giftcard_{path.replace('/', '_')}"


ENDPOINTS: Final = tuple(Endpoint("POST", f"/card/giftcard/{path}", _action(path), summary) for path, _, summary in _ROWS)

ACTIONS: Final[Mapping[str, Handler]] = {_action(path): handler for path, handler, _ in _ROWS}

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wechat.giftcards_bought": orders.bought,
    "wechat.giftcards_sent": orders.sent,
    "wechat.giftcards_accepted": orders.accepted,
}
"""What buyers and their friends do."""
