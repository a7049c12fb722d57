"""What can go wrong on our side, as one tree. What a *platform* refuses is a value (Verdict, Reply), never one of these.

SandboxError
InputError        what somebody gave us cannot be used: file, key, value, what was expected     exit 2
MachineError      this machine does not let us: a port in use, a folder not writable, a dead target   exit 2
InvalidRunError   nothing can be said: the generator or the mock was saturated                 exit 98
"""

from __future__ import annotations


class SandboxError(Exception):
    """The root. `exit_code` is what a command that ends with it returns."""

    exit_code = 1


class InputError(SandboxError):
    """What somebody gave us cannot be used; says where, what it was, and what was expected."""

    exit_code = 2

    def __init__(self, where: str, key: str, value: object, expected: str) -> None:
        self.where, self.key, self.value, self.expected = where, key, value, expected
        shown = repr(value) if len(repr(value)) <= 80 else repr(value)[:77] + "..."
        super().__init__(f"{where}: {key} = {shown}: expected {expected}")


class MachineError(SandboxError):
    """This machine does not let us: a port in use, a folder that cannot be written, a target that does not answer."""

    exit_code = 2


class InvalidRunError(SandboxError):
    """Nothing can be said about the run: the load generator or the mock was saturated."""

    exit_code = 98
