"""Drawing tokens: the right distribution, by the request's own numbers."""

import pytest
import torch

from charter.models.completer import Sampling
from charter.models.hf_sampling import choose, uniforms


def drawn(probabilities: list[float], uniform: list[float], **sampling: float) -> list[int]:
    logits = torch.tensor(probabilities).log().expand(len(uniform), -1)
    tokens: list[int] = choose(logits, Sampling(**sampling), torch.tensor(uniform, dtype=torch.float64)).tolist()
    return tokens


def test_a_number_falls_into_the_token_whose_part_of_the_unit_it_is_in() -> None:
    assert drawn([0.25, 0.0, 0.5, 0.25], [0.0, 0.2499, 0.2501, 0.7499, 0.7501, 1 - 2**-53]) == [0, 0, 2, 2, 3, 3]


def test_a_token_without_probability_is_never_drawn() -> None:
    assert drawn([0.0, 1.0, 0.0], [0.0, 0.5, 1 - 2**-53]) == [1, 1, 1]


def test_temperature_sharpens() -> None:
    # At temperature 1/2 the odds of 3:1 become 9:1.
    assert drawn([0.75, 0.25], [0.8, 0.89, 0.91]) == [1, 1, 1]
    assert drawn([0.75, 0.25], [0.8, 0.89, 0.91], temperature=0.5) == [0, 0, 1]


def test_temperature_0_takes_the_likeliest() -> None:
    assert drawn([0.2, 0.5, 0.3], [0.0, 0.99], temperature=0) == [1, 1]


def test_top_p_keeps_the_fewest_tokens_that_reach_it() -> None:
    numbers = [0.0, 0.3, 0.6, 0.99]
    assert drawn([0.1, 0.5, 0.15, 0.25], numbers, top_p=0.5) == [1, 1, 1, 1]
    assert drawn([0.1, 0.5, 0.15, 0.25], numbers, top_p=0.7) == [1, 1, 1, 3]
    assert drawn([0.1, 0.5, 0.15, 0.25], numbers, top_p=0.89) == [1, 1, 2, 3]
    assert drawn([0.1, 0.5, 0.15, 0.25], numbers, top_p=1.0) == [0, 1, 2, 3]


def test_what_is_drawn_has_the_distribution() -> None:
    wanted = [0.05, 0.2, 0.45, 0.3]
    count = 20_000
    numbers = uniforms(range(count), 1)[:, 0]
    tokens = choose(torch.tensor(wanted).log().expand(count, -1), Sampling(), numbers)
    found = torch.bincount(tokens, minlength=4) / count
    assert found.tolist() == pytest.approx(wanted, abs=0.015)  # over four standard deviations


def test_a_seeds_numbers_do_not_depend_on_how_many_are_drawn_or_beside_whom() -> None:
    many = uniforms([7, 2**63 - 1, 8], 50)
    assert torch.equal(uniforms([2**63 - 1], 10)[0], many[1, :10])
    assert len(many.flatten().unique()) == 150
    assert ((many >= 0) & (many < 1)).all()
