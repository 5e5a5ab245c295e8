"""The built dashboard, held in memory: one build from its page to its last part, also when a new one is put in its place.

A page that was loaded before an update asks for parts by names that hold their hash; the server that handed
out the page still has them. Nothing is looked up on the disk after the start, so no path can lead out of the folder.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

PAGE: Final = "index.html"
ASSETS: Final = "assets/"
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
"""Said here, for the table of the operating system may say something else."""
PACKED: Final = frozenset({".html", ".js", ".css", ".svg", ".json"})
FOREVER: Final = "public, max-age=31536000, immutable"
ASK_FIRST: Final = "no-cache"
ABSENT: Final = """<!doctype html>
<html lang="ko">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>hantu</title>
<h1>대시보드가 아직 만들어지지 않았습니다</h1>
<p>감시와 API는 대시보드 없이도 그대로 동작합니다.</p>
<p>저장소에서 <code>make ui</code> 를 실행한 뒤 서버를 다시 시작하세요. 상태는 <code>hantu status</code> 로도 볼 수 있습니다.</p>
<p lang="en">The dashboard was not built. Run <code>make ui</code> in the checkout and start the server again;
guard and API work without it.</p>
</html>
"""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the build; ``packed`` is empty where packing gains nothing."""

    content_type: str
    plain: bytes
    packed: bytes
    tag: str
    lasting: bool


def files_of(static: Path) -> Mapping[str, File]:
    """Read a build; empty without its page."""
    if not (static / PAGE).is_file():
        return {}
    found = (path for path in sorted(static.rglob("*")) if path.is_file() and path.suffix in TYPES)
    return {name: _file(name, path) for path in found if (name := path.relative_to(static).as_posix()) != "build.json"}


def add_dashboard(app: FastAPI, static: Path) -> None:
    """Serve the build; any other path that a browser asks for shows the page, which knows its own ways."""
    files = files_of(static)

    async def page(request: Request) -> Response:
        path = request.url.path.lstrip("/")
        if path == "api" or path.startswith("api/"):
            raise HTTPException(404)
        if not files:
            return Response(ABSENT, 200 if not path else 404, {"Cache-Control": "no-store"}, TYPES[".html"])
        found = files.get(path)
        if found is None and (path.startswith(ASSETS) or "." in path.rpartition("/")[2]):
            raise HTTPException(404)
        return _answer(found or files[PAGE], request)

    app.router.add_route("/{path:path}", page, methods=["GET"], include_in_schema=False)


def _answer(file: File, request: Request) -> Response:
    headers = {"Cache-Control": FOREVER if file.lasting else ASK_FIRST, "ETag": file.tag, "Vary": "Accept-Encoding"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if file.tag in known:
        return Response(None, 304, headers)
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, 200, {**headers, "Content-Encoding": "gzip"}, file.content_type)
    return Response(file.plain, 200, headers, file.content_type)


def _file(name: str, path: Path) -> File:
    plain = path.read_bytes()
    packed = _packed(plain) if path.suffix in PACKED else b""
    tag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return File(TYPES[path.suffix], plain, packed if len(packed) < len(plain) else b"", tag, name.startswith(ASSETS))


@lru_cache(maxsize=256)
def _packed(plain: bytes) -> bytes:
    return gzip.compress(plain, 9, mtime=0)
