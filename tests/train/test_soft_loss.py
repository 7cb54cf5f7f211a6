"""The soft pairwise loss, against numbers worked out by hand, and its two symmetries."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.train.soft_loss import soft_pairwise_loss


@pytest.mark.parametrize(
    ("difference", "p_first", "expected"),
    [
        (0.0, 0.5, 0.6931471805599453),  # ln 2: a model without an opinion, whatever the label
        (0.0, 1.0, 0.6931471805599453),
        (1.0, 1.0, 0.3132616875182228),  # ln(1 + 1/e)
        (1.0, 0.0, 1.3132616875182228),  # ln(1 + e)
        (1.0, 0.8, 0.5132616875182228),  # 0.8 ln(1 + 1/e) + 0.2 ln(1 + e)
        (math.log(3), 0.75, 0.5623351446188083),  # sigmoid(ln 3) = 3/4: the entropy of the label itself
        (-2.0, 0.25, 0.6269280110429726),  # ln(1 + e^-2) + 0.25 * 2
        (1000.0, 0.0, 1000.0),  # no overflow
    ],
)
def test_the_loss_is_what_a_hand_calculation_gives(difference: float, p_first: float, expected: float) -> None:
    import torch

    loss = soft_pairwise_loss(*(torch.tensor([value], dtype=torch.float64) for value in (difference, p_first)))
    assert loss.shape == (1,)
    assert loss.item() == pytest.approx(expected, rel=1e-12)


def test_a_tie_has_no_gradient_at_equal_scores_and_pulls_unequal_ones_together() -> None:
    import torch

    difference = torch.tensor([0.0, 2.0, -2.0], requires_grad=True)
    soft_pairwise_loss(difference, torch.full((3,), 0.5)).sum().backward()
    assert difference.grad is not None
    assert difference.grad[0].item() == 0.0
    assert difference.grad[1].item() == pytest.approx(-difference.grad[2].item())
    assert difference.grad[1].item() > 0  # descent lowers the difference


def test_the_loss_is_least_where_the_model_says_the_label() -> None:
    import torch

    p_first = torch.tensor([0.1, 0.3, 0.9])
    difference = torch.logit(p_first).requires_grad_()
    soft_pairwise_loss(difference, p_first).sum().backward()
    assert difference.grad is not None
    torch.testing.assert_close(difference.grad, torch.zeros(3), atol=1e-7, rtol=0)


@given(st.floats(-30, 30), st.integers(0, 1024))
def test_swapping_a_pair_and_its_label_leaves_the_loss_as_it_is(difference: float, label: int) -> None:
    import torch

    d, p = torch.tensor([difference], dtype=torch.float64), torch.tensor([label / 1024], dtype=torch.float64)
    assert soft_pairwise_loss(d, p).item() == soft_pairwise_loss(-d, 1 - p).item()
