"""Joining the platforms: what a merchant waits for before anything can be bound, each step as long as its vendor's reviewers take.

Law: tracks are tables of steps; how long each takes is drawn once, from the account's seed, between the figures of the rulebook
`market`; working days are Beijing's. What a step changes, it changes when it is over, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Final, Literal

from mocks.binding.parties import Status
from mocks.binding.service import become
from mocks.wechat.cards.standing import working_days
from sandbox.events import Event

if TYPE_CHECKING:
    from mocks.world import Account, World

Kind = Literal["enterprise", "sole_proprietor", "overseas"]
Track = Literal["wecom", "official_account", "shop"]
Proof = Literal["transfer", "scan"]

RUNNING, DONE, REJECTED = "running", "done", "rejected"
YEAR: Final = 365 * 86_400_000

TEXTS: Final[Mapping[str, str]] = {
    "": "ok",
    "ERR_PHONE_USED": "该手机号已注册过企业微信",
    "ERR_LICENCE_DIFFERS": "营业执照与法定代表人信息不一致",
    "ERR_SCAN_NOT_ALLOWED": "仅个体工商户可用法人扫脸与承诺书代替对公打款",
    "ERR_TRANSFER_CODE_LATE": "打款验证码未在48小时内填写",
    "ERR_TRANSFER_CODE": "打款验证码错误",
    "ERR_NOT_WAITING": "当前没有等待的步骤",
}
"""Every code and what it says; named by us, one for each published rule."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a merchant hands in. `legal_representative` "": the one of the licence."""

    kind: Kind = "enterprise"
    phone: str = ""
    proof: Proof = "transfer"
    legal_representative: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the range (or figure) of the market's rulebook that says how long, the facts, and what it changes when it is over."""

    name: str
    takes: Callable[[Asked], str]
    facts: tuple[str, ...]
    done: Callable[[World, Account], None] = lambda _world, _account: None


@dataclass(slots=True)
class Progress:
    """How far one track is; `step` is the one that runs, `due` when it is over (ms), `ended` which ended when."""

    asked: Asked
    step: str = ""
    due: int = 0
    state: str = RUNNING
    code: str = ""
    ended: dict[str, int] = field(default_factory=dict)
    transfer_code: str = ""
    code_until: int = 0
    good_until: int = 0
    fees_fen: int = 0


def _set_verified(account: Account, *, verified: bool) -> None:
    two = account.binding.parties
    become(account, replace(two, corp=replace(two.corp, verified=verified)))


def _set_status(account: Account, status: Status) -> None:
    two = account.binding.parties
    become(account, replace(two, shop=replace(two.shop, status=status)))


def _verified(world: World, account: Account) -> None:
    """The corp is verified for a year, and has paid for it; calls and messages cost nothing (S17)."""
    progress = account.onboarding["wecom"]
    _set_verified(account, verified=True)
    progress.fees_fen += int(_figure(world, "verification_fee"))
    progress.good_until = max(progress.good_until, world.now()) + YEAR

    def lapse() -> None:
        if account.onboarding.get("wecom") is progress and world.now() >= progress.good_until:
            _set_verified(account, verified=False)

    world.later(account.id, progress.good_until, "end of the WeCom verification", lapse)


def _figure(world: World, name: str) -> float:
    return world.books["market"].document.figure[name].value


TRACKS: Final[Mapping[str, tuple[Step, ...]]] = {
    "wecom": (
        Step("registration", lambda _asked: "", ("M01",)),
        Step("entity_review", lambda _asked: "wecom_entity", ("M02",)),
        Step("verification", lambda asked: "" if asked.proof == "scan" else "wecom_transfer", ("M03", "S17"), _verified),
    ),
    "official_account": (Step("review", lambda asked: f"review_{asked.kind}", ("A01",)),),
    "shop": (
        Step("review", lambda _asked: "shop_review", ("S16",)),
        Step(
            "configuration",
            lambda _asked: "configuration",
            ("S16",),
            lambda _world, account: _set_status(account, "active"),
        ),
    ),
}
"""Each track's steps, in their order. A step without a range is over at once."""


