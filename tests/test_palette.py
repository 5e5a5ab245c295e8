"""A picture keeps its points when it is given a palette, in whichever way the browser wrote its rows."""

import struct
import zlib

import numpy as np
import pytest

from tests.e2e.browser.palette import SIGNATURE, chunk, decoded, reduced

WIDTH, HEIGHT = 23, 9


def points(channels: int) -> "np.ndarray":
    chance = np.random.default_rng(7)
    few = chance.integers(0, 256, (12, channels), dtype=np.uint8)
    return few[chance.integers(0, 12, (HEIGHT, WIDTH))]


def filtered(kind: int, row: "np.ndarray", above: "np.ndarray", step: int) -> bytes:
    """Write one row as the standard says, a byte at a time."""
    written = bytearray([kind])
    for index, value in enumerate(row):
        left = int(row[index - step]) if index >= step else 0
        corner = int(above[index - step]) if index >= step else 0
        over = int(above[index])
        near = min((left, over, corner), key=lambda one: abs(left + over - corner - one))
        written.append(int(value) - (0, left, over, (left + over) // 2, near)[kind] & 255)
    return bytes(written)


def picture(image: "np.ndarray", kinds: list[int]) -> bytes:
    step = image.shape[2]
    rows = image.reshape(HEIGHT, WIDTH * step)
    above = [np.zeros_like(rows[0]), *rows[:-1]]
    data = b"".join(filtered(kinds[index % len(kinds)], rows[index], above[index], step) for index in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, {3: 2, 4: 6}[step], 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def unpacked(png: bytes) -> "np.ndarray":
    """Read a picture with a palette, as ``reduced`` writes it."""
    parts, at = {}, len(SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        parts[kind] = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + parts[kind])
        at += length + 12
    colours = np.frombuffer(parts[b"PLTE"], dtype=np.uint8).reshape(-1, 3)
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), dtype=np.uint8).reshape(HEIGHT, 1 + WIDTH)
    assert not rows[:, 0].any()
    return colours[rows[:, 1:]]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("kinds", [[0], [1], [2], [3], [4], [0, 4, 1, 3, 2]])
def test_few_colours_stay_what_they_were(channels: int, kinds: list[int]) -> None:
    image = points(channels)
    png = picture(image, kinds)
    assert (decoded(png) == image[:, :, :3]).all()
    assert (unpacked(reduced(png)) == image[:, :, :3]).all()


def test_of_many_colours_the_nearest_is_taken() -> None:
    chance = np.random.default_rng(8)
    image = chance.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    image[:, :20] = image[0, 0]
    image[0, 22] = image[0, 0] ^ 1
    found = unpacked(reduced(picture(image, [0])))
    assert (found[:, :20] == image[0, 0]).all()


def test_other_pictures_are_refused() -> None:
    png = bytearray(picture(points(3), [0]))
    png[len(SIGNATURE) + 8 + 8] = 16
    with pytest.raises(ValueError, match="depth 16"):
        reduced(bytes(png))
