"""What passes between the jobs process and one strategy: numbered steps out, one answer each back.

A message is four bytes of length and msgpack. A step carries a random token; only
an answer that repeats it counts, so nothing but the strategy's own loop, at that
step, can say that the step was done.
"""

import struct
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from hantu.strategies.sdk import Decision, Fill, Holding, Proposal, Trade, Watch

MESSAGE_MAX = 8 * 1024 * 1024
"""Bytes of one message; a state beyond it ends the strategy."""
HEAD = struct.Struct("!I")


class Hello(Struct, tag="hello"):
    """First word of a strategy's process: it has loaded its class."""

    pid: int
    timer_s: float


class Begin(Struct, tag="begin"):
    """First step of a life: everything kept of the lives before."""

    params: dict[str, Any]
    state: dict[str, Any]
    counter: int
    prefix: str


class Beat(Struct, tag="beat"):
    """Nothing but a question whether the loop goes on; also lets the clock's minutes end."""


class Trades(Struct, tag="trades"):
    """Trades in order, after ``missed`` frames that are lost (-1 = nobody can say how many)."""

    trades: tuple[Trade, ...]
    missed: int = 0


class Filled(Struct, tag="filled"):
    fill: Fill


class Decided(Struct, tag="decided"):
    decision: Decision


class Timer(Struct, tag="timer"):
    """``slot`` counts whole intervals since 1970."""

    slot: int
    missed: int


Step: TypeAlias = Begin | Beat | Trades | Filled | Decided | Timer


class View(Struct):
    """What changed of the world since the last step; None = nothing."""

    watchlist: tuple[Watch, ...] | None = None
    holdings: tuple[Holding, ...] | None = None
    open: tuple[Proposal, ...] | None = None


class Ask(Struct):
    """One step on its way to the strategy."""

    number: int
    token: int
    now: datetime
    step: Step
    view: View
    wants_state: bool


class Done(Struct, tag="done"):
    """The answer to one step: what the strategy wants, and its state where asked for or needed."""

    number: int
    token: int
    wishes: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()
    state: dict[str, Any] | None = None
    counter: int = 0


class Failed(Struct, tag="failed"):
    """The strategy raised; the step has not happened and the process ends."""

    error: str
    trace: str


Word: TypeAlias = Hello | Done | Failed
_encoder = msgspec.msgpack.Encoder()
_asks = msgspec.msgpack.Decoder(Ask)
_words: msgspec.msgpack.Decoder[Word] = msgspec.msgpack.Decoder(Word)


def pack(message: Ask | Word) -> bytes:
    """Return one message as bytes.

    Raises:
        ValueError: It is longer than ``MESSAGE_MAX``.
    """
    body = _encoder.encode(message)
    if len(body) > MESSAGE_MAX:
        raise ValueError(f"a message of {len(body)} bytes; {MESSAGE_MAX} are allowed")
    return HEAD.pack(len(body)) + body


def ask_of(body: bytes) -> Ask:
    """Return the step in ``body``.

    Raises:
        msgspec.DecodeError: It is none.
    """
    return _asks.decode(body)


def word_of(body: bytes) -> Word:
    """Return what a strategy said.

    Raises:
        msgspec.DecodeError: It is nothing a strategy says.
    """
    return _words.decode(body)
