"""The listening room without a browser: what it finds, says, and answers."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile
from PIL import Image

from thesis_lib.corpus import Corpus
from thesis_lib.listening import players
from thesis_lib.listening.collection import Collection, collections
from thesis_lib.listening.widgets import EVERY, ListeningRoom, WalkRoom
from thesis_lib.pipeline.run import Run
from thesis_lib.plots import listen as pictures

K = 5


@pytest.fixture(scope="module")
def collection(tiny_run):
    return Collection(tiny_run)


@pytest.fixture
def room(collection):
    return ListeningRoom([collection], k=K, seed=0)


def sounds(html):
    """The players in a table: their names and waveforms."""
    found = re.findall(r'aria-label="([^"]*)" src="data:audio/mpeg;base64,([^"]*)"', html)
    return [(name, *soundfile.read(io.BytesIO(base64.b64decode(data)))) for name, data in found]


def test_neighbours_are_of_other_songs_and_nearest_first(collection):
    vectors = collection.vectors
    for tile in range(len(vectors)):
        found, distances = collection.near(tile, K, spread=False)
        other = np.flatnonzero(collection.group != collection.group[tile])
        expected = np.sort(np.linalg.norm(vectors[other] - vectors[tile], axis=1))[:K]
        np.testing.assert_allclose(distances, expected, rtol=1e-4)
        assert not set(collection.group[found]) & {collection.group[tile]}


def test_neighbours_may_be_of_one_class_and_one_a_song(collection):
    tile = collection.rows("hum")[0]
    found, _ = collection.near(tile, 30, label="hiss", spread=True)
    assert set(collection.label[found]) == {"hiss"}
    assert len(found) == len(set(collection.group[found])) == 4
    found, _ = collection.near(tile, 30, label="hum", spread=False)
    assert len(found) == 9  # 3 tiles of each of the 3 other songs


def test_table_holds_every_sound_and_says_how_many_agree(collection):
    html = players.neighbour_table(collection, 4, K)
    found, _ = collection.near(4, K)
    heard = sounds(html)
    assert len(heard) == K + 2 and html.count("<img ") == K + 1
    assert [name for name, *_ in heard[1:-1]] == [collection.title(tile) for tile in found]
    for _, wave, rate in heard[:-1]:
        assert len(wave) == 2 * rate and np.abs(wave).max() > 0.01
    same = (collection.label[found] == collection.label[4]).sum()
    assert f"{same} of {K} carry its label" in html
    assert html.count("(another)") == K - same
    assert len(html) < 300_000


def test_sound_is_that_of_the_tile(collection, tiny_music):
    row = collection.tiles.iloc[7]
    wave, rate = soundfile.read(tiny_music / row.path)
    first = round(row.start * rate)
    expected = wave[first : first + round(row.duration * rate)]
    np.testing.assert_allclose(collection.sound(7), expected, atol=1e-3)


def test_quiet_stays_quiet_unless_all_shall_be_equally_loud(collection, monkeypatch):
    sound = {0: np.full(100, 0.5), 1: np.full(100, 0.005), 2: np.zeros(100)}
    monkeypatch.setattr(collection, "sound", sound.__getitem__)
    loud, quiet, none = (np.abs(wave).max() for wave in collection.waves([0, 1, 2]))
    assert quiet == pytest.approx(loud / 100) and none == 0
    loud, quiet, none = (np.abs(wave).max() for wave in collection.waves([0, 1, 2], equal=True))
    assert quiet == pytest.approx(loud) and none == 0


def test_names_from_files_cannot_break_the_page():
    html = players.table(["a"], [[players.chip('<b>"x"', "red")]], "caption")
    assert "<b>" not in html and "&lt;b&gt;" in html
    assert 'alt="&quot;&gt;&lt;"' in players.picture(b"", '"><')


@pytest.mark.parametrize("name", ['"><script>alert(1)</script>', "$a$ and $$b$$", r"\(x\)"])
def test_names_from_tags_are_shown_as_they_are(tiny_run, name):
    collection = Collection(tiny_run)
    corpus = collection.corpus
    names = [f"{name} {number}" for number in range(len(corpus.table))]
    collection.corpus = Corpus("x", corpus.root, corpus.table.assign(name=names))
    tables = [
        players.neighbour_table(collection, 4, K),
        players.walk_table(collection, "hum", "ticks"),
    ]
    for page in tables:
        texts = Text()
        texts.feed(page)
        assert not texts.scripts
        assert sum(name in text for text in texts.rows) >= K
        # no piece of text holds both ends of a formula
        assert not any(re.search(r"\$.*\$|\\\(", piece) for piece in texts.pieces)


class Text(HTMLParser):
    """What a page shows: each table row's text, and the pieces it is made of."""

    def __init__(self):
        super().__init__()
        self.rows, self.pieces, self.scripts = [""], [], 0

    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"
        self.rows += [""] if tag == "tr" else []

    def handle_data(self, data):
        self.rows[-1] += data
        self.pieces.append(data)


def test_songs_and_recordings_are_listed_by_name(tiny_run):
    collection = Collection(tiny_run)
    corpus = collection.corpus
    names = [f"Artist - Title {number}" for number in range(len(corpus.table))]
    collection.corpus = Corpus("x", corpus.root, corpus.table.assign(name=names))
    room = ListeningRoom([collection], k=K, seed=0)
    row = corpus.table[corpus.table.label == "hiss"].index
    room.label.value = "hiss"
    assert [name for name, _ in room.group.options] == [names[number] for number in row]
    room.group.value = room.group.options[2][1]
    assert [name for name, _ in room.recording.options] == [names[row[2]]]
    assert names[row[2]] in room.view.value


