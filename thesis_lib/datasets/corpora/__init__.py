"""The corpora that the suite knows: one module each, and its name is the corpus's.

A module declares ``DOMAIN`` ("home" or "music"), ``TITLE``, ``SOURCE``, ``LICENCE``, ``CITATION``
and ``ARCHIVES``: its name in `data/archives.json`, which holds files and checksums, or None where
there is nothing to fetch. And it has these functions::

    read(folder, folds)     its `Corpus`; music is split into so many folds
    files(folder)           every file with what is known of it, and faults, for `validate`
    recognises(folder)      whether it is this corpus that is in a folder; where a folder can tell

What they need is imported inside them: names and folders are known without anything heavy. A new
corpus is one new module here.
"""
