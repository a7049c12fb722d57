"""Bulk import (异步批量接口): a table of members or departments, worked through a little later, with an event at its end.

Law: plans (see `plan`). Each row is refused or done as `user/create` and `user/update` would; a row that fails stops no other. A table
without rows replaces nobody.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import departments, events, members
from mocks.wecom.directory import ROOT
from mocks.wecom.fields import Payload, bad, like, mapping, maybe, text, truth, wrong
from mocks.wecom.media import usable
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State

COLUMNS: Final = {
    "姓名": "name",
    "帐号": "userid",
    "账号": "userid",
    "手机号": "mobile",
    "手机": "mobile",
    "邮箱": "email",
    "所在部门": "department",
    "部门": "department",
    "职位": "position",
}
"""The columns that are read; departments are numbers with semicolons between."""

PARTY: Final = {"部门名称": "name", "部门ID": "id", "父部门ID": "parentid", "排序": "order"}
"""The columns of a table of departments."""

WAITING, DONE = 1, 3
CALLBACK: Final = {"url": like(r"https?://\S{1,512}"), "token": text(32), "encodingaeskey": like(r"[0-9A-Za-z]{43}")}
"""Where the end of a job is told, when it is not the application's own address."""


def syncuser(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Create the members of a table, and change those that exist."""
    return _begin(desk, state, payload, "sync_user")


def replaceuser(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The same, and members who are not in the table leave."""
    return _begin(desk, state, payload, "replace_user")


def replaceparty(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Create the departments of a table, and change those that exist; the others that are empty go."""
    return _begin(desk, state, payload, "replace_party")


def _begin(desk: Desk, state: State, payload: Payload, kind: str) -> Answer | Deed:
    shape = {"media_id": text(256), "to_invite": maybe(truth), "callback": maybe(mapping)}
    callback = payload.get("callback") or {}
    if refused := wrong(payload, shape, {"media_id": "41006"}) or (wrong(callback, CALLBACK) if callback else None):
        return refused
    if not usable(desk, state, payload["media_id"]):
        return Answer("40007")
    rows = _rows(state.media[payload["media_id"]].content, PARTY if kind == "replace_party" else COLUMNS)

    def deed() -> Answer:
        jobid = state.mint("job", 32)
        state.jobs[jobid] = {"type": kind, "status": WAITING, "total": len(rows), "percentage": 0, "result": []}
        state.jobs[jobid]["callback"] = {name: callback[name] for name in CALLBACK} if callback else {}
        due = desk.now() + desk.setting("wecom", "batch_takes")
        desk.later(state.account, due, f"{kind} of {len(rows)} rows", lambda: WORK[kind](desk, state, jobid, rows))
        return ok(jobid=jobid)

    return deed


def _rows(content: bytes, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"))))
    except csv.Error:
        return []
    names = [columns.get(one.strip(), "") for one in lines[0]] if lines else []
    return [_row(dict(zip(names, line, strict=False))) for line in lines[1:] if line]


def _row(said: dict[str, str]) -> dict[str, Any]:
    parties = [one.strip() for one in said.get("department", "").split(";") if one.strip()]
    plain = {name: value.strip() for name, value in said.items() if name and name != "department" and value.strip()}
    return {**plain, "department": parties} if parties else dict(plain)


def _work(desk: Desk, state: State, jobid: str, rows: list[dict[str, Any]]) -> None:
    job = state.jobs[jobid]
    job["result"] = [_do(desk, state, row) for row in rows]
    if rows and job["type"] == "replace_user":
        kept = {str(row.get("userid", "")).lower() for row in rows}
        for one in [member for key, member in state.users.items() if key not in kept]:
            planned = members.delete(desk, state, {"userid": one.userid})
            if not isinstance(planned, Answer):
                planned()
    job.update(status=DONE, percentage=100)
    _tell(desk, state, jobid, job)


def _tell(desk: Desk, state: State, jobid: str, job: dict[str, Any]) -> None:
    """The job is done: told to the address that the request named, or to the application's."""
    said = {"JobId": jobid, "JobType": job["type"], "ErrCode": 0, "ErrMsg": "ok"}
    events.tell(desk, state, "batch_job_result", BatchJob=said)


def _replace(desk: Desk, state: State, jobid: str, rows: list[dict[str, Any]]) -> None:
    """Departments row by row; then those that no row names, the deepest first, where nobody is in them."""
    job = state.jobs[jobid]
    job["result"] = [_party(desk, state, row) for row in rows]
    named = {str(row.get("id", "")) for row in rows} | {str(ROOT)}
    for number in reversed(state.directory.below(ROOT) if rows else []):
        planned = departments.delete(desk, state, {"id": number}) if str(number) not in named else Answer("0")
        if not isinstance(planned, Answer):
            planned()
    job.update(status=DONE, percentage=100)
    _tell(desk, state, jobid, job)


def _party(desk: Desk, state: State, row: dict[str, Any]) -> dict[str, Any]:
    exists = str(row.get("id", "")).isdecimal() and int(row["id"]) in state.directory.departments
    planned = (departments.update if exists else departments.create)(desk, state, row)
    answer = planned if isinstance(planned, Answer) else planned()
    return {
        "action": 2 if exists else 1,
        "partyid": row.get("id", ""),
        "errcode": int(answer.code),
        "errmsg": answer.text or "ok",
    }


def _do(desk: Desk, state: State, row: dict[str, Any]) -> dict[str, Any]:
    exists = str(row.get("userid", "")).lower() in state.users
    planned = (members.update if exists else members.create)(desk, state, row)
    answer = planned if isinstance(planned, Answer) else planned()
    return {"userid": row.get("userid", ""), "errcode": int(answer.code), "errmsg": answer.text or "ok"}


WORK: Final[Mapping[str, Callable[[Desk, State, str, list[dict[str, Any]]], None]]] = {
    "sync_user": _work,
    "replace_user": _work,
    "replace_party": _replace,
}
"""How each kind of job is done."""


def getresult(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """How far a job is."""
    jobid = payload.get("jobid")
    job = state.jobs.get(jobid) if isinstance(jobid, str) else None
    shown = {name: value for name, value in (job or {}).items() if name != "callback"}
    return telling(**shown) if "status" in shown else bad("jobid")


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.batch_syncuser": syncuser,
    "wecom.batch_replaceuser": replaceuser,
    "wecom.batch_replaceparty": replaceparty,
    "wecom.batch_getresult": getresult,
}
"""What can be done in bulk."""
