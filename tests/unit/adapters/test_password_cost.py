"""What a password costs who guesses, whether the name exists or not."""

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from hantu.adapters.accounts import factors

PASSWORD = "ponds of quiet carp at dusk"


@pytest.mark.requirement("SVC-42")
def test_a_guess_costs_64_mib_also_for_a_name_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = factors.hash_password(PASSWORD, "otto")
    cost = extract_parameters(kept)
    assert (cost.type, cost.memory_cost) == (Type.ID, 65_536)
    assert cost.time_cost >= 3
    assert factors.password_right(kept, PASSWORD)
    assert not factors.password_right(kept, PASSWORD + "s")

    tried = []
    real = factors._hasher.verify
    monkeypatch.setattr(
        factors, "_hasher", type("Watched", (), {"verify": lambda _, *words: tried.append(words) or real(*words)})()
    )
    assert not factors.password_right("", PASSWORD)
    ((asked, _),) = tried
    assert extract_parameters(asked) == cost
