"""An intent moves along its edges and no others."""

from itertools import product

import pytest

from hantu.domain.order import EDGES, MAY_BE_LIVE, TERMINAL, IllegalEdge, IntentState, Purpose, check_edge


@pytest.mark.parametrize(("before", "after"), list(product(IntentState, IntentState)))
def test_every_pair_is_an_edge_or_refused(before: IntentState, after: IntentState) -> None:
    if after in EDGES.get(before, frozenset()):
        check_edge(before, after)
    else:
        with pytest.raises(IllegalEdge):
            check_edge(before, after)


def test_terminal_states_have_no_way_out_and_are_not_live() -> None:
    for state in TERMINAL:
        assert not EDGES.get(state)
    assert not TERMINAL & MAY_BE_LIVE


def test_unknown_never_becomes_refused_or_sent_again_by_itself() -> None:
    """It ends by evidence (working, filled, absent …) or by a person, never by going back."""
    assert IntentState.SENDING not in EDGES[IntentState.UNKNOWN]
    assert IntentState.NOT_SENT not in EDGES[IntentState.UNKNOWN]
    assert IntentState.PREPARED not in EDGES[IntentState.UNKNOWN]


def test_only_loss_cutting_purposes_are_protective() -> None:
    assert {purpose for purpose in Purpose if purpose.protective} == {Purpose.STOP_LOSS, Purpose.TRAILING_STOP}
