"""What embeddings are compared with: against librosa, by hand, and as the papers have it."""

import librosa
import numpy as np
import pytest
import torch
from corpora import on_one_thread

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture
def part(bench):
    """A function that imports a module of `bench/evaluation/`."""
    return lambda name: bench(f"evaluation.{name}")


def spectrograms(n=3, frames=50, mels=16):
    return np.random.default_rng(0).normal(-40, 8, (n, frames, mels)).astype(np.float32)


def test_deltas_are_librosas(part):
    found = part("handcrafted").delta(spectrograms())
    expected = librosa.feature.delta(spectrograms(), width=9, axis=1)
    assert found[:, 4:-4] == pytest.approx(expected[:, 4:-4], abs=1e-4)  # librosa bends the ends


def test_patches_are_stretches_of_all_bands(part):
    dictionary = part("dictionary")
    found = dictionary.patches_of(spectrograms())
    assert found.shape == (3, 50 - dictionary.FRAMES + 1, 16 * dictionary.FRAMES)
    for place in (0, 11, 42):
        own = spectrograms()[1, place : place + dictionary.FRAMES]
        assert np.array_equal(np.sort(found[1, place]), np.sort(own.ravel()))


def test_a_tile_mixed_with_itself_stays_and_powers_add_up(part):
    tiles = torch.tensor([-40.0, -20.0])[:, None, None, None].expand(2, 1, 5, 4)
    mixed = part("rivals").mixed
    assert torch.allclose(mixed(tiles, 0.0), tiles, atol=1e-4)
    for seed in range(20):
        torch.manual_seed(seed)
        found = mixed(tiles, 0.4)
        power = 10 ** (found[:, 0, 0, 0].double() / 10)
        assert (power[0] >= 1e-4 - 1e-9) and (power[0] <= 0.6 * 1e-4 + 0.4 * 1e-2 + 1e-9)
        assert (power[1] <= 1e-2 + 1e-9) and (power[1] >= 0.6 * 1e-2 - 1e-9)


def test_a_part_as_large_as_the_tile_is_the_tile(part, monkeypatch):
    rivals = part("rivals")
    tiles = torch.from_numpy(spectrograms())[:, None]
    monkeypatch.setattr(rivals, "STRETCH", (1.0, 1.0))
    places = rivals._coordinates
    monkeypatch.setattr(rivals, "_coordinates", lambda count, size, _: places(count, size, 0))
    assert torch.allclose(rivals.resized(tiles, torch.tensor(-40.0)), tiles, atol=1e-3)


def test_beyond_the_ends_of_a_tile_is_the_mean_level(part):
    tiles = torch.full((200, 1, 40, 8), -20.0)
    torch.manual_seed(0)
    found = part("rivals").resized(tiles, torch.tensor(-60.0))
    assert found.shape == tiles.shape
    inside, outside = (found + 20).abs() < 1e-3, (found + 60).abs() < 1e-3
    assert inside.any(dim=(1, 2, 3)).all()  # a part is never wholly beyond
    some = outside.any(dim=(1, 2, 3)).float().mean()
    assert 0.3 < some < 0.95 and not outside.all(dim=2).any()


def test_the_challenges_baseline_has_its_layers(part):
    model = part("ceilings").BaselineCNN(40, -40.0, 8.0).eval()
    weights = sum(value.numel() for value in model.parameters())
    assert weights == (40 * 5 * 32 + 32) + 2 * 32 + (32 * 3 * 64 + 64) + 2 * 64 + (64 * 64 + 64)
    assert model(torch.full((2, 1, 501, 40), -40.0)).shape == (2, 64)


def varint(value):
    found = b""
    while value > 127:
        found, value = found + bytes([value & 127 | 128]), value >> 7
    return found + bytes([value])


def field(number, kind, value):
    """A field of a protocol buffer: a whole number (0) or bytes (2)."""
    own = varint(value) if kind == 0 else varint(len(value)) + value
    return varint(number << 3 | kind) + own


def block(entries):
    """A block of a table; each name but the first shares what it can with the one before."""
    found, before = b"", b""
    for name, value in entries:
        shared = 0
        while shared < min(len(before), len(name)) and before[shared] == name[shared]:
            shared += 1
        found += varint(shared) + varint(len(name) - shared) + varint(len(value))
        found, before = found + name[shared:] + value, name
    return found + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def test_a_checkpoint_is_read_without_tensorflow(part):
    """Two float variables, one of an optimiser and one of integers, in a table written by hand."""
    data = np.arange(300, dtype="<f4").tobytes()

    def entry(kind, shape, first, size):
        sizes = b"".join(field(2, 2, field(1, 0, length)) for length in shape)
        place = field(4, 0, first) if first else b""  # a first byte of 0 is not written
        return field(1, 0, kind) + field(2, 2, sizes) + place + field(5, 0, size)

    entries = [(b"", field(1, 0, 1)), (b"conv/bias", entry(1, [2], 0, 8)),
               (b"conv/bias/Adam", entry(1, [2], 8, 8)),
               (b"conv/kernel", entry(1, [3, 50], 400, 600)),
               (b"step", entry(9, [], 16, 8))]  # fmt: skip
    body = block(entries)
    rest = body + b"\0" * 5  # kind and checksum
    index = block([(b"t", varint(0) + varint(len(body)))])
    handles = varint(0) + varint(0) + varint(len(rest)) + varint(len(index))
    footer = handles.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")
    table = rest + index + b"\0" * 5 + footer
    found = part("tf_checkpoint").arrays(table, data)
    assert set(found) == {"conv/bias", "conv/kernel"}
    assert found["conv/bias"].tolist() == [0, 1]
    assert np.array_equal(found["conv/kernel"], np.arange(100, 250).reshape(3, 50))


def test_what_is_not_there_is_said(part, monkeypatch, tmp_path):
    elsewhere = part("elsewhere")
    monkeypatch.setattr(elsewhere, "WHEELS", tmp_path)
    with pytest.raises(part("handcrafted").Missing, match="no wheel of aisfx"):
        elsewhere._wheel("aisfx")


def test_scattering_makes_filters_for_whole_seconds_only(part, monkeypatch):
    """For each length there is a bank of filters, and clips have hundreds of lengths."""
    handcrafted, asked = part("handcrafted"), []

    def transform(length):
        asked.append(length)
        return lambda wave: wave.reshape(1, -1)

    waves = [np.full(n, 0.5, np.float32) for n in (100, 16000, 16001, 160001)]
    monkeypatch.setattr(handcrafted, "_transform", lambda: transform)

    def of_waves(_, vector):
        return np.array([vector(wave) for wave in waves])

    monkeypatch.setattr(handcrafted, "of_waves", of_waves)
    found = handcrafted.scattering(None, None)
    assert asked == [16000, 16000, 32000, 160000, 16000]
    assert found[:, 0] == pytest.approx(np.full(4, np.log(0.5 + 1e-6)))
