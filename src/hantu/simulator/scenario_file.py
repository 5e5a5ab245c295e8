"""Reads scenario files; a key nobody knows is an error that names the nearest one.

Every plain YAML scalar is taken as text and converted by the declared type, so
that ``000660`` stays a stock code and ``10:30:00`` a time of day.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hantu.domain.errors import UsageError
from hantu.simulator.scenario import Replay, Scenario, StockSpec

_BUILT_IN = resources.files("hantu.simulator") / "scenarios"


def built_in_names() -> list[str]:
    """Return the names of the scenarios that come with hantu."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _BUILT_IN.iterdir() if entry.name.endswith(".yaml"))


def load_scenario(source: str | Path) -> Scenario:
    """Read a scenario: the name of a built-in one or the path of a file.

    Raises:
        UsageError: No such scenario, not YAML, or it breaks the schema.
    """
    name = str(source)
    if name in built_in_names():
        return parse_scenario((_BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8"))
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(built_in_names())
        raise UsageError(f"scenario {name!r} cannot be read: {error}", next_step=f"내장 시나리오: {known}") from error
    return parse_scenario(text, path.parent)


def parse_scenario(text: str, folder: Path | None = None) -> Scenario:
    """Build a scenario from YAML text; captured frames are looked for in ``folder``.

    Raises:
        UsageError: Not YAML, or it breaks the schema; the message names the place.
    """
    raw = _extended(_read(text))
    _check_keys(raw, msgspec.inspect.type_info(Scenario), "")
    try:
        scenario = msgspec.convert(raw, Scenario, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"scenario: {error}") from error
    stocks = tuple(_with_frames(stock, folder) for stock in scenario.stocks)
    scenario = msgspec.structs.replace(scenario, stocks=stocks)
    check_scenario(scenario)
    return scenario


def check_scenario(scenario: Scenario) -> None:
    """Check what the schema cannot say.

    Raises:
        UsageError: A symbol is listed twice, held or hurt without being listed, or an account number is odd.
    """
    symbols = [stock.symbol for stock in scenario.stocks]
    if not symbols:
        raise UsageError("a scenario needs at least one stock")
    if doubled := sorted({symbol for symbol in symbols if symbols.count(symbol) > 1}):
        raise UsageError(f"stocks listed twice: {', '.join(doubled)}")
    for account in scenario.accounts:
        if len(account.plain_number) != 10 or not account.plain_number.isdigit():
            raise UsageError(f"account number {account.number!r} does not have ten digits")
        for holding in account.holdings:
            if holding.symbol not in symbols:
                raise UsageError(f"account {account.number} holds {holding.symbol}, which is not listed")
    if scenario.clock.speed <= 0:
        raise UsageError("clock.speed must be above zero")


def _read(text: str) -> dict[str, Any]:
    try:
        raw = yaml.BaseLoader(text).get_single_data()
    except yaml.YAMLError as error:
        raise UsageError(f"not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise UsageError("a scenario is a mapping with the key 'stocks'")
    return raw


def _extended(raw: dict[str, Any]) -> dict[str, Any]:
    """Lay a scenario over the built-in one it names."""
    name = raw.get("extends", "")
    if not name:
        return raw
    if name not in built_in_names():
        raise UsageError(f"extends {name!r}: no such scenario; built in: {', '.join(built_in_names())}")
    base = _extended(_read((_BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8")))
    stocks = {stock["symbol"]: stock for stock in base["stocks"]}
    changes = raw.get("stocks", [])
    if not isinstance(changes, list) or not all(isinstance(one, dict) and "symbol" in one for one in changes):
        raise UsageError("stocks is a list of mappings with the key 'symbol'")
    for change in changes:
        stocks[change["symbol"]] = stocks.get(change["symbol"], {}) | change
    return base | raw | {"stocks": list(stocks.values())}


def _with_frames(stock: StockSpec, folder: Path | None) -> StockSpec:
    path = stock.path
    if not isinstance(path, Replay) or not path.file or path.frames:
        return stock
    file = (folder or Path()) / path.file
    try:
        frames = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"captured frames of {stock.symbol} cannot be read: {error}") from error
    return msgspec.structs.replace(stock, path=Replay(file=path.file, frames=frames))


def _check_keys(raw: object, shape: msgspec.inspect.Type, where: str) -> None:
    """Walk text and schema together and refuse the first unknown key."""
    match shape:
        case msgspec.inspect.UnionType(types=types):
            _check_keys(raw, _chosen(raw, types), where)
        case msgspec.inspect.VarTupleType(item_type=item) if isinstance(raw, Sequence) and not isinstance(raw, str):
            for index, part in enumerate(raw):
                _check_keys(part, item, f"{where}[{index}]")
        case msgspec.inspect.StructType(fields=fields, tag_field=tag) if isinstance(raw, Mapping):
            known: dict[str, Any] = {field.encode_name: field.type for field in fields}
            for key, value in raw.items():
                if key == tag:
                    continue
                if key not in known:
                    raise UsageError(_unknown(str(key), [*known, *([tag] if tag else [])], where))
                _check_keys(value, known[key], f"{where}.{key}" if where else str(key))
        case _:
            return


def _chosen(raw: object, types: Sequence[msgspec.inspect.Type]) -> msgspec.inspect.Type:
    structs = [shape for shape in types if isinstance(shape, msgspec.inspect.StructType)]
    if isinstance(raw, Mapping):
        for shape in structs:
            if shape.tag is None or raw.get(shape.tag_field) == shape.tag:
                return shape
    return msgspec.inspect.AnyType()


def _unknown(key: str, known: Sequence[str], where: str) -> str:
    nearest = get_close_matches(key, known, n=1, cutoff=0.5)
    place = f" in {where}" if where else ""
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(known)}"
    return f"unknown key {key!r}{place}; {hint}"
