"""Every metric hantu shows: name with unit, kind, labels, and what it means.

The only list; the exposition is built from it and docs/metrics.md is written from
that, so neither can drift. Needs no library: who serves no metrics loads none.
"""

from dataclasses import dataclass

FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Bounds for what should take milliseconds, seconds."""
SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Bounds for what crosses a network or waits for an exchange, seconds."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; ``name`` lacks the prefix ``hantu_`` and, for a counter, ``_total``."""

    kind: str
    """gauge, counter or histogram"""
    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return Metric("gauge", name, text, labels)


def _counter(name: str, text: str, *labels: str) -> Metric:
    return Metric("counter", name, text, labels)


METRICS: tuple[Metric, ...] = (
    # health
    _gauge("health_degraded", "1 while any component is in trouble (warn or down)"),
    _gauge("component_state", "1 for the state a component is in, 0 for the others", "component", "state"),
    _counter("health_changes", "Changes of state people were told of", "component"),
    _gauge("observation_timestamp_seconds", "When the guard last looked at its components, seconds since 1970"),
    # protection
    _gauge("market_open", "1 while the regular session runs, by the trading calendar"),
    _counter("market_seconds", "Market seconds of the regular session that passed while the guard ran"),
    _counter("unprotected_seconds", "Market seconds in session in which a held stock was not streamed"),
    _gauge("positions", "Stocks that are held and guarded"),
    _gauge("positions_unguarded", "Stocks that are held and have no exit rule"),
    _gauge("price_age_seconds", "Age of the oldest price among guarded stocks, market seconds"),
    _gauge("kill_switch_level", "0 off, 1 active, 2 flatten, 3 hard (no order leaves)"),
    _gauge("orders_unresolved", "Orders whose fate is not known"),
    _gauge("orders_need_person", "Orders only a person can settle"),
    _gauge("day_result_won", "Result of the day so far, realised and not, won"),
    _gauge("day_start_equity_won", "What the account was worth at the day's first balance, won"),
    # the loop
    _counter("guard_wakes", "Turns of the guard's own timer; stands still when the guard does"),
    _gauge("guard_loop_lag_seconds", "How much later than asked the guard's loop came back to the observer"),
    Metric("histogram", "strategy_run_seconds", "Duration of one timed run of a strategy", ("strategy",), FAST),
    _counter("strategy_runs", "Runs of a strategy; for the exit rules one for each input", "strategy"),
    # the flow of trades
    _counter("trades", "Executions of the market that arrived"),
    _counter("signals", "Signals: stop_loss, take_profit, add_buy, other", "kind"),
    _counter("orders", "Ends of order requests: accepted, refused, not_sent, unknown", "result", "code"),
    _gauge("order_failure_ratio", "Share of orders that failed in five minutes; 0 below ten orders"),
    _counter("fills", "Fills by how they became known: notice or inquiry", "source"),
    _counter("fills_late", "Orders without a complete fill in the time they have"),
    _counter("notices_missed", "Fills that an inquiry found and no notice told of"),
    Metric("histogram", "trigger_to_send_seconds", "Price bytes read to order bytes written", (), FAST),
    Metric("histogram", "order_send_seconds", "Order created to order bytes written", (), FAST),
    Metric("histogram", "order_answer_seconds", "Order bytes written to the broker's answer", (), SLOW),
    Metric("histogram", "fill_notice_delay_seconds", "Fill at the exchange to its notice here", (), SLOW),
    # channels
    _gauge("stream_connected", "1 while the price stream stands"),
    _gauge("stream_silence_seconds", "Seconds without market data on a standing stream"),
    _gauge("subscriptions", "Price subscriptions that are answered"),
    _gauge("subscriptions_wanted", "Price subscriptions there should be"),
    _counter("stream_frames", "Frames of market data that arrived"),
    _counter("parse_errors", "Frames that could not be read"),
    _counter("prices_rejected", "Prices the stream showed and nothing confirmed"),
    Metric("histogram", "data_delay_seconds", "Delays of prices above a second, as told", (), SLOW),
    Metric("histogram", "api_seconds", "Response time of the broker's REST calls", ("endpoint",), SLOW),
    _counter("api_failures", "REST calls without a usable answer", "endpoint"),
    _gauge("token_left_seconds", "Life left of what the broker issued; 0 without one", "kind"),
    _gauge("clock_skew_seconds", "How far this clock surely is off the broker's, behind is positive"),
    _counter("alerts", "Alerts: sent, failed, dropped, lost", "result"),
    # the machine
    _gauge("uptime_seconds", "Since this process began"),
    _gauge("process_cpu_ratio", "Share of one processor this process used since the last look"),
    _gauge("process_resident_memory_bytes", "Memory this process occupies"),
    _gauge("process_threads", "Threads of this process"),
    _gauge("system_cpu_ratio", "Share of all processors in use, load of the last minute"),
    _gauge("system_memory_used_ratio", "Share of the machine's memory that is not available"),
    _gauge("disk_used_ratio", "Share of the data folder's disk that is used"),
    _gauge("backup_age_seconds", "Age of the newest backup"),
    _gauge("certificate_left_seconds", "Life left of the configured certificate"),
    Metric("gauge", "build_info", "1; the version is the label", ("version",)),
)  # fmt: skip

BY_NAME = {metric.name: metric for metric in METRICS}


def full_name(metric: Metric) -> str:
    """Return the name as it is shown."""
    return f"hantu_{metric.name}" + ("_total" if metric.kind == "counter" else "")
