"""`python -m loadtests.targets.payee_twice --port N --env-file F`: as `payee`, but each payout bears a number of its own.

Law: what is told twice is paid twice. It is here to be caught.
"""

from __future__ import annotations

from loadtests.targets.payee import a_new_one, main

if __name__ == "__main__":
    main("loadtests.targets.payee_twice", a_new_one())
