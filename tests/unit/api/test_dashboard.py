"""The dashboard's files as browsers get them: types, lives of copies, what is not there, and nothing from outside."""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hantu.api.dashboard import files_of
from tests.unit.api.site import Site, opened

PAGE = b"<!doctype html><title>hantu</title>" + b"<p>same</p>" * 50
SCRIPT = b"export const a = 1;" * 40


def built(folder: Path) -> Path:
    static = folder / "built"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_bytes(PAGE)
    (static / "build.json").write_text('{"sources": "x"}')
    (static / "favicon.svg").write_text("<svg/>")
    (static / "notes.txt").write_text("not a kind we serve")
    (static / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (static / "assets" / "app-1a2b.css").write_text("a{}")
    (folder / "outside.js").write_text("secret")
    return static


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder:
        home = Path(folder)
        with opened(home, static=built(home)) as found:
            yield found


def get(site: Site, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    line = site.browser().connect()
    line.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    line.close()
    return found


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/assets/app-1a2b.js", "text/javascript; charset=utf-8"),
        ("/assets/app-1a2b.css", "text/css; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
    ],
)
def test_each_kind_of_file_has_its_type(site: Site, path: str, content_type: str) -> None:
    status, headers, _ = get(site, path)
    assert (status, headers["content-type"]) == (200, content_type)
    assert headers["x-content-type-options"] == "nosniff"


def test_parts_with_a_hash_are_kept_and_the_page_is_asked_for_again(site: Site) -> None:
    assert get(site, "/assets/app-1a2b.js")[1]["cache-control"] == "public, max-age=31536000, immutable"
    status, headers, body = get(site, "/")
    assert (status, headers["cache-control"], body) == (200, "no-cache", PAGE)
    status, _, body = get(site, "/", If_None_Match=headers["etag"])
    assert (status, body) == (304, b"")
    assert get(site, "/", If_None_Match='"other"')[0] == 200


@pytest.mark.parametrize("path", ["/positions/005930", "/sign-in", "/no/such/page", "/incidents/7?tab=all"])
def test_addresses_of_pages_show_the_page(site: Site, path: str) -> None:
    status, headers, body = get(site, path)
    assert (status, body) == (200, PAGE)
    assert "require-trusted-types-for 'script'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/app-0000.js", "/assets/gone", "/robots.txt", "/build.json", "/notes.txt", "/api", "/api/v1/nothing",
        "/../outside.js", "/assets/../../outside.js", "/%2e%2e/outside.js", "/assets/%2e%2e%2f%2e%2e%2foutside.js",
        "/..%5coutside.js", "//outside.js", "/assets/app-1a2b.js%00",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    status, _, body = get(site, path)
    assert status == 404
    assert b"secret" not in body


def test_a_look_at_the_head_has_no_body(site: Site) -> None:
    status, headers, body = get(site, "/assets/app-1a2b.js", "HEAD")
    assert (status, body, headers["content-length"]) == (200, b"", str(len(SCRIPT)))


def test_who_takes_packed_files_gets_them_packed(site: Site) -> None:
    status, headers, body = get(site, "/assets/app-1a2b.js", Accept_Encoding="gzip, br")
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert len(body) < len(SCRIPT) and gzip.decompress(body) == SCRIPT


def test_a_new_build_does_not_tear_a_running_page(tmp_path: Path) -> None:
    static = built(tmp_path)
    files = files_of(static)
    (static / "assets" / "app-1a2b.js").unlink()
    assert files["assets/app-1a2b.js"].plain == SCRIPT


def test_without_a_build_the_server_says_how_to_make_one(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder:
        home = Path(folder)
        with opened(home, static=home / "none") as site:
            status, headers, body = get(site, "/")
            assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
            assert b"make ui" in body and headers["cache-control"] == "no-store"
            assert get(site, "/positions")[0] == 404
            assert site.browser().get("/health").status == 200
