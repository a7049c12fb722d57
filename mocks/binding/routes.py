"""`/_sandbox/bindings`: the binding as seller centre, phone and reviewer handle it.

Law: parses, asks the service, formats. A refusal is an answer (`ok`, `code`, `text`) with HTTP status 200; what cannot be read is 400,
an account that is not there 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from mocks.binding import service
from mocks.binding.cards import Trigger
from mocks.binding.parties import Kind, Reach, Status, changed
from mocks.binding.service import Rule
from mocks.binding.targets import Target
from mocks.world import Account, World

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """A request: no unknown keys."""

    model_config = ConfigDict(extra="forbid")


class Begun(Body):
    """Which account to bind, and who integrates (M04); with `own` the sandbox pushes nothing itself."""

    account: str = "main"
    mode: service.Mode = "saas"


class Scanned(Body):
    """Who scans."""

    userid: Text


class EntityChange(Body):
    """Fields of a legal entity to replace."""

    name: Text | None = None
    legal_representative: Text | None = None
    registered_capital: Text | None = None
    kind: Kind | None = None


class ShopChange(Body):
    """What to replace on Shopee's side."""

    licence: EntityChange | None = None
    reach: Reach | None = None
    status: Status | None = None


class CorpChange(Body):
    """What to replace on WeCom's side."""

    entity: EntityChange | None = None
    verified: bool | None = None
    external_contact: bool | None = None


class PartiesChange(Body):
    """What to replace on both sides."""

    shop: ShopChange = ShopChange()
    corp: CorpChange = CorpChange()


class Granted(Body):
    """Which data may cross, and whether the undertaking (《敏感信息使用承诺书》) was signed."""

    sensitive: bool
    undertaking: bool = False


class RuleSaid(Body):
    """A message rule."""

    trigger: Trigger
    target: Literal["department", "member", "chat"]
    id: Text
    auto_reply: Annotated[str, Field(max_length=500)] = ""


class Choice(Body):
    """Whether a buyer's data may cross."""

    buyer: Text
    subscribed: bool


class LogSwitch(Body):
    """The push log, on or off."""

    on: bool


class Happening(Body):
    """A buyer asks, or a parcel is in trouble."""

    trigger: Literal["buyer_enquiry", "logistics_exception"]
    order_sn: Text
    text: Annotated[str, Field(max_length=500)] = ""


def router(world: World, find: Callable[[str], Account]) -> APIRouter:
    """The endpoints. `find` gives an account by its id, or raises HTTP 404."""
    routes = APIRouter(prefix="/bindings")
    _about_the_way(routes, world, find)
    _about_messages(routes, world, find)
    return routes


def _said(account: Account, code: str, **more: Any) -> dict[str, Any]:
    """The outcome of a step, and the binding as it is now."""
    binding, key = account.binding, account.wecom.binding_key
    live = binding.state == service.LIVE
    shown = {"account": account.id, "state": binding.state, "mode": binding.mode, "sensitive": binding.sensitive}
    address = {"webhook": f"/wecom/cgi-bin/webhook/send?key={key}", "key": key} if live else {}
    rules = [{**asdict(rule), "target": str(rule.target)} for rule in binding.rules]
    outcome = {"ok": not code, "code": code, "text": service.TEXTS.get(code, code)}
    return {**outcome, **shown, **address, "rules": rules, "log_on": binding.log_on, **more}


def _about_the_way(routes: APIRouter, world: World, find: Callable[[str], Account]) -> None:
    @routes.post("")
    async def bind(begun: Begun) -> dict[str, Any]:
        """立即绑定: begin; an administrator has to scan next (S07)."""
        account = find(begun.account)
        who, suited = service.administrator(account), service.suited(world, account)
        return _said(account, service.bind(account, begun.mode), administrator=who, suited=suited)

    @routes.get("/{account_id}")
    async def show(account_id: str) -> dict[str, Any]:
        """The binding of an account, and both parties."""
        account = find(account_id)
        return _said(account, account.binding.code, parties=asdict(account.binding.parties))

    @routes.patch("/{account_id}/parties")
    async def change(account_id: str, wanted: PartiesChange) -> dict[str, Any]:
        """Make an entity, a licence or a setting another one: what a person would do at either vendor."""
        account, said = find(account_id), wanted.model_dump(exclude_none=True)
        service.become(account, changed(account.binding.parties, said["shop"], said["corp"]))
        return {"ok": True, "parties": asdict(account.binding.parties)}

    @routes.post("/{account_id}/scan")
    async def scan(account_id: str, scanned: Scanned) -> dict[str, Any]:
        """Somebody scans; the check follows at once, and with it address and key (S03, S07, S09, S10)."""
        account = find(account_id)
        return _said(account, service.scan(world, account, scanned.userid))

    @routes.post("/{account_id}/test")
    async def test(account_id: str) -> dict[str, Any]:
        """测试连接: the code that holds now (S11)."""
        account = find(account_id)
        return _said(account, service.connection(account))

    @routes.delete("/{account_id}")
    async def unbind(account_id: str) -> dict[str, Any]:
        """The binding ends, and its address with it."""
        account = find(account_id)
        return _said(account, service.unbind(world, account))


def _about_messages(routes: APIRouter, world: World, find: Callable[[str], Account]) -> None:
    @routes.post("/{account_id}/scopes")
    async def scopes(account_id: str, granted: Granted) -> dict[str, Any]:
        """Which data may cross (S05)."""
        account = find(account_id)
        code = service.grant(account.binding, sensitive=granted.sensitive, undertaking=granted.undertaking)
        return _said(account, code)

    @routes.post("/{account_id}/choices")
    async def choose(account_id: str, said: Choice) -> dict[str, Any]:
        """A buyer subscribes or unsubscribes (M18)."""
        account = find(account_id)
        return _said(account, service.choose(account, said.buyer, subscribed=said.subscribed))

    @routes.post("/{account_id}/rules")
    async def rule(account_id: str, said: RuleSaid) -> dict[str, Any]:
        """One more message rule (S08)."""
        account = find(account_id)
        return _said(account, service.add_rule(account, Rule(said.trigger, Target(said.target, said.id), said.auto_reply)))

    @routes.delete("/{account_id}/rules")
    async def no_rules(account_id: str) -> dict[str, Any]:
        """No rules any more."""
        account = find(account_id)
        account.binding.rules = []
        return _said(account, "")

    @routes.post("/{account_id}/log")
    async def switch(account_id: str, wanted: LogSwitch) -> dict[str, Any]:
        """记录消息推送日志: on or off (S14); what was logged stays."""
        account = find(account_id)
        account.binding.log_on = wanted.on
        return _said(account, "")

    @routes.get("/{account_id}/log")
    async def log(account_id: str) -> dict[str, Any]:
        """Every push since the log is on, and whether it arrived."""
        binding = find(account_id).binding
        return {"on": binding.log_on, "pushes": [{**asdict(one), "arrived": one.arrived} for one in binding.log]}

    @routes.post("/{account_id}/events")
    async def happen(account_id: str, said: Happening) -> dict[str, Any]:
        """A buyer asks about an order, or its parcel is in trouble; rules that speak of it push, and answer the buyer."""
        account = find(account_id)
        order = account.shopee.orders.get(said.order_sn)
        if order is None:
            return _said(account, "ERR_UNKNOWN_ORDER")
        pushes = service.happened(world, account, said.trigger, order, said.text)
        answer = service.answered(world, account, order) if pushes and said.trigger == "buyer_enquiry" else ""
        shown = [{**asdict(one), "arrived": one.arrived} for one in pushes]
        return _said(account, "", pushes=shown, auto_reply=answer)
