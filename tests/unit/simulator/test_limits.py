"""Windows, storms and pacing in simulated seconds."""

from hantu.simulator.limits import CallWindow, Pacing, StormGuard


def test_call_window_slides_and_does_not_count_refused_calls() -> None:
    window = CallWindow(2)
    assert [window.admit("k", t) for t in (0.0, 0.1, 0.2, 0.9)] == [True, True, False, False]
    assert window.admit("k", 1.0)
    assert not window.admit("k", 1.05)
    assert window.admit("other", 1.05)


def test_storm_blocks_for_its_time_and_then_lets_go() -> None:
    guard = StormGuard(per_minute=3, block_s=30.0)
    assert [guard.mark("k", t) for t in (0.0, 1.0, 2.0, 3.0)] == [False, False, False, True]
    assert guard.blocked("k", 32.9)
    assert not guard.blocked("k", 33.0)
    assert not guard.blocked("other", 3.0)


def test_slow_reconnects_never_block() -> None:
    guard = StormGuard(per_minute=3, block_s=30.0)
    assert not any(guard.mark("k", 20.0 * n) for n in range(50))


def test_pacing_compares_with_the_call_before() -> None:
    pacing = Pacing(0.05)
    assert [pacing.too_fast(t) for t in (0.0, 0.04, 0.2, 0.21)] == [False, True, False, True]


def test_pacing_in_a_fast_day_forgives_bunching_but_not_a_flood() -> None:
    pacing = Pacing(0.05, slack_s=1.4)
    assert not any(pacing.too_fast(at) for at in (0.0, 0.5, 1.49, 1.5, 2.0))
    assert any(pacing.too_fast(3.0) for _ in range(41))
