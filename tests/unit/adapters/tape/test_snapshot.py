"""A state that is read back builds hantu's own values and nothing else."""

import os
import pickle

import pytest

from hantu.adapters.tape import snapshot
from hantu.adapters.tape.codec import Mask
from hantu.domain.errors import BrokenError
from hantu.engine.config import GuardConfig
from hantu.engine.turn import Desk


class Evil:
    def __reduce__(self):
        return (os.getcwd, ())


@pytest.mark.parametrize("data", [pickle.dumps(Evil()), pickle.dumps([1]), b"", b"garbage"])
def test_anything_else_is_refused(data):
    with pytest.raises(BrokenError):
        snapshot.restore(data)


def test_a_desk_comes_back_whole():
    desk = Desk(GuardConfig())
    desk.told.add(("held", "005930"))
    desk.book.trade_date = "2026-11-23"
    back = snapshot.restore(snapshot.take(desk, Mask()))
    assert back.told == desk.told
    assert back.book.trade_date == "2026-11-23"
    assert back.config == desk.config
