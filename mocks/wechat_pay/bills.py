"""Bills: what was paid and given back on a day, and what that came to, as the vendor's CSV.

Law: computed from the orders when asked for. Figures are in yuan; every field but the heads begins with a backtick.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import money
from mocks.wechat_pay.fields import NAME, Field, Payload, check, text_of
from mocks.wechat_pay.state import Order, Refund, State, moment
from sandbox.clock import DAY
from sandbox.policy import Call

TRADE_HEAD: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
    "申请退款金额,费率备注"
)
TRADE_SUMS: Final = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FUND_HEAD: Final = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号"
FUND_SUMS: Final = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
DATE = Field("/bill_date", "账单日期", most=10, where="query")
KINDS = ("ALL", "SUCCESS", "REFUND")
ACCOUNTS = ("BASIC", "OPERATION", "FEES")


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def trade_bill(desk: Desk, state: State, call: Call) -> Answer:
    """All payments and refunds of a day, or those of one kind."""
    kind = text_of(call.payload, "/bill_type") or "ALL"
    if kind not in KINDS:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_bill_type"))
    return _bill(desk, state, call, f"trade/{kind}", lambda day: _trades(state, day, kind))


def fund_flow_bill(desk: Desk, state: State, call: Call) -> Answer:
    """Every movement of money on a day in one of the merchant's accounts."""
    account = text_of(call.payload, "/account_type") or "BASIC"
    if account not in ACCOUNTS:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_account_type"))
    return _bill(desk, state, call, f"fund/{account}", lambda day: _flows(state, day) if account == "BASIC" else "")


def _bill(desk: Desk, state: State, call: Call, kind: str, made: Any) -> Answer:
    packed = text_of(call.payload, "/tar_type")
    if packed not in ("", "GZIP"):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_tar_type"))
    day = _day(desk, call.payload)
    if isinstance(day, Answer):
        return day
    text: str = made(day)
    if not text:
        return Answer("NO_STATEMENT_EXIST")
    if refused := desk.ask(call):
        return refused
    plain = text.encode()
    token = state.derived(f"bill/{kind}/{day}/{packed}")
    state.files[token] = gzip.compress(plain, mtime=0) if packed else plain
    digest = hashlib.sha1(plain).hexdigest()  # noqa: S324 - the vendor's choice
    return Answer("0", {"hash_type": "SHA1", "hash_value": digest, "download_url": f"/v3/billdownload/file?token={token}"})


def _day(desk: Desk, asked: Payload) -> int | Answer:
    """When the day asked for began (ms); or why there is no bill of it."""
    if bad := check(desk, (DATE,), asked):
        return bad
    text, now = text_of(asked, "/bill_date"), desk.now()
    try:
        shape = re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)
        day = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000 - money.ZONE if shape else -1
    except ValueError:
        day = -1
    if day < 0 or day >= money.midnight(now) or day < now - desk.setting(NAME, "bill_kept"):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_bill_date"))
    return day if now >= day + DAY + desk.setting(NAME, "bill_ready") else Answer("STATEMENT_CREATING")


def download(desk: Desk, state: State, call: Call) -> Answer:
    """A bill that was asked for."""
    file = state.files.get(text_of(call.payload, "/token"))
    if file is None:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_file"))
    return desk.ask(call) or Answer("0", {"file": file})


def rows(orders: Iterable[Order], day: int) -> list[tuple[int, Order, Refund | None]]:
    """The payments and refunds of a day, in order of time. A refund that was closed never happened."""
    found: list[tuple[int, Order, Refund | None]] = []
    for order in orders:
        if day <= order.paid < day + DAY:
            found.append((order.paid, order, None))
        refunds = [one for one in order.refunds.values() if one.fate != "CLOSED"]
        found += [(one.created, order, one) for one in refunds if day <= one.created < day + DAY]
    return sorted(found, key=lambda row: (row[0], row[2] is not None))


