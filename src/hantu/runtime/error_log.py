"""Every error in the documented shape: type, code, stock, tries, and the position at that moment."""

from collections.abc import Callable
from typing import Any, TypeAlias

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.engine.engine import Engine
from hantu.telemetry import get_logger, log_error

ErrorLog = get_logger(__name__, "system")

Error: TypeAlias = tuple[str, str, str, int]
"""Type, code, stock, tries."""
ERRORS: dict[type, Callable[[Any], Error]] = {
    ev.ConnectionLost: lambda fact: ("network_lost", fact.reason, "", 0),
    ev.ReconnectFailed: lambda fact: ("reconnect_failed", fact.reason, "", fact.attempt),
    ev.AuthFailed: lambda fact: ("auth_failed", fact.code, "", 0),
    ev.SubscribeFailed: lambda fact: ("subscribe_failed", fact.code, fact.symbol, fact.attempts),
    ev.OrderRejectedBroker: lambda fact: ("order_refused", fact.code, fact.symbol, 0),
    ev.OrderNotSent: lambda fact: ("order_not_sent", fact.code, fact.symbol, 0),
    ev.OrderFailed: lambda fact: ("order_failed", fact.code, fact.symbol, 1),
    ev.OrderUnresolved: lambda fact: ("order_unresolved", fact.reason, fact.symbol, 0),
    ev.FillUnconfirmed: lambda fact: ("fill_unconfirmed", "", fact.symbol, 0),
    ev.DataDelay: lambda fact: ("data_delay", f"{fact.delay_ms}ms", fact.symbol, 0),
    ev.TradeSaveFailed: lambda fact: ("trade_save_failed", fact.reason, "", fact.attempts),
    ev.EventLogFailed: lambda fact: ("event_log_failed", fact.reason, "", 0),
}


def note_error(fact: ev.Fact, engine: Engine) -> None:
    """Log ``fact`` if it is an error; others pass by."""
    found = _error_of(fact)
    if found is None:
        return
    error_type, code, symbol, tries = found
    log_error(
        ErrorLog,
        error_type,
        error_code=code,
        stock_code=symbol,
        retry_count=tries,
        context=_context(engine, Symbol(symbol)),
    )


def _error_of(fact: ev.Fact) -> Error | None:
    describe = ERRORS.get(type(fact))
    return describe(fact) if describe is not None else None


def _context(engine: Engine, symbol: Symbol) -> dict[str, int | float | str | None]:
    position = engine.book.positions.get(symbol)
    if position is None:
        return {}
    return {
        "current_price": engine.desk.sight(symbol).price or None,
        "stop_loss": position.stop_price,
        "position_quantity": position.quantity,
    }