def test_nothing_plays_by_itself_and_everything_has_a_name(collection):
    html = players.neighbour_table(collection, 0, K)
    assert "autoplay" not in html
    assert html.count("<audio") == html.count("<audio controls preload") == html.count("aria-label")
    assert html.count("<img") == html.count("<img alt=")
    assert html.count('scope="col"') == 6 and html.count('scope="row"') == K + 2


def test_room_follows_its_lists(room, collection):
    before = room.view.value
    room.tile.value = room.tile.options[1][1]
    assert room.view.value != before
    assert escape_free(collection.title(room.tile.value)) in room.view.value
    room.label.value = "ticks"
    assert collection.label[room.tile.value] == "ticks"
    room.group.value = room.group.options[-1][1]
    room.recording.value = room.recording.options[-1][1]
    assert collection.group[room.tile.value] == room.group.value
    assert {collection.label[tile] for _, tile in room.tile.options} == {"ticks"}


def escape_free(text):
    assert not set(text) & set("<>&\"'")
    return text


def test_next_and_previous_stay_in_the_class_and_begin_again(room, collection):
    room.label.value = "hum"
    rows = collection.rows("hum")
    seen = [room.tile.value]
    for _ in rows:
        room.next.click()
        seen.append(room.tile.value)
    assert seen == [*rows, rows[0]]
    room.previous.click()
    assert room.tile.value == rows[-1]


def test_surprise_is_of_the_class_chosen(room, collection):
    room.label.value = "hiss"
    seen = set()
    for _ in range(8):
        room.surprise.click()
        seen.add(room.tile.value)
    assert len(seen) > 3 and {collection.label[tile] for tile in seen} == {"hiss"}


def test_filter_number_and_loudness_redraw(room):
    room.go(0)
    room.only.value = "ticks"
    shown = re.sub(r"base64,[^\"]*", "", room.view.value)
    assert "Its nearest ticks of other recordings" in shown and "hum" not in shown
    room.only.value = EVERY
    room.count.value = 3
    assert room.view.value.count("<audio") == 5
    before = room.view.value
    room.equal.value = True
    assert room.view.value != before


def test_tile_of_another_class_widens_the_choice(room, collection):
    room.label.value = "hum"
    room.go(collection.rows("ticks")[0])
    assert room.label.value == EVERY and room.tile.value == collection.rows("ticks")[0]


def test_rooms_of_two_corpora(collection, tiny_run):
    other = Collection(tiny_run)
    other.name = "another"
    room = ListeningRoom([collection, other])
    room.label.value = "hum"
    room.corpus.value = other
    assert room.label.value == EVERY and "another" in room.view.value
    walk = WalkRoom([collection, other])
    walk.corpus.value = other
    assert "another" in walk.view.value


def test_walk_goes_from_class_to_class(collection):
    walk = WalkRoom([collection])
    walk.go("hum", "ticks")
    assert "From hum to ticks" in walk.view.value
    heard = sounds(walk.view.value)
    assert len(heard) == walk.steps.value + 1
    assert len(heard[-1][1]) > len(heard[0][1])
    walk.turn.click()
    assert "From ticks to hum" in walk.view.value
    walk.steps.value = 3
    assert walk.view.value.count("<audio") == 4


def test_walk_without_two_classes_says_so(collection):
    class One:
        labels = ["hum"]

    assert "two classes" in WalkRoom([One()]).children[0].value


def test_typical_tiles_are_of_their_class(collection):
    assert {label: collection.label[tile] for label, tile in collection.typical.items()} == {
        label: label for label in collection.labels
    }


def test_thumbnail_is_small_and_has_low_bands_at_the_bottom():
    levels = np.full((100, 64), -80.0)
    levels[:, :32] = 0
    png = pictures.thumbnail(levels, -80, 0)
    image = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    assert image.shape == pictures.SIZE[::-1] and len(png) < 1000
    assert image[-1].min() > image[0].max()


def test_what_is_not_embedded_yet_has_no_collection(tiny_run, tmp_path):
    found = collections({"home": Run(tmp_path / "nothing"), "music": tiny_run})
    assert list(found) == ["music"] and found["music"].name == "tiny music"


@pytest.fixture
def relabelled(tiny_run):
    """A collection of its own, whose labels and groups a test may change."""

    def make(**columns):
        made = Collection(tiny_run)
        for name, values in columns.items():
            setattr(made, name, np.broadcast_to(values, len(made.tiles)))
        made.labels = sorted(set(made.label) - {""})
        made.colours = dict.fromkeys([*made.labels, ""], "#000")
        made._columns = [made.label, made.group, made.recording]
        return made

    return make


def test_a_single_song_without_a_label_can_be_looked_at(relabelled):
    one = relabelled(label="", group="song")
    assert list(one.centres.index) == [""] and len(one.near(0)[0]) == 0
    html = players.typical_tables(one)
    assert "There are no tiles of other recordings" in html and len(sounds(html)) == 1
    assert len(sounds(ListeningRoom([one]).view.value)) >= 1


def test_a_class_may_be_called_as_the_list_of_all_is(relabelled):
    made = relabelled(label=np.where(np.arange(36) < 18, "every class", "hum"))
    room = ListeningRoom([made], seed=0)
    assert [value for _, value in room.label.options] == [EVERY, "every class", "hum"]
    room.label.value = "every class"
    assert room.label.value == "every class" and made.label[room.tile.value] == "every class"
    room.label.value = "hum"
    assert made.label[room.tile.value] == "hum"
