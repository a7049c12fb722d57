"""The tables of the cards: every endpoint, what performs it, and every fact that can be told.

Law: data. An action's name here is the one that rulebook and journal use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mocks.desk import Desk
from mocks.http import Answer, Endpoint
from sandbox.policy import Call, Signal

from . import (
    activities,
    claiming,
    creating,
    delivering,
    giving,
    members,
    merchants,
    paying,
    redeeming,
    review,
    standing,
    stocking,
    stores,
)

if TYPE_CHECKING:
    from mocks.wechat.state import State

Handler = Callable[[Desk, "State", Call], Answer]
Row = tuple[str, str, Handler, str, tuple[str, ...]]

_ROWS: Final[tuple[Row, ...]] = (
    ("create", "create", creating.create, "创建卡券: a new card", ("K07", "K08", "K09", "K10", "A08", "A13", "A15")),
    ("get", "get", creating.get, "查看卡券详情: the whole card", ("K07",)),
    ("batchget", "batchget", creating.batchget, "批量查询卡券列表: the cards' ids", ()),
    ("update", "update", creating.update, "更改卡券信息: change a card", ("A14",)),
    ("delete", "delete", creating.delete, "删除卡券: take a card away", ()),
    ("modifystock", "modifystock", stocking.modifystock, "修改库存: more or less stock", ()),
    ("code/deposit", "deposit", stocking.deposit, "导入 code: bulk import of codes", ("A10", "A30")),
    (
        "code/getdepositcount",
        "depositcount",
        stocking.depositcount,
        "查询导入 code 数目: how many codes were imported",
        ("A30",),
    ),
    ("code/checkcode", "checkcode", stocking.checkcode, "核查 code: which codes were imported", ("A30",)),
    ("code/get", "code_get", redeeming.code_get, "查询 code: what a code is worth", ()),
    ("code/consume", "consume", redeeming.consume, "核销 code: redeem a code", ("K07", "A09")),
    ("code/update", "code_update", redeeming.update, "更改 code: another code for the same card", ()),
    ("code/unavailable", "unavailable", redeeming.unavailable, "设置卡券失效: make a code worthless", ()),
    ("code/decrypt", "decrypt", redeeming.decrypt, "code 解码: what a phone has encrypted", ()),
    ("code/mark", "mark", redeeming.mark, "mark code: keep a code for one user", ()),
    ("user/getcardlist", "getcardlist", redeeming.getcardlist, "获取用户已领取卡券: a user's cards", ()),
    ("qrcode/create", "qrcode", delivering.qrcode, "创建二维码: a code to scan for cards", ("M12",)),
    ("landingpage/create", "landingpage", delivering.landingpage, "创建货架: a page of cards", ()),
    ("mpnews/gethtml", "gethtml", delivering.gethtml, "图文消息群发卡券: a card for an article", ()),
    ("testwhitelist/set", "testwhitelist", delivering.testwhitelist, "设置测试白名单: who may test cards", ("K07",)),
    ("paycell/set", "paycell", delivering.set_paycell, "设置买单: the payment cell", ()),
    (
        "selfconsumecell/set",
        "selfconsumecell",
        delivering.set_selfconsumecell,
        "设置自助核销: users redeem by themselves",
        (),
    ),
    ("membercard/activate", "activate", members.activate, "激活会员卡: make somebody a member", ()),
    ("membercard/updateuser", "updateuser", members.updateuser, "更新会员信息: points and balance", ()),
    ("membercard/userinfo/get", "userinfo", members.userinfo, "拉取会员信息: what is known of a member", ("M18",)),
    ("membercard/activateuserform/set", "userform", members.set_form, "设置开卡字段: what a member fills in", ()),
    ("membercard/activate/geturl", "activate_url", members.activate_url, "获取开卡插件参数: where a user activates", ()),
    ("membercard/activatetempinfo/get", "tempinfo", members.tempinfo, "获取开卡信息: what a user filled in", ()),
    ("paygiftcard/add", "gift_add", paying.add_rule, "新增支付后投放卡券规则: a card after a payment", ()),
    ("paygiftcard/delete", "gift_delete", paying.delete_rule, "删除支付后投放卡券规则: take a rule away", ()),
    ("paygiftcard/getbyid", "gift_get", paying.get_rule, "查询支付后投放卡券规则: one rule", ()),
    ("paygiftcard/batchget", "gift_batchget", paying.batchget_rules, "批量查询支付后投放卡券规则: rules", ()),
    ("pay/getpayprice", "pay_price", paying.price, "对优惠券批价: what more stock costs", ()),
    ("pay/confirm", "pay_confirm", paying.confirm, "确认兑换库存: pay for stock with points", ()),
    ("pay/recharge", "pay_recharge", paying.recharge, "充值券点: buy points", ()),
    ("pay/getorder", "pay_order", paying.getorder, "查询订单详情: an order of points", ()),
    ("pay/getorderlist", "pay_orders", paying.getorderlist, "查询券点流水: orders of points", ()),
    ("submerchant/submit", "merchant_submit", merchants.submit, "创建子商户: a sub-merchant", ()),
    ("submerchant/update", "merchant_update", merchants.update, "更新子商户: change a sub-merchant", ()),
    ("submerchant/get", "merchant_get", merchants.get, "拉取单个子商户: one sub-merchant", ()),
    ("submerchant/batchget", "merchant_batchget", merchants.batchget, "批量拉取子商户: sub-merchants", ()),
    ("location/batchadd", "locations_add", merchants.add_locations, "批量导入门店: stores of the old kind", ("A29",)),
    ("location/batchget", "locations_get", merchants.get_locations, "拉取门店列表: stores of the old kind", ("A29",)),
    ("movieticket/updateuser", "movieticket", merchants.fill_in, "更新电影票: a holder's seat", ()),
    ("meetingticket/updateuser", "meetingticket", merchants.fill_in, "更新会议门票: a holder's place", ()),
    ("boardingpass/checkin", "boardingpass", merchants.fill_in, "更新飞机票: check a holder in", ()),
    ("luckymoney/updateuserbalance", "luckymoney", merchants.fill_in, "更新红包金额: a holder's balance", ()),
    ("storewxa/set", "storewxa_set", activities.set_store, "门店小程序卡券: the card that a store shows", ()),
    ("storewxa/get", "storewxa_get", activities.get_store, "查询门店小程序卡券: which card that is", ()),
    ("mkt/activity/create", "activity", activities.create, "创建支付后领取立减金活动: a package of cards", ()),
    ("generalcard/updateuser", "generalcard", merchants.fill_in, "更新通用卡: a holder's data", ()),
)
"""Path below /card/, action below wechat.card., what performs it, what it is, facts."""

_ASKED: Final[tuple[Row, ...]] = (
    ("getcolors", "colors", creating.colors, "获取颜色列表: the colours of a card", ()),
    ("getapplyprotocol", "applyprotocol", merchants.applyprotocol, "卡券开放类目查询: the trades there are", ("A06",)),
    ("pay/activate", "pay_activate", paying.activate, "开通券点账户: open the account of points", ()),
    ("pay/getcoinsinfo", "pay_coins", paying.coins, "查询券点余额: how many points there are", ()),
)
"""The same, asked with GET."""

ENDPOINTS: Final = tuple(
    Endpoint(method, f"/card/{path}", f"wechat.card.{action}", summary, facts=facts)
    for method, rows in (("POST", _ROWS), ("GET", _ASKED))
    for path, action, _, summary, facts in rows
)

ACTIONS: Final[Mapping[str, Handler]] = {f"wechat.card.{action}": handler for _, action, handler, _, _ in _ROWS + _ASKED}

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wechat.card_approved": review.approved,
    "wechat.card_received": claiming.received,
    "wechat.card_dispatched": standing.dispatched,
    "wechat.card_gifted": giving.gifted,
    "wechat.card_accepted": giving.accepted,
    "wechat.card_deleted": giving.deleted,
    "wechat.card_refunded": giving.refunded,
    "wechat.card_viewed": giving.viewed,
    "wechat.card_session": giving.entered,
    "wechat.card_redeemed": stores.redeemed,
    "wechat.package_taken": activities.taken,
    "wechat.card_staff": stores.staffed,
    "wechat.member_submitted": members.submitted,
    "wechat.member_purchased": members.purchased,
    "wechat.coins_recharged": paying.recharged,
    "wechat.licence": standing.licensed,
    "wechat.category_changed": standing.changed_trade,
    "wechat.permission": standing.permitted,
    "wechat.linked": standing.linked,
    "wechat.subscription": standing.subscribed,
}
"""What people, the console and the vendor's employees do."""
