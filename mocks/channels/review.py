"""The review of products: what is looked at before one is taken in, and what a reviewer makes of it later.

Law: what can be seen at once is refused at once (wording, certificates, main image, what its type needs); the rest is a draw from
the account's seed, made on the sandbox's clock. Sources of the rates: V04 and V05.
"""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any, Final

from mocks import wording
from mocks.channels import brands, catalog, events
from mocks.channels.fields import NAME, invalid
from mocks.channels.plan import Fact, ok
from mocks.channels.shopkeeping import least_deposit
from mocks.channels.state import Product, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

EDITING, IN_AUDIT, FAILED, PASSED = 1, 2, 3, 4
LISTED, DELETED, DELISTED, DEPOSIT_SHORT = 5, 9, 11, 14
DAY, BEIJING = 86_400_000, 8 * 3_600_000
MAIN_IMAGE: Final = (800, 800)
REASON: Final = "商品信息与实物不符或主图不清晰，请修改后重新提交"


def problem(desk: Desk, state: State, draft: dict[str, Any]) -> Answer | None:
    """Why a draft cannot be handed in now."""
    if not state.shop.opened:
        return Answer("10020050", text="shop is not open: its licence and ICP filing number must be on its home page")
    if found := worded(desk, catalog.texts(draft)):
        return Answer("10020110", text=f"check failed: {found[0]}: {found[1]}")
    if state.images.get(draft["head_imgs"][0], MAIN_IMAGE) != MAIN_IMAGE:
        return invalid("head_imgs[0]", "a main image of 800x800")
    if draft["brand_id"] != catalog.NO_BRAND and not brands.authorised(state, draft["brand_id"], desk.now()):
        return Answer("10020050", text="no product permission: the brand is not authorised")
    return uncertified(draft) or catalog.type_problem(draft, state.templates, state.addresses)


def worded(desk: Desk, texts: list[str]) -> tuple[str, str] | None:
    """The first word that advertising law or the platform's rules forbid (M11, M15, V22), and which list it is on."""
    lists = {
        name: desk.setting(NAME, f"words_{name}") for name in ("sensitive", "absolute", "false_claims", "induced", "media")
    }
    return wording.screen_all(texts, lists)


def uncertified(draft: dict[str, Any]) -> Answer | None:
    """The certificate that the product's category wants and that is not there (V06; medical goods M15)."""
    category = catalog.leaf(draft)
    if category is None or category.certificate is None:
        return None
    shown = {int(one["qua_id"]) for one in draft.get("product_qua_infos") or ()}
    number, name = category.certificate
    return None if number in shown else Answer("10020018", text=f"no category qualification: {name}")


def day(now: int) -> int:
    """The day in Beijing, as a number."""
    return (now + BEIJING) // DAY


def submit(desk: Desk, state: State, product: Product) -> None:
    """Hand the draft in: a reviewer decides after a while, unless somebody did before or it was taken back."""
    product.edit_status, product.updated = IN_AUDIT, desk.now()
    product.submissions += 1
    state.submitted[day(desk.now())] += 1
    number, rng = product.submissions, Random(f"{state.official.appid}/review/{product.id}/{product.submissions}")
    shortest, longest = desk.setting(NAME, "review_shortest"), desk.setting(NAME, "review_longest")
    takes = rng.randrange(shortest, longest + 1)
    passed = rng.random() * 100 < pass_rate(desk, product.draft)

    def decide() -> None:
        if product.edit_status == IN_AUDIT and product.submissions == number:
            decided(desk, state, product, passed=passed)

    desk.later(state.account, desk.now() + takes, f"review of channels product {product.id}", decide)


def pass_rate(desk: Desk, draft: dict[str, Any]) -> float:
    """How many of a hundred such products pass: by category where V05 gives a figure, else V04's overall figure."""
    category = catalog.leaf(draft)
    kind = category.kind if category and category.kind in ("clothing", "food", "electronics") else "other"
    return float(desk.setting(NAME, f"review_pass_{kind}"))


def decided(desk: Desk, state: State, product: Product, *, passed: bool, reason: str = REASON) -> None:
    """The review is over: the draft goes online, or the merchant reads why not."""
    product.updated = desk.now()
    product.reason = "" if passed else reason
    product.edit_status = PASSED if passed else FAILED
    events.audited(desk, state, product, 3 if passed else 2)
    if not passed:
        return
    first = product.online is None
    product.online = deepcopy(product.draft)
    if not first:
        events.updated(desk, state, product)
    if first or product.status in (0, DELISTED, DEPOSIT_SHORT):
        list_it(desk, state, product)


def list_it(desk: Desk, state: State, product: Product) -> None:
    """On sale, when the deposit suffices for this kind of shop (V01, V02)."""
    enough = state.shop.deposit >= least_deposit(desk, state.shop)
    product.status = LISTED if enough else DEPOSIT_SHORT
    events.listed(desk, state, product, "" if product.status == LISTED else "deposit is short")


def reviewed(desk: Desk, state: State, signal: Signal) -> Answer:
    """Somebody decides a review now: `outcome` is passed or rejected, `reason` is what the merchant reads."""
    product = state.products.get(str(signal.payload.get("product_id", "")))
    outcome = signal.payload.get("outcome", "passed")
    if product is None:
        return Answer("10020052")
    if product.edit_status != IN_AUDIT or outcome not in ("passed", "rejected"):
        return Answer("10020008")
    decided(desk, state, product, passed=outcome == "passed", reason=str(signal.payload.get("reason") or REASON))
    return ok(product_id=product.id, status=product.status, edit_status=product.edit_status)


SIGNALS: Final[dict[str, Fact]] = {"channels.product_reviewed": reviewed}
"""What a reviewer does by hand."""
