"""What happens to an account's cards, by the names of the vendor's events: noted in the journal, and told to the merchant's server.

Law: one function. A happening is a fact that has already come about; nothing is decided here. `fields` are the event's own
elements as they stand in its XML (strings and whole numbers), without ToUserName, FromUserName, CreateTime, MsgType and Event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.wechat.figures import count
from mocks.wechat.state import State
from sandbox.behaviour import Push

KIND, TOPIC = "happening", "wechat.event"

EVENTS: Final = frozenset(
    {
        "card_pass_check",
        "card_not_pass_check",
        "user_get_card",
        "user_gifting_card",
        "user_del_card",
        "user_consume_card",
        "user_pay_from_pay_cell",
        "user_view_card",
        "user_enter_session_from_card",
        "update_member_card",
        "submit_membercard_user_info",
        "card_sku_remind",
        "card_pay_order",
        "card_merchant_check_result",
        "giftcard_pay_done",
        "giftcard_send_to_friend",
        "giftcard_user_accept",
        "user_authorize_invoice",
        "update_invoice_status",
        "submit_invoice_title",
        "cloud_invoice_invoiceresult_event",
    }
)
"""Every event that cards and invoices can give rise to."""


def happened(desk: Desk, state: State, event: str, openid: str = "", user: int = -1, **fields: str | int) -> None:
    """Note one happening, and post it when the account has an address for events. Without `openid` it is the account's own.

    `user` is the card's number of that user, where it is known already. The push's body is the event's elements: FromUserName and
    Event first, then `fields` in the order given.
    """
    note(desk, state, event, openid, user, fields)


def note(desk: Desk, state: State, event: str, openid: str, user: int, fields: Mapping[str, str | int]) -> None:
    """As `happened`, with the fields in one mapping: redemptions come by the thousand."""
    now = desk.now()
    if user < 0 and openid and (card := state.cards.get(str(fields.get("CardId")))):
        user = card.codes.users.find(openid)
    count(state.office.figures, now, event, user, fields)
    desk.record({"at": now, "kind": KIND, "account": state.account, "action": event, "openid": openid, **fields})
    if state.callback_url:
        body = {"FromUserName": openid or state.original_id, "Event": event, **fields}
        desk.post(state.account, Push(TOPIC, body, now))
