"""Where everything is at WeChat Pay: the one table that documentation, routing and the README are made from.

Law: a table.
"""

from __future__ import annotations

from mocks.http import Endpoint

PAY, PARTNER, COMBINED = "/v3/pay/transactions", "/v3/pay/partner/transactions", "/v3/combine-transactions"

ENDPOINTS = (
    Endpoint("POST", f"{PAY}/jsapi", "wechat_pay.pay_jsapi", "JSAPI下单: pay in an official account", facts=("M08",)),
    Endpoint("POST", f"{PAY}/app", "wechat_pay.pay_app", "APP下单: pay in an app"),
    Endpoint("POST", f"{PAY}/native", "wechat_pay.pay_native", "Native下单: pay by a QR code"),
    Endpoint("POST", f"{PAY}/h5", "wechat_pay.pay_h5", "H5下单: pay in a browser", facts=("M08",)),
    Endpoint("POST", f"{PAY}/codepay", "wechat_pay.pay_codepay", "付款码支付: the cashier scans the buyer's code"),
    Endpoint("GET", f"{PAY}/id/{{transaction_id}}", "wechat_pay.order_by_id", "微信支付订单号查询: one transaction"),
    Endpoint("GET", f"{PAY}/out-trade-no/{{out_trade_no}}", "wechat_pay.order_by_no", "商户订单号查询: one transaction"),
    Endpoint(
        "POST", f"{PAY}/out-trade-no/{{out_trade_no}}/close", "wechat_pay.order_close", "关闭订单: close an unpaid order"
    ),
    Endpoint(
        "POST", f"{PAY}/out-trade-no/{{out_trade_no}}/reverse", "wechat_pay.order_reverse", "撤销订单: take a scan back"
    ),
    Endpoint("POST", f"{PARTNER}/jsapi", "wechat_pay.partner_jsapi", "JSAPI下单, for a sub-merchant"),
    Endpoint("POST", f"{PARTNER}/app", "wechat_pay.partner_app", "APP下单, for a sub-merchant"),
    Endpoint("POST", f"{PARTNER}/native", "wechat_pay.partner_native", "Native下单, for a sub-merchant"),
    Endpoint("POST", f"{PARTNER}/h5", "wechat_pay.partner_h5", "H5下单, for a sub-merchant"),
    Endpoint(
        "GET", f"{PARTNER}/id/{{transaction_id}}", "wechat_pay.partner_by_id", "A sub-merchant's transaction, by our number"
    ),
    Endpoint(
        "GET",
        f"{PARTNER}/out-trade-no/{{out_trade_no}}",
        "wechat_pay.partner_by_no",
        "A sub-merchant's transaction, by its own",
    ),
    Endpoint(
        "POST", f"{PARTNER}/out-trade-no/{{out_trade_no}}/close", "wechat_pay.partner_close", "Close a sub-merchant's order"
    ),
    *(
        Endpoint("POST", f"{COMBINED}/{kind}", f"wechat_pay.combined_{kind}", f"合单下单: several orders at once, {kind}")
        for kind in ("jsapi", "app", "native", "h5")
    ),
    Endpoint(
        "GET", f"{COMBINED}/out-trade-no/{{combine_out_trade_no}}", "wechat_pay.combined_by_no", "合单查询: a combined order"
    ),
    Endpoint(
        "POST", f"{COMBINED}/out-trade-no/{{combine_out_trade_no}}/close", "wechat_pay.combined_close", "合单关闭: close it"
    ),
    Endpoint("POST", "/v3/refund/domestic/refunds", "wechat_pay.refund", "申请退款: give money back"),
    Endpoint("GET", "/v3/refund/domestic/refunds/{out_refund_no}", "wechat_pay.refund_query", "查询单笔退款: one refund"),
    Endpoint("GET", "/v3/bill/tradebill", "wechat_pay.trade_bill", "申请交易账单: the payments and refunds of a day"),
    Endpoint("GET", "/v3/bill/fundflowbill", "wechat_pay.fund_flow_bill", "申请资金账单: the money of a day"),
    Endpoint("GET", "/v3/billdownload/file", "wechat_pay.bill_file", "下载账单: the file, unsigned", bare=True),
    Endpoint("GET", "/v3/certificates", "wechat_pay.certificates", "下载平台证书: the platform's certificates"),
    Endpoint(
        "GET",
        "/v3/merchant/fund/balance/{account_type}",
        "wechat_pay.balance",
        "查询账户实时余额: what is settled, and what is not yet",
        facts=("V07", "V08", "V09"),
    ),
)
"""Every endpoint."""
