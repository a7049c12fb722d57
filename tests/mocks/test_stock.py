"""A card's stock under any order of events: nothing is issued that is not there, and nothing is consumed twice."""

from __future__ import annotations

import asyncio

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.mocks.rig import ADMIN, Rig

AMOUNTS = st.integers(-4, 6)
UNHURRIED = {"wechat": {"quota": {"card_deposit_minute": {"limit": 1_000}}}}
WHO = st.integers(0, 3)
CODES = st.lists(st.sampled_from([f"c{number}" for number in range(12)]), min_size=1, max_size=5, unique=True)


class Stock(RuleBasedStateMachine):
    """One card, its merchant and a few users, held against a count of our own."""

    @initialize(imported=st.booleans(), quantity=st.integers(0, 5), each=st.integers(1, 3))
    def create(self, imported: bool, quantity: int, each: int) -> None:
        """A card with codes of its own or imported ones."""
        mode = {"use_custom_code": True, "get_custom_code_mode": "GET_CUSTOM_CODE_MODE_DEPOSIT"} if imported else {}
        self.rig = Rig(UNHURRIED)
        self.token = self.rig.wechat_token()
        self.imported, self.each, self.total = imported, each, 0 if imported else quantity
        info = {"type": "DATE_TYPE_FIX_TERM", "fixed_term": 90}
        self.card_id = self.rig.new_card(sku={"quantity": self.total}, get_limit=each, date_info=info, **mode)
        self.held: dict[str, str] = {}
        self.used: set[str] = set()
        self.deposited: set[str] = set()

    def teardown(self) -> None:
        """The end of one run."""
        self.rig.close()

    @rule(codes=CODES)
    def deposit(self, codes: list[str]) -> None:
        """The merchant imports codes."""
        answer = self.rig.wechat("/card/code/deposit", self.token, {"card_id": self.card_id, "code": codes})
        if not self.imported:
            assert answer["errcode"] == 43009
            return
        assert set(answer["succ_code"]) == set(codes) - self.deposited
        assert set(answer["duplicate_code"]) == set(codes) & self.deposited
        self.deposited |= set(codes)

    @rule(change=AMOUNTS.filter(bool))
    def restock(self, change: int) -> None:
        """The merchant changes the stock."""
        field = "increase_stock_value" if change > 0 else "reduce_stock_value"
        code = self.rig.wechat("/card/modifystock", self.token, {"card_id": self.card_id, field: abs(change)})["errcode"]
        left = self.total - len(self.held) + change
        room = len(self.deposited) - len(self.held) if self.imported else 10**8
        assert code == (45031 if left < 0 else 40136 if left > room else 0)
        self.total += 0 if code else change

    @rule(who=WHO)
    def take(self, who: int) -> None:
        """A user takes a card."""
        openid = self.rig.main.wechat.followers[who]
        code = self.rig.tell("wechat.card_received", card_id=self.card_id, openid=openid)["code"]
        if list(self.held.values()).count(openid) >= self.each:
            assert code == "45033"
        elif len(self.held) >= self.total:
            assert code == "45031"
        else:
            assert code not in self.held
            assert not self.imported or code in self.deposited
            self.held[code] = openid

    @rule(data=st.data())
    def consume(self, data: st.DataObject) -> None:
        """A code is redeemed, or tried again."""
        code = data.draw(st.sampled_from([*self.held, "nothing"]))
        answer = self.rig.wechat("/card/code/consume", self.token, {"code": code, "card_id": self.card_id})
        expected = 40099 if code in self.used else 0 if code in self.held else 40056
        assert (answer["errcode"], answer.get("openid")) == (expected, None if expected else self.held[code])
        if not expected:
            self.used.add(code)

    @invariant()
    def the_card_shows_what_is_left(self) -> None:
        """What the merchant reads is what was given to the card, less what users hold."""
        shown = self.rig.wechat("/card/get", self.token, {"card_id": self.card_id})
        sku = shown["card"]["cash"]["base_info"]["sku"]
        assert sku == {"quantity": self.total - len(self.held), "total_quantity": self.total}
        assert sku["quantity"] >= 0


def test_stock_is_never_below_zero_nor_over_issued_and_a_code_is_consumed_once() -> None:
    run_state_machine_as_test(Stock, settings=settings(max_examples=40, stateful_step_count=30))


def test_fifty_at_once_get_no_more_than_there_is_and_one_of_ten_redeems(rig: Rig) -> None:
    """Through the door, all on their way together."""
    card_id, token = rig.new_card(sku={"quantity": 20}, get_limit=3), rig.wechat_token()
    client = httpx.AsyncClient(transport=httpx.ASGITransport(rig.lane()), base_url="http://sandbox.test")

    async def all_at_once() -> tuple[list[str], list[int]]:
        people = rig.main.wechat.followers
        bodies = [{"card_id": card_id, "openid": people[number % 20]} for number in range(50)]
        head = {"X-Sandbox-Token": ADMIN}
        taken = await asyncio.gather(*(client.post("/_sandbox/cards/receive", json=one, headers=head) for one in bodies))
        codes = [one.json()["code"] for one in taken]
        asked = {"card_id": card_id, "code": next(code for code in codes if len(code) == 12)}
        url = f"/wechat/card/code/consume?access_token={token}"
        used = await asyncio.gather(*(client.post(url, json=asked) for _ in range(10)))
        return codes, [one.json()["errcode"] for one in used]

    codes, used = rig.run(all_at_once())
    assert (len({code for code in codes if len(code) == 12}), codes.count("45031")) == (20, 30)
    assert sorted(used) == [0] + [40099] * 9
    assert rig.main.wechat.cards[card_id].stock == 0
