"""What checkpoints do on prompts that training never saw: harmful, helpful, evasive, over-refusal, with intervals.

Takes ``Sample`` and ``Revision``; gives ``Judgement`` and, from those, the numbers of ``results.json``. Described in
``docs/evaluate.md``.
"""

from charter.evaluate.evaluator import Evaluator, round_samples
from charter.evaluate.judge import Judge, OracleJudge, judge_kind, make_judge
from charter.evaluate.model_judge import ModelJudge
from charter.evaluate.rates import checkpoint_results, comparison, round_results
from charter.evaluate.rubric import Rubric, load_rubric, shipped_rubrics
from charter.evaluate.run_results import run_results
from charter.evaluate.verdict import Verdict

__all__ = [
    "Evaluator",
    "Judge",
    "ModelJudge",
    "OracleJudge",
    "Rubric",
    "Verdict",
    "checkpoint_results",
    "comparison",
    "judge_kind",
    "load_rubric",
    "make_judge",
    "round_results",
    "round_samples",
    "run_results",
    "shipped_rubrics",
]
