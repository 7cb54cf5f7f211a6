"""What checkpoints do on prompts that training never saw: harmful, helpful, evasive, over-refusal, with intervals.

Takes ``Sample`` and ``Revision``; gives ``Judgement`` and, from those, the numbers of ``results.json``. Described in
``docs/evaluate.md``.
"""

from charter.evaluate.best_of_n import BestOfN, best_of_n
from charter.evaluate.consistency import ask_groups, consistency, load_groups
from charter.evaluate.evaluator import Evaluator, round_samples
from charter.evaluate.harm import HarmJudge, ModelHarmJudge, OracleHarmJudge, load_harm_rubric, make_harm_judge
from charter.evaluate.judge import Judge, OracleJudge, judge_kind, make_judge
from charter.evaluate.model_judge import ModelJudge
from charter.evaluate.pair_judge import OraclePairJudge, PairJudge, PreferencePairJudge
from charter.evaluate.rates import checkpoint_results, comparison, round_results
from charter.evaluate.rubric import Rubric, load_rubric, shipped_rubrics
from charter.evaluate.run_results import run_results
from charter.evaluate.snapshots import snapshot_pairs, snapshot_results
from charter.evaluate.verdict import Verdict

__all__ = [
    "BestOfN",
    "Evaluator",
    "HarmJudge",
    "Judge",
    "ModelHarmJudge",
    "ModelJudge",
    "OracleHarmJudge",
    "OracleJudge",
    "OraclePairJudge",
    "PairJudge",
    "PreferencePairJudge",
    "Rubric",
    "Verdict",
    "ask_groups",
    "best_of_n",
    "checkpoint_results",
    "comparison",
    "consistency",
    "judge_kind",
    "load_groups",
    "load_harm_rubric",
    "load_rubric",
    "make_harm_judge",
    "make_judge",
    "round_results",
    "round_samples",
    "run_results",
    "shipped_rubrics",
    "snapshot_pairs",
    "snapshot_results",
]
