"""Tile2Vec for sound: the library under the notebooks of "Deep embedded music"."""
