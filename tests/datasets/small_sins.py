"""SINS in small: empty files in the official layout, with their lists, of both archives or one.

`both` and `dev` are for a test module to make fixtures of: ``pytest.fixture(small_sins.both)``.
"""

from corpora import sins_lists, text

DEV = [
    (1, 7, 1, "cooking"),
    (1, 7, 2, "cooking"),
    (2, 7, 1, "cooking"),
    (3, 12, 1, "absence"),
    (4, 41, 133, "watching_tv"),
    (2, 14, 1, "eating"),
]
UNSEEN = [(5, 301, 2, "working"), (1, 301, 2, "working"), (7, 302, 1, "other")]


def both(tmp_path):
    for path in sins_lists(tmp_path, DEV, UNSEEN):
        text(path)
    return tmp_path


def dev(tmp_path):
    for path in sins_lists(tmp_path, DEV):
        text(path)
    return tmp_path
