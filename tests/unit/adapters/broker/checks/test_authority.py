"""Who may send, where to, and how late."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.adapters.broker.checks.authority import (
    LEASE_MARGIN_S,
    Binding,
    Lease,
    bound,
    kill_switch,
    lease_held,
    timely,
)
from hantu.adapters.broker.orders import ANSWER_TIMEOUT_S
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instant import Instant
from hantu.domain.order import OrderRequest, OutcomeKind, Purpose
from hantu.kis.environment import EnvironmentName
from tests.unit.adapters.broker.checks.cases import BINDING, CANCEL, ENVIRONMENT, NOW, ORDERS, SELL, code

_PASSES = {
    KillLevel.OFF: {(side, purpose) for side in Side for purpose in Purpose if purpose is not Purpose.FLATTEN},
    KillLevel.ACTIVE: {(Side.SELL, Purpose.STOP_LOSS), (Side.SELL, Purpose.TRAILING_STOP)},
    KillLevel.HARD: set(),
    KillLevel.FLATTEN: {(Side.SELL, Purpose.FLATTEN)},
}


@pytest.mark.requirement("DEC-2")
@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("level", list(KillLevel))
def test_kill_levels(level: KillLevel, side: Side, purpose: Purpose) -> None:
    order = replace(SELL, side=side, purpose=purpose)
    assert (kill_switch(level, order) is None) is ((side, purpose) in _PASSES[level])
    assert kill_switch(level, CANCEL) is None


@given(st.sampled_from([level for level in KillLevel if level is not KillLevel.OFF]), ORDERS)
def test_nothing_is_bought_at_any_kill_level(level: KillLevel, order: OrderRequest) -> None:
    assert order.side is Side.SELL or kill_switch(level, order) is not None


@pytest.mark.parametrize(
    ("lease", "expected"),
    [
        (Lease(7, 60.0), None),
        (Lease(7, LEASE_MARGIN_S), None),
        (Lease(7, LEASE_MARGIN_S - 0.1), "lease"),
        (Lease(7, -5.0), "lease"),
        (Lease(8, 60.0), "epoch"),
        (Lease(6, 60.0), "epoch"),
    ],
)
def test_lease_must_be_ours_and_outlast_the_answer(lease: Lease, expected: str | None) -> None:
    for request in (SELL, CANCEL):
        assert code(lease_held(lease, request)) == expected


@given(st.integers(), st.integers(), st.floats(-100, 100))
def test_another_epoch_never_sends(epoch: int, present: int, left_s: float) -> None:
    if lease_held(Lease(present, left_s), replace(SELL, epoch=epoch)) is None:
        assert epoch == present
        assert left_s >= LEASE_MARGIN_S


def test_lease_margin_covers_the_answer() -> None:
    assert LEASE_MARGIN_S > ANSWER_TIMEOUT_S


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        (BINDING, None),
        (Binding(EnvironmentName.REAL, "1234567801"), "environment"),
        (Binding(EnvironmentName.LOCAL, "1234567802"), "account"),
        (Binding(EnvironmentName.LOCAL, "8765432101"), "account"),
    ],
)
def test_records_and_keys_belong_together(binding: Binding, expected: str | None) -> None:
    for request in (SELL, CANCEL):
        assert code(bound(binding, ENVIRONMENT, request)) == expected
    assert "12345678" not in repr(binding)


_WORDS = st.sampled_from(["", "main", "other", "real", "paper", "local"])


@given(_WORDS, _WORDS)
def test_only_what_was_decided_for_these_keys_passes(account: str, environment: str) -> None:
    for request in (SELL, CANCEL):
        passes = bound(BINDING, ENVIRONMENT, replace(request, account=account, environment=environment)) is None
        assert passes is ((account, environment) == ("main", "local"))


def test_keys_without_a_name_send_nothing() -> None:
    nameless = replace(ENVIRONMENT, credentials=replace(ENVIRONMENT.credentials, alias=""))
    assert code(bound(BINDING, nameless, replace(SELL, account=""))) == "account"


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_order_held_up_on_its_way_does_not_leave(not_after: float, mono: float) -> None:
    """A process frozen between commit and send must not sell at the price of a minute ago."""
    denied = timely(replace(SELL, not_after=not_after), Instant(NOW.wall, mono))
    assert (denied is None) is (mono <= not_after)
    assert denied is None or denied.outcome().retryable, "it is decided anew at the present price"
    assert timely(CANCEL, Instant(NOW.wall, mono)) is None


def test_denied_is_an_outcome_that_was_not_sent_and_is_not_repeated() -> None:
    denied = kill_switch(KillLevel.HARD, SELL)
    assert denied is not None
    outcome = denied.outcome()
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, "denied:kill", False)
    assert outcome.message
