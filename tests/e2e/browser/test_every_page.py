"""Every page, dialogs open: nothing the policy forbids, no serious hindrance, two languages, the width of a phone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.browser.tab import WIDE, Tab
from tests.e2e.browser.town import Town, axe

Note = Callable[[str, Any], None]


@dataclass(frozen=True)
class Page:
    """One page of the navigation and what else of it there is to look at."""

    path: str
    views: int = 1
    """How many views it is divided into."""
    inward: str = ""
    """How the addresses begin that its rows lead to."""
    opens: tuple[str, str] | None = None
    """What opens a dialog: a selector, and what it says."""


GROUPS = {
    "watch": (
        Page("/", opens=(".bar button.level", "")),
        Page("/positions", inward="/chart/"),
        Page("/orders", views=3, inward="/orders/"),
        Page("/chart"),
    ),
    "act": (
        Page("/alerts", views=4, inward="/alerts/", opens=("main button", "침묵 만들기")),
        Page("/incidents", views=2, inward="/incidents/"),
        Page("/approvals", views=3, inward="/approvals/", opens=("main button", "주문 제안")),
        Page("/strategies"),
    ),
    "look": (
        Page("/health"),
        Page("/events", inward="/events/"),
        Page("/trends"),
        Page("/audit"),
        Page("/checklists", opens=("main header button", "")),
        Page("/settings", views=4),
    ),
}
"""As the navigation groups them, for an operator."""
ADMIN = (Page("/audit", views=2), Page("/settings", views=6))
"""Where an administrator sees more."""
LINKS = "() => [...document.querySelectorAll('.side .groups a')].map((one) => new URL(one.href).pathname)"
VIEWS = "main .tabs a, main .parts button, main .views button"
NARROW = (360, 740)
CHECK = """async (within, rules) => {
  const found = await axe.run(document.querySelector(within), {resultTypes: ['violations'], preload: false, ...rules})
  const shown = (node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => one.id + ': ' + one.nodes.slice(0, 4).map(shown).join(' | '))
}"""
CONTRAST: dict[str, Any] = {"runOnly": ["color-contrast"]}
TOO_WIDE = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return ''
  const right = (node) => Math.round(node.getBoundingClientRect().right)
  const held = (node) => node !== null && node !== document.body
    && (getComputedStyle(node).overflowX !== 'visible' || held(node.parentElement))
  const over = [...document.querySelectorAll('body *')].filter((node) => right(node) > width + 1 && !held(node.parentElement))
  return over.slice(0, 5).map((node) => `${node.tagName} ${node.className} ${right(node)}`).join(' | ') || 'too wide'
}"""
HANGUL = """(css) => [...document.querySelectorAll(css)].map((one) => one.innerText)
  .filter((text) => /[가-힣]/.test(text))"""
WORDS = ".side .groups, .bar dt, .bar button, main h2, main thead th"
"""Words of the dashboard itself; what the server tells and names of stocks stay as they are."""


def checked(tab: Tab, within: str = "body", **rules: Any) -> list[str]:
    """Return the serious findings of the accessibility checker."""
    tab.settled()
    if not tab.run("() => typeof axe === 'object'"):
        # Through the browser's own door: the policy of the page goes on holding.
        tab.call("Runtime.evaluate", expression=axe())
    return list(tab.run(CHECK, within, rules))


def narrow(tab: Tab, note: Note, what: str, *, dark: bool = False) -> None:
    """Look at the page on a phone, at night where it is asked for."""
    tab.size(*NARROW, phone=True)
    note(f"wider than a phone, {what}", tab.run(TOO_WIDE))
    if dark:
        tab.theme("dark")
        note(f"axe, dark, {what}", checked(tab, **CONTRAST))
        tab.theme("light")
    tab.size(*WIDE)


