"""Where everything is at WeChat Pay: the one table that documentation, routing and the README are made from.

Law: a table.
"""

from __future__ import annotations

from dataclasses import replace

from mocks.http import Endpoint

PAY, PARTNER, COMBINED = "/v3/pay/transactions", "/v3/pay/partner/transactions", "/v3/combine-transactions"
FAVOR, BUSIFAVOR = "/v3/marketing/favor", "/v3/marketing/busifavor"
TRIAL = "/sandboxnew"
SHARING, REFUNDS = "/v3/profitsharing", "/v3/refund/domestic/refunds"

LEGACY = (
    Endpoint("POST", "/pay/unifiedorder", "wechat_pay.v2_order", "v2 统一下单: ask for a payment in XML", open=True),
    Endpoint("POST", "/pay/orderquery", "wechat_pay.v2_query", "v2 查询订单: one order", open=True),
    Endpoint("POST", "/pay/closeorder", "wechat_pay.v2_close", "v2 关闭订单: close an unpaid order", open=True),
    Endpoint("POST", "/secapi/pay/refund", "wechat_pay.v2_refund", "v2 申请退款: give money back", open=True),
    Endpoint("POST", "/pay/refundquery", "wechat_pay.v2_refund_query", "v2 查询退款: refunds", open=True),
    Endpoint("POST", "/pay/micropay", "wechat_pay.v2_micropay", "v2 付款码支付: the cashier scans the code", open=True),
    Endpoint("POST", "/secapi/pay/reverse", "wechat_pay.v2_reverse", "v2 撤销订单: take a scan back", open=True),
    Endpoint("POST", "/pay/downloadbill", "wechat_pay.v2_bill", "v2 下载交易账单: a day's trades as text", open=True),
    Endpoint("POST", "/pay/downloadfundflow", "wechat_pay.v2_fund_flow", "v2 下载资金账单: a day's money", open=True),
    Endpoint("POST", "/tools/shorturl", "wechat_pay.v2_short_url", "v2 转换短链接: a short link", open=True),
    Endpoint("POST", "/tools/authcodetoopenid", "wechat_pay.v2_openid", "v2 付款码查询openid: whose code it is", open=True),
    Endpoint("POST", "/mmpaymkttransfers/send_coupon", "wechat_pay.v2_coupon", "v2 发放代金券: send a coupon", open=True),
    Endpoint(
        "POST",
        "/mmpaymkttransfers/query_coupon_stock",
        "wechat_pay.v2_coupon_stock",
        "v2 查询代金券批次: a stock",
        open=True,
    ),
    Endpoint(
        "POST",
        "/mmpaymkttransfers/querycouponsinfo",
        "wechat_pay.v2_coupon_query",
        "v2 查询代金券信息: one coupon",
        open=True,
    ),
    Endpoint("POST", "/promotion/query_coupon", "wechat_pay.v2_coupon_query", "v2 查询代金券: one coupon", open=True),
)
"""The legacy interface; the vendor has all of it once more to try with."""

