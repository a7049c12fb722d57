"""E-invoices: the states that an order and an invoice go through, and the vendor's word for each thing that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from mocks.wechat.invoices.authorising import platform_of
from tests.mocks.card_desk import Counter
from tests.mocks.good_cards import PDF, PICTURE, data, made_out
from tests.mocks.rig import DAY, MINUTE, START, Rig

INIT, LOCK, CLOSURE, CANCEL = (f"INVOICE_REIMBURSE_{one}" for one in ("INIT", "LOCK", "CLOSURE", "CANCEL"))
MULTIPART = ((b"content-type", b"multipart/form-data; boundary=b"),)


class Office(Counter):
    """A merchant who can be reached, has a template, and issues invoices himself."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig)
        self.state.shelf.open = True
        self.set("set_contact", contact={"phone": "0755", "time_out": 60})
        self.us = {"s_pappid": platform_of(self.state)}
        token = {"access_token": self.token(), "type": "wx_card"}
        self.ticket = rig.said("wechat", "GET", "/cgi-bin/ticket/getticket", token)["ticket"]
        base = {"logo_url": PICTURE, "title": "公司"}
        info = {"base_info": base, "type": "普通发票", "payee": "收款方", "detail": None}
        self.card_id = self.ask("invoice/platform/createcard", invoice_info=info)["card_id"]
        self.made = 0

    def set(self, action: str, **said: Any) -> dict[str, Any]:
        """What setbizattr answers."""
        query = {"access_token": self.token(), "action": action}
        return self.rig.said("wechat", "POST", "/card/invoice/setbizattr", query, said)

    def page(self, order_id: str, **more: Any) -> dict[str, Any]:
        """What getauthurl answers."""
        asked = {**self.us, "order_id": order_id, "money": 11_300, "timestamp": START // 1000, "source": "app", "type": 0}
        return self.ask("invoice/getauthurl", **{**asked, "ticket": self.ticket, "redirect_url": None, **more})

    def act(self, what: str, **said: Any) -> dict[str, Any]:
        """What a user does, by the control plane."""
        return self.rig.admin("POST", f"/invoices/{what}", {"account": self.rig.account, **said})

    def order(self, order_id: str, fan: int = 0, **said: Any) -> str:
        """An order that a follower has authorised."""
        assert self.page(order_id)["errcode"] == 0
        assert self.act("authorize", order_id=order_id, openid=self.fans[fan], **said)["ok"]
        return order_id

    def pdf(self, content: bytes = PDF) -> str:
        """A file's number, or the errcode."""
        part = b'--b\r\ncontent-disposition: form-data; name="pdf"; filename="a.pdf"\r\n\r\n' + content + b"\r\n--b--\r\n"
        url = "/wechat/card/invoice/platform/setpdf"
        said = self.rig.http(
            "POST", url, params={"access_token": self.token()}, content=part, headers=dict(MULTIPART)
        ).json()
        return str(said["errcode"] or said["s_media_id"])

    def insert(self, order_id: str, **more: Any) -> dict[str, Any]:
        """What insert answers; each invoice has a number and a file of its own."""
        self.made += 1
        own = {"billing_no": f"{self.made:08}", "s_pdf_media_id": more.get("s_pdf_media_id") or self.pdf()}
        said = data(**{**own, **{name: value for name, value in more.items() if name in DATA}})
        ext = {"nonce_str": "n", "user_card": {"invoice_user_data": said}}
        asked = {"order_id": order_id, "card_id": self.card_id, "appid": self.state.appid, "card_ext": ext}
        return self.ask("invoice/insert", **{**asked, **{name: value for name, value in more.items() if name not in DATA}})

    def invoice(self, order_id: str, fan: int = 0) -> dict[str, str]:
        """An invoice in a follower's wallet, as he gives it to a page: card_id and encrypt_code."""
        self.insert(self.order(order_id, fan))
        found = self.act("choose", openid=self.fans[fan])["choose_invoice_info"][-1]
        return {"card_id": found["card_id"], "encrypt_code": found["encrypt_code"]}

    def told(self, event: str) -> list[dict[str, Any]]:
        """The account's happenings of a name."""
        return [one for one in self.rig.events("happening", self.rig.account) if one["action"] == event]

    def move(self, chosen: dict[str, str], status: str) -> int:
        """What comes of moving an invoice there."""
        return self.code("invoice/reimburse/updateinvoicestatus", **chosen, reimburse_status=status)


DATA = tuple(data())


@pytest.fixture
def one(fresh: Rig) -> Office:
    return Office(fresh)


def test_what_users_are_asked_for_is_got_as_it_was_set(one: Office) -> None:
    field = {"user_field": {"show_title": 1, "require_title": 1}, "biz_field": {"show_tax_no": 1}}
    mch = {"mchid": "1900000001", "s_pappid": "d3h"}
    unset = ("get_auth_field", "get_pay_mch", "fly", "")
    assert [one.set(action)["errcode"] for action in unset] == [72029, 72028, 72027, 72027]
    assert one.set("get_contact")["contact"] == {"phone": "0755", "time_out": 60}
    assert one.set("set_auth_field", auth_field=field)["errcode"] == 0
    assert one.set("set_pay_mch", paymch_info=mch)["errcode"] == 0
    assert (one.set("get_auth_field")["auth_field"], one.set("get_pay_mch")["paymch_info"]) == (field, mch)
    assert one.set("set_pay_mch", paymch_info={**mch, "mchid": "x"})["errcode"] == 72030
    for wrong in ({}, {"user_field": {"show_title": 2}}, {"user_field": {"custom_field": [{}]}}):
        assert one.set("set_auth_field", auth_field=wrong)["errcode"] == 72031
    assert one.set("set_contact", contact={"phone": "0755", "time_out": 0})["errcode"] == 72031


def test_nobody_is_asked_before_the_merchant_can_be_reached(one: Office) -> None:
    one.state.invoices.attributes.clear()
    assert [one.page("o", type=kind)["errcode"] for kind in (0, 1)] == [72063, 72029]


@pytest.mark.parametrize(
    "change",
    [
        {"ticket": "no"},
        {"money": -1},
        {"money": "1"},
        {"type": 3},
        {"source": "tv"},
        {"source": "web"},
        {"order_id": ""},
        {"s_pappid": ""},
        {"order_id": "\ud800"},
    ],
)
def test_a_page_is_refused_for_what_is_wrong_with_the_request(one: Office, change: dict[str, Any]) -> None:
    assert one.page(change.pop("order_id", "o"), **change)["errcode"] == 72031
    assert one.state.invoices.orders == {}


def test_an_order_is_authorised_and_what_was_filled_in_can_be_read(one: Office) -> None:
    asked = {**one.us, "order_id": "o"}
    assert one.code("invoice/getauthdata", **asked) == 72038
    assert one.page("o")["auth_url"].startswith("https://mp.weixin.qq.com/")
    assert one.code("invoice/getauthdata", **asked) == 72038
    failed = {"order_id": "o", "openid": one.fans[0], "failed": True}
    assert [one.act("authorize", **failed)["ok"], one.code("invoice/getauthdata", **asked)] == [True, 72038]
    one.order("o", biz_field={"title": "样例公司", "tax_no": "91"})
    said = one.ask("invoice/getauthdata", **asked)
    assert (said["invoice_status"], said["auth_time"]) == ("auth success", one.rig.clock() // 1000)
    assert said["user_auth_info"] == {"biz_field": {"title": "样例公司", "tax_no": "91"}}
    assert one.code("invoice/getauthdata", s_pappid="other", order_id="o") == 72038
    told = [(event["SuccOrderId"], event["FailOrderId"], event["Source"]) for event in one.told("user_authorize_invoice")]
    assert told == [("", "o", "app"), ("o", "", "app")]
    assert one.act("authorize", order_id="o", openid=one.fans[0])["error"].startswith("72074")


def test_on_a_page_with_fields_one_part_is_filled_in_with_all_it_must_have(one: Office) -> None:
    one.set("set_auth_field", auth_field={"user_field": {"show_phone": 1, "require_phone": 1}})
    assert one.page("o", type=1)["errcode"] == 0
    whose = {"order_id": "o", "openid": one.fans[0]}
    for wrong in ({}, {"user_field": {"title": "x"}}, {"biz_field": {"title": "x"}}):
        assert one.act("authorize", **whose, **wrong)["error"].startswith("72031")
    assert one.act("authorize", **whose, user_field={"phone": "139"})["ok"]


def test_a_rejected_order_is_rejected_for_good(one: Office) -> None:
    asked = {**one.us, "order_id": one.order("o"), "reason": "已退货"}
    assert one.code("invoice/rejectinsert", **{**asked, "reason": ""}) == 72031
    assert [one.code("invoice/rejectinsert", **asked) for _ in range(2)] == [0, 72035]
    assert (one.insert("o")["errcode"], one.page("o")["errcode"]) == (72035, 72035)
    one.insert(one.order("done"))
    assert one.code("invoice/rejectinsert", **{**asked, "order_id": "done"}) == 72024


def test_an_invoice_goes_into_the_wallet_of_who_authorised_the_order_once(one: Office) -> None:
    said = one.insert(one.order("o"))
    assert (said["openid"], len(said["code"])) == (one.fans[0], 12)
    assert (one.insert("o")["errcode"], one.page("o")["errcode"]) == (72056, 72056)
    shown = one.ask("invoice/reimburse/getinvoiceinfo", **one.invoice("p"))
    assert (shown["openid"], shown["payee"], shown["type"]) == (one.fans[0], "收款方", "普通发票")
    told = shown["user_info"]
    assert (told["fee"], told["reimburse_status"], told["order_id"]) == (11_300, INIT, "p")


INSERTS: dict[str, tuple[dict[str, Any], int]] = {
    "an order nobody authorised": ({"order_id": "asked"}, 72038),
    "another account": ({"appid": "wx0"}, 72038),
    "a template that is none": ({"card_id": "p0"}, 40073),
    "no title": ({"title": ""}, 72031),
    "another title": ({"title": "别家"}, 72017),
    "yuan": ({"fee": "113.00"}, 72031),
    "lines that are none": ({"info": [{"name": "x"}]}, 72031),
    "no number": ({"billing_no": ""}, 72043),
    "too long a code": ({"billing_code": "1" * 21}, 72043),
    "no check code": ({"check_code": ""}, 72045),
    "no file": ({"s_pdf_media_id": "9"}, 72040),
    "no content": ({"card_ext": {}}, 72031),
}


@pytest.mark.parametrize("case", INSERTS)
def test_an_invoice_is_refused_for_what_is_wrong_with_it(one: Office, case: str) -> None:
    change, code = INSERTS[case]
    assert one.page("asked")["errcode"] == 0
    one.order("o", biz_field={"title": "样例公司"})
    assert one.insert(**{"order_id": "o", **change})["errcode"] == code
    assert one.state.invoices.invoices == {}
    assert one.insert("o")["errcode"] == 0


def test_a_file_and_a_number_belong_to_one_invoice(one: Office) -> None:
    file = one.pdf()
    for order_id in ("a", "b"):
        one.order(order_id)
    assert one.insert("a", s_pdf_media_id=file, billing_no="1")["errcode"] == 0
    assert one.insert("b", s_pdf_media_id=file, billing_no="2")["errcode"] == 72040
    assert one.insert("b", billing_no="1")["errcode"] == 72042
    assert one.pdf(b"GIF89a") == "72040"


def test_a_file_waits_three_days(one: Office) -> None:
    file = one.pdf(PDF + bytes(100_000))  # more than other requests about cards may be long
    query = {"access_token": one.token(), "action": "get_url"}
    path = "/card/invoice/platform/getpdf"
    said = one.rig.said("wechat", "POST", path, query, {"s_media_id": file})
    assert (file in said["pdf_url"], said["pdf_url_expire_time"]) == (True, 7_200)
    one.rig.jump(3 * DAY)
    query["access_token"] = one.token()
    assert one.rig.said("wechat", "POST", path, query, {"s_media_id": file})["errcode"] == 72040
    assert one.rig.said("wechat", "POST", path, {**query, "action": "x"}, {"s_media_id": file})["errcode"] == 72027


def test_an_account_without_the_right_issues_nothing(one: Office) -> None:
    one.order("o")
    one.state.shelf.open = False
    said = [one.code("invoice/seturl"), one.code("invoice/platform/createcard"), one.insert("o")["errcode"], int(one.pdf())]
    assert said == [72015] * 4


MOVES: list[tuple[tuple[str, ...], int]] = [
    ((LOCK,), 0),
    ((LOCK, CLOSURE), 0),
    ((LOCK, INIT, LOCK), 0),
    ((INIT,), 72024),
    ((LOCK, LOCK), 72024),
    ((CLOSURE,), 72039),
    ((LOCK, CLOSURE, INIT), 72061),
    ((CANCEL,), 72031),
    (("x",), 72031),
]


@pytest.mark.parametrize(("moves", "code"), MOVES)
def test_an_invoice_is_locked_before_it_is_closed_and_then_stays_closed(
    one: Office, moves: tuple[str, ...], code: int
) -> None:
    chosen = one.invoice("o")
    assert [one.move(chosen, status) for status in moves] == [0] * (len(moves) - 1) + [code]
    told = [event["Status"] for event in one.told("update_invoice_status")]
    assert told == list(moves if not code else moves[:-1])


def test_what_somebody_else_has_locked_stays_his(one: Office) -> None:
    chosen = one.invoice("o")
    code = next(iter(one.state.invoices.invoices))
    theirs = {"code": code, "by": "wx-other"}
    assert one.tell("invoice_moved", **theirs, reimburse_status=LOCK)["code"] == "0"
    assert [one.move(chosen, status) for status in (CLOSURE, INIT)] == [72023, 72023]
    assert one.tell("invoice_moved", **theirs, reimburse_status=INIT)["code"] == "0"
    assert one.move(chosen, LOCK) == 0


def test_the_platform_cancels_an_invoice_by_its_code(one: Office) -> None:
    chosen = one.invoice("o")
    code = next(iter(one.state.invoices.invoices))
    asked = {"card_id": one.card_id, "code": code, "reimburse_status": CANCEL}
    assert one.code("invoice/platform/updatestatus", **{**asked, "code": "1"}) == 72038
    assert [one.code("invoice/platform/updatestatus", **asked) for _ in range(2)] == [0, 72060]
    assert one.move(chosen, LOCK) == 72060
    assert one.act("choose", openid=one.fans[0])["choose_invoice_info"] == []


def test_several_invoices_of_one_user_move_together_or_not_at_all(one: Office) -> None:
    mine, more, other = one.invoice("a"), one.invoice("b"), one.invoice("c", 1)
    batch = {"openid": one.fans[0], "reimburse_status": LOCK}
    assert one.code("invoice/reimburse/updatestatusbatch", **batch, invoice_list=[mine, other]) == 72037
    assert one.move(more, LOCK) == 0
    assert one.code("invoice/reimburse/updatestatusbatch", **batch, invoice_list=[mine, more]) == 72024
    shown = one.ask("invoice/reimburse/getinvoicebatch", item_list=[mine, more])["item_list"]
    assert [row["user_info"]["reimburse_status"] for row in shown] == [INIT, LOCK]
    assert one.code("invoice/reimburse/updatestatusbatch", **batch, invoice_list=[mine]) == 0
    assert one.code("invoice/reimburse/getinvoicebatch", item_list=[mine] * 51) == 72052
    assert one.code("invoice/reimburse/getinvoicebatch", item_list=[{**mine, "encrypt_code": "x"}]) == 72031


def test_a_user_hands_his_title_to_the_merchant(one: Office) -> None:
    own, offered = one.ask("invoice/biz/getselecttitleurl", attach="桌3")["url"], {"title": "甲公司", "tax_no": "91"}
    theirs = one.ask("invoice/biz/getusertitleurl", user_fill=0, **offered)["url"]
    who = {"openid": one.fans[0]}
    assert one.act("title", **who, url=own)["error"].startswith("72031")  # he has none yet
    assert one.act("title", **who, url=theirs)["ok"]
    assert one.act("title", **who, url=own)["ok"]
    (told,) = one.told("submit_invoice_title")
    assert (told["title"], told["tax_no"], told["attach"]) == ("甲公司", "91", "桌3")
    assert told["title_type"] == "InvoiceUserTitleBusinessType"
    assert one.code("invoice/biz/getusertitleurl", user_fill=0) == 72031
    assert one.code("invoice/biz/getusertitleurl", user_fill=1) == 0


def test_a_title_that_is_shown_can_be_scanned_for_a_minute(one: Office) -> None:
    assert one.act("show_title", openid=one.fans[0])["status"] == 400
    assert one.act("title", openid=one.fans[0], title="张三")["ok"]
    text = one.act("show_title", openid=one.fans[0])["scan_text"]
    said = one.ask("invoice/scantitle", scan_text=text)
    assert (said["title"], said["title_type"], said["tax_no"]) == ("张三", 1, "")
    one.rig.jump(MINUTE)
    assert [one.code("invoice/scantitle", scan_text=one_text) for one_text in (text, "x")] == [72044, 72031]


PAYER = {"nsrsbh": "110109500321654", "nsrmc": "百旺"}


def test_wechats_own_platform_makes_an_invoice_out_and_void_again(one: Office) -> None:
    whose = {"wxopenid": one.fans[0]}
    wish = {**made_out(one.order("o"), "n1"), **whose, "hjse": 23.1}  # sums as text, or as numbers
    asked = {"fpqqlsh": "n1", "nsrsbh": PAYER["nsrsbh"]}
    assert [one.code("invoice/makeoutinvoice", invoiceinfo=wish) for _ in range(2)] == [0, 73107]
    assert one.code("invoice/queryinvoceinfo", **asked) == 73107
    one.rig.jump(5_000)
    detail = one.ask("invoice/queryinvoceinfo", **asked)["invoicedetail"]
    assert set(detail) == {"fpqqlsh", "fpdm", "fphm", "jym", "kprq", "pdfurl"}
    assert one.code("invoice/makeoutinvoice", invoiceinfo=wish) == 0  # the same again: it is made already
    (held,) = one.act("choose", openid=one.fans[0])["choose_invoice_info"]
    shown = one.ask("invoice/reimburse/getinvoiceinfo", **{name: held[name] for name in ("card_id", "encrypt_code")})
    assert (shown["user_info"]["fee"], shown["user_info"]["tax"], shown["payee"]) == (15_900, 2_310, "百旺")
    red = {**whose, **PAYER, "fpqqlsh": "n2", "yfpdm": detail["fpdm"], "yfphm": detail["fphm"]}
    assert one.code("invoice/clearoutinvoice", invoiceinfo={**red, "yfphm": "0"}) == 73100
    assert one.code("invoice/clearoutinvoice", invoiceinfo={**red, "nsrsbh": "1"}) == 73101
    assert one.code("invoice/clearoutinvoice", invoiceinfo=red) == 0
    one.rig.jump(5_000)
    assert one.act("choose", openid=one.fans[0])["choose_invoice_info"] == []
    told = [(e["fpqqlsh"], e["status"], e["nsrsbh"]) for e in one.told("cloud_invoice_invoiceresult_event")]
    assert told == [(number, 100, PAYER["nsrsbh"]) for number in ("n1", "n2")]


MAKINGS: list[tuple[dict[str, Any], int]] = [
    ({"wxopenid": ""}, 73003),
    ({"ddh": ""}, 73002),
    ({"fpqqlsh": None}, 73004),
    ({"kpr": ""}, 73011),
    ({"invoicedetail_list": []}, 72031),
    ({"ddh": "nobody's"}, 72038),
    ({"wxopenid": "o-other"}, 73001),
    ({"ddh": "second"}, 73106),
    ({"fpqqlsh": "n2"}, 73108),
]


@pytest.mark.parametrize(("change", "code"), MAKINGS)
def test_a_number_belongs_to_one_order_and_an_order_to_one_number(one: Office, change: dict[str, Any], code: int) -> None:
    for order_id in ("first", "second"):
        one.order(order_id)
    wish = {**made_out("first", "n1"), "wxopenid": one.fans[0]}
    assert one.code("invoice/makeoutinvoice", invoiceinfo=wish) == 0
    assert one.code("invoice/makeoutinvoice", invoiceinfo={**wish, **change}) == code
    assert list(one.state.invoices.makings) == ["n1"]


def test_a_request_that_is_not_known_is_not_found(one: Office) -> None:
    asked = {"fpqqlsh": "n", "nsrsbh": "1"}
    assert one.code("invoice/queryinvoceinfo", **asked) == 73109
    assert [one.code("invoice/queryinvoceinfo", **{**asked, name: ""}) for name in asked] == [73004, 73016]