def _trades(state: State, day: int, kind: str) -> str:
    wanted = {"ALL": (True, False), "SUCCESS": (False,), "REFUND": (True,)}[kind]
    found = [row for row in rows(state.orders.values(), day) if (row[2] is not None) in wanted]
    lines = [_trade(state, at, order, one) for at, order, one in found]
    return (
        _csv(TRADE_HEAD, [cells for cells, _ in lines], TRADE_SUMS, _sums([figures for _, figures in lines]))
        if lines
        else ""
    )


def _trade(state: State, at: int, order: Order, one: Refund | None) -> tuple[list[str], tuple[int, ...]]:
    """A line's cells, and what it adds to the sums: settled, refunded, coupon refunded, fee, total, asked to be refunded."""
    discount, settled = money.share(order, one, one.due) if one else (0, order.settlement_total)
    figures = (settled, 0, 0, money.fee(order, settled), order.total, 0)
    if one:
        coupon = discount if order.discount and order.discount.cash else 0
        figures = (0, settled, coupon, -money.fee_back(order, one), 0, one.fen)
    settles, back, cash, fee, total, asked = (yuan(value) for value in figures)
    who = [f"{moment(at):%Y-%m-%d %H:%M:%S}", order.appid, state.mchid, order.party or "0", order.device_id]
    what = [
        order.transaction_id,
        order.out_trade_no,
        order.openid,
        order.trade_type,
        "REFUND" if one else "SUCCESS",
        order.bank,
        "CNY",
    ]
    numbers = [one.refund_id if one else "0", one.out_refund_no if one else "0"]
    state_of = ["ORIGINAL" if one else "", one.status(one.due) if one else ""]
    points = f"{order.fee[0] / 100:.2f}%"
    tail = [order.description, order.attach, fee, points, total, asked, ""]
    return [*who, *what, settles, yuan(order.off), *numbers, back, cash, *state_of, *tail], figures


def _sums(figures: Sequence[tuple[int, ...]]) -> list[str]:
    sums = [sum(column) for column in zip(*figures, strict=True)]
    return [str(len(figures)), *(yuan(value) for value in sums)]


def _flows(state: State, day: int) -> str:
    """Payments in, fees out, refunds out, fees back in, with what the account holds after each."""
    held, lines = _before(state, day), list[list[str]]()
    ins, outs = list[int](), list[int]()
    for at, order, one in rows(state.orders.values(), day):
        settled = money.share(order, one, one.due)[1] if one else order.settlement_total
        fee = money.fee_back(order, one) if one else money.fee(order, settled)
        names = ("退款", "退款手续费返还") if one else ("交易", "扣除交易手续费")
        for name, fen in ((names[0], -settled if one else settled), (names[1], fee if one else -fee)):
            if fen:
                held += fen
                (ins if fen > 0 else outs).append(abs(fen))
                lines.append(_flow(state, at, order, name, fen, held))
    sums = [str(len(lines)), str(len(ins)), yuan(sum(ins)), str(len(outs)), yuan(sum(outs))]
    return _csv(FUND_HEAD, lines, FUND_SUMS, sums) if lines else ""


def _before(state: State, day: int) -> int:
    """What the account held when the day began, fen."""
    found = money.balance(state.orders.values(), day - 1)
    return found.paid - found.refunded - found.fees


def _flow(state: State, at: int, order: Order, name: str, fen: int, held: int) -> list[str]:
    number = state.derived(f"flow/{at}/{order.out_trade_no}/{name}")[:28]
    way = "收入" if fen > 0 else "支出"
    time = f"{moment(at):%Y-%m-%d %H:%M:%S}"
    return [
        time,
        order.transaction_id,
        number,
        name,
        name,
        way,
        yuan(abs(fen)),
        yuan(held),
        "system",
        "",
        order.out_trade_no,
    ]


def _csv(head: str, lines: Sequence[Sequence[str]], sums: str, figures: Sequence[str]) -> str:
    clean = [",".join("`" + re.sub(r"[,\r\n`]", " ", cell) for cell in line) for line in (*lines, figures)]
    return "\r\n".join((head, *clean[:-1], sums, clean[-1])) + "\r\n"
