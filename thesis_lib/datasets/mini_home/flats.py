"""Simulated flats: walls, places that sounds come from, microphone nodes.

One open space, as in the SINS home: a living room with a kitchen beside it. `SUITE` is the flat of
the mini home. `draw` makes others, whose rooms, places and microphones are their own.
"""

from dataclasses import dataclass, replace

import numpy as np

NEAR_WALL, APART = 0.3, 0.6  # m: furniture from a wall, and two places or nodes from each other
KITCHEN_PLACES = ("stove", "sink", "worktop", "fridge", "cupboard", "kitchen floor")
AT_WALL = ("hall door", "window", "wall clock", "fridge", "cupboard", "stove", "sink")


@dataclass(frozen=True)
class Node:
    """A microphone array: where it hangs, how it hears.

    position : m, middle of the array; direction : degrees, along which the microphones lie;
    gain : dB; self_noise : dB full scale; low_cut, high_cut : Hz; peak : Hz and dB of a
    resonance; tilt : dB an octave around 1 kHz; offset : the constant part that its converter
    adds, full scale.
    """

    number: int
    position: tuple
    direction: float
    gain: float
    self_noise: float
    low_cut: float
    high_cut: float
    peak: tuple
    tilt: float
    offset: float
    known: bool


@dataclass(frozen=True)
class Place:
    """Somewhere a sound comes from: the middle and the reach of the spot, in m."""

    name: str
    position: tuple
    reach: float


