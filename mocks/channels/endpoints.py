"""The Channels shop's table: every path that is served, beside the official account's own.

Law: data. Paths are the vendor's; some have moved from /channels/ec to /shop/ec with newer clients, and are served at both.
"""

from __future__ import annotations

from typing import Final

from mocks.http import Endpoint

EC: Final = "/channels/ec"
ROWS: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("/basics/info/get", "info", "获取店铺基本信息: the shop", ("M19",)),
    ("/basics/img/upload", "img_upload", "上传图片: a picture, for products", ("V06",)),
    ("/basics/qualification/upload", "qualification_upload", "上传资质图片: the picture of a paper", ()),
    ("/basics/media/get", "media_get", "获取图片: a picture that was uploaded", ()),
    ("/basics/addresscode/get", "address_code", "获取地址编码: areas and their codes", ()),
    ("/category/all", "category_all", "获取所有类目: every category", ()),
    ("/category/detail", "category_detail", "获取类目详情: what a category wants", ("V06",)),
    ("/category/availablesoncategories/get", "category_sons", "获取可用的子类目: the categories below one", ()),
    ("/category/add", "category_add", "上传类目资质: the right to a category", ()),
    ("/category/audit/get", "category_audit", "获取类目审核结果: how that fared", ()),
    ("/category/audit/cancel", "category_audit_cancel", "取消类目提审: take it back", ()),
    ("/category/list/get", "category_list", "获取账号申请通过的类目: the shop's categories", ()),
    ("/brand/all", "brand_all", "获取品牌库列表: the library of brands", ()),
    ("/brand/add", "brand_add", "新增品牌资质: the right to sell a brand", ("V01",)),
    ("/brand/update", "brand_update", "更新品牌资质: with other papers", ("V01",)),
    ("/brand/get", "brand_get", "获取品牌资质: one brand of the shop", ()),
    ("/brand/delete", "brand_delete", "删除品牌资质: give it up", ()),
    ("/brand/audit/cancel", "brand_audit_cancel", "撤回品牌资质审核: take it back", ()),
    ("/brand/list/get", "brand_list", "获取品牌资质列表: the shop's brands", ()),
    ("/brand/valid/list/get", "brand_valid", "获取生效中的品牌资质: what it may sell now", ()),
    ("/merchant/address/add", "address_add", "增加地址: an address", ()),
    ("/merchant/address/list", "address_list", "获取地址列表: addresses", ()),
    ("/merchant/address/get", "address_get", "获取地址详情: one address", ()),
    ("/merchant/address/update", "address_update", "更新地址: another address", ()),
    ("/merchant/address/delete", "address_delete", "删除地址: forget an address", ()),
    ("/merchant/addfreighttemplate", "template_add", "增加运费模板: a freight template", ("M10",)),
    ("/merchant/updatefreighttemplate", "template_add", "更新运费模板: another one in its place", ()),
    ("/merchant/getfreighttemplatelist", "template_list", "获取运费模板列表: freight templates", ()),
    ("/merchant/getfreighttemplatedetail", "template_get", "查询运费模板: one freight template", ()),
    ("/product/add", "product_add", "添加商品: a product, as a draft", ("V02", "V10", "M10")),
    ("/product/update", "product_update", "更新商品: another draft", ("V10",)),
    ("/product/auditfree", "product_auditfree", "免审更新商品: prices, without a review", ()),
    ("/product/get", "product_get", "获取商品: online, draft or both", ()),
    ("/product/list/get", "product_list", "获取商品列表: the ids of products", ()),
    ("/product/listing", "product_listing", "上架商品: hand in for review", ("V04", "V05", "V06", "M11", "M15", "V22")),
    ("/product/delisting", "product_delisting", "下架商品: off sale", ()),
    ("/product/delete", "product_delete", "删除商品: gone", ()),
    ("/product/audit/cancel", "product_audit_cancel", "撤回商品审核: back from its review", ()),
    ("/product/getauditquota", "product_audit_quota", "获取提审额度: reviews left today", ()),
    ("/product/h5url/get", "product_h5url", "获取商品 H5 短链: a link", ()),
    ("/product/qrcode/get", "product_qrcode", "获取商品二维码: a code to scan", ()),
    ("/product/taglink/get", "product_taglink", "获取商品口令: words that lead to it", ()),
    ("/product/scheme/get", "product_scheme", "获取商品 scheme: from a mini-program", ("V13",)),
    ("/product/stock/get", "stock_get", "获取库存: how many there are", ()),
    ("/product/stock/batchget", "stock_batch_get", "批量获取库存: of several products", ()),
    ("/product/stock/update", "stock_update", "更新库存: more, less, so many", ("V13",)),
    ("/product/stock/getflow", "stock_flow", "获取库存流水: every change of it", ()),
    ("/product/limiteddiscounttask/add", "flash_add", "添加限时抢购: a flash sale", ()),
    ("/product/limiteddiscounttask/list/get", "flash_list", "获取限时抢购列表: flash sales", ()),
    ("/product/limiteddiscounttask/stop", "flash_stop", "停止限时抢购: before its time", ()),
    ("/product/limiteddiscounttask/delete", "flash_delete", "删除限时抢购: forget it", ()),
    ("/window/product/add", "window_add", "上架商品到橱窗: into the shop window", ()),
    ("/window/product/get", "live_card", "获取橱窗商品详情: the live room's product card", ("V11", "V13")),
    ("/window/product/list/get", "window_list", "获取橱窗商品列表: what is in the window", ()),
    ("/window/product/off", "window_off", "下架橱窗商品: out of the window", ()),
    ("/order/list/get", "order_list", "获取订单列表: the ids of orders", ("V03",)),
    ("/order/search", "order_search", "订单搜索: orders by what is known of them", ()),
    ("/order/get", "order_get", "获取订单详情: one order", ("V13", "M18")),
    ("/order/deliverycompanylist/get", "order_companies", "获取快递公司列表: couriers", ()),
    ("/order/deliverycompanylist/new/get", "order_companies", "获取快递公司列表 (新): couriers", ()),
    ("/order/delivery/send", "order_send", "订单发货: ship", ("V13", "M10")),
    ("/order/deliveryinfo/update", "order_delivery_update", "修改物流信息: another courier or number", ()),
    ("/order/price/update", "order_price", "修改订单价格: another price, before it is paid", ()),
    ("/order/merchantnotes/update", "order_notes", "修改订单备注: the merchant's note", ()),
    ("/order/address/update", "order_address", "修改订单地址: another address", ()),
    ("/order/addressmodify/accept", "order_address_accept", "同意修改收货地址: the buyer's wish holds", ()),
    ("/order/addressmodify/reject", "order_address_reject", "拒绝修改收货地址: it does not", ()),
    ("/order/sensitiveinfo/decode", "order_decode", "解码订单敏感数据: the address in clear", ("M18",)),
    ("/order/virtualtelnumber/get", "order_virtual_number", "兑换虚拟号: a number for a while", ()),
    ("/order/freshinspect/submit", "order_fresh_inspect", "上传生鲜质检信息: papers about fresh goods", ()),
    ("/aftersale/getaftersalelist", "aftersale_list", "获取售后列表: the ids of after-sale orders", ()),
    ("/aftersale/getaftersaleorder", "aftersale_get", "获取售后单: one of them", ()),
    ("/aftersale/acceptapply", "aftersale_accept", "同意售后: agree, pay back", ()),
    ("/aftersale/rejectapply", "aftersale_reject", "拒绝售后: refuse", ()),
    ("/aftersale/merchantupdateaftersale", "aftersale_negotiate", "商家协商: propose something else", ()),
    ("/aftersale/uploadrefundcertificate", "aftersale_certificate", "上传退款凭证: proof", ()),
    ("/aftersale/genaftersaleorder", "aftersale_generate", "生成售后单: in the buyer's place", ()),
    ("/aftersale/acceptexchangereship", "aftersale_reship", "换货发货: send other goods", ()),
    ("/aftersale/rejectexchangereship", "aftersale_reship_reject", "换货拒绝发货: send none", ()),
    ("/aftersale/refundpricediff", "aftersale_difference", "代用户发起退差价: pay the difference of a price", ()),
    ("/aftersale/reason/get", "aftersale_reasons", "获取售后原因: why", ()),
    ("/aftersale/rejectreason/get", "aftersale_reject_reasons", "获取拒绝售后原因: why not", ()),
    ("/aftersale/addcomplaintmaterial", "complaint_material", "补充纠纷单留言: say something to a complaint", ("V18",)),
    ("/aftersale/addcomplaintproof", "complaint_proof", "商家举证: prove something", ("V18",)),
    ("/aftersale/getcomplaintorder", "complaint_get", "获取纠纷单: what has been said", ("V18",)),
    ("/coupon/create", "coupon_create", "创建优惠券: a coupon", ()),
    ("/coupon/update", "coupon_update", "更新优惠券: another content", ()),
    ("/coupon/update_status", "coupon_status", "更新优惠券状态: to use, void, deleted", ()),
    ("/coupon/get", "coupon_get", "获取优惠券详情: one coupon", ()),
    ("/coupon/get_list", "coupon_list", "获取优惠券列表: the ids of coupons", ()),
    ("/coupon/get_user_coupon_list", "coupon_user_list", "获取用户优惠券列表: what a buyer holds", ()),
    ("/coupon/get_user_coupon", "coupon_user_get", "获取用户优惠券详情: one of them", ()),
    ("/coupon/push", "coupon_push", "发放优惠券: into a buyer's pocket", ("M18",)),
    ("/funds/getbalance", "balance", "获取账户余额: the shop's money", ()),
    ("/funds/getbankacct", "bank", "获取结算账户: where it is paid to", ("V25",)),
    ("/funds/setbankacct", "set_bank", "修改结算账户: another account", ("V25",)),
)
"""Path, action, what it is, facts."""

BY_GET: Final = {"/basics/info/get", "/category/all", "/category/list/get"}
MOVED: Final = {
    "/brand/all",
    "/brand/add",
    "/brand/audit/cancel",
    "/basics/img/upload",
    "/basics/qualification/upload",
    "/category/all",
    "/category/detail",
    "/category/audit/cancel",
}
"""Paths that newer clients look for under /shop/ec."""

UPLOADS: Final = {
    f"{root}{path}" for root in (EC, "/shop/ec") for path in ("/basics/img/upload", "/basics/qualification/upload")
}
"""Paths that take a file, or JSON, and whose query says more."""


def _endpoint(root: str, path: str, action: str, summary: str, facts: tuple[str, ...]) -> Endpoint:
    method = "GET" if path in BY_GET else "POST"
    return Endpoint(method, root + path, f"channels.{action}", summary, facts=facts)


ENDPOINTS: Final = (
    *(_endpoint(EC, *row) for row in ROWS),
    *(_endpoint("/shop/ec", *row) for row in ROWS if row[0] in MOVED),
)
"""The whole table."""
