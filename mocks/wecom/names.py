"""One person under several names: unionid, openid, external_userid; and who of the corp is there at all.

Law: plans (see `plan`); nothing is changed, but a two-factor code is used up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.external import customer_of
from mocks.wecom.fields import Payload, bad, like, maybe, one_of, page, text, texts, wrong
from mocks.wecom.members import known
from mocks.wecom.oauth import granted
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State


def by_unionid(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The customer of a unionid."""
    if refused := wrong(payload, {"unionid": text(64), "openid": maybe(text(64, 0)), "subject_type": maybe(one_of(0, 1))}):
        return refused
    found = next((one for one in state.customers.people.values() if one.unionid == payload["unionid"]), None)
    return telling(external_userid=found.external_userid) if found else Answer("84061")


def to_openid(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A customer's openid, for paying him."""
    found = customer_of(state, payload)
    return found if isinstance(found, Answer) else telling(openid="o" + state.derived(f"openid/{found.external_userid}", 27))


def chat_of_opengid(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The chat behind the opengid that a mini-program sees."""
    wanted = payload.get("opengid")
    found = next((one for one in state.customers.chats if opengid(state, one) == wanted), None)
    return telling(chat_id=found) if found else bad("opengid")


def opengid(state: State, chat_id: str) -> str:
    """What a mini-program sees of a chat."""
    return "oR" + state.derived(f"opengid/{chat_id}", 26)


def new_ids(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The ids of customers since the vendor has changed them: here they stayed the same."""
    if refused := wrong(payload, {"external_userid_list": texts(1000, 1)}):
        return refused
    here = [one for one in payload["external_userid_list"] if one in state.customers.people]
    return telling(items=[{"external_userid": one, "new_external_userid": one} for one in here])


def contact_list(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Everybody whom anybody follows, a row a bond."""
    rows = [
        {
            "is_customer": True,
            "tmp_openid": "",
            "external_userid": one.external_userid,
            "name": state.customers.people[one.external_userid].name,
            "follow_userid": one.userid,
            "add_time": one.created // 1000,
        }
        for one in state.customers.follows.values()
    ]
    found = page(rows, payload, 1000, 1000)
    return found if isinstance(found, Answer) else telling(info_list=found[0], next_cursor=found[1])


def join_qrcode(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The QR code by which people join the corp."""
    if refused := wrong(payload, {"size_type": maybe(one_of(1, 2, 3, 4))}):
        return refused
    return telling(
        join_qrcode=f"https://work.weixin.qq.com/wework_admin/genqrcode?action=join&code={state.derived('join', 32)}"
    )


def active(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """How many members were active on a day: those whose account is."""
    if refused := wrong(payload, {"date": like(r"\d{4}-\d{2}-\d{2}")}):
        return refused
    return telling(active_cnt=len(state.users))


def tfa_info(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Whose second factor a page's code asks for."""
    grant = granted(desk, state, payload)
    if isinstance(grant, Answer):
        return grant

    def deed() -> Answer:
        grant.used, grant.ticket = True, state.mint("tfa", 40)
        return ok(userid=grant.name, tfa_code=grant.ticket)

    return deed


def tfa_done(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A member has proven who he is."""
    member = known(state, payload)
    if isinstance(member, Answer):
        return member
    mine = [one for one in state.grants.values() if one.ticket and one.ticket == payload.get("tfa_code")]
    if not mine or mine[0].name.lower() != member.key or desk.now() >= mine[0].until:
        return bad("tfa_code")

    def deed() -> Answer:
        mine[0].ticket = ""
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.unionid_to_external_userid": by_unionid,
    "wecom.external_convert_to_openid": to_openid,
    "wecom.opengid_to_chatid": chat_of_opengid,
    "wecom.get_new_external_userid": new_ids,
    "wecom.contact_list": contact_list,
    "wecom.get_join_qrcode": join_qrcode,
    "wecom.get_active_stat": active,
    "wecom.get_tfa_info": tfa_info,
    "wecom.tfa_succ": tfa_done,
}
"""What can be asked about people's names."""
