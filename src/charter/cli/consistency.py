"""``charter consistency``: does a model decide by what is asked, or by its wording?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from charter.cli.common import format_option, print_json
from charter.cli.runs import ROOT

if TYPE_CHECKING:
    from charter.evaluate import Judge
    from charter.evaluate.consistency import Groups
    from charter.pipeline.models import Models
    from charter.recipe import EvaluateConfig, ModelConfig
    from charter.records import Sample
    from charter.results_snapshots import Consistency


@click.command(name="consistency")
@click.argument("model")
@ROOT
@click.option("--groups", default="organism", show_default=True, metavar="FILE", help="Phrasings: a JSONL file.")
@click.option("--judge", metavar="NAME", help="oracle, self, or a model that judges.  [default: as the run, or auto]")
@click.option("--temperature", type=click.FloatRange(min=0), default=0.0, show_default=True, help="0 is greedy.")
@click.option("--max-new-tokens", type=click.IntRange(min=1), default=256, show_default=True, help="Of one answer.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of draws and of the interval.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@format_option()
def cli(
    *,
    model: str,
    root: Path,
    groups: str,
    judge: str | None,
    temperature: float,
    max_new_tokens: int,
    seed: int,
    quiet: bool,
    form: str,
) -> None:
    """Ask a model the same request in many phrasings, and count how often two get the same decision.

    MODEL is a model's folder or name, or a run (a folder, an id under --root, or "latest"), of which every checkpoint
    is asked. A line of --groups is {"phrasings": ["...", "..."], "kind": "red_team"}; without it, the requests are the
    model organism's.

    \b
    Examples:
      charter consistency latest
      charter consistency organism --format json
      charter consistency ./my-model --groups phrasings.jsonl --judge self
    """
    from charter.evaluate import ask_groups, load_groups
    from charter.models import Sampling
    from charter.pipeline.models import Models
    from charter.progress import Progress

    asked = load_groups(groups)
    called, config = _models(model, root)
    models = Models(next(iter(called.values())))
    judging = _judge(judge, groups, config, models)
    answers = {}
    for name, loadable in called.items():
        with Progress(quiet=quiet).task(f"ask {name}", sum(map(len, asked))) as advance:
            drawn = Sampling(temperature, 1.0, max_new_tokens)
            answers[name] = ask_groups(models.load(loadable), asked, sampling=drawn, seed=seed, on_done=advance)
    results = {name: _decided(name, samples, asked, judging, seed) for name, samples in answers.items()}
    if form == "json":
        print_json({name: found.model_dump(mode="json") for name, found in results.items()})
    else:
        from charter.cli.compare_tables import print_consistency

        print_consistency(results)


def _models(reference: str, root: Path) -> "tuple[dict[str, ModelConfig], EvaluateConfig]":
    """What to ask by name, and how it is judged: a run's checkpoints as its recipe says, or one model."""
    from charter.recipe import EvaluateConfig, ModelConfig
    from charter.run_files import MANIFEST_NAME
    from charter.run_models import run_models
    from charter.runs import LATEST, find_run

    if reference == LATEST or any((path / MANIFEST_NAME).is_file() for path in (Path(reference), root / reference)):
        run = find_run(reference, root)
        return run_models(run), run.recipe.evaluate
    return {reference: ModelConfig(name=reference)}, EvaluateConfig()


def _decided(name: str, samples: "Sequence[Sample]", groups: "Groups", judge: "Judge", seed: int) -> "Consistency":
    from charter.errors import StageError
    from charter.evaluate import Evaluator, consistency

    found = consistency(Evaluator(judge).work(samples), groups, seed=seed)
    if found is None:
        raise StageError(f"{name}: no request has two answers with a verdict; name another --judge")
    return found


def _judge(name: str | None, groups: str, config: "EvaluateConfig", models: "Models") -> "Judge":
    from charter.evaluate import make_judge
    from charter.recipe import PromptsConfig

    evaluate = config if name is None else config.model_copy(update={"judge": name})
    return make_judge(evaluate, PromptsConfig(path=groups), models.judge)
