"""How late the news of a fill was, as far as the stored times can tell."""

import pytest

from hantu.domain.delays import notice_delay_ms

AT = "2026-11-23 00:01:02.000000"


@pytest.mark.requirement("OPS-03-4")
@pytest.mark.parametrize(
    ("filled", "received", "delay"),
    [
        (AT, "2026-11-23 00:01:03.250000", 1_250.0),
        (AT, AT, 0.0),
        (AT, "2026-11-23 00:01:01.500000", 0.0),
        ("", AT, None),
        (AT, "", None),
    ],
)
def test_delay_is_known_where_both_times_are_and_never_below_zero(
    filled: str, received: str, delay: float | None
) -> None:
    assert notice_delay_ms(filled, received) == delay
