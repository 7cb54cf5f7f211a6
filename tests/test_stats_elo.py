"""Strengths: the maximum of the likelihood, known cases by hand, and intervals that hold what they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from charter.stats_elo import POINTS, PRIOR, Floats, bradley_terry, unconnected


def simulated(log_odds: list[float], prompts: int, seed: int, ties: float = 0.0) -> Floats:
    """Games of every two players on every prompt."""
    rng = np.random.default_rng(seed)
    wins = np.zeros((prompts, len(log_odds), len(log_odds)))
    for one in range(len(log_odds)):
        for other in range(one):
            p = 1 / (1 + math.exp(log_odds[other] - log_odds[one]))
            won = np.where(rng.random(prompts) < ties, 0.5, (rng.random(prompts) < p).astype(float))
            wins[:, one, other], wins[:, other, one] = won, 1 - won
    return wins


def by_scipy(total: Floats) -> Floats:
    """The same estimate from the likelihood as it is written down, by a general optimiser."""

    def loss(t: Floats) -> float:
        difference = t[:, None] - t[None, :]
        games = float(np.sum(total * np.logaddexp(0, -difference)))
        return games + PRIOR * float(np.sum(np.logaddexp(0, -t) + np.logaddexp(0, t)))

    t = minimize(loss, np.zeros(len(total)), method="BFGS", options={"gtol": 1e-9}).x
    found: Floats = POINTS * (t - t[0])
    return found


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 8))
@hypothesis_settings(max_examples=25)
def test_the_estimate_is_the_maximum_of_the_likelihood(seed: int, players: int, prompts: int) -> None:
    rng = np.random.default_rng(seed)
    wins = simulated(list(rng.normal(0, 2, players)), prompts, seed, ties=0.2)
    found = [strength.elo for strength in bradley_terry(wins, seed=1, resamples=2)]
    assert found == pytest.approx(by_scipy(wins.sum(axis=0)), abs=0.05)


def test_two_players_by_hand() -> None:
    wins = np.zeros((100, 2, 2))
    wins[:80, 1, 0], wins[80:, 0, 1] = 1, 1
    first, second = bradley_terry(wins, seed=1)
    # With t for the second and -t for the first: 80 - 100 s(2t) + 1/2 - s(t) = 0.
    t = second.elo / POINTS / 2
    assert 80 - 100 / (1 + math.exp(-2 * t)) + 0.5 - 1 / (1 + math.exp(-t)) == pytest.approx(0, abs=1e-6)
    assert second.elo == pytest.approx(400 * math.log10(80 / 20), abs=4)
    assert (first.elo, first.low, first.high) == (0, 0, 0)
    assert (second.games, second.wins, first.wins) == (100, 80, 20)
    assert second.low < second.elo < second.high


def test_ties_and_probabilities_are_shares_of_wins() -> None:
    tied, certain = np.zeros((10, 2, 2)), np.zeros((10, 2, 2))
    tied[:, 0, 1] = tied[:, 1, 0] = 0.5
    certain[:5, 0, 1] = certain[5:, 1, 0] = 1
    assert bradley_terry(tied, seed=1)[1].elo == pytest.approx(0, abs=1e-6)
    assert bradley_terry(certain, seed=1)[1].elo == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("winner", [0, 1])
def test_one_who_wins_every_game_has_a_strength_and_an_interval(winner: int) -> None:
    wins = np.zeros((200, 2, 2))
    wins[:, winner, 1 - winner] = 1
    _, second = bradley_terry(wins, seed=1)
    apart = second if winner == 1 else second.__class__(-second.elo, -second.high, -second.low, 0, 0)
    assert 800 < apart.elo < 1400
    # 200 of 200: Wilson's lower bound is odds of 200 to 3.84; nothing bounds the odds from above but the prior
    assert 400 * math.log10(200 / 3.84) - 100 < apart.low < apart.elo - 50
    assert apart.high > apart.elo + 400


def test_more_prompts_narrow_the_interval_and_the_seed_decides_it() -> None:
    few, many = simulated([0, 1], 50, 3), simulated([0, 1], 800, 3)
    wide, narrow = bradley_terry(few, seed=1)[1], bradley_terry(many, seed=1)[1]
    assert narrow.high - narrow.low < (wide.high - wide.low) / 2
    assert bradley_terry(few, seed=1) == bradley_terry(few, seed=1) != bradley_terry(few, seed=2)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    truth = [0.0, 1.0, -0.7]
    held = 0
    for seed in range(60):
        strengths = bradley_terry(simulated(truth, 60, seed), seed=seed, resamples=400)
        held += sum(s.low <= POINTS * t <= s.high for s, t in zip(strengths[1:], truth[1:], strict=True))
    assert 0.88 <= held / 120 <= 0.995


def test_games_on_one_prompt_count_as_one_observation() -> None:
    alone = simulated([0, 0.5], 100, 4)
    together = alone.reshape(10, 10, 2, 2).sum(axis=1)  # ten games a prompt, all of them independent
    copied = np.repeat(simulated([0, 0.5], 10, 4), 10, axis=0).reshape(10, 10, 2, 2).sum(axis=1)
    width = [s.high - s.low for s in (bradley_terry(w, seed=1)[1] for w in (alone, together, copied))]
    assert width[1] < 2 * width[0]
    assert width[2] > 1.8 * width[0]  # ten games that are copies of one another say as much as one


def test_players_that_nothing_joins_are_refused() -> None:
    wins = np.zeros((3, 4, 4))
    wins[0, 0, 1] = wins[1, 2, 3] = 1
    assert unconnected(wins.sum(axis=0)) == [2, 3]
    with pytest.raises(ValueError, match="no chain of comparisons joins player 2 with player 0"):
        bradley_terry(wins, seed=1)
    wins[2, 3, 1] = 1
    assert unconnected(wins.sum(axis=0)) == []
    assert len(bradley_terry(wins, seed=1)) == 4


@pytest.mark.parametrize(("value", "problem"), [(-1.0, "at least 0"), (math.nan, "at least 0"), (math.inf, "at least")])
def test_no_number_of_wins_is_refused(value: float, problem: str) -> None:
    wins = np.ones((2, 2, 2)) - np.eye(2)
    wins[0, 0, 1] = value
    with pytest.raises(ValueError, match=problem):
        bradley_terry(wins, seed=1)


def test_nobody_plays_against_himself() -> None:
    with pytest.raises(ValueError, match="against itself"):
        bradley_terry(np.ones((2, 2, 2)), seed=1)
