"""Several trainings on the cores of one machine."""

from collections.abc import Callable, Collection
from typing import Any

import torch
from joblib import Parallel, cpu_count, delayed


def for_each(items: Collection[Any], function: Callable[[Any], None], together: bool) -> None:
    """Call a function of each item: one after the other, or together, sharing the cores.

    Parameters
    ----------
    items : collection
        Of seeds, say.
    function : function of an item
    together : bool
        In a thread each, with as many of torch's threads as there are cores for it.
    """
    side_by_side = len(items) if together else 1

    def one(item):
        if side_by_side > 1:
            torch.set_num_threads(max(1, cpu_count() // side_by_side))
        function(item)

    Parallel(n_jobs=side_by_side, require="sharedmem")(delayed(one)(item) for item in items)
