"""Strengths of players from comparisons between them: the Bradley-Terry model on Elo's scale, with intervals.

The model says that i beats j with probability 1 / (1 + exp(t_j - t_i)). Bradley and Terry (1952), Biometrika 39,
324-345. Elo's scale has 400 points for odds of ten to one.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from charter.digests import derive_seed
from charter.stats import CONFIDENCE
from charter.stats_bootstrap import cluster_bootstrap

Floats = NDArray[np.float64]

POINTS = 400 / log(10)
"""Elo points of one unit of log-odds."""
PRIOR = 0.5
"""Games that every player is taken to have won against a virtual average player, and as many lost: without them, one
who won every game would be infinitely strong."""
RESAMPLES = 1000
_STEPS = 300
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Strength:
    """One player's."""

    elo: float
    """Points above the first player."""
    low: float
    high: float
    """Bounds of the 95% interval; both 0 for the first."""
    games: float
    wins: float


def bradley_terry(wins_C_K_K: Floats, *, seed: int, resamples: int = RESAMPLES) -> list[Strength]:
    """The strength of each of K players, from C clusters (prompts) of comparisons.

    ``wins_C_K_K[c, i, j]`` is what i won against j in cluster c: 1 a win, 0.5 a tie, or a probability. The estimate is
    of maximum likelihood with ``PRIOR``. The interval is of the bootstrap over clusters (percentiles), in which the
    prior's games are drawn as well, each side's as a gamma variate of mean ``PRIOR``: so a player that won every
    game, whose resamples are all alike, still has an interval with a width, much as Jeffreys' of a proportion has.

    Raises:
        ValueError: a win that is negative or no number, no comparisons, or players that no chain of comparisons joins.
    """
    clusters, players, _ = wins_C_K_K.shape
    if not np.all(np.isfinite(wins_C_K_K)) or np.any(wins_C_K_K < 0):
        raise ValueError("a win is a number of at least 0")
    total_K_K = wins_C_K_K.sum(axis=0)
    if np.any(np.diagonal(total_K_K)):
        raise ValueError("a player cannot play against itself")
    apart = unconnected(total_K_K)
    if apart:
        raise ValueError(f"no chain of comparisons joins player {apart[0]} with player 0")
    elo_K = _elo(total_K_K[None], np.full((1, players, 2), PRIOR))[0]
    rng = np.random.default_rng(derive_seed(seed, "prior games"))

    def resampled(sums_B_KK: Floats) -> Floats:
        drawn_B_K_2 = rng.gamma(PRIOR, size=(len(sums_B_KK), players, 2))
        return _elo(sums_B_KK.reshape(-1, players, players), drawn_B_K_2)

    drawn_B_K = cluster_bootstrap(wins_C_K_K.reshape(clusters, -1), resampled, seed=seed, draws=resamples)
    edges = (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2
    low_K, high_K = np.quantile(drawn_B_K, edges, axis=0)
    wins_K = total_K_K.sum(axis=1)
    return [
        Strength(
            elo=float(elo_K[player]),
            low=float(min(low_K[player], elo_K[player])),
            high=float(max(high_K[player], elo_K[player])),
            games=float(wins_K[player] + total_K_K[:, player].sum()),
            wins=float(wins_K[player]),
        )
        for player in range(players)
    ]


def unconnected(wins_K_K: Floats) -> list[int]:
    """Players whom no chain of comparisons joins with player 0; among them and him, strengths say nothing."""
    played_K_K = (wins_K_K + wins_K_K.T) > 0
    reached, waiting = {0}, [0]
    while waiting:
        found = set(np.flatnonzero(played_K_K[waiting.pop()]).tolist()) - reached
        reached |= found
        waiting += found
    return [player for player in range(len(wins_K_K)) if player not in reached]


def _elo(wins_B_K_K: Floats, prior_B_K_2: Floats) -> Floats:
    """Elo of each player above the first, shape (B, K); ``prior_B_K_2`` holds games won and lost against the average.

    Newton's method on the log-likelihood, which is concave. The step is shortened to log(1 + d) / d, d being the
    longest that it changes a pair's log-odds: so every step ascends, from wherever it begins. Sun and Tran-Dinh (2019),
    Math. Program. 178, 145-213, section 4, for a function whose third derivative is bounded by its second.
    """
    games_B_K_K = wins_B_K_K + np.swapaxes(wins_B_K_K, 1, 2)
    # A prior's game may be drawn as next to nothing; a millionth of one keeps the strengths finite and tells the same.
    prior_B_K_2 = np.maximum(prior_B_K_2, 1e-6)
    won_B_K = wins_B_K_K.sum(axis=2) + prior_B_K_2[:, :, 0]
    average_B_K = prior_B_K_2.sum(axis=2)
    t_B_K = np.zeros(won_B_K.shape)
    diagonal = np.arange(t_B_K.shape[1])
    for _ in range(_STEPS):
        p_B_K_K = _logistic(t_B_K[:, :, None] - t_B_K[:, None, :])
        p_B_K = _logistic(t_B_K)
        gradient_B_K = won_B_K - (games_B_K_K * p_B_K_K).sum(axis=2) - average_B_K * p_B_K
        weight_B_K_K = games_B_K_K * p_B_K_K * (1 - p_B_K_K)
        information_B_K_K = -weight_B_K_K
        information_B_K_K[:, diagonal, diagonal] += weight_B_K_K.sum(axis=2) + average_B_K * p_B_K * (1 - p_B_K)
        step_B_K = np.linalg.solve(information_B_K_K, gradient_B_K[:, :, None])[:, :, 0]
        d_B_1 = sqrt(2) * np.linalg.norm(step_B_K, axis=1, keepdims=True)
        step_B_K *= np.log1p(d_B_1) / np.maximum(d_B_1, 1e-12)
        t_B_K += step_B_K
        if np.max(np.abs(step_B_K)) < _CLOSE:
            break
    elo_B_K: Floats = POINTS * (t_B_K - t_B_K[:, :1])
    return elo_B_K


def _logistic(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(x / 2))