def begin(world: World, account: Account, track: Track, asked: Asked) -> str:
    """A merchant applies; the code of what is refused at once, or "". Applying again begins anew."""
    if code := _refused(account, track, asked):
        return code
    progress = account.onboarding[track] = Progress(asked)
    if track == "wecom":
        _set_verified(account, verified=False)
    if track == "shop":
        _set_status(account, "to_be_activated")
    if track == "official_account":
        progress.transfer_code = f"{Random(f'{world.seed}/{account.id}/transfer').randrange(10**6):06}"
        progress.code_until = world.now() + int(_figure(world, "transfer_code_within"))
    _next(world, account, track, progress)
    return ""


def _refused(account: Account, track: Track, asked: Asked) -> str:
    if track != "wecom":
        return ""
    before = account.onboarding.get("wecom")
    used = {one.profile.get("mobile") for one in account.wecom.users.values()}
    if asked.phone in used or (before is not None and before.asked.phone == asked.phone):
        return "ERR_PHONE_USED"
    if asked.proof == "scan" and asked.kind != "sole_proprietor":
        return "ERR_SCAN_NOT_ALLOWED"
    named = asked.legal_representative or account.binding.parties.corp.entity.legal_representative
    return "" if named == account.binding.parties.corp.entity.legal_representative else "ERR_LICENCE_DIFFERS"


def _next(world: World, account: Account, track: Track, progress: Progress) -> None:
    """The first step that is not over runs from now on; those that take no time are over at once."""
    for step in TRACKS[track]:
        if step.name in progress.ended:
            continue
        progress.step, progress.due = step.name, _due(world, account, track, step.takes(progress.asked))
        if progress.due > world.now():
            world.later(account.id, progress.due, f"{track}: {step.name}", lambda: _end(world, account, track, progress))
            return
        _over(world, account, track, progress)
    progress.step, progress.due, progress.state = "", 0, DONE


def _due(world: World, account: Account, track: Track, takes: str) -> int:
    """When a step that begins now is over: a whole number of working days, or about a mean time, drawn from the account's seed."""
    now, rng = world.now(), Random(f"{world.seed}/{account.id}/{track}/{takes}")
    ranges = world.books["market"].document.range
    if takes in ranges:
        return working_days(now, rng.randint(int(ranges[takes].low), int(ranges[takes].high)))
    return now + max(1, round(rng.expovariate(1 / _figure(world, takes)))) if takes else now


def _end(world: World, account: Account, track: Track, progress: Progress) -> None:
    """A step's time is over; a review whose transfer code never came fails (A01)."""
    if account.onboarding.get(track) is not progress or progress.state != RUNNING:
        return
    if progress.transfer_code and world.now() >= progress.code_until:
        progress.state, progress.code, progress.step = REJECTED, "ERR_TRANSFER_CODE_LATE", ""
        return
    _over(world, account, track, progress)
    _next(world, account, track, progress)


def _over(world: World, account: Account, track: Track, progress: Progress) -> None:
    progress.ended[progress.step] = world.now()
    next(one for one in TRACKS[track] if one.name == progress.step).done(world, account)
    event: Event = {"at": world.now(), "kind": "onboarding", "account": account.id, "track": track, "step": progress.step}
    world.record(event)


def renew(world: World, account: Account) -> str:
    """Another year's verification is paid for, while this one runs or after it (S17)."""
    progress = account.onboarding.get("wecom")
    if progress is None or progress.state != DONE:
        return "ERR_NOT_WAITING"
    _verified(world, account)
    return ""


def enter(world: World, account: Account, code: str) -> str:
    """The merchant enters the code that came with the transfer: within 48 hours (A01)."""
    progress = account.onboarding.get("official_account")
    if progress is None or not progress.transfer_code or progress.state == REJECTED:
        return "ERR_NOT_WAITING"
    if world.now() >= progress.code_until:
        return "ERR_TRANSFER_CODE_LATE"
    if code != progress.transfer_code:
        return "ERR_TRANSFER_CODE"
    progress.transfer_code = ""
    return ""
