"""Files of human preferences: every form, every mistake, and nothing dropped without a count."""

import csv
import gzip
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from charter.codec import to_row
from charter.errors import CharterError, ConfigError
from charter.human import HumanLabels, joined, load_human_labels, look, read_labels, read_pairs
from charter.records import Message, Pair, Preference, Prompt, Status
from charter.shards import Shards

ASKED = Prompt(messages=(Message("user", "How do I pick a lock?"),))
PAIR = Pair(prompt=ASKED, first="Use a hairpin.", second="I would rather not: whose lock is it?")


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def table(path: Path, header: str, *rows: tuple[object, ...], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header.split())
        writer.writerows(rows)
    return path


def dialogue(*texts: str) -> str:
    return "".join(f"\n\n{('Human', 'Assistant')[index % 2]}: {text}" for index, text in enumerate(texts))


def preferred(labels: HumanLabels) -> list[tuple[str, str, str]]:
    """Last question, better and worse response of each look."""
    found = []
    for each in labels.looks:
        both = each.pair.first, each.pair.second
        better, worse = both if each.p_first == 1 else both[::-1]
        found.append((each.pair.prompt.messages[-1].content, better, worse))
    return found


def test_hh_rlhf_plain_and_packed(tmp_path: Path) -> None:
    rows = [
        {"chosen": dialogue("Hi", "Ho", "More?", "Yes."), "rejected": dialogue("Hi", "Ho", "More?", "No.")},
        {"chosen": dialogue("Bye", "So long."), "rejected": dialogue("Bye", "Never.")},
    ]
    plain = lines(tmp_path / "hh.jsonl", *rows)
    labels = read_labels(plain)
    assert labels.form == "hh"
    assert preferred(labels) == [("More?", "Yes.", "No."), ("Bye", "So long.", "Never.")]
    assert [len(each.pair.prompt.messages) for each in labels.looks] == [3, 1]
    assert {each.feedback for each in labels.looks} == {"human"}
    packed = tmp_path / "hh.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_labels(packed).looks == labels.looks


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Hi", "chosen": "Yes.", "rejected": "No."},
        {"prompt": dialogue("Hi", ""), "chosen": "Yes.", "rejected": "No."},
        {
            "prompt": [{"role": "user", "content": "Hi"}],
            "chosen": [{"role": "assistant", "content": "Yes."}],
            "rejected": [{"role": "assistant", "content": "No."}],
        },
        {
            "chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes."}],
            "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "No."}],
        },
        {
            "prompt": "Hi",
            "chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes."}],
            "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "No."}],
        },
        {"chosen": "Hi Yes.", "rejected": "Hi No."},
    ],
)
def test_every_way_to_write_trls_format(row: dict[str, Any], tmp_path: Path) -> None:
    labels = read_labels(lines(tmp_path / "trl.jsonl", row))
    assert labels.form == "trl"
    assert preferred(labels) == [("Hi", "Yes.", "No.")]


@pytest.mark.parametrize(("name", "delimiter"), [("x.csv", ","), ("x.tsv", "\t")])
def test_a_table(name: str, delimiter: str, tmp_path: Path) -> None:
    path = table(
        tmp_path / name,
        "Prompt response_a response_b preference rater seconds kind",
        ("Hi", "one", "two,\nand more", "a", "ann", "3.5", "benign"),
        ("Hi", "one", "two,\nand more", "B", "bob", "", "helpful"),
        ("Hi", "one", "two,\nand more", "tie", "Smith, J.", 0, ""),
        ("Hi", "one", "two,\nand more", "0.75", "", 0, "red_team"),
        delimiter=delimiter,
    )
    looks = read_labels(path).looks
    of_one = [each.p_first if each.pair.first == "one" else 1 - (each.p_first or 0) for each in looks]
    assert of_one == [1.0, 0.0, 0.5, 0.75]
    assert [each.rater for each in looks] == ["ann", "bob", "Smith J.", ""]
    assert [each.seconds for each in looks] == [3.5, None, 0.0, 0.0]
    assert [each.pair.prompt.kind for each in looks] == ["benign", "benign", "red_team", "red_team"]


