"""One tab as a person uses it: look for what is visible, press it, type into it; and what the page complained about."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.browser.chromium import Chromium, Refused

WAIT_S = 30.0
LOOK_S = 0.03
WIDE = (1280, 800)
PHONE = (390, 844)

SEEK = """(css, text) => {
  const said = (node) => [node.getAttribute('aria-label') ?? '', node.innerText ?? '', node.value ?? '']
    .map((words) => String(words).replace(/\\s+/g, ' ').trim())
  const found = [...document.querySelectorAll(css)].filter((node) => {
    const box = node.getBoundingClientRect()
    return box.width > 0 && box.height > 0 && getComputedStyle(node).visibility === 'visible'
  })
  return found.find((node) => said(node).includes(text))
    ?? found.find((node) => said(node).some((words) => words.includes(text))) ?? null
}"""
"""Of what is visible and fits the selector: the one that says exactly this, or else one that says it among other words."""

PLACE = """(css, text) => {
  const node = (SEEK)(css, text)
  if (node === null || node.disabled) return null
  node.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'})
  const box = node.getBoundingClientRect()
  const x = box.x + box.width / 2, y = box.y + box.height / 2
  const top = document.elementFromPoint(x, y)
  return top !== null && (node.contains(top) || top.contains(node)) ? [Math.round(x), Math.round(y)] : null
}""".replace("SEEK", SEEK)
"""Where a finger would touch it, once nothing lies above it."""

LISTEN = """document.addEventListener('securitypolicyviolation', (event) => cspTold(JSON.stringify({
  directive: event.effectiveDirective, blocked: event.blockedURI, sample: event.sample, source: event.sourceFile, line: event.lineNumber,
})))"""


class Tab:
    """A page in a context of its own at one server."""

    def __init__(self, chromium: Chromium, origin: str) -> None:
        self.origin = origin
        self.violations: list[dict[str, Any]] = []
        """What the content security policy forbade, as the page's own events and as the browser's log tell it."""
        self.faults: list[str] = []
        """Errors nobody caught and errors written to the console."""
        self.strangers: list[str] = []
        """Requests that would have left the server."""
        self.refusals: list[str] = []
        """Requests to which the server said no, or broke."""
        self._chromium = chromium
        self._session, self._context = chromium.attach(self._hear)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Runtime.addBinding", name="cspTold")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        self.size(*WIDE)
        self.theme("light")

    def _hear(self, event: str, told: Any) -> None:
        """Keep what matters; runs on the reader's thread."""
        if event == "Runtime.bindingCalled" and told["name"] == "cspTold":
            self.violations.append(json.loads(told["payload"]))
        elif event == "Log.entryAdded":
            entry = told["entry"]
            if "Content Security Policy" in entry["text"] or "TrustedHTML" in entry["text"]:
                self.violations.append({"log": entry["text"]})
        elif event == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.faults.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and told["type"] in {"error", "assert"}:
            self.faults.append(" ".join(str(word.get("value", word.get("description"))) for word in told["args"]))
        elif event == "Network.responseReceived" and told["response"]["status"] >= 400:
            path = urlsplit(told["response"]["url"]).path
            self.refusals += [f"{told['response']['status']} {path}"] if path.startswith("/api/") else []
        elif event == "Network.requestWillBeSent":
            address = urlsplit(told["request"]["url"])
            if (
                address.scheme not in {"data", "blob", "about"}
                and f"{address.scheme}://{address.netloc}" != self.origin
            ):
                self.strangers.append(told["request"]["url"])

    def call(self, method: str, **words: Any) -> Any:
        """Send one command of the protocol to this tab."""
        return self._chromium.call(method, self._session, **words)

    def close(self) -> None:
        """Close the tab and its context."""
        self._chromium.detach(self._session, self._context)

    # --- what it looks like ------------------------------------------------------

    def size(self, width: int, height: int, *, phone: bool = False, scale: int = 1) -> None:
        """Give the page this many points, each drawn as ``scale`` times ``scale`` dots."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=phone
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def theme(self, scheme: str) -> None:
        """Have the system prefer ``light`` or ``dark``, and nothing that moves: a step is over when it is done."""
        wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[{"name": name, "value": wishes[name]} for name in wishes])

    def cut(self, *, off: bool) -> None:
        """Take the network away, or give it back."""
        self.call(
            "Network.emulateNetworkConditions", offline=off, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )

    def picture(self, path: Path) -> None:
        """Save what is visible."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    # --- what it says ------------------------------------------------------------

    def run(self, script: str, *words: Any) -> Any:
        """Return what a function of the page's language gives for these arguments; promises are waited for."""
        expression = f"({script})({', '.join(json.dumps(word) for word in words)})"
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Refused(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def until(self, script: str, *words: Any, what: str = "", within: float = WAIT_S) -> Any:
        """Return the first true value of a function, looked at again and again."""
        end = time.monotonic() + within
        while True:
            try:
                found = self.run(script, *words)
            except Refused:
                # The page is being left for another one.
                if time.monotonic() >= end:
                    raise
                found = None
            if found:
                return found
            if time.monotonic() >= end:
                raise AssertionError(f"waited {within:g} s for {what or words or script}\n{self.story()}")
            time.sleep(LOOK_S)

    def kept_rules(self) -> None:
        """Fail when the policy was broken or a request would have left the server since the last time."""
        broken, strangers = list(self.violations), list(self.strangers)
        self.forget()
        assert (broken, strangers) == ([], [])

    def forget(self) -> None:
        """Begin anew to note what goes wrong."""
        for found in (self.violations, self.faults, self.strangers, self.refusals):
            found.clear()

    def says(self, text: str, css: str = "body", within: float = WAIT_S) -> None:
        """Wait until something visible says this."""
        self.until(f"(css, text) => ({SEEK})(css, text) !== null", css, text, within=within)

    def gone(self, text: str, css: str, within: float = WAIT_S) -> None:
        """Wait until nothing visible says this."""
        self.until(f"(css, text) => ({SEEK})(css, text) === null", css, text, within=within)

    def sees(self, text: str, css: str = "body") -> bool:
        """Tell whether something visible says this now."""
        return bool(self.run(f"(css, text) => ({SEEK})(css, text) !== null", css, text))

    def text(self, css: str) -> str:
        """Return the visible words of the first element that fits."""
        return str(self.run("(css) => document.querySelector(css)?.innerText ?? ''", css))

    def story(self) -> str:
        """Where it is, what it shows and what went wrong."""
        shown = self.run("() => location.pathname + '\\n' + document.body.innerText.slice(0, 2500)")
        return f"{shown}\nfaults: {self.faults}\nviolations: {self.violations}\nrefused: {self.refusals}"

    # --- what a person does ------------------------------------------------------

    def open(self, path: str) -> None:
        """Enter an address."""
        self.call("Page.navigate", url=self.origin + path)
        self.until(
            "() => document.readyState === 'complete' && document.querySelector('h1') !== null", what=f"the page {path}"
        )

    def press(self, css: str, text: str = "", within: float = WAIT_S) -> float:
        """Press what says this, once it can be pressed; returns the moment of the press."""
        x, y = self.until(PLACE, css, text, what=f"{css} {text!r} to be pressed", within=within)
        for kind in ("mouseMoved", "mousePressed"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        pressed = time.monotonic()
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left", clickCount=1)
        return pressed

    def fill(self, css: str, words: str, text: str = "") -> None:
        """Put words into a field in place of what it holds; ``text``: what its label says."""
        focus = f"""(css, text) => {{
          const near = text ? ({SEEK})('label', text) : null
          const field = text ? near?.querySelector(css) ?? near?.control : document.querySelector(css)
          field?.focus()
          field?.select?.()
          return document.activeElement === field && field !== null && field !== undefined
        }}"""
        self.until(focus, css, text, what=f"the field {css} {text!r}")
        self.call("Input.insertText", text=words)
        self.until("(words) => document.activeElement?.value === words", words, what=f"{words!r} in {css} {text!r}")

    def key(self, name: str, code: int) -> None:
        """Press a key that writes nothing."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code)

    def visit(self, path: str) -> None:
        """Go to a page of the dashboard by its link in the navigation."""
        self.press(f'nav a[href="{path}"]')
        self.at(path)

    def at(self, path: str) -> None:
        """Wait until this is the page, or one below it, within the frame of who is signed in."""
        script = """(path) => (location.pathname === path || (path !== '/' && location.pathname.startsWith(path + '/')))
          && document.querySelector('main h1') !== null"""
        self.until(script, path)

    def choose(self, css: str, value: str) -> None:
        """Choose from a list."""
        script = """(css, value) => {
          const list = [...document.querySelectorAll(css)].find((one) => one.offsetParent !== null)
          if (!list) return false
          list.value = value
          list.dispatchEvent(new Event('change', {bubbles: true}))
          return list.value === value
        }"""
        self.until(script, css, value, what=f"the choice {value!r}")

    def at_rest(self) -> None:
        """Go to the first page as it is found in the morning, whatever a test before this one left open."""
        self.size(*WIDE)
        self.theme("light")
        if self.run("() => document.querySelector('[role=dialog]') !== null || document.documentElement.lang !== 'ko'"):
            self.run("() => localStorage.clear()")
            self.open("/")
        self.visit("/")

    def settled(self) -> None:
        """Wait until nothing moves any more and what was being loaded has come."""
        self.until(
            "() => document.querySelector('.skeleton, [aria-busy=true]') === null"
            " && document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)",
            what="the page to settle",
        )

    def drawn(self, within: float = 2.0) -> None:
        """Wait until two looks see the same, or a while: a chart draws in its own time, an age counts on for ever."""
        before = b""
        end = time.monotonic() + within
        while time.monotonic() < end:
            now = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
            if now == before:
                return
            before = now
            time.sleep(0.5)
