"""A challenge: asked once, relieved when it is solved, and no way round what an act turns out to be."""

from __future__ import annotations

from sandbox.policy import Book, Call, Cell, Signal, Verdict, judge, observe
from sandbox.policy.detect import Detector
from sandbox.policy.risk import Risk
from sandbox.policy.tiers import Tier

PAY, HOUR = "p.pay", 3_600_000
LARGE = Detector("p.large", "value", 2, (PAY,), of="amount", limit=100, blames="user", points=40)
WRONG = Detector("p.wrong", "frequency", 2, (PAY,), failures=True, scope=("user",), limit=0, blames="user", points=70)
TIERS = (Tier("p.challenged", 1, 40, "challenge", relief=30), Tier("p.denied", 2, 80, "deny"))
BOOK = Book("p", risk=Risk((LARGE, WRONG), TIERS, leak=0))


class Desk:
    """Asks the book in turn and keeps the cells."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}

    def ask(self, amount: int, **more: str) -> Verdict:
        call = Call("p", PAY, "a", {"user": "u", "amount": str(amount), **more})
        changed, verdict = judge(BOOK, self.cells, call, 0)
        self.cells.update(changed)
        return verdict

    def fail(self, **more: str) -> None:
        actor = {"user": "u", "amount": "1", **more}
        self.cells.update(observe(BOOK, self.cells, Signal("p", "outcome", "a", PAY, actor, ok=False), 0)[0])


def score(verdict: Verdict) -> int:
    assert verdict.risk is not None
    return verdict.risk.score


def test_a_solved_challenge_is_let_through_and_takes_points_off() -> None:
    desk = Desk()
    asked = desk.ask(500)
    assert (asked.allowed, asked.rule, score(asked)) == (False, "p.challenged", 40)
    solved = desk.ask(500, challenge="passed")
    assert (solved.allowed, score(solved)) == (True, 40), "the same act is not blamed twice"
    assert score(desk.ask(1)) == 10


def test_a_second_hit_after_a_solved_challenge_is_a_challenge_again_and_after_an_unsolved_one_a_refusal() -> None:
    solved, unsolved = Desk(), Desk()
    for desk in (solved, unsolved):
        desk.ask(500)
    solved.ask(500, challenge="passed")
    assert solved.ask(500).rule == "p.challenged"
    assert unsolved.ask(500).rule == "p.denied"


def test_a_solved_challenge_does_not_excuse_what_the_act_turns_out_to_be() -> None:
    desk = Desk()
    desk.ask(500)
    desk.ask(500, challenge="passed")
    desk.fail(challenge="passed")
    assert desk.ask(1).rule == "p.denied"
