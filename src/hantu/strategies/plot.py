"""The worth of the account over a backtest as one SVG picture, without a library."""

from collections.abc import Sequence
from html import escape

from hantu.strategies.backtest import Report

WIDTH, HEIGHT = 960, 380
LEFT, RIGHT, TOP, BOTTOM = 96, 24, 56, 44
POINTS_MAX = 1_200
LINES = 4


def plot(report: Report) -> str:
    """Return the picture; it follows the reader's light or dark setting."""
    worth = [value for _, value in _thinned(report.equity)] or [report.cash]
    low, high = min(*worth, report.cash), max(*worth, report.cash)
    span = max(high - low, 1)

    def x(place: float) -> float:
        return LEFT + place / max(len(worth) - 1, 1) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (high - value) / span * (HEIGHT - TOP - BOTTOM)

    line = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(worth))
    levels = [low + span * step / LINES for step in range(LINES + 1)] if high > low else [low]
    first, last = (report.equity[0][0][:16], report.equity[-1][0][:16]) if report.equity else ("", "")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif">',
        f"<title>{escape(report.name)}</title>",
        (
            "<style>svg{background:#fff;color:#1f2328}.g{stroke:#8886;stroke-width:1}.b{stroke:#888;stroke-dasharray:5 4}"
            ".w{fill:none;stroke:#2f6feb;stroke-width:2}text{fill:currentColor;font-size:13px}"
            "@media(prefers-color-scheme:dark){svg{background:#0d1117;color:#e6edf3}}</style>"
        ),
        f'<text x="{LEFT}" y="24" style="font-size:16px">{escape(report.name)} - {escape(report.source)}</text>',
        (
            f'<text x="{LEFT}" y="43">손익 {report.pnl:+,}원, 거래 {len(report.deals)}건 (이익 {report.wins}), '
            f"최대 낙폭 {report.drawdown:,}원 ({report.drawdown_bps / 100:.2f}%)</text>"
        ),
    ]
    for level in levels:
        parts += [
            f'<line class="g" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}"/>',
            f'<text x="{LEFT - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{level:,.0f}</text>',
        ]
    parts += [
        f'<line class="b" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(report.cash):.1f}" y2="{y(report.cash):.1f}"/>',
        f'<polyline class="w" points="{line}"/>',
        f'<text x="{LEFT}" y="{HEIGHT - 14}">{first}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 14}" text-anchor="end">{last}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _thinned(points: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return at most ``POINTS_MAX`` points with every extreme of what is left out."""
    if len(points) <= POINTS_MAX:
        return list(points)
    size = -(-len(points) // (POINTS_MAX // 2))
    found: list[tuple[str, int]] = []
    for start in range(0, len(points), size):
        some = points[start : start + size]
        found += sorted({min(some, key=lambda one: one[1]), max(some, key=lambda one: one[1])})
    return found
