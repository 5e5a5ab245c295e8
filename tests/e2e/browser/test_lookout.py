"""The lookouts of the other tests see what they are there for: each is shown one fault of its kind and tells it."""

from tests.e2e.browser.tab import Tab
from tests.e2e.browser.test_every_page import NARROW, TOO_WIDE, checked

ELSEWHERE = "http://127.0.0.9:9/"
SCRIPT = """() => {
  const bad = document.createElement('script')
  bad.text = 'window.ran = true'
  document.body.append(bad)
}"""
LEAVE = f"async () => {{ try {{ await fetch('{ELSEWHERE}') }} catch {{ return 'refused' }} }}"
IMAGE = "() => document.querySelector('main').append(document.createElement('img'))"
WIDE_ONE = """() => {
  const bad = document.createElement('section')
  bad.className = 'far-out'
  bad.style.width = '900px'
  bad.style.height = '9px'
  document.body.append(bad)
}"""
PALE = """() => {
  const bad = document.createElement('p')
  bad.textContent = 'hardly to be read'
  bad.style.color = '#aaaaaa'
  bad.style.background = '#bbbbbb'
  document.querySelector('main').append(bad)
}"""


def test_a_broken_policy_an_error_a_stranger_and_a_hindrance_are_noticed(stranger: Tab) -> None:
    tab = stranger
    tab.open("/sign-in")
    assert (checked(tab), tab.violations, tab.faults, tab.strangers) == ([], [], [], [])

    # A script in the page is refused, by the policy for scripts or, before it, by the one for trusted text.
    refused = tab.run(f"() => {{ try {{ ({SCRIPT})() }} catch {{ return true }} }}")
    assert refused or tab.run("() => window.ran === undefined")
    assert tab.run(LEAVE) == "refused"
    tab.run("() => { console.error('said loudly'); setTimeout(() => { throw new Error('nobody caught') }) }")
    tab.run("() => new Promise((done) => setTimeout(done, 50))")
    told = {one.get("directive", "") for one in tab.violations}
    assert {"connect-src"} < told and told & {"require-trusted-types-for", "script-src", "script-src-elem"}, told
    assert any("said loudly" in fault for fault in tab.faults), tab.faults
    assert any("nobody caught" in fault for fault in tab.faults), tab.faults

    tab.run(IMAGE)
    tab.run(PALE)
    found = checked(tab)
    assert any(one.startswith("image-alt") for one in found), found
    assert any(one.startswith("color-contrast") for one in found), found
    tab.size(*NARROW, phone=True)
    assert tab.run(TOO_WIDE) == ""
    tab.run(WIDE_ONE)
    assert "far-out" in tab.run(TOO_WIDE)
    tab.forget()