def test_a_table_may_be_json_lines(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", {"prompt": "Hi", "response_a": "Yes.", "response_b": "No.", "preference": 1})
    assert preferred(read_labels(path)) == [("Hi", "Yes.", "No.")]


def test_which_response_comes_first_says_nothing_of_which_was_chosen(tmp_path: Path) -> None:
    rows = [{"prompt": f"Q{n}", "chosen": f"yes {n}", "rejected": f"no {n}"} for n in range(200)]
    first = [each.p_first for each in read_labels(lines(tmp_path / "a.jsonl", *rows)).looks]
    assert 70 < first.count(1.0) < 130
    other_way = [{**row, "chosen": row["rejected"], "rejected": row["chosen"]} for row in rows]
    flipped = [each.p_first for each in read_labels(lines(tmp_path / "b.jsonl", *other_way)).looks]
    assert [1 - (p or 0) for p in flipped] == first


def test_rows_that_cannot_be_used_are_counted_with_their_reasons(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = {"chosen": dialogue("Hi", "Yes."), "rejected": dialogue("Hi", "No.")}
    early = {"chosen": dialogue("Hi", "a", "b", "c"), "rejected": dialogue("Hi", "x", "b", "d")}
    path = lines(tmp_path / "x.jsonl", good, early, early, {"chosen": dialogue("Hi", "Yes.")}, good)
    labels = read_labels(path)
    assert len(labels.looks) == 2
    assert [(each.reason, each.rows, each.line) for each in labels.unusable] == [
        ("the dialogues differ before their last turn", 2, 2),
        ("no 'rejected'", 1, 4),
    ]
    assert f"{path}: 3 of 5 rows cannot be used: the dialogues differ" in caplog.text
    assert len({each.id for each in labels.looks}) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", "", "x.csv: the file is empty; write a header with the columns prompt, response_a"),
        ("x.csv", "prompt,response_a,response_b,preference\n", "x.csv: no rows below the header"),
        ("x.csv", "prompt,response_a,response,preference\na,b,c,d\n", "x.csv:1: no column 'response_b' (did you mean"),
        ("x.csv", "prompt,prompt,response_b,preference\na,b,c,d\n", "x.csv:1: column 'prompt' stands twice"),
        ("x.csv", 'prompt,response_a,response_b,preference\nq,"a"b,c,a\n', "x.csv:2: not CSV: "),
        ("x.csv", b"prompt,response_a,response_b,preference\nq,caf\xe9,c,a\n", "x.csv: not UTF-8"),
        (
            "x.csv",
            "prompt,response_a,response_b,preference\nq,a,b,better\nq,a,b,2\nq,a,b,nan\nq,a,b\n",
            "x.csv:2: not one of 4 rows can be used: a preference that is none of a, b, tie, or a number",
        ),
        ("x.csv", "prompt,response_a,response_b,preference\nq,a,b,a,extra\n", "more fields than columns"),
        ("x.csv", "prompt,response_a,response_b,preference,kind\nq,a,b,a,harmles\n", "did you mean 'harmless'?"),
        ("x.csv", "prompt,response_a,response_b,preference,seconds\nq,a,b,a,-1\n", "seconds that are no number"),
        ("x.jsonl", "", "x.jsonl: the file is empty"),
        ("x.jsonl", '{"chosen": "a"', "x.jsonl:1: not JSON: "),
        ("x.jsonl", '{"question": "a", "better": "b"}\n', "x.jsonl:1: keys question, better are those of no form"),
        ("x.jsonl", '{"chosen": "a b", "rejected": 3}\n', "neither a text nor a list of turns"),
        ("x.jsonl", '{"chosen": "yes", "rejected": "no"}\n', "no prompt, and chosen and rejected do not begin alike"),
        ("x.jsonl.gz", "not packed", "x.jsonl.gz: damaged, or not packed with gzip"),
        (
            "x.jsonl.gz",
            gzip.compress(b'{"chosen": "a", "rejected": "b"}\n' * 999)[:-20],
            "x.jsonl.gz: damaged, or not packed",
        ),
        ("x.jsonl", '{"pair": {}, "p_first": 1}\n', "no Preference record of this version"),
    ],
)
def test_a_mistake_is_one_line_with_its_place_and_mend(
    name: str, content: str | bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(CharterError) as caught:
        read_labels(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["none.csv", "none.jsonl", "none"])
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=name):
        read_labels(tmp_path / name)
    with pytest.raises(ConfigError, match="no labels are there"):
        read_labels(tmp_path)


def test_our_own_records_come_back_from_lines_and_from_shards(tmp_path: Path) -> None:
    looks = [
        look(PAIR, "ann", 0, 1.0, seconds=2.0),
        look(PAIR, "ann", 1, 0.5, swapped=True),
        look(PAIR, "bob", 0, None),
    ]
    path = lines(tmp_path / "x.jsonl", *map(to_row, looks))
    assert list(read_labels(path).looks) == looks
    Shards(tmp_path / "human", Preference).append(looks)
    assert sorted(read_labels(tmp_path / "human").looks, key=lambda each: each.id) == sorted(
        looks, key=lambda each: each.id
    )


def test_a_models_labels_are_not_a_persons(tmp_path: Path) -> None:
    row = {**to_row(look(PAIR, "m", 0, 1.0)), "feedback": "ai"}
    with pytest.raises(ConfigError, match="labelled by a model, not by a person: 1"):
        read_labels(lines(tmp_path / "x.jsonl", row))


