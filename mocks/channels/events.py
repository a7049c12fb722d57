"""What the shop tells the merchant's server, and what it notes in the journal.

Law: one function pushes. A shop that has set no address is sent nothing, as at the vendor; the journal has every event.
"""

from __future__ import annotations

from typing import Any

from mocks.channels.fields import NAME
from mocks.channels.state import Order, Product, State
from mocks.desk import Desk
from sandbox.behaviour import Push


def tell(desk: Desk, state: State, event: str, sender: str = "", **fields: Any) -> None:
    """One event, with the vendor's head before its own fields. `sender` is the buyer it is about, if any."""
    now = desk.now()
    ids = {name: value for row in fields.values() if isinstance(row, dict) for name, value in row.items()}
    flat = {name: value for name, value in ids.items() if name.endswith("_id") or name == "status"}
    desk.record({"at": now, "kind": "happening", "account": state.account, "action": f"{NAME}.{event}", **flat})
    if not state.callback_url:
        return
    head = {
        "ToUserName": state.official.original_id,
        "FromUserName": sender or "OPENID",
        "CreateTime": now // 1000,
        "MsgType": "event",
        "Event": event,
    }
    desk.post(state.account, Push(f"{NAME}.{event}", {**head, **fields}, now))


def about_order(desk: Desk, state: State, order: Order, what: str, **fields: Any) -> None:
    """`channels_ec_order_*`: something happened to an order."""
    tell(
        desk, state, f"channels_ec_order_{what}", shown_to(state, order.openid), order_info={"order_id": order.id, **fields}
    )


def shown_to(state: State, openid: str) -> str:
    """A buyer's openid, as the merchant may see it: that of one who withdrew consent is nobody's (M18)."""
    return "" if openid in state.unsubscribed else openid


def audited(desk: Desk, state: State, product: Product, status: int) -> None:
    """`product_spu_audit`: 2 rejected, 3 passed."""
    body = {"product_id": product.id, "status": status, "reason": product.reason, "audit_info": ""}
    tell(desk, state, "product_spu_audit", ProductSpuAudit=body)


def updated(desk: Desk, state: State, product: Product) -> None:
    """`product_spu_update`: what is online is another thing."""
    tell(desk, state, "product_spu_update", ProductSpuUpdate={"product_id": product.id, "status": product.status})


def listed(desk: Desk, state: State, product: Product, reason: str = "") -> None:
    """`product_spu_listing`: the product's status is another one."""
    body = {"product_id": product.id, "status": product.status, "reason": reason}
    tell(desk, state, "product_spu_listing", ProductSpuListing=body)
