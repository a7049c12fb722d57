"""The table of the e-invoices: every endpoint, what performs it, and every fact that can be told.

Law: data. An action's name here is the one that rulebook and journal use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mocks.desk import Desk
from mocks.http import Answer, Endpoint
from sandbox.policy import Call, Signal

from . import authorising, issuing, making, reimbursing, titles

if TYPE_CHECKING:
    from mocks.wechat.state import State

Handler = Callable[[Desk, "State", Call], Answer]

_ROWS: Final[tuple[tuple[str, Handler, str], ...]] = (
    ("setbizattr", authorising.setbizattr, "设置与查询授权页字段, 商户号, 联系方式: settings of invoices"),
    ("getauthurl", authorising.getauthurl, "获取授权页链接: a page to ask for an invoice"),
    ("getauthdata", authorising.getauthdata, "查询授权完成状态: what the user said"),
    ("rejectinsert", authorising.rejectinsert, "拒绝开票: no invoice for an order"),
    ("seturl", issuing.seturl, "获取自身的开票平台识别码: the account as an invoicing platform"),
    ("platform/createcard", issuing.createcard, "创建发票卡券模板: a template of invoices"),
    ("platform/setpdf", issuing.setpdf, "上传 PDF: the file of an invoice"),
    ("platform/getpdf", issuing.getpdf, "查询已上传的 PDF: where it can be read"),
    ("platform/updatestatus", reimbursing.updatestatus, "更新发票卡券状态: the platform's word on an invoice"),
    ("insert", issuing.insert, "将电子发票卡券插入用户卡包: an invoice for a user"),
    ("reimburse/getinvoiceinfo", reimbursing.getinvoiceinfo, "查询报销发票信息: one invoice"),
    ("reimburse/getinvoicebatch", reimbursing.getinvoicebatch, "批量查询报销发票信息: several"),
    ("reimburse/updateinvoicestatus", reimbursing.updateinvoicestatus, "更新发票状态: lock, unlock, close"),
    ("reimburse/updatestatusbatch", reimbursing.updatestatusbatch, "批量更新发票状态: several, all or none"),
    ("biz/getusertitleurl", titles.getusertitleurl, "获取添加发票抬头链接: a title for the user"),
    ("biz/getselecttitleurl", titles.getselecttitleurl, "获取选择发票抬头链接: a title for the merchant"),
    ("scantitle", titles.scantitle, "扫描二维码获取抬头: a title that is shown"),
    ("makeoutinvoice", making.makeoutinvoice, "统一开票接口, 开具蓝票: make one out"),
    ("clearoutinvoice", making.clearoutinvoice, "统一开票接口, 发票冲红: make one void"),
    ("queryinvoceinfo", making.queryinvoceinfo, "统一开票接口, 查询已开发票: ask for one"),
)
"""Path below /card/invoice/, what performs it, what it is."""


def _action(path: str) -> str:
    return f"wechat.card.invoice_{path.rpartition('/')[2]}"


ENDPOINTS: Final = tuple(Endpoint("POST", f"/card/invoice/{path}", _action(path), summary) for path, _, summary in _ROWS)

ACTIONS: Final[Mapping[str, Handler]] = {_action(path): handler for path, handler, _ in _ROWS}

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wechat.invoice_authorized": authorising.authorised,
    "wechat.invoice_moved": reimbursing.moved,
    "wechat.invoices_chosen": reimbursing.chosen,
    "wechat.title_submitted": titles.submitted,
    "wechat.title_shown": titles.shown,
}
"""What users, and other reimbursers, do."""
