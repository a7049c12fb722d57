"""What the application's server is told when a member is created or changed (通讯录变更事件).

Law: fields of the profile under the event's names, in the vendor's order; what was never said of a member is left out.
"""

from __future__ import annotations

from typing import Any, Final

from mocks.desk import Desk
from mocks.wecom import events
from mocks.wecom.directory import Member
from mocks.wecom.fields import Payload, listed, number
from mocks.wecom.state import State

EVENT_FIELDS: Final = {
    "is_leader_in_dept": "IsLeaderInDept",
    "direct_leader": "DirectLeader",
    "mobile": "Mobile",
    "position": "Position",
    "gender": "Gender",
    "email": "Email",
    "biz_mail": "BizMail",
    "avatar": "Avatar",
    "alias": "Alias",
    "telephone": "Telephone",
    "address": "Address",
}
"""What the event of a change says of a member, where it is known."""


def tell_change(desk: Desk, state: State, member: Member, change: str) -> None:
    """Push that a member was created or changed, with all that is known of him."""
    shown = member.shown()
    said = {name: member.profile[key] for key, name in EVENT_FIELDS.items() if key in member.profile}
    fields: dict[str, Any] = {
        "Name": member.name,
        "Department": member.departments,
        "MainDepartment": shown["main_department"],
    }
    fields |= {**said, "Status": shown["status"], **_extra(member.profile.get("extattr"))}
    events.tell(desk, state, "change_contact", ChangeType=change, UserID=member.userid, **fields)


def _extra(extattr: Any) -> dict[str, Any]:
    """The corp's own attributes as the event shows them: texts, and links."""
    rows = [one for one in listed(extattr or {}, "attrs") if isinstance(one, dict)]
    items = [{"Name": str(one.get("name", "")), "Type": number(one.get("type")), **_value(one)} for one in rows]
    return {"ExtAttr": {"Item": items}} if items else {}


def _value(one: Payload) -> dict[str, Any]:
    text_of, web = one.get("text"), one.get("web")
    if isinstance(web, dict):
        return {"Web": {"Title": str(web.get("title", "")), "Url": str(web.get("url", ""))}}
    return {"Text": {"Value": str(text_of.get("value", "") if isinstance(text_of, dict) else one.get("value", ""))}}
