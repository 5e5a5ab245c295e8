"""From settings, as people write them, to the values the engine works with."""

from itertools import accumulate

from hantu.domain.instrument import Symbol
from hantu.domain.session import Calendar
from hantu.engine.config import (
    AddBuy,
    ExitRule,
    GuardConfig,
    Mode,
    Pace,
    Partial,
    RuleKind,
    Streams,
    Trailing,
)
from hantu.kis.environment import KisEnvironment
from hantu.settings.model import ExitSettings, Rule, Settings

MILLI = 1_000


def engine_config(settings: Settings, environment: KisEnvironment, calendar: Calendar) -> GuardConfig:
    """Return the engine's configuration."""
    guard = settings.guard
    default_rule, rules = exit_rules(settings)
    return GuardConfig(
        calendar=calendar,
        mode=Mode(guard.mode),
        scheduled=guard.schedule,
        default_rule=default_rule,
        rules=rules,
        sell_while_sleeping=guard.sell_while_sleeping,
        day_loss_bps=settings.limits.max_day_loss_bps,
        account=environment.credentials.alias,
        environment=settings.environment,
        order_quantity_max=settings.limits.max_order_quantity,
        order_value_max=settings.limits.max_order_value,
        stale_exit_price_s=settings.limits.stale_exit_price_s,
        streams=Streams(
            notice_tr=environment.notice_tr_id,
            notice_key=environment.credentials.hts_id,
            operation_tr="" if environment.paper_rules else "H0STMKO0",
            max_registrations=guard.max_registrations,
        ),
        pace=Pace(
            subscribe_s=guard.subscribe_pace_s,
            retry_offsets_s=tuple(accumulate(guard.retry_delays)),
            fill_wait_s=guard.fill_wait_s,
            cooldown_s=guard.cooldown_s,
            reconcile_every_s=guard.reconcile_every_s,
            blind_poll_after_s=guard.blind_poll_after_s,
            blind_poll_every_s=guard.blind_poll_every_s,
            sleep_poll_every_s=guard.sleep_poll_s,
            stale_trade_s=guard.stale_trade_s,
            delay_warn_ms=int(guard.delay_warn_s * MILLI),
            delay_alert_ms=int(guard.delay_alert_s * MILLI),
        ),
        add_buy=AddBuy(guard.add_buy_min_score, guard.add_buy_band_bps, guard.add_buy_rearm_bps),
    )


def exit_rules(settings: Settings) -> tuple[ExitRule | None, dict[Symbol, ExitRule | None]]:
    """Return the rule of holdings without one of their own, and the rules per stock (None = never guard it)."""
    default = _default_rule(settings.exits)
    rules = {Symbol(rule.symbol): _rule(default, rule) for rule in settings.rules}
    return default if settings.guard.default_rule else None, rules


def _default_rule(exits: ExitSettings) -> ExitRule:
    return ExitRule(
        kind=RuleKind(exits.kind),
        stop_bps=exits.stop_bps,
        target_bps=exits.target_bps,
        atr_period=exits.atr_period,
        atr_stop_milli=round(exits.atr_stop * MILLI),
        atr_target_milli=round(exits.atr_target * MILLI),
        trailing=Trailing(exits.trailing.enabled, exits.trailing.activation_bps, exits.trailing.distance_bps),
        partial=Partial(exits.partial.enabled, exits.partial.at_bps, exits.partial.share_bps),
    )


def _rule(default: ExitRule, rule: Rule) -> ExitRule | None:
    if not rule.guard:
        return None
    return ExitRule(
        kind=RuleKind(rule.kind) if rule.kind else default.kind,
        stop_bps=rule.stop_bps or default.stop_bps,
        target_bps=rule.target_bps or default.target_bps,
        stop_price=rule.stop_price or 0,
        target_price=rule.target_price or 0,
        atr_period=default.atr_period,
        atr_stop_milli=default.atr_stop_milli,
        atr_target_milli=default.atr_target_milli,
        trailing=default.trailing,
        partial=default.partial,
    )