ENDPOINTS = (
    Endpoint("POST", f"{PAY}/jsapi", "wechat_pay.pay_jsapi", "JSAPI下单: pay in an official account", facts=("M08",)),
    Endpoint("POST", f"{PAY}/app", "wechat_pay.pay_app", "APP下单: pay in an app"),
    Endpoint("POST", f"{PAY}/native", "wechat_pay.pay_native", "Native下单: pay by a QR code"),
    Endpoint("POST", f"{PAY}/h5", "wechat_pay.pay_h5", "H5下单: pay in a browser", facts=("M08",)),
    Endpoint("POST", f"{PAY}/codepay", "wechat_pay.pay_codepay", "付款码支付: the cashier scans the buyer's code"),
    Endpoint("POST", f"{PARTNER}/codepay", "wechat_pay.partner_codepay", "付款码支付, for a sub-merchant"),
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
    Endpoint(
        "POST",
        f"{PARTNER}/out-trade-no/{{out_trade_no}}/reverse",
        "wechat_pay.partner_reverse",
        "撤销订单: take a sub-merchant's scan back",
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
    Endpoint("POST", REFUNDS, "wechat_pay.refund", "申请退款: give money back"),
    Endpoint("GET", f"{REFUNDS}/{{out_refund_no}}", "wechat_pay.refund_query", "查询单笔退款: one refund"),
    Endpoint(
        "POST",
        f"{REFUNDS}/{{refund_id}}/apply-abnormal-refund",
        "wechat_pay.refund_abnormal",
        "发起异常退款: to a bank card, when it went wrong",
    ),
    Endpoint("POST", f"{SHARING}/receivers/add", "wechat_pay.sharing_receiver_add", "添加分账接收方: name a receiver"),
    Endpoint("POST", f"{SHARING}/receivers/delete", "wechat_pay.sharing_receiver_delete", "删除分账接收方: no more"),
    Endpoint("POST", f"{SHARING}/orders", "wechat_pay.sharing", "请求分账: part of a payment goes to receivers"),
    Endpoint(
        "POST", f"{SHARING}/orders/unfreeze", "wechat_pay.sharing_unfreeze", "解冻剩余资金: the rest is the merchant's"
    ),
    Endpoint("GET", f"{SHARING}/orders/{{out_order_no}}", "wechat_pay.sharing_query", "查询分账结果: one sharing"),
    Endpoint("POST", f"{SHARING}/return-orders", "wechat_pay.sharing_return", "请求分账回退: a receiver gives back"),
    Endpoint(
        "GET", f"{SHARING}/return-orders/{{out_return_no}}", "wechat_pay.sharing_return_query", "查询分账回退结果: one"
    ),
    Endpoint(
        "GET",
        f"{SHARING}/transactions/{{transaction_id}}/amounts",
        "wechat_pay.sharing_amounts",
        "查询剩余待分金额: what is left",
    ),
    Endpoint(
        "GET", f"{SHARING}/merchant-configs/{{sub_mchid}}", "wechat_pay.sharing_config", "查询最大分账比例: how much at most"
    ),
    Endpoint("GET", "/v3/bill/tradebill", "wechat_pay.trade_bill", "申请交易账单: the payments and refunds of a day"),
    Endpoint("GET", "/v3/bill/fundflowbill", "wechat_pay.fund_flow_bill", "申请资金账单: the money of a day"),
    Endpoint("GET", "/v3/billdownload/file", "wechat_pay.bill_file", "下载账单: the file, unsigned", bare=True),
    Endpoint("POST", f"{FAVOR}/coupon-stocks", "wechat_pay.favor_create", "创建代金券批次: a stock of cash coupons"),
    *(
        Endpoint(
            "POST", f"{FAVOR}/stocks/{{stock_id}}/{move}", f"wechat_pay.favor_{move}", f"{name}代金券批次: {move} a stock"
        )
        for move, name in (("start", "激活"), ("pause", "暂停"), ("restart", "重启"), ("stop", "终止"))
    ),
    Endpoint("GET", f"{FAVOR}/stocks", "wechat_pay.favor_stocks", "条件查询批次列表: stocks"),
    Endpoint("GET", f"{FAVOR}/stocks/{{stock_id}}", "wechat_pay.favor_stock", "查询批次详情: one stock"),
    Endpoint(
        "GET", f"{FAVOR}/stocks/{{stock_id}}/merchants", "wechat_pay.favor_merchants", "查询代金券可用商户: good where"
    ),
    Endpoint("GET", f"{FAVOR}/stocks/{{stock_id}}/items", "wechat_pay.favor_items", "查询代金券可用单品: good for what"),
    Endpoint(
        "GET", f"{FAVOR}/stocks/{{stock_id}}/use-flow", "wechat_pay.favor_use_flow", "下载批次核销明细: a file of uses"
    ),
    Endpoint(
        "GET",
        f"{FAVOR}/stocks/{{stock_id}}/refund-flow",
        "wechat_pay.favor_refund_flow",
        "下载批次退款明细: a file of refunds",
    ),
    Endpoint("POST", f"{FAVOR}/media/image-upload", "wechat_pay.favor_image_upload", "图片上传(营销专用): a picture's URL"),
    Endpoint("POST", f"{FAVOR}/users/{{openid}}/coupons", "wechat_pay.favor_send", "发放代金券批次: send a coupon"),
    Endpoint(
        "GET", f"{FAVOR}/users/{{openid}}/coupons", "wechat_pay.favor_of_user", "根据商户号查用户的券: a person's coupons"
    ),
    Endpoint(
        "GET", f"{FAVOR}/users/{{openid}}/coupons/{{coupon_id}}", "wechat_pay.favor_coupon", "查询代金券详情: one coupon"
    ),
    Endpoint("POST", f"{FAVOR}/callbacks", "wechat_pay.favor_callback_set", "设置消息通知地址: where its notices go"),
    Endpoint("GET", f"{FAVOR}/callbacks", "wechat_pay.favor_callback_get", "查询消息通知地址: where its notices go"),
    Endpoint("POST", f"{BUSIFAVOR}/stocks", "wechat_pay.busifavor_create", "创建商家券: a stock of merchant coupons"),
    Endpoint("GET", f"{BUSIFAVOR}/stocks/{{stock_id}}", "wechat_pay.busifavor_stock", "查询商家券详情: one stock"),
    Endpoint(
        "POST", f"{BUSIFAVOR}/stocks/{{stock_id}}/couponcodes", "wechat_pay.busifavor_codes", "上传预存code: codes to send"
    ),
    Endpoint("PATCH", f"{BUSIFAVOR}/stocks/{{stock_id}}", "wechat_pay.busifavor_modify", "修改商家券基本信息: change one"),
    Endpoint("PATCH", f"{BUSIFAVOR}/stocks/{{stock_id}}/budget", "wechat_pay.busifavor_budget", "修改批次预算: how many"),
    Endpoint("POST", f"{BUSIFAVOR}/coupons/send", "wechat_pay.busifavor_send", "发放商家券: send a coupon"),
    Endpoint("POST", f"{BUSIFAVOR}/coupons/{{card_id}}/send", "wechat_pay.busifavor_send_card", "发放消费卡: send a card"),
    Endpoint("POST", f"{BUSIFAVOR}/coupons/use", "wechat_pay.busifavor_use", "核销用户券: use a coupon"),
    Endpoint("POST", f"{BUSIFAVOR}/coupons/return", "wechat_pay.busifavor_return", "申请退券: give a used coupon back"),
    Endpoint("POST", f"{BUSIFAVOR}/coupons/deactivate", "wechat_pay.busifavor_deactivate", "使券失效: make a coupon void"),
    Endpoint("POST", f"{BUSIFAVOR}/coupons/associate", "wechat_pay.busifavor_associate", "关联订单信息: with an order"),
    Endpoint("POST", f"{BUSIFAVOR}/coupons/disassociate", "wechat_pay.busifavor_disassociate", "取消关联订单信息: no more"),
    *(
        endpoint
        for kind, number, name in (
            ("pay", "subsidy_receipt_id", "付款"),
            ("return", "subsidy_return_receipt_id", "回退"),
        )
        for endpoint in (
            Endpoint("POST", f"{BUSIFAVOR}/subsidy/{kind}-receipts", f"wechat_pay.subsidy_{kind}", f"营销补差{name}"),
            Endpoint(
                "GET",
                f"{BUSIFAVOR}/subsidy/{kind}-receipts",
                f"wechat_pay.subsidy_{kind}_list",
                f"查询营销补差{name}单列表: of a coupon",
            ),
            Endpoint(
                "GET",
                f"{BUSIFAVOR}/subsidy/{kind}-receipts/{{{number}}}",
                f"wechat_pay.subsidy_{kind}_query",
                f"查询营销补差{name}单详情: one",
            ),
        )
    ),
    Endpoint(
        "GET", f"{BUSIFAVOR}/users/{{openid}}/coupons", "wechat_pay.busifavor_of_user", "根据过滤条件查询用户券: coupons"
    ),
    Endpoint(
        "GET",
        f"{BUSIFAVOR}/users/{{openid}}/coupons/{{coupon_code}}/appids/{{appid}}",
        "wechat_pay.busifavor_coupon",
        "查询用户单张券详情: one coupon",
    ),
    Endpoint(
        "POST", f"{BUSIFAVOR}/callbacks", "wechat_pay.busifavor_callback_set", "设置商家券事件通知地址: where notices go"
    ),
    Endpoint(
        "GET", f"{BUSIFAVOR}/callbacks", "wechat_pay.busifavor_callback_get", "查询商家券事件通知地址: where notices go"
    ),
    *LEGACY,
    Endpoint(
        "POST", f"{TRIAL}/pay/getsignkey", "wechat_pay.v2_trial_key", "v2 获取仿真密钥: the key to try with", open=True
    ),
    *(replace(one, path=TRIAL + one.path, summary=f"{one.summary} (仿真)") for one in LEGACY),
    Endpoint("POST", "/v3/merchant/media/upload", "wechat_pay.image_upload", "图片上传: a picture's media_id"),
    Endpoint("POST", "/v3/merchant/media/video_upload", "wechat_pay.video_upload", "视频上传: a film's media_id"),
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
