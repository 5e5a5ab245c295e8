"""The guard's state as one plain object, for the control socket and its readers."""

from collections.abc import Iterable
from statistics import quantiles
from typing import Any

from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.journey_words import state_word
from hantu.domain.order import IntentState
from hantu.domain.session import KST
from hantu.engine import registrations
from hantu.engine.engine import Engine
from hantu.engine.journey import State
from hantu.engine.records import Intent, Position
from hantu.engine.switch import obstacles
from hantu.engine.turn import Turn
from hantu.runtime.guard import Counts

MARKET = Symbol("")
DOUBT = (IntentState.UNKNOWN, IntentState.ESCALATED)


def _kill(engine: Engine) -> dict[str, Any]:
    book = engine.book
    return {
        "level": book.kill.value, "reason": book.kill_reason, "actor": book.kill_actor, "timestamp": book.kill_at,
        "automatic": book.kill_automatic, "cause": book.kill_cause, "release_until": book.release_until,
        "obstacles": list(obstacles(engine.desk)) if book.kill is not KillLevel.OFF else [],
    }  # fmt: skip


def status(engine: Engine, counts: Counts, now: Instant, fixed: dict[str, Any]) -> dict[str, Any]:
    """Return everything a person may ask of a running guard; ``fixed`` is what never changes."""
    book, desk = engine.book, engine.desk
    line = desk.line
    done, total = registrations.prices_done(Turn(desk, now))
    state = _visible(engine)
    last_seen = max((sight.seen_mono for sight in desk.sights.values()), default=-1e9)
    idle = book.state is State.IDLE
    blind = 0.0 if line.blind_mono is None or not book.positions else now.mono - line.blind_mono
    return {
        **fixed,
        "state": state.value,
        "state_ko": state_word(state.value),
        "moment": {"name": counts.moment, "at": counts.moment_at},
        "session_state": book.state.value,
        "market_time": f"{now.wall.astimezone(KST):%Y-%m-%d %H:%M:%S}",
        "kill": _kill(engine),
        "connection": {
            "connected": line.open,
            "attempt": line.attempt,
            "limit": len(desk.config.pace.retry_offsets_s),
            "next_try_s": None if line.next_try_mono is None else max(0.0, line.next_try_mono - now.mono),
            "silent_s": round(now.mono - last_seen, 1) if line.open and last_seen > 0 else None,
            "outages": len(line.outages),
        },
        "subscriptions": {
            "done": done,
            "total": total,
            "registrations": len(line.active),
            "limit": line.limit,
            "polled": len(line.polled),
            "failed": [{"symbol": symbol, "code": code} for symbol, code in sorted(line.refused.items())],
        },
        "halted": {"market": MARKET in book.halts, "symbols": sorted(symbol for symbol in book.halts if symbol)},
        "unprotected_s": round(book.unprotected_s + blind, 1),
        "next_opening": _stamp(desk.config.calendar.next_opening(now.wall)) if idle else None,
        "sleep_cause": book.sleep_cause,
        "stopped": book.stopped and desk.config.calendar.in_session(now.wall),
        "positions": [_position(engine, held, now) for _, held in sorted(book.positions.items())],
        "unguarded": [
            {"symbol": fact.symbol, "name": fact.name, "quantity": fact.quantity}
            for _, fact in sorted(book.unguarded.items())
        ],
        "watch": _watched(engine),
        "counts": {
            "trades": counts.trades,
            "frames": counts.frames,
            "parse_errors": counts.parse_errors,
            "rejected_prices": counts.rejected_prices,
            "orders": counts.orders,
            "fills": counts.fills,
            "wakes": counts.wakes,
        },
        "latency_ms": _latency(counts.latencies_ms),
        "notice_delay_ms": _latency(counts.notice_delays_ms),
        "recovery": _recovery(engine),
        "needs_person": _needs_person(engine),
        "storage_ok": desk.storage_ok,
        "recovered": desk.recovered,
        "day_pnl": sum(closed.pnl for closed in book.closed),
        "exits_today": len(book.closed),
    }


