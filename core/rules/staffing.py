"""How many witnesses an hour needs: Erlang C (everybody waits) and Erlang A (some leave), each an own recursion.

Textbook models with Poisson arrivals and exponential handling; times in seconds, rates per second. A branch's
arrivals come in waves, so the figures are a start for a roster and no promise.
"""

from __future__ import annotations

import math
from collections.abc import Callable

MOST = 500
"""No branch has more witnesses; a search ends here."""
_SMALL = 1e-12


def waits(servers: int, load: float) -> float:
    """Erlang C: probability that a customer waits; `load` = arrivals × handling time. 1 when they never catch up."""
    if load <= 0:
        return 0.0
    if servers <= load:
        return 1.0
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return servers * blocked / (servers - load * (1 - blocked))


def answered_within(servers: int, arrivals: float, handling: float, target: float) -> float:
    """Erlang C: share of customers answered within `target` seconds."""
    load = arrivals * handling
    if load <= 0:
        return 1.0
    if servers <= load:
        return 0.0
    return 1 - waits(servers, load) * math.exp(-(servers - load) * target / handling)


def mean_wait(servers: int, arrivals: float, handling: float) -> float:
    """Erlang C: mean wait of all customers in seconds; infinite when the queue only grows."""
    load = arrivals * handling
    if load <= 0:
        return 0.0
    return math.inf if servers <= load else waits(servers, load) * handling / (servers - load)


def abandons(servers: int, arrivals: float, handling: float, patience: float) -> tuple[float, float]:
    """Erlang A: (probability to wait, share that leaves), with a mean patience in seconds."""
    if arrivals <= 0 or handling <= 0:
        return 0.0, 0.0
    weight, total, waiting, queue, k = 1.0, 1.0, 0.0, 0.0, 0
    while True:
        k += 1
        weight *= arrivals / (min(k, servers) / handling + max(0, k - servers) / patience)
        total += weight
        if k >= servers:
            waiting += weight
            queue += (k - servers) * weight
            if weight < _SMALL * total:
                break
        if total > 1e200:
            weight, total, waiting, queue = (part / 1e200 for part in (weight, total, waiting, queue))
    return waiting / total, queue / total / patience / arrivals


def needed(arrivals: float, handling: float, target: float, goal: float, occupancy: float) -> int:
    """Erlang C: fewest witnesses with `goal` answered within `target` and none busier than `occupancy`."""
    load = arrivals * handling
    return _fewest(load, occupancy, lambda n: answered_within(n, arrivals, handling, target) >= goal)


def needed_with_abandons(arrivals: float, handling: float, patience: float, most: float, occupancy: float) -> int:
    """Erlang A: fewest witnesses with at most the share `most` leaving and none busier than `occupancy`."""
    load = arrivals * handling
    return _fewest(load, occupancy, lambda n: abandons(n, arrivals, handling, patience)[1] <= most)


def _fewest(load: float, occupancy: float, enough: Callable[[int], bool]) -> int:
    if load <= 0:
        return 0
    first = max(1, math.ceil(load / occupancy - 1e-9))
    return next((n for n in range(first, MOST) if enough(n)), MOST)