@dataclass(frozen=True)
class Flat:
    """Two rooms open to each other, what is in them, and who listens.

    Attributes
    ----------
    living_size, kitchen_size : tuple, m
        Width and depth. The kitchen is to the right of the living room and is less deep.
    height : float, m
    absorption : tuple, 0 to 1
        Energy that a wall keeps, least and most: curtains, guests, open doors.
    nodes : tuple of Node
    places : tuple of Place
    """

    living_size: tuple
    kitchen_size: tuple
    height: float
    absorption: tuple
    nodes: tuple
    places: tuple

    @property
    def living_room(self) -> tuple:
        """Its corners, (x, y) in m."""
        width, depth = self.living_size
        return ((0.0, 0.0), (width, 0.0), (width, depth), (0.0, depth))

    @property
    def kitchen(self) -> tuple:
        """Its corners, (x, y) in m."""
        (left, _), (width, depth) = self.living_size, self.kitchen_size
        return ((left, 0.0), (left + width, 0.0), (left + width, depth), (left, depth))

    @property
    def outline(self) -> tuple:
        """The corners of both rooms as one, (x, y) in m."""
        return (self.living_room[0], *self.kitchen[1:], *self.living_room[2:])

    def place(self, name: str) -> Place:
        """The place of that name."""
        found = [spot for spot in self.places if spot.name == name]
        if not found:
            there = ", ".join(spot.name for spot in self.places)
            raise ValueError(f"no place {name!r}; there are {there}")
        return found[0]

    def holds(self, point: np.ndarray, name: str) -> np.ndarray:
        """The point, moved into the room of that place where it is outside: (3,) in m."""
        low, high = self.room(name)
        return np.clip(point, [*(low + 0.1), 0.05], [*(high - 0.05), self.height - 0.1])

    def room(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Two opposite corners of the room that a place is in, (2,) each in m."""
        corners = np.array(self.kitchen if name in KITCHEN_PLACES else self.living_room)
        return corners[0], corners[2]


SUITE = Flat(
    living_size=(6.0, 5.0),
    kitchen_size=(3.2, 3.2),
    height=2.6,
    absorption=(0.26, 0.38),
    nodes=(
        Node(1, (0.35, 4.6, 1.7), 45, 0.0, -63, 60, 7600, (3000, 2), 0.0, -0.02, True),
        Node(2, (0.3, 0.4, 1.5), -45, 2.0, -61, 90, 7300, (2200, 3), -0.5, 0.004, True),
        Node(3, (5.7, 4.7, 1.8), 135, -3.0, -65, 50, 7700, (4200, 3), 0.4, 0.001, True),
        Node(4, (9.0, 0.4, 1.6), 135, 1.0, -62, 80, 7500, (2600, 4), 0.0, -0.006, True),
        Node(5, (6.3, 2.9, 1.8), 45, -2.5, -62, 90, 7100, (1400, 3), -0.4, 0.012, False),
        Node(6, (3.0, 4.8, 2.1), 0, 2.5, -61, 50, 7700, (5200, 4), 0.3, -0.010, False),
        Node(7, (7.6, 0.3, 2.0), 0, -2.0, -60, 200, 5400, (900, 5), -0.8, 0.0, False),
    ),
    places=(
        Place("desk", (1.0, 3.6, 0.8), 0.3),
        Place("sofa", (2.3, 1.2, 1.0), 0.7),
        Place("armchair", (1.0, 2.2, 1.0), 0.3),
        Place("television", (4.6, 2.1, 0.9), 0.2),
        Place("table", (4.2, 3.7, 0.95), 0.6),
        Place("standing", (3.2, 2.4, 1.5), 1.2),
        Place("hall door", (0.4, 3.0, 1.0), 0.15),
        Place("window", (3.0, 0.1, 1.4), 0.05),
        Place("wall clock", (5.8, 3.9, 2.0), 0.05),
        Place("stove", (8.8, 1.6, 1.0), 0.15),
        Place("sink", (7.6, 2.9, 1.0), 0.25),
        Place("worktop", (8.4, 2.8, 1.0), 0.3),
        Place("fridge", (6.5, 0.5, 0.5), 0.05),
        Place("cupboard", (8.6, 0.5, 1.2), 0.4),
        Place("kitchen floor", (7.6, 1.5, 0.1), 0.6),
        Place("living floor", (3.0, 2.8, 0.1), 1.5),
    ),
)


def draw(seed: int) -> Flat:
    """Another flat: the same furniture and as many nodes; nothing else is the suite's.

    Sizes, what the walls keep, where things stand, where microphones hang and how they hear are
    drawn, each within what `SUITE` spans or somewhat more.
    """
    rng = np.random.default_rng([seed, 2])
    width, depth = rng.uniform(4.4, 7.2), rng.uniform(3.8, 5.6)
    middle = rng.uniform(0.22, 0.46)
    empty = replace(
        SUITE,
        living_size=(width, depth),
        kitchen_size=(rng.uniform(2.4, 3.8), rng.uniform(2.4, depth - 0.6)),
        height=rng.uniform(2.4, 2.9),
        absorption=(middle - 0.06, middle + 0.06),
    )
    furnished = replace(empty, places=_placed(rng, empty))
    return replace(furnished, nodes=_hung(rng, furnished))


def _placed(rng, flat):
    """The suite's places, each somewhere else in its room."""
    places: list[Place] = []
    for spot in SUITE.places:
        low, high = flat.room(spot.name)
        taken = [place.position for place in places]
        margin = NEAR_WALL / 2 if spot.name in AT_WALL else NEAR_WALL

        def anywhere(spot=spot, low=low, high=high, margin=margin):
            point = rng.uniform(low + margin, high - margin)
            if spot.name in AT_WALL:
                point = _to_wall(rng, point, low + margin, high - margin)
            return (*point, spot.position[2] + rng.uniform(-0.05, 0.05))

        places.append(replace(spot, position=_apart(anywhere, taken)))
    return tuple(places)


def _hung(rng, flat):
    """As many nodes as the suite has, at the edges of a room, each with a hearing of its own."""
    nodes: list[Node] = []
    for node in SUITE.nodes:
        # 4 and 7 are the kitchen's, as in the suite's flat.
        name = "stove" if node.number in (4, 7) else "sofa"
        low, high = flat.room(name)

        def anywhere(low=low, high=high):
            point = rng.uniform(low + NEAR_WALL, high - NEAR_WALL)
            return (*_to_wall(rng, point, low + 0.25, high - 0.25), rng.uniform(1.4, 2.2))

        position = _apart(anywhere, [node.position for node in nodes])
        nodes.append(
            Node(
                number=node.number,
                position=position,
                direction=float(rng.uniform(-90, 90)),
                gain=rng.uniform(-3, 3),
                self_noise=rng.uniform(-65, -60),
                low_cut=np.exp(rng.uniform(np.log(50), np.log(200))),
                high_cut=rng.uniform(5400, 7700),
                peak=(np.exp(rng.uniform(np.log(900), np.log(5200))), rng.uniform(2, 5)),
                tilt=rng.uniform(-0.8, 0.4),
                offset=rng.normal(0, 0.01),
                known=node.known,
            )
        )
    return tuple(nodes)


def _to_wall(rng, point, low, high):
    """The point, pushed to one of the four walls of its room: (2,) in m."""
    axis = rng.integers(2)
    point[axis] = (low, high)[rng.integers(2)][axis]
    return point


def _apart(anywhere, taken):
    """A position that is not where something else is; the last tried where a room is full."""
    for _ in range(100):
        found = anywhere()
        if all(np.linalg.norm(np.subtract(found[:2], other[:2])) >= APART for other in taken):
            break
    return tuple(float(value) for value in found)
