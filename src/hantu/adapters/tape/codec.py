"""Inputs and decisions as bytes and back: the words of the tape.

An input is written by the name of its class and its fields in the order that
the part's header tells, so a field that is added later does no harm. What comes
back from the tape equals what went in; decisions are only ever compared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeAlias, get_args

import msgspec

from hantu.domain.errors import BrokenError
from hantu.domain.events import FACTS, event_type
from hantu.domain.instant import Instant
from hantu.domain.quote import BookTop, Trade
from hantu.engine.decision import NOTHING, Decision
from hantu.engine.inputs import Input, Started, Woken

INPUTS: Mapping[str, type] = {cls.__name__: cls for cls in get_args(Input)}
LAYOUT: Mapping[str, tuple[str, ...]] = {
    name: tuple(field.name for field in fields(cls)) for name, cls in INPUTS.items()
}
"""Class → its fields, in the order in which their values are written."""
_NO_TEXT = frozenset({Trade, BookTop, Woken})
"""Inputs in which no private text can stand; the busiest ones."""

Row: TypeAlias = tuple[str, float, datetime, Sequence[Any], bytes | None]
"""Class of the input, ``now`` (mono, wall), its values, the encoded decision (None: nothing was decided)."""
Kept: TypeAlias = tuple[Input, Instant, Decision | Exception]

encoder = msgspec.msgpack.Encoder()
_rows = msgspec.msgpack.Decoder(list[tuple[str, float, datetime, Any, bytes | None]])


class Mask:
    """Replaces private words, such as the HTS id, by what they are."""

    def __init__(self, private: Mapping[str, str] | None = None) -> None:
        """``private``: word → what stands in its place; empty words are passed over."""
        self._private = {word: name for word, name in (private or {}).items() if word}

    def text(self, text: str) -> str:
        """Return ``text`` without private words."""
        for word, name in self._private.items():
            if word in text:
                text = text.replace(word, name)
        return text

    def value(self, value: Any) -> Any:
        """Return ``value`` with every text in it masked; the same object if there was nothing to mask."""
        if type(value) is str:
            return self.text(value)
        if isinstance(value, tuple):
            masked = tuple(self.value(part) for part in value)
            return value if all(new is old for new, old in zip(masked, value, strict=True)) else masked
        if is_dataclass(value) and not isinstance(value, type):
            found = {field.name: getattr(value, field.name) for field in fields(value)}
            changed = {name: new for name, old in found.items() if (new := self.value(old)) is not old}
            return replace(value, **changed) if changed else value
        return value


def row_of(kept: Kept, mask: Mask) -> Row:
    """Return what is written of one handled input."""
    got, now, came = kept
    kind = type(got)
    if kind not in _NO_TEXT:
        got = mask.value(got)
    values = _GETTERS[kind](got)
    return (kind.__name__, now.mono, now.wall, values, decision_bytes(came, mask))


def decision_bytes(came: Decision | Exception, mask: Mask) -> bytes | None:
    """Return a decision, or the failure to make one, in the form that is compared; None for nothing."""
    if isinstance(came, Exception):
        return encoder.encode({"failed": type(came).__name__})
    if came == NOTHING:
        return None
    decision = mask.value(came)
    return encoder.encode(
        (
            [(event_type(fact), fact) for fact in decision.facts],
            [(type(action).__name__, action) for action in decision.actions],
            decision.log,
        )
    )


def decision_values(data: bytes | None) -> Any:
    """Return a written decision as plain values: [facts, actions, log lines], or {"failed": name}."""
    return [[], [], []] if data is None else msgspec.msgpack.decode(data)


def encode_rows(rows: Sequence[Row]) -> bytes:
    """Return rows as bytes."""
    return encoder.encode(rows)


def decode_rows(data: bytes) -> list[Row]:
    """Return the rows of one chunk.

    Raises:
        msgspec.DecodeError: It is none.
    """
    return list(_rows.decode(data))


def input_of(row: Row, layout: Mapping[str, Sequence[str]]) -> tuple[Input, Instant]:
    """Return the input of a row, and its moment.

    Raises:
        BrokenError: This release does not know the input, or not in this form.
    """
    name, mono, wall, values, _ = row
    cls = INPUTS.get(name)
    if cls is None or name not in layout:
        raise BrokenError(
            f"테이프에 이 판이 모르는 입력이 있습니다: {name}", next_step="기록한 판의 hantu 로 재생하세요."
        )
    found = dict(zip(layout[name], values, strict=True))
    try:
        if cls is Started:
            return _started_of(found), Instant(wall, mono)
        return msgspec.convert(found, cls), Instant(wall, mono)
    except msgspec.ValidationError as error:
        raise BrokenError(
            f"테이프의 입력을 읽을 수 없습니다: {name} ({error})", next_step="기록한 판의 hantu 로 재생하세요."
        ) from error


def to_sorted_bytes(value: Any) -> bytes:
    """Return ``value`` encoded with sets and mappings in a fixed order."""
    return encoder.encode(msgspec.to_builtins(value, str_keys=True, order="deterministic"))


# --- leaves ------------------------------------------------------------------------


def _fact(kind: str, values: Any) -> Any:
    cls = FACTS.get(kind)
    if cls is None:
        raise BrokenError(
            f"테이프에 이 판이 모르는 사실이 있습니다: {kind}", next_step="기록한 판의 hantu 로 재생하세요."
        )
    return msgspec.convert(values, cls)


def _started_of(found: Mapping[str, Any]) -> Started:
    """``Started`` holds a union of facts, which msgspec cannot tell apart by itself."""
    types = {field.name: field.type for field in fields(Started)}
    known = {name: value for name, value in found.items() if name in types and name != "facts"}
    facts = tuple(_fact(kind, values) for kind, values in found["facts"])
    return Started(facts=facts, **{name: msgspec.convert(value, types[name]) for name, value in known.items()})


def _started(got: Started) -> Sequence[Any]:
    values = [getattr(got, name) for name in LAYOUT["Started"]]
    values[LAYOUT["Started"].index("facts")] = [(event_type(fact), fact) for fact in got.facts]
    return values


def _getter(names: tuple[str, ...]) -> Callable[[Any], Sequence[Any]]:
    if len(names) < 2:
        return lambda got: [getattr(got, name) for name in names]
    return attrgetter(*names)


_GETTERS: Mapping[type, Callable[[Any], Sequence[Any]]] = {
    **{cls: _getter(LAYOUT[name]) for name, cls in INPUTS.items()},
    Started: _started,
}
