"""The loss of a pair whose label is a probability, for the reward model and for DPO alike; TRL has none.

With d the score of the first response minus that of the second, and p the probability that the first is better:

    -(p log sigmoid(d) + (1 - p) log sigmoid(-d))

the cross-entropy, in nats, between the label and what the Bradley-Terry model says. It is least where sigmoid(d) = p:
a tie (p = 0.5) pulls the two scores together, and has no gradient where they are equal. Swapping the two responses
turns d into -d and p into 1 - p, which leaves the loss as it is: in which order a pair is stored does not matter.
"""

from typing import Any


def soft_pairwise_loss(difference_N: Any, p_first_N: Any) -> Any:
    """One loss a pair, in nats; both are float tensors of shape (N,)."""
    from torch.nn.functional import logsigmoid

    return -(p_first_N * logsigmoid(difference_N) + (1 - p_first_N) * logsigmoid(-difference_N))
