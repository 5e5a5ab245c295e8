"""Errors by what they ask of the caller.

HantuError
├── UsageError        the person typed or configured something wrong; nothing was done
│   └── NotThereError
├── DeniedError       a safety rule said no; nothing was done
│   ├── FencedError
│   └── TokenSpentError
├── RetryableError    it did not happen and may be tried again
├── BrokenError       storage or a peer is unusable; needs a person
│   └── SilentError
└── AccessError       not let in (hantu.domain.access)
"""


class HantuError(Exception):
    """Root of every error hantu raises on purpose.

    ``next_step`` is one sentence, in the user's language, that says what to do.
    """

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class UsageError(HantuError):
    """The person typed or configured something wrong; nothing was done."""


class NotThereError(UsageError):
    """What was asked for by its name does not exist."""


class DeniedError(HantuError):
    """A safety rule said no; nothing was done."""


class TokenSpentError(DeniedError):
    """The one-time token of an order was spent before; the order was not placed."""


class FencedError(DeniedError):
    """Another guard has taken the lease; this one may record and order nothing any more."""


class RetryableError(HantuError):
    """It did not happen and may be tried again; ``retry_s`` when the peer said how long to wait."""

    def __init__(self, message: str, *, next_step: str = "", retry_s: float | None = None) -> None:
        super().__init__(message, next_step=next_step)
        self.retry_s = retry_s


class BrokenError(HantuError):
    """Storage or a peer is unusable; a person is needed."""


class SilentError(BrokenError):
    """The guard did not answer as it should.

    ``reached`` is false when it is certain that nothing was asked of it; ``failed`` when it answered with a failure.
    """

    def __init__(self, message: str, *, next_step: str = "", reached: bool = True, failed: bool = False) -> None:
        super().__init__(message, next_step=next_step)
        self.reached = reached
        self.failed = failed
