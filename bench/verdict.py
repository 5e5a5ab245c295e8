"""The goals of design.md §8 beside what was measured; what could not be measured says so."""

from bench.figures import Figures, Goal, judged

NOT_HERE = "not measured here"


def goals(figures: Figures, note: str) -> list[Goal]:
    """Return one line per goal."""
    rows = [*_checks(figures), *_frames(figures)]
    rows += _orders(figures) if figures.has("C TLS 60 p50") else [Goal("order path against C", "", "", note, NOT_HERE)]
    rows += [*_peers(figures), *_process(figures), *_kill(figures), *_storm(figures)]
    rows.append(
        Goal("p99 at 2,000 frames/s with a busy server process", "≤ 20 ms", "≤ 5 ms", "no server yet", NOT_HERE)
    )
    return rows


def _checks(figures: Figures) -> list[Goal]:
    if not figures.has("split ns"):
        return []
    staged, every = figures.ratio("staged ns", "split ns"), figures.ratio("every column ns", "split ns")
    path = figures.ratio("decode ns", "split ns")
    return [
        judged("staged check of one record, × one full split (G1)", staged.middle, staged.shown(), 2.0, 0.5, "×"),
        judged("check of every record and number, × one full split (G1b)", every.middle, every.shown(), 2.0, 2.0, "×"),
        judged("decode into a trade, × one full split (the path in use)", path.middle, path.shown(), 4.0, 2.0, "×"),
    ]


def _frames(figures: Figures) -> list[Goal]:
    rows = []
    for peer, first, goal in (("python-kis", 30, 85), ("mojito2", 8, 20)):
        if figures.has("hantu frames/s", f"{peer} frames/s"):
            ratio = figures.ratio("hantu frames/s", f"{peer} frames/s")
            what = f"frames/s, socket to check, × {peer} (G2a)"
            rows.append(judged(what, ratio.middle, ratio.shown(), first, goal, "×", more=True))
    if figures.has("records lost"):
        lost = figures.spread("records lost")
        rows.append(judged("records of any frame not checked", lost.high, f"{lost.high:g}", 0, 0, ""))
    if figures.has("hantu burst ms"):
        burst = figures.spread("hantu burst ms")
        what = "behind the market after a burst of 1,000 frames"
        rows.append(judged(what, burst.middle, burst.shown() + " ms", 20, 3, " ms"))
    return rows


def _orders(figures: Figures) -> list[Goal]:
    rows = []
    for place, first, goal in (("5", 3.0, 2.0), ("60", 3.0, 1.7)):
        for share in ("p50", "p99"):
            ratio = figures.ratio(f"hantu no commit TLS {place} {share}", f"C TLS {place} {share}")
            what = f"trade → order without the commit, TLS, {place} ms pace, {share}, × C (G3{'b' if place == '60' else ''})"
            rows.append(judged(what, ratio.middle, ratio.shown(), first, goal, "×"))
    added = figures.added("hantu TLS 60 p50", "hantu no commit TLS 60 p50", "fd p50")
    rows.append(
        judged("durable intent adds to p50, × append + fdatasync (G4)", added.middle, added.shown(), 2.5, 1.5, "×")
    )
    whole = figures.ratio("hantu TLS 60 p50", "C + commit TLS 60 p50")
    rows.append(Goal("whole path, × C with one durable commit", "–", "–", whole.shown(), "for information"))
    return rows


def _peers(figures: Figures) -> list[Goal]:
    rows = []
    for peer, first, goal in (("python-kis", 2, 3), ("mojito2", 8, 13)):
        name = f"{peer} TLS 60 p50"
        if figures.has(name, "hantu TLS 60 p50"):
            ratio = figures.ratio(name, "hantu TLS 60 p50")
            what = f"whole path with durable intent, TLS, 60 ms pace: × faster than {peer}, which keeps none"
            rows.append(judged(what, ratio.middle, ratio.shown(), first, goal, "×", more=True))
    return rows


def _process(figures: Figures) -> list[Goal]:
    rows = []
    if figures.has("longest stop ms"):
        stop, full = figures.spread("longest stop ms"), figures.spread("full collection ms")
        what = "longest stop of the loop at 2,000 frames/s (G7)"
        rows.append(judged(what, stop.middle, stop.shown() + " ms", 20, 5, " ms"))
        what = "full garbage collection after the freeze (G7)"
        rows.append(judged(what, full.middle, full.shown() + " ms", 5, 1, " ms"))
    if figures.has("rss 41 after MB"):
        after = figures.spread("rss 41 after MB").middle
        grown = after - figures.spread("rss 41 settled MB").middle
        rows.append(judged("guard memory with 41 stocks (G5)", after, f"{after:.1f} MB", 85, 64, " MB"))
        rows.append(judged("growth over the run with 41 stocks (G5)", grown, f"{grown:.1f} MB", 10, 1, " MB"))
    if figures.has("start to subscription ms"):
        start = figures.spread("start to subscription ms")
        what = "guard start to first subscription, local exchange (G6)"
        rows.append(judged(what, start.middle, start.shown() + " ms", 3_000, 1_000, " ms"))
    return rows


def _kill(figures: Figures) -> list[Goal]:
    rows = []
    for condition in ("healthy", "database frozen", "notifier dead"):
        if figures.has(f"kill {condition} p99 ms"):
            found, count = figures.spread(f"kill {condition} p99 ms"), figures.spread(f"kill {condition} activations")
            alone = " (no server yet: the guard alone)" if condition == "notifier dead" else ""
            what = f"kill to the last order byte, 20 orders/s, {condition}{alone}, p99 of {count.middle:.0f}"
            rows.append(judged(what, found.middle, found.shown() + " ms", 500, 50, " ms"))
    return rows


def _storm(figures: Figures) -> list[Goal]:
    rows = []
    for kind, words in (("told", ""), ("recorded", ", each recorded with a fact")):
        if not figures.has(f"storm {kind} p99"):
            continue
        ratio = figures.ratio(f"storm {kind} p99", "storm quiet p99")
        what = f"trade → order, p99 while 10,000 alerts are raised in a second{words}, × p99 in peace"
        rows.append(judged(what, ratio.middle, ratio.shown(), 1.1, 1.1, "×"))
        pairs = zip(
            figures.values[f"storm {kind} messages"], figures.values[f"storm {kind} messages allowed"], strict=True
        )
        over = max(0.0, *(found - allowed for found, allowed in pairs), 0.0)
        most = figures.spread(f"storm {kind} messages").high
        what = f"messages of that storm{words} beyond what the channel may get"
        rows.append(judged(what, over, f"{over:g} ({most:g} messages)", 0, 0, ""))
    return rows
