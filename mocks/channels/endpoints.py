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
    ("/window/product/add", "window_add", "上架商品到橱窗: into the shop window", ()),
    ("/window/product/get", "live_card", "获取橱窗商品详情: the live room's product card", ("V11", "V13")),
    ("/window/product/list/get", "window_list", "获取橱窗商品列表: what is in the window", ()),
    ("/window/product/off", "window_off", "下架橱窗商品: out of the window", ()),
)
"""Path, action, what it is, facts."""

BY_GET: Final = {"/basics/info/get", "/category/all", "/basics/shop/h5url/get"}
MOVED: Final = {
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
