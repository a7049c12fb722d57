"""Moments, product albums, ways in from outside, second factors, and calls that come all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mocks.wecom.directory import Department
from tests.mocks.rig import DAY, MINUTE, START, Rig
from tests.mocks.wecom_requests import Corp, overheard, upload

EXTERNAL = "/cgi-bin/externalcontact/"
NOW = START // 1000


@pytest.fixture
def corp(rig: Rig) -> Corp:
    """A corp whose events are kept in `made["told"]`."""
    return overheard(rig)


def asked(corp: Corp, path: str, **body: Any) -> dict[str, Any]:
    """What WeCom answers to a POST about customers."""
    return corp.ask(EXTERNAL + path, {}, body)


def test_a_moment_is_published_by_members_and_seen_by_their_customers(corp: Corp) -> None:
    jobid = asked(
        corp, "add_moment_task", text={"content": "上新"}, visible_range={"sender_list": {"user_list": ["STAFF01"]}}
    )["jobid"]
    job = {"jobid": jobid}
    assert corp.ask(EXTERNAL + "get_moment_task_result", job, None)["status"] == 1
    corp.rig.jump(MINUTE)
    moment_id = corp.ask(EXTERNAL + "get_moment_task_result", job, None)["result"]["moment_id"]
    of_member = {"moment_id": moment_id, "userid": "staff01"}
    rows = asked(corp, "get_moment_list", start_time=NOW - DAY // 1000, end_time=NOW + 60)["moment_list"]
    assert [(one["moment_id"], one["text"]["content"]) for one in rows] == [(moment_id, "上新")]
    chosen = asked(corp, "get_moment_customer_list", **of_member)["customer_list"]
    assert [one["external_userid"] for one in chosen] == [one.external_userid for one in corp.state.customers.of("staff01")]
    assert asked(corp, "get_moment_send_result", **of_member)["customer_list"] == []
    early = corp.rig.tell("wecom.moment_liked", **of_member, external_userid=corp.customers[0])
    corp.rig.tell("wecom.moment_published", **of_member)
    corp.rig.tell("wecom.moment_liked", **of_member, external_userid=corp.customers[0])
    assert (early["code"], len(asked(corp, "get_moment_send_result", **of_member)["customer_list"])) == (
        "84061",
        len(chosen),
    )
    assert asked(corp, "get_moment_task", moment_id=moment_id)["task_list"] == [{"userid": "staff01", "publish_status": 1}]
    assert asked(corp, "get_moment_comments", **of_member)["like_list"][0]["external_userid"] == corp.customers[0]
    assert asked(corp, "cancel_moment_task", moment_id=moment_id)["errcode"] == 0
    assert asked(corp, "cancel_moment_task", moment_id=moment_id)["errcode"] == 41093


def test_ten_moments_a_minute_are_enough(corp: Corp) -> None:
    codes = [asked(corp, "add_moment_task", text={"content": "x"})["errcode"] for _ in range(11)]
    assert codes == [0] * 10 + [45009]


@pytest.mark.parametrize(
    ("said", "code"), [({"user_list": ["nobody"]}, 40003), (["staff01"], 40058), ({"user_list": 5}, 40058)]
)
def test_a_moment_for_nobody_is_refused(corp: Corp, said: Any, code: int) -> None:
    answer = asked(corp, "add_moment_task", text={"content": "x"}, visible_range={"sender_list": said})
    assert (answer["errcode"], corp.state.customers.moments) == (code, {})


def test_a_product_has_pictures_that_are_there_and_a_price(corp: Corp) -> None:
    media = corp.ask("/cgi-bin/media/upload")["media_id"]
    picture = {"type": "image", "image": {"media_id": media}}
    good = {"description": "杯子", "price": 1200, "attachments": [picture]}
    for bad, code in (({"price": 0}, 40058), ({"attachments": []}, 41064), ({"attachments": [{"type": "file"}]}, 41065)):
        assert asked(corp, "add_product_album", **good | bad)["errcode"] == code
    gone = {"type": "image", "image": {"media_id": "gone"}}
    assert asked(corp, "add_product_album", **good | {"attachments": [gone]})["errcode"] == 40007
    product = {"product_id": asked(corp, "add_product_album", **good)["product_id"]}
    asked(corp, "update_product_album", **product, price="1500")
    shown = asked(corp, "get_product_album", **product)["product"]
    assert (shown["price"], shown["description"], shown["create_time"]) == (1500, "杯子", NOW)
    assert asked(corp, "get_product_album_list", limit=5)["product_list"] == [shown]


def test_a_customer_who_comes_by_a_link_is_known_by_it_and_uses_up_the_quota(make_rig: Callable[..., Rig]) -> None:
    corp = Corp(make_rig({"wecom": {"setting": {"acquisition_quota": {"value": 1}}}}))
    corp.state.callback_url, told = "http://127.0.0.1:9/", []
    corp.rig.world._post = lambda _account, push: told.append(push.body)
    made = asked(corp, "customer_acquisition/create_link", link_name="店铺", range={"department_list": [2]})
    link_id = made["link"]["link_id"]
    come = corp.rig.tell("wecom.link_used", link_id=link_id, name="新人", state="shop-7")
    rows = asked(corp, "customer_acquisition/customer", link_id=link_id)["customer_list"]
    assert [(one["external_userid"], one["userid"], one["state"]) for one in rows] == [
        (come["external_userid"], "staff01", "shop-7")
    ]
    follow = corp.ask(EXTERNAL + "get", {"external_userid": come["external_userid"]}, None)["follow_user"][0]
    assert follow["add_way"] == 16
    assert [one.get("ChangeType") for one in told] == ["add_external_contact", "friend_request", "balance_exhausted"]
    assert corp.ask(EXTERNAL + "customer_acquisition_quota", {}, None)["balance"] == 0
    assert corp.rig.tell("wecom.link_used", link_id=link_id)["code"] != "0"
    assert asked(corp, "customer_acquisition/create_link", link_name="x", range={})["errcode"] == 40058


def test_a_table_of_departments_makes_changes_and_removes_the_empty_ones(corp: Corp) -> None:
    table = "部门名称,部门ID,父部门ID,排序\n客服中心,2,1,9\n仓储部,9,1,5\n坏*名,10,1,1\n"
    media = corp.ask("/cgi-bin/media/upload", {"type": "file"}, upload(table.encode()))["media_id"]
    corp.state.directory.departments[8] = Department(8, "空", 1)
    jobid = corp.ask("/cgi-bin/batch/replaceparty", {}, {"media_id": media})["jobid"]
    corp.rig.jump(MINUTE)
    job = corp.ask("/cgi-bin/batch/getresult", {"jobid": jobid}, None)
    assert [(row["action"], row["errcode"]) for row in job["result"]] == [(2, 0), (1, 0), (1, 60009)]
    left = {number: one.name for number, one in corp.state.directory.departments.items()}
    assert left == {1: "演示企业", 2: "客服中心", 3: "运营部", 4: "售后组", 9: "仓储部"}  # members are in 3 and 4
    assert corp.made["told"][-1]["Event"] == "batch_job_result"


def test_what_customers_wrote_is_counted_by_day_and_servicer(corp: Corp) -> None:
    kf, who = {"open_kfid": corp.kfid}, corp.customers[0]
    corp.rig.tell("wecom.customer_wrote", **kf, external_userid=who)
    corp.rig.tell("wecom.customer_wrote", **kf, external_userid=who)
    span = {**kf, "start_time": NOW, "end_time": NOW}
    (row,) = corp.ask("/cgi-bin/kf/get_corp_statistic", {}, span)["statistic_list"]
    assert (row["statistic"]["customer_cnt"], row["statistic"]["customer_msg_cnt"]) == (1, 2)
    (row,) = corp.ask("/cgi-bin/kf/get_servicer_statistic", {}, {**span, "servicer_userid": "staff09"})["statistic_list"]
    assert row["statistic"]["servicer_msg_cnt"] == 0
    assert corp.ask("/cgi-bin/kf/get_corp_statistic", {}, {**span, "end_time": NOW + 40 * 86_400})["errcode"] == 40058


def test_a_second_factor_is_given_once_by_whom_it_was_asked_of(corp: Corp) -> None:
    code = corp.rig.tell("wecom.page_opened", userid="staff01")["oauth_code"]
    asks = corp.ask("/cgi-bin/auth/get_tfa_info", {}, {"code": code})
    assert asks["userid"] == "staff01"
    for userid, expected in (("staff02", 40058), ("staff01", 0), ("staff01", 40058)):
        done = corp.ask("/cgi-bin/user/tfa_succ", {}, {"userid": userid, "tfa_code": asks["tfa_code"]})
        assert done["errcode"] == expected


def test_one_person_is_found_by_every_name(corp: Corp) -> None:
    first = corp.state.customers.people[corp.customers[0]]
    assert asked(corp, "unionid_to_external_userid", unionid=first.unionid)["external_userid"] == first.external_userid
    assert asked(corp, "unionid_to_external_userid", unionid="nobody")["errcode"] == 84061
    bonds = asked(corp, "contact_list", limit=1000)["info_list"]
    assert len(bonds) == len(corp.state.customers.follows)
    assert asked(corp, "get_new_external_userid", external_userid_list=["x", first.external_userid])["items"] == [
        {"external_userid": first.external_userid, "new_external_userid": first.external_userid}
    ]


def test_calls_that_come_all_at_once_are_refused_and_one_that_comes_later_is_not(make_rig: Callable[..., Rig]) -> None:
    corp = Corp(make_rig({"wecom": {"quota": {"corp_concurrent": {"limit": 2}}}}))
    user = {"userid": "staff01"}
    codes = [corp.ask("/cgi-bin/user/get", user, None)["errcode"] for _ in range(3)]
    assert codes == [0, 0, 45033]
    assert corp.ask("/cgi-bin/department/list", {}, None)["errcode"] == 0  # each interface by itself
    corp.rig.jump(99)
    assert corp.ask("/cgi-bin/user/get", user, None)["errcode"] == 45033
    corp.rig.jump(1)
    assert corp.ask("/cgi-bin/user/get", user, None)["errcode"] == 0