def dialog(tab: Tab, note: Note, css: str, text: str) -> None:
    """Open a dialog, look at it, and leave it by the keyboard."""
    tab.press(css, text)
    tab.says("", "[role=dialog]")
    note(f"axe, dialog {text}", checked(tab, "[role=dialog]"))
    tab.key("Escape", 27)
    tab.gone("", "[role=dialog]")


def views(tab: Tab, note: Note, count: int) -> None:
    """Look at each further view of the page."""
    tab.until("(css, count) => document.querySelectorAll(css).length === (count === 1 ? 0 : count)", VIEWS, count)
    for index in range(1, count):
        name = tab.run("(css, index) => { const one = document.querySelectorAll(css)[index]; one.click(); return one.innerText }",
                       VIEWS, index)  # fmt: skip
        note(f"axe, {name}", checked(tab, "main"))
        narrow(tab, note, name)
    tab.run("(css) => document.querySelector(css)?.click()", VIEWS)


def inward(tab: Tab, note: Note, prefix: str) -> None:
    """Open the first row that leads to a page of its own."""
    tab.press(f'main a[href^="{prefix}"]')
    tab.until("(prefix) => location.pathname.startsWith(prefix)", prefix)
    note("axe, one", checked(tab, "main"))
    narrow(tab, note, "one")


def in_english(tab: Tab, note: Note) -> None:
    """Read the page in the other language."""
    note("not Korean", "" if tab.run(HANGUL, WORDS) else "no word")
    tab.choose("nav select", "en")
    note("not English", tab.run(HANGUL, WORDS))
    assert tab.run("() => document.documentElement.lang") == "en"
    narrow(tab, note, "English")
    tab.choose("nav select", "ko")


def walk(tab: Tab, pages: tuple[Page, ...], *, known: bool = False) -> list[str]:
    """Look at these pages in every way a person may see them; return what is wrong.

    Args:
        tab: A tab with somebody signed in.
        pages: Where to look.
        known: The pages were walked by somebody else; only what is more for this person is looked at.
    """
    found: list[str] = []
    for page in pages:

        def note(what: str, finding: Any, path: str = page.path) -> None:
            if finding:
                found.append(f"{path}: {what}: {finding}")

        tab.visit(page.path)
        if not known:
            note("axe", checked(tab))
            narrow(tab, note, "Korean", dark=True)
            in_english(tab, note)
        if page.opens:
            dialog(tab, note, *page.opens)
        views(tab, note, page.views)
        if page.inward:
            inward(tab, note, page.inward)
        note("policy", list(tab.violations))
        note("errors", list(tab.faults))
        note("refused", list(tab.refusals))
        tab.forget()
    return found


@pytest.mark.requirement("ALR-68")
@pytest.mark.parametrize("group", list(GROUPS))
def test_every_page_holds_what_all_pages_promise(town: Town, desk: Tab, group: str) -> None:
    town.something_on_every_page()
    found = walk(desk, GROUPS[group])
    assert not found, "\n".join(found)
    assert desk.run(LINKS) == [page.path for pages in GROUPS.values() for page in pages], "no page is left out"


def test_what_only_an_administrator_sees_does_too(town: Town, opened: Callable[..., Tab]) -> None:
    tab = opened("ann")
    found = walk(tab, ADMIN, known=True)
    tab.press(VIEWS, "사람")
    dialog(
        tab,
        lambda what, finding: found.extend([f"{what}: {finding}"] if finding else []),
        "main button",
        "olga 새 등록 코드",
    )
    assert not found, "\n".join(found)


def test_the_pages_before_a_session_do_too(stranger: Tab) -> None:
    tab = stranger
    found: list[str] = []

    def note(what: str, finding: Any) -> None:
        if finding:
            found.append(f"{tab.run('() => location.pathname')}: {what}: {finding}")

    for path in ("/sign-in", "/enrol"):
        tab.open(path)
        note("axe", checked(tab))
        narrow(tab, note, "Korean", dark=True)
    note("errors", tab.faults)
    assert not found, "\n".join(found)
