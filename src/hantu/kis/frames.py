"""Data frames of the stream: ``<0|1>|<transaction id>|<count>|<payload>``.

Records of one frame follow each other without a separator of their own, so the
width of a record is the number of fields divided by the count and is never
assumed. A message that cannot be read costs that message and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

FIELD_SEPARATOR = "^"
_MAX_COUNT = 999
"""The count has three digits."""
_MAX_TR_ID = 12


class MalformedFrame(ValueError):
    """A text that is not what the protocol says; its message never quotes the payload."""


@dataclass(frozen=True, slots=True)
class DataFrame:
    """One data frame with its payload untouched; ``encrypted`` payloads are base64."""

    encrypted: bool
    tr_id: str
    count: int
    payload: str = field(repr=False)


def parse_data(text: str) -> DataFrame:
    """Take a data frame apart, without looking into the payload.

    Raises:
        MalformedFrame: The head is not that of a data frame, or nothing follows it.
    """
    parts = text.split("|", 3)
    if len(parts) != 4:
        raise MalformedFrame("not a data frame: fewer than four parts")
    flag, tr_id, count, payload = parts
    if flag not in ("0", "1"):
        raise MalformedFrame("not a data frame: encryption flag is neither 0 nor 1")
    if not (tr_id.isascii() and tr_id.isalnum() and len(tr_id) <= _MAX_TR_ID):
        raise MalformedFrame("transaction id is not a short word")
    if not (count.isascii() and count.isdigit() and len(count) <= 3 and int(count) > 0):
        raise MalformedFrame("record count is not 001 to 999")
    if not payload:
        raise MalformedFrame("payload is empty")
    return DataFrame(flag == "1", tr_id, int(count), payload)


def split_records(frame: DataFrame, minimum: int) -> list[list[str]]:
    """Return the records of a plain frame, each with all of its columns.

    Records may be wider than ``minimum`` (columns are appended by reforms); a
    record twice as wide means that the count is wrong, and reading on would
    lose every record but the first.

    Raises:
        MalformedFrame: Records of unequal width, too narrow, or too many for the count.
    """
    fields = frame.payload.split(FIELD_SEPARATOR)
    width, rest = divmod(len(fields), frame.count)
    if rest:
        raise MalformedFrame(f"{len(fields)} fields do not divide into {frame.count} records")
    if width < minimum:
        raise MalformedFrame(f"records have {width} columns, at least {minimum} are needed")
    if width >= 2 * minimum:
        raise MalformedFrame(f"records have {width} columns: the count {frame.count} is too small")
    if frame.count == 1:
        return [fields]
    return [fields[start : start + width] for start in range(0, len(fields), width)]


def render_data(tr_id: str, records: Sequence[Sequence[str]], encrypted: bool = False) -> str:
    """Return the text of one frame; an encrypted record is one field, its base64 text.

    Raises:
        ValueError: No record, more than 999, or a value that contains a separator.
    """
    rows = [FIELD_SEPARATOR.join(record) for record in records]
    if not 0 < len(rows) <= _MAX_COUNT:
        raise ValueError(f"a frame carries 1 to {_MAX_COUNT} records, not {len(rows)}")
    separators = sum(row.count(FIELD_SEPARATOR) for row in rows)
    if separators != sum(len(record) - 1 for record in records):
        raise ValueError("a value contains the field separator")
    return f"{int(encrypted)}|{tr_id}|{len(rows):03d}|{FIELD_SEPARATOR.join(rows)}"
