"""In which order are the drafts of many documents spent on? Fairly: a budget that cuts the stream anywhere has given
each document what its weight is due.

Stride scheduling (Waldspurger and Weihl, 1995): each stream is due again after a stride that is the inverse of its
weight, and the one that is due first goes on. Where in its first stride a stream begins is scattered, so that many
small documents, none of which is due a whole draft of a small budget, get their part of it too.
"""

import heapq
import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
_GOLDEN = (math.sqrt(5) - 1) / 2
"""Multiples of it fill the unit interval evenly, however many are taken."""


def spread(streams: Iterable[tuple[float, Iterator[Item]]]) -> Iterator[Item]:
    """Interleave streams in proportion to their weights, without reading ahead.

    Args:
        streams: each with its weight, above 0.

    Yields:
        The items of all streams, those of one in their order. Wherever the stream is cut, the number of items of each
        stream that is not used up is its weight times a number common to all, give or take less than one.
    """
    waiting = [
        ((place + 1) * _GOLDEN % 1 / weight, place, 1 / weight, stream)
        for place, (weight, stream) in enumerate(streams)
    ]
    heapq.heapify(waiting)
    while waiting:
        due, place, stride, stream = waiting[0]
        for item in stream:
            heapq.heapreplace(waiting, (due + stride, place, stride, stream))
            yield item
            break
        else:
            heapq.heappop(waiting)
