"""What every check here raises."""

import contextlib


class RefusedError(Exception):
    """Something does not verify. `check` is the name that the format's page gives the failed check."""

    def __init__(self, why: str, check: str = ""):
        super().__init__(f"{check}: {why}" if check else why)
        self.check = check
        self.why = why


def require(holds: bool, why: str) -> None:
    if not holds:
        raise RefusedError(why)


@contextlib.contextmanager
def check(name: str):
    """What is refused within is refused by this check."""
    try:
        yield
    except RefusedError as refused:
        raise RefusedError(refused.why, name) from refused