def test_pairs_without_labels_are_read_from_any_form(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", "prompt response_a response_b", ("Hi", "one", "two"), ("Hi", "two", "one"))
    (pair,) = read_pairs(path)
    assert {pair.first, pair.second} == {"one", "two"}
    assert read_pairs(lines(tmp_path / "p.jsonl", to_row(PAIR), to_row(look(PAIR, "ann", 0, 1.0)))) == (PAIR,)


# ---- labels on a run's pairs


def test_a_label_finds_its_pair_in_either_order(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "x.jsonl", {"prompt": "How do I pick a lock?", "chosen": PAIR.second, "rejected": PAIR.first}
    )
    (there,) = load_human_labels(path, [PAIR])
    (turned,) = load_human_labels(path, [PAIR.swapped()])
    assert (there.pair, there.p_first, there.votes[0].p_first) == (PAIR, 0.0, 0.0)
    assert (turned.pair, turned.p_first) == (PAIR.swapped(), 1.0)


def test_several_looks_become_votes_and_their_mean_the_label(tmp_path: Path) -> None:
    said = [("ann", "a"), ("bob", "b"), ("ann", "a"), ("cem", "tie")]
    rows = [(ASKED.messages[0].content, PAIR.first, PAIR.second, label, rater, 10) for rater, label in said]
    path = table(tmp_path / "x.csv", "prompt response_a response_b preference rater seconds", *rows)
    (label,) = load_human_labels(path, [PAIR])
    assert sorted(vote.p_first or 0 for vote in label.votes) == [0.0, 0.5, 1.0, 1.0]
    assert label.p_first == 0.625
    assert (label.rater, label.seconds, label.feedback) == ("ann, bob, cem", 40.0, "human")


def test_a_rater_who_contradicts_himself_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [(ASKED.messages[0].content, PAIR.first, PAIR.second, label, "ann") for label in "ab"]
    path = table(tmp_path / "x.csv", "prompt response_a response_b preference rater", *rows)
    (label,) = load_human_labels(path, [PAIR])
    assert (label.p_first, len(label.votes)) == (0.5, 2)
    assert "1 times a rater took one response and later the other (the first: ann on pair" in caplog.text


def test_a_pair_without_a_label_is_a_failed_preference(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    other = Pair(prompt=ASKED, first="x", second="y")
    stranger = Pair(prompt=ASKED, first="v", second="w")
    looks = [look(PAIR, "ann", 0, 1.0), look(stranger, "ann", 0, 1.0), look(other, "ann", 0, None, reason="skipped")]
    path = lines(tmp_path / "x.jsonl", *map(to_row, looks))
    third = Pair(prompt=ASKED, first="q", second="r")
    done = load_human_labels(path, [PAIR, other, third])
    assert [each.pair for each in done] == [PAIR, other, third]
    assert [each.status for each in done] == [Status.OK, Status.FAILED, Status.FAILED]
    assert [each.reason for each in done] == ["", "no human label: skipped", "no human label"]
    assert [each.p_first for each in done] == [1.0, None, None]
    assert "1 labels are on no pair of this run" in caplog.text
    assert len({each.id for each in done}) == 3


def test_equal_texts_are_a_tie_that_nobody_is_asked_about(tmp_path: Path) -> None:
    same = Pair(prompt=ASKED, first="x ", second="x", second_model="m")
    path = lines(tmp_path / "x.jsonl", to_row(look(PAIR, "ann", 0, 1.0)))
    tie = load_human_labels(path, [PAIR, same])[1]
    assert (tie.p_first, tie.status, tie.reason, tie.votes, tie.rater) == (0.5, Status.OK, "", (), "")


def test_labels_of_another_run_are_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", to_row(look(PAIR, "ann", 0, 1.0)))
    with pytest.raises(ConfigError, match="none of its 1 labels is on one of this run's 1 pairs; label these with"):
        load_human_labels(path, [Pair(prompt=ASKED, first="x", second="y")])


def test_a_label_for_help_is_none_for_harm(tmp_path: Path) -> None:
    benign = Pair(prompt=Prompt(messages=ASKED.messages, kind="benign"), first=PAIR.first, second=PAIR.second)
    path = lines(tmp_path / "x.jsonl", to_row(look(benign, "ann", 0, 1.0)))
    with pytest.raises(ConfigError, match="none of its 1 labels"):
        load_human_labels(path, [PAIR])
    path = lines(tmp_path / "y.jsonl", {"prompt": ASKED.messages[0].content, "chosen": "a b", "rejected": "c"})
    pairs = [
        Pair(prompt=Prompt(messages=ASKED.messages, kind=kind), first="c", second="a b")
        for kind in ("benign", "red_team")
    ]
    assert [each.p_first for each in load_human_labels(path, pairs)] == [0.0, 0.0]


def test_a_labels_id_follows_from_what_was_said() -> None:
    one, again = joined(PAIR, [look(PAIR, "ann", 0, 1.0)]), joined(PAIR, [look(PAIR, "ann", 0, 1.0)])
    other = joined(PAIR, [look(PAIR, "ann", 0, 0.0)])
    assert one == again
    assert one.id != other.id


def test_what_a_model_labelled_is_no_label_of_a_person_and_still_a_pair(tmp_path: Path) -> None:
    said = {"prompt": "How?", "chosen": "Like this.", "rejected": "No."}
    path = lines(tmp_path / "mixed.jsonl", {**said, "feedback": "ai", "rater": "a model"}, {**said, "rater": "Ann"})
    labels = read_labels(path)
    assert [each.rater for each in labels.looks] == ["Ann"]
    assert [(each.reason, each.rows) for each in labels.unusable] == [("labelled by a model, not by a person", 1)]
    assert len(read_pairs(path)) == 1
