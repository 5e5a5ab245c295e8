"""Every error in the documented shape: type, code, stock, tries, and the position at that moment."""

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.engine.engine import Engine
from hantu.telemetry import get_logger, log_error

ErrorLog = get_logger(f"{__name__}", "system")


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


def _error_of(fact: ev.Fact) -> tuple[str, str, str, int] | None:
    """Return (type, code, stock, tries) of an error, None for any other fact."""
    match fact:
        case ev.ConnectionLost():
            return "network_lost", fact.reason, "", 0
        case ev.ReconnectFailed():
            return "reconnect_failed", fact.reason, "", fact.attempt
        case ev.AuthFailed():
            return "auth_failed", fact.code, "", 0
        case ev.SubscribeFailed():
            return "subscribe_failed", fact.code, fact.symbol, fact.attempts
        case ev.OrderRejectedBroker() | ev.OrderNotSent():
            return "order_refused", fact.code, fact.symbol, 0
        case ev.OrderFailed():
            return "order_failed", fact.code, fact.symbol, 1
        case ev.OrderUnresolved():
            return "order_unresolved", fact.reason, fact.symbol, 0
        case ev.FillUnconfirmed():
            return "fill_unconfirmed", "", fact.symbol, 0
        case ev.DataDelay():
            return "data_delay", f"{fact.delay_ms}ms", fact.symbol, 0
        case ev.TradeSaveFailed():
            return "trade_save_failed", fact.reason, "", fact.attempts
        case ev.EventLogFailed():
            return "event_log_failed", fact.reason, "", 0
        case _:
            return None


def _context(engine: Engine, symbol: Symbol) -> dict[str, int | float | str | None]:
    position = engine.book.positions.get(symbol)
    if position is None:
        return {}
    return {
        "current_price": engine.desk.sight(symbol).price or None,
        "stop_loss": position.stop_price,
        "position_quantity": position.quantity,
    }
