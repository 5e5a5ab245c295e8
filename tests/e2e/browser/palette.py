"""A picture of a screen in 256 colours: a third of the size, and nobody sees the difference on flat panels."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
CHANNELS = {2: 3, 6: 4}
"""Bytes of a point by the kind of picture: RGB, and RGB with transparency."""


def reduced(png: bytes) -> bytes:
    """Return the same picture with a palette.

    Raises:
        ValueError: It is not an 8-bit colour picture without interlacing, as browsers write them.
    """
    points = decoded(png)
    height, width, _ = points.shape
    packed = points.astype(np.uint32) @ np.array([65_536, 256, 1], dtype=np.uint32)
    seen, where, often = np.unique(packed, return_inverse=True, return_counts=True)
    kept = seen[np.argsort(-often, kind="stable")[:COLOURS]]
    apart = [(seen[:, None] >> shift & 255).astype(np.int32) - (kept[None, :] >> shift & 255) for shift in (16, 8, 0)]
    nearest = np.argmin(sum(part * part for part in apart), axis=1).astype(np.uint8)
    rows = np.zeros((height, width + 1), dtype=np.uint8)
    rows[:, 1:] = nearest[where].reshape(height, width)
    colours = np.stack([kept >> 16, kept >> 8 & 255, kept & 255], axis=1).astype(np.uint8)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", colours.tobytes()), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(kind, data) for kind, data in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one part of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def decoded(png: bytes) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    """Return the points as rows of red, green and blue; transparency is left out.

    Raises:
        ValueError: It is of another kind.
    """
    at, data, head = len(SIGNATURE), b"", b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        head = body if kind == b"IHDR" else head
        data += body if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise ValueError(f"depth {depth}, colour {colour}, interlaced {interlaced}")
    step = CHANNELS[colour]
    lines = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, 1 + width * step)
    above = np.zeros(width * step, dtype=np.uint8)
    rows = []
    for line in lines:
        above = unfiltered(int(line[0]), line[1:], above, step)
        rows.append(above)
    return np.stack(rows).reshape(height, width, step)[:, :, :3]


def unfiltered(kind: int, line: "np.ndarray", above: "np.ndarray", step: int) -> "np.ndarray":
    """Undo the difference a row was written as."""
    if kind == 0:
        return line.copy()
    if kind == 1:
        return np.cumsum(line.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    if kind == 2:
        return line + above
    found = np.zeros(len(line) + step, dtype=np.int32)
    up = np.concatenate([np.zeros(step, dtype=np.int32), above.astype(np.int32)])
    for index in range(step, len(found)):
        left, over, corner = int(found[index - step]), int(up[index]), int(up[index - step])
        found[index] = (int(line[index - step]) + (left + over >> 1 if kind == 3 else _paeth(left, over, corner))) & 255
    return found[step:].astype(np.uint8)


def _paeth(left: int, over: int, corner: int) -> int:
    guess = left + over - corner
    return min((left, over, corner), key=lambda one: abs(guess - one))
