"""The sentences above a stage, and how numbers are written."""

from charter.constitution import load_constitution
from charter.trace import PrincipleShare, StageTrace
from charter.trace.words import chance, cited, gist, heading, percent, signed, titled

FRAUD = load_constitution("default").principle("no-fraud")


def share(name: str, toward: float | None) -> PrincipleShare:
    return PrincipleShare(principle_id=name, principle=None, examples=1, toward=toward, away=toward, expected=0.1)


def stage(**changes: object) -> StageTrace:
    usual: dict[str, object] = {
        "stage": "sft",
        "start": "base",
        "end": "sl-cai",
        "lessons": 1000,
        "candidates": 64,
        "log_prob_start": -8.0,
        "log_prob_end": -4.0,
        "others": 0.27,
        "left_out": 2,
        "found": (),
        "principles": (share("p", 0.41), share("", 0.3), share("q", 0.22), share("r", 0.05), share("s", 0.02)),
    }
    return StageTrace(**(usual | changes))  # type: ignore[arg-type]


def test_the_whole_heading() -> None:
    assert list(heading(stage())) == [
        "Fine-tuning on revisions and helpful samples: base -> sl-cai",
        "Log-probability of the answer: -8.0 before, -4.0 after (+4.0, 54.6 times as likely)",
        "The 64 nearest of 1,000 were looked at; 2 of them do not fit into the model",
        "One drawn at random from the rest pulls 27% as much as these do on average",
        "What pulls towards the answer was learned most under p (41%), q (22%), r (5%)",
    ]


def test_what_is_not_known_is_not_said() -> None:
    assert list(heading(stage(log_prob_end=None, others=None, left_out=0, principles=(share("p", None),), end=""))) == [
        "Fine-tuning on revisions and helpful samples: base -> not done yet",
        "The 64 nearest of 1,000 were looked at",
    ]
    assert list(
        heading(stage(stage="dpo", start="sl-cai", end="dpo", lessons=0, log_prob_end=-30.0, principles=()))
    ) == [
        "DPO on preferences: sl-cai -> dpo",
        "Log-probability of the answer: -8.0 before, -30.0 after (-22.0)",
        "The run has none of what this stage learns from.",
    ]


def test_names_and_numbers() -> None:
    assert titled("no-fraud", FRAUD) == FRAUD.title
    assert cited(FRAUD).startswith(FRAUD.source.citation)
    assert titled("", None) == "learned under no principle"
    assert titled("x", None) == "not in the run's constitution"
    assert (percent(0.414), signed(0.046), signed(-0.001), chance(0.5)) == ("41%", "+4.6%", "-0.1%", "0.50")
    assert {percent(None), signed(None), chance(None), cited(None)} == {"-"}
    assert gist("a  b\nc", 10) == "a b c"
    assert gist("one two three", 8) == "one two…"