def _watched(engine: Engine) -> list[dict[str, Any]]:
    return [
        {
            "symbol": symbol,
            "name": item.name,
            "price": engine.desk.sight(symbol).price or None,
            "support_price": item.support_price,
            "score": item.score,
        }
        for symbol, item in sorted(engine.desk.watchlist.items())
        if symbol not in engine.book.positions
    ]


def _visible(engine: Engine) -> State:
    """Return the state a person sees: an exit under way shows over quiet watching."""
    book = engine.book
    if book.state is not State.MONITORING:
        return book.state
    live = [intent for intent in book.open_intents() if intent.record.kind == "order"]
    if any(intent.state is IntentState.SENDING for intent in live):
        return State.ORDERING
    return State.AWAITING_FILL if live else State.MONITORING


def _position(engine: Engine, held: Position, now: Instant) -> dict[str, Any]:
    desk, sight = engine.desk, engine.desk.sight(held.symbol)
    price = sight.price or None
    intent = engine.book.open_intent(held.symbol)
    value = price * held.quantity if price else None
    return {
        "symbol": held.symbol,
        "name": held.name,
        "quantity": held.quantity,
        "average_price": held.average_price,
        "price": price,
        "price_age_s": round(now.mono - sight.seen_mono, 1) if price else None,
        "stop_price": held.stop_price,
        "target_price": held.target_price,
        "rule": held.rule,
        "trailing": held.trailing,
        "to_stop_pct": round((price - held.stop_price) / price * 100, 2) if price else None,
        "to_target_pct": round((held.target_price - price) / price * 100, 2) if price else None,
        "pnl": value - held.cost if value is not None else None,
        "return_rate": (value - held.cost) / held.cost if value is not None and held.cost else None,
        "state": _exit_state(engine, held.symbol, intent),
        "order": None if intent is None else _order(desk.watches.get(intent.record.intent_id), intent, now),
    }


def _exit_state(engine: Engine, symbol: Symbol, intent: Intent | None) -> str:
    if intent is not None:
        if intent.state in DOUBT:
            return "unresolved"
        return "ordering" if intent.state is IntentState.SENDING else "awaiting_fill"
    held = sorted(key[3] for key in engine.desk.told if key[0] == "held" and key[1] == symbol and len(key) > 3)
    if held:
        return f"held:{held[0]}"
    return "guarded" if symbol not in engine.desk.line.polled else "polled"


def _order(watch: Any, intent: Intent, now: Instant) -> dict[str, Any]:
    return {
        "intent_id": intent.record.intent_id,
        "order_no": intent.order_no,
        "waited_s": round(now.mono - watch.recorded_mono, 1) if watch else 0.0,
        "filled": intent.filled,
        "quantity": intent.record.quantity,
    }


def _recovery(engine: Engine) -> dict[str, Any] | None:
    found = engine.book.recovery
    if found is None:
        return None
    state = "completed" if found.ended else "stopped" if found.stopped else "running"
    return {
        "flow": found.flow,
        "state": state,
        "cause": found.cause,
        "began_at": found.began_at,
        "step": found.step.value if found.step is not None else "",
        "reason": found.stopped,
    }


def _needs_person(engine: Engine) -> list[dict[str, Any]]:
    """Return the orders that only a person can end."""
    return [
        {"intent_id": intent.record.intent_id, "symbol": intent.record.symbol, "name": intent.record.name}
        for intent in engine.book.open_intents()
        if intent.state is IntentState.ESCALATED
    ]


def _latency(measured: Iterable[float]) -> dict[str, float | None]:
    values = list(measured)
    if not values:
        return {"last": None, "p50": None, "p99": None}
    if len(values) == 1:
        return {"last": values[0], "p50": values[0], "p99": values[0]}
    cuts = quantiles(values, n=100, method="inclusive")
    return {"last": round(values[-1], 3), "p50": round(cuts[49], 3), "p99": round(cuts[98], 3)}


def _stamp(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%d %H:%M:%S.%f"))
