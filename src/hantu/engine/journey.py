"""The states of a monitoring session and the moves between them.

State machine 3 of hantu. Eighteen moves come from the state matrix of the
monitoring journey; eleven more are needed by its step texts and are listed
apart. Everything else is refused. Two machines share the table: the session
walks the first eight states, each exit walks ordering and awaiting_fill.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a session, or one exit, stands."""

    IDLE = "idle"
    CONNECTING = "connecting"
    SUBSCRIBING = "subscribing"
    MONITORING = "monitoring"
    RECONNECTING = "reconnecting"
    UNSUBSCRIBING = "unsubscribing"
    SLEEPING = "sleeping"
    MARKET_HALTED = "market_halted"
    ORDERING = "ordering"
    AWAITING_FILL = "awaiting_fill"


_S = State
MATRIX: frozenset[tuple[State, State]] = frozenset(
    {
        (_S.CONNECTING, _S.SUBSCRIBING),
        (_S.CONNECTING, _S.RECONNECTING),
        (_S.SUBSCRIBING, _S.MONITORING),
        (_S.SUBSCRIBING, _S.RECONNECTING),
        (_S.MONITORING, _S.ORDERING),
        (_S.MONITORING, _S.RECONNECTING),
        (_S.MONITORING, _S.UNSUBSCRIBING),
        (_S.MONITORING, _S.MARKET_HALTED),
        (_S.ORDERING, _S.AWAITING_FILL),
        (_S.AWAITING_FILL, _S.MONITORING),
        (_S.RECONNECTING, _S.CONNECTING),
        (_S.RECONNECTING, _S.SLEEPING),
        (_S.UNSUBSCRIBING, _S.IDLE),
        (_S.IDLE, _S.CONNECTING),
        (_S.SLEEPING, _S.CONNECTING),
        (_S.SLEEPING, _S.UNSUBSCRIBING),
        (_S.MARKET_HALTED, _S.MONITORING),
        (_S.MARKET_HALTED, _S.UNSUBSCRIBING),
    }
)
ADDITIONS: tuple[tuple[State, State, str], ...] = (
    (_S.CONNECTING, _S.SLEEPING, "maintenance, or the key is refused"),
    (_S.ORDERING, _S.MONITORING, "the order failed or was skipped"),
    (_S.ORDERING, _S.RECONNECTING, "the line was lost while ordering"),
    (_S.AWAITING_FILL, _S.RECONNECTING, "the line was lost while waiting"),
    (_S.AWAITING_FILL, _S.ORDERING, "the remainder is ordered anew"),
    (_S.AWAITING_FILL, _S.MARKET_HALTED, "the market was halted while waiting"),
    (_S.AWAITING_FILL, _S.UNSUBSCRIBING, "the market closed while waiting"),
    (_S.SUBSCRIBING, _S.UNSUBSCRIBING, "stopped or closed while subscribing"),
    (_S.CONNECTING, _S.UNSUBSCRIBING, "stopped or closed while connecting"),
    (_S.RECONNECTING, _S.UNSUBSCRIBING, "stopped or closed while reconnecting"),
    (_S.MARKET_HALTED, _S.RECONNECTING, "the line was lost during a halt"),
)
ALLOWED: frozenset[tuple[State, State]] = MATRIX | {(a, b) for a, b, _ in ADDITIONS}


class IllegalMove(AssertionError):
    """A session was sent along a move that does not exist: a bug of ours."""


def check_move(before: State, after: State) -> None:
    """Raise unless a session or an exit may go from ``before`` to ``after``.

    Raises:
        IllegalMove: The pair is neither in the matrix nor among the additions.
    """
    if (before, after) not in ALLOWED:
        raise IllegalMove(f"{before} -> {after}")
