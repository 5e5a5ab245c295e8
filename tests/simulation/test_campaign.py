"""A run of many days survives its interruption: what was played is kept, what is missing is played."""

import json
from pathlib import Path

from hantu.harness.campaign import report, run_campaign


def test_a_run_that_was_cut_short_goes_on_where_it_ended(tmp_path: Path) -> None:
    kept = tmp_path / "days.jsonl"
    whole = run_campaign(1, 3, jobs=2, hash_seed=1)
    first = run_campaign(1, 2, jobs=2, hash_seed=1, kept=kept)
    assert (first.days, first.resumed) == (2, 0)
    lines = kept.read_text().splitlines()
    assert sorted(json.loads(line)["seed"] for line in lines) == [1, 2]

    kept.write_text(f"{lines[0]}\n{lines[0]}\n{lines[1][:100]}")  # one kept twice, one torn
    again = run_campaign(1, 3, jobs=2, hash_seed=2, kept=kept)
    assert (again.days, again.resumed) == (3, 1)
    assert again.hashes == whole.hashes
    assert again.fingerprint == whole.fingerprint
    assert again.seen == whole.seen
    assert again.market_s == whole.market_s
    text = report(again, commit="c", machine="m", when="w", twice=False)
    assert "for 2 days; 1 were kept from earlier runs" in text

    everything = run_campaign(2, 3, jobs=2, hash_seed=1, kept=kept)
    assert (everything.days, everything.resumed) == (2, 2)
