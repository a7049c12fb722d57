"""WeChat Pay's domain in one table: what it can be asked to do, and which facts change it.

Law: composition only; the areas hold the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mocks.desk import Desk
from mocks.faults import choosing
from mocks.http import Answer
from mocks.trouble import troubling
from mocks.wechat_pay import (
    bills,
    busichanges,
    busicoupons,
    busifavor,
    buyers,
    callbacks,
    combined,
    coupons,
    favor,
    favor_flows,
    legacy,
    legacy_tools,
    lookups,
    media,
    merchants,
    notices,
    orders,
    refunds,
    sharing,
    subsidies,
)
from mocks.wechat_pay.seed import new
from mocks.wechat_pay.state import State
from sandbox.policy import Call, Signal

__all__ = ["ACTIONS", "SIGNALS", "State", "new"]

TROUBLES: Final = ("SYSTEM_ERROR", "BANK_ERROR", "SERVICE_UNAVAILABLE", "FREQUENCY_LIMITED", "ACCOUNT_ERROR")
"""What every v3 call may be answered: the platform has a bad moment, or something is the matter with the merchant."""

ACTIONS: Final[Mapping[str, Callable[[Desk, State, Call], Answer]]] = {
    **{f"wechat_pay.pay_{name}": orders.place(way) for name, way in orders.WAYS.items()},
    **{f"wechat_pay.partner_{name}": orders.place(way) for name, way in orders.PARTNER_WAYS.items()},
    "wechat_pay.pay_codepay": orders.codepay(partner=False),
    "wechat_pay.partner_codepay": orders.codepay(partner=True),
    "wechat_pay.order_by_id": lookups.order_by(lookups.TRANSACTION, partner=False),
    "wechat_pay.order_by_no": lookups.order_by(lookups.IN_PATH, partner=False),
    "wechat_pay.order_close": lookups.ending(lookups.close, partner=False),
    "wechat_pay.order_reverse": lookups.reverse(partner=False),
    "wechat_pay.partner_reverse": lookups.reverse(partner=True),
    "wechat_pay.partner_by_id": lookups.order_by(lookups.TRANSACTION, partner=True),
    "wechat_pay.partner_by_no": lookups.order_by(lookups.IN_PATH, partner=True),
    "wechat_pay.partner_close": lookups.ending(lookups.close, partner=True),
    **{f"wechat_pay.combined_{kind}": combined.place(kind) for kind in orders.WAYS},
    "wechat_pay.combined_by_no": combined.query,
    "wechat_pay.combined_close": combined.close,
    "wechat_pay.refund": refunds.create,
    "wechat_pay.refund_query": refunds.query,
    "wechat_pay.refund_abnormal": refunds.apply_abnormal,
    "wechat_pay.sharing_receiver_add": sharing.add,
    "wechat_pay.sharing_receiver_delete": sharing.delete,
    "wechat_pay.sharing": sharing.share,
    "wechat_pay.sharing_unfreeze": sharing.unfreeze,
    "wechat_pay.sharing_query": sharing.query,
    "wechat_pay.sharing_return": sharing.give_back,
    "wechat_pay.sharing_return_query": sharing.return_query,
    "wechat_pay.sharing_amounts": sharing.amounts,
    "wechat_pay.sharing_config": sharing.config,
    "wechat_pay.favor_create": coupons.create(favor.FAVOR),
    **{f"wechat_pay.favor_{name}": favor.move(name) for name in favor.MOVES},
    "wechat_pay.favor_stocks": favor.listed,
    "wechat_pay.favor_stock": favor.show,
    "wechat_pay.favor_send": favor.send,
    "wechat_pay.favor_of_user": coupons.of_user(favor.FAVOR),
    "wechat_pay.favor_coupon": coupons.coupon(favor.FAVOR),
    **{f"wechat_pay.favor_{name}": favor_flows.listed(name) for name in favor_flows.LISTS},
    **{f"wechat_pay.favor_{name}_flow": favor_flows.flow(name) for name in ("use", "refund")},
    **{action: media.upload(action) for action in media.KINDS},
    **{f"wechat_pay.{kind}_callback_set": callbacks.put(kind) for kind in ("favor", "busifavor")},
    **{f"wechat_pay.{kind}_callback_get": callbacks.get(kind) for kind in ("favor", "busifavor")},
    "wechat_pay.busifavor_create": coupons.create(busifavor.BUSIFAVOR),
    "wechat_pay.busifavor_modify": busichanges.modify,
    "wechat_pay.busifavor_budget": busichanges.budget,
    "wechat_pay.busifavor_send_card": busifavor.send_card,
    **{f"wechat_pay.subsidy_{name}": subsidies.settle(name) for name in subsidies.KINDS},
    **{f"wechat_pay.subsidy_{name}_query": subsidies.show(name) for name in subsidies.KINDS},
    **{f"wechat_pay.subsidy_{name}_list": subsidies.listed(name) for name in subsidies.KINDS},
    "wechat_pay.busifavor_stock": busifavor.show,
    "wechat_pay.busifavor_codes": busifavor.upload,
    "wechat_pay.busifavor_send": busifavor.send,
    **{f"wechat_pay.busifavor_{name}": busicoupons.change(name) for name in busicoupons.CHANGES},
    "wechat_pay.busifavor_of_user": coupons.of_user(busifavor.BUSIFAVOR),
    "wechat_pay.busifavor_coupon": coupons.coupon(busifavor.BUSIFAVOR),
    "wechat_pay.v2_order": legacy.unified_order,
    "wechat_pay.v2_query": legacy.order_query,
    "wechat_pay.v2_close": legacy.close_order,
    "wechat_pay.v2_refund": legacy.refund,
    "wechat_pay.v2_refund_query": legacy.refund_query,
    "wechat_pay.v2_micropay": legacy_tools.micropay,
    "wechat_pay.v2_reverse": legacy_tools.reverse,
    "wechat_pay.v2_bill": legacy_tools.bill("trade"),
    "wechat_pay.v2_fund_flow": legacy_tools.bill("fund"),
    "wechat_pay.v2_trial_key": legacy_tools.trial_key,
    "wechat_pay.v2_short_url": legacy_tools.short_url,
    "wechat_pay.v2_openid": legacy_tools.openid_of_code,
    "wechat_pay.v2_coupon": legacy_tools.send_coupon,
    "wechat_pay.v2_coupon_stock": legacy_tools.query_stock,
    "wechat_pay.v2_coupon_query": legacy_tools.query_coupon,
    "wechat_pay.trade_bill": bills.trade_bill,
    "wechat_pay.fund_flow_bill": bills.fund_flow_bill,
    "wechat_pay.bill_file": bills.download,
    "wechat_pay.certificates": merchants.certificates,
    "wechat_pay.balance": merchants.balance,
}
"""What this platform can be asked to do."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wechat_pay.paid": buyers.pay,
    "wechat_pay.buyers": buyers.by_chance,
    "wechat_pay.refund_ends": refunds.ends,
    "wechat_pay.notice_taken": notices.taken,
    "wechat_pay.rotate_key": merchants.rotate,
    "wechat_pay.probe_answers": merchants.probe,
    "wechat_pay.terms": merchants.agree,
    "wechat_pay.trouble": troubling("0", "PARAM_ERROR", TROUBLES),
    "wechat_pay.push_faults": choosing("0", "PARAM_ERROR", "probe"),
}
"""What happens here when a fact of the domain is told."""
