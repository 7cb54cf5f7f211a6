"""A model that cannot be used is one line that says where, what and the mend, before anything slow is done."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from charter.errors import CharterError, MissingExtraError, ModelError
from charter.models import load_completer
from charter.models.completer import Chat, Completer, Sampling
from charter.models.folder import check_model_folder, model_digest
from charter.models.hf import HfCompleter
from charter.recipe import ModelConfig
from charter.records import Message

FolderOf = Callable[[str], Path]
Load = Callable[..., HfCompleter]
HELLO = [Chat((Message("user", "Hello."),))]
GREEDY = Sampling(temperature=0, max_new_tokens=8)


@pytest.fixture
def folder(tiny_llama: Path, tmp_path: Path) -> Path:
    """A copy of a model's folder, to be broken."""
    return Path(shutil.copytree(tiny_llama, tmp_path / "model"))


def failure(name: Path | str, **config: object) -> str:
    with pytest.raises(ModelError) as caught:
        load_completer(ModelConfig.model_validate({"name": str(name), **config}))
    assert caught.value.exit_code == 2
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_the_completer_is_one(tiny_llama: Path, load: Load) -> None:
    completer = load(tiny_llama)
    assert isinstance(completer, Completer)
    assert completer.name == str(tiny_llama)


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "runs/x/checkpoints/sl-cai", "~no-such-user/model"])
def test_a_path_that_does_not_exist(name: str) -> None:
    assert failure(name) == f"{Path(name)}: no such folder; check the path of the model"


def test_a_file_instead_of_a_folder(folder: Path) -> None:
    path = folder / "config.json"
    assert failure(path) == f"{path}: a file where a model folder should be; name the folder that holds config.json"


def test_a_name_that_the_hub_does_not_give() -> None:
    text = failure("charter-tests/no-such-model", revision="v2")
    assert text.startswith(
        "charter-tests/no-such-model (revision v2): no such folder here, and not to be had from the hub"
    )
    assert text.endswith("check the name, the network and HF_HUB_OFFLINE, or name a folder")


def test_a_name_that_the_hub_cannot_have() -> None:
    assert (
        failure("what--is:this") == "what--is:this: neither a folder here nor a name that the hub could have; check it"
    )


@pytest.mark.parametrize(
    ("remove", "message"),
    [
        (["config.json"], ": no config.json, so this is not a model folder; name one saved by save_pretrained"),
        (
            ["model.safetensors"],
            ": no weights (model.safetensors or pytorch_model.bin); copy them there, or save the model again",
        ),
        (
            ["tokenizer.json"],
            ": no tokenizer (tokenizer.json, tokenizer.model or vocab.json); copy the tokenizer's files there",
        ),
        (
            ["chat_template.jinja"],
            ": no chat template; for a base model use --chat-format transcript, "
            "else copy its tokenizer's chat_template.jinja there",
        ),
    ],
)
def test_a_file_that_is_missing(folder: Path, remove: list[str], message: str) -> None:
    for name in remove:
        (folder / name).unlink()
    assert failure(folder) == f"{folder}{message}"


def test_a_base_model_without_a_template_serves_as_transcript(folder: Path, load: Load) -> None:
    (folder / "chat_template.jinja").unlink()
    assert load(folder, format="transcript").complete(HELLO, GREEDY)[0].tokens > 0


@pytest.mark.parametrize("content", ["", "{", "[]", "\xff"])
def test_a_configuration_that_is_no_json_object(folder: Path, content: str) -> None:
    (folder / "config.json").write_bytes(content.encode("latin-1"))
    assert failure(folder).startswith(f"{folder / 'config.json'}: ")
    assert failure(folder).endswith("; save or copy the model again")


def test_an_architecture_that_transformers_does_not_know(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "no-such-type"}))
    assert failure(folder).startswith(f"{folder}: cannot load the ")


@pytest.mark.parametrize("keep", [0, 4, 100, 2000, -1, -5000])
def test_weights_that_were_cut_off(folder: Path, keep: int) -> None:
    path = folder / "model.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[:keep])
    text = failure(folder)
    assert text.startswith(f"{path}: ")
    if keep < 0:
        assert text.endswith(f"cut off at {len(content) + keep:,} of {len(content):,} bytes; copy or download it again")
    else:
        assert "copy or download it again" in text


@pytest.mark.parametrize(
    "content", [b"\xff" * 64, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"]
)
def test_weights_that_are_no_safetensors(folder: Path, content: bytes) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(content)
    assert failure(folder) == f"{path}: not a safetensors file, or broken; copy or download it again"


def test_a_part_of_the_weights_that_is_missing(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    parts = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    missing = folder / "model-00002-of-00002.safetensors"
    assert failure(folder) == f"{missing}: missing, though the index beside it names it; copy it there"


def test_tensors_that_are_missing_are_not_made_up(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    assert failure(folder) == (
        f"{folder}: the weights lack 1 of the model's tensors, or have them in another shape "
        "(the first: model.layers.1.mlp.up_proj.weight); save the whole model again"
    )


def test_a_template_that_fails(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("{{ raise_exception('never\x1b[31m') }}")
    assert failure(folder) == (
        f"{folder}: the chat template fails on one user's turn (never\\x1b[31m); mend the template"
    )
    (folder / "chat_template.jinja").write_text("{% for %}")
    assert "the chat template fails on one user's turn" in failure(folder)


def test_a_device_that_is_not_here(tiny_llama: Path) -> None:
    assert (
        failure(tiny_llama, device="cuda:63") == "model.device: 'cuda:63' is not to be had here; use auto, cpu or cuda"
    )
    for unknown in ("toaster", "meta"):
        assert f"'{unknown}'" in failure(tiny_llama, device=unknown)


def test_the_checks_need_no_torch(tiny_llama: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from charter.models import load_completer\n"
        "from charter.errors import CharterError\n"
        "from charter.recipe import ModelConfig\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        load_completer(ModelConfig(name=name))\n"
        "    except CharterError as error:\n"
        "        print(type(error).__name__, error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, tmp_path, tiny_llama], capture_output=True, text=True, check=True)
    no_model, no_extra = ran.stdout.splitlines()
    assert no_model.startswith(f"ModelError {tmp_path}: no config.json")
    expected = MissingExtraError("train", f"running the model '{tiny_llama}' in this process")
    assert no_extra == f"MissingExtraError {expected}"


def test_an_adapter_is_its_base_with_the_adapter_added(tiny_llama: Path, adapter: Path, load: Load) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    found = load(adapter)
    base = AutoModelForCausalLM.from_pretrained(tiny_llama)
    model = PeftModel.from_pretrained(base, adapter)
    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    ids = tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hello."}], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )["input_ids"]
    out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=8, do_sample=False)[
        0, ids.shape[1] :
    ]
    adapted = found.complete(HELLO, GREEDY)[0]
    assert adapted.text == tokenizer.decode(out, skip_special_tokens=True).strip()
    assert adapted.text != load(tiny_llama).complete(HELLO, GREEDY)[0].text


def test_an_adapters_digest_is_of_base_and_adapter(tiny_llama: Path, adapter: Path, load: Load) -> None:
    before = load(adapter).digest
    assert before not in (load(tiny_llama).digest, model_digest(adapter))
    _change_one_weight(adapter / "adapter_model.safetensors")
    assert load(adapter).digest != before


def test_an_adapter_whose_base_is_gone(adapter: Path, tmp_path: Path) -> None:
    config = adapter / "adapter_config.json"
    settings = json.loads(config.read_text())
    config.write_text(json.dumps(settings | {"base_model_name_or_path": str(tmp_path / "gone")}))
    assert failure(adapter) == (
        f"{adapter}: an adapter whose base cannot be used: {tmp_path / 'gone'}: no such folder; "
        "check the path of the model"
    )
    config.write_text(json.dumps(settings | {"base_model_name_or_path": None}))
    assert failure(adapter) == f"{config}: no base_model_name_or_path; write there the model that was adapted"
    (adapter / "adapter_model.safetensors").unlink()
    assert "no weights (adapter_model.safetensors or adapter_model.bin)" in failure(adapter)


@pytest.fixture
def adapter(tiny_llama: Path, tmp_path: Path) -> Path:
    """A LoRA adapter of the tiny Llama, strong enough to change what it says."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_llama), LoraConfig(target_modules="all-linear"))
    torch.manual_seed(0)
    for name, weight in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(weight, std=0.3)
    model.save_pretrained(tmp_path / "adapter")
    return tmp_path / "adapter"


def test_the_digest_is_of_weights_configuration_and_tokenizer(folder: Path) -> None:
    digests = [model_digest(folder)]
    (folder / "README.md").write_text("Not the model's.")
    (folder / "training_args.bin").write_bytes(b"Nor this.")
    assert model_digest(folder) == digests[0]
    _change_one_weight(folder / "model.safetensors")
    digests.append(model_digest(folder))
    for name in ("config.json", "tokenizer.json", "chat_template.jinja", "generation_config.json"):
        (folder / name).write_text((folder / name).read_text() + "\n")
        digests.append(model_digest(folder))
    assert len(set(digests)) == len(digests)
    assert all(len(digest) == 64 for digest in digests)


def _change_one_weight(path: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(path)
    first = next(iter(tensors.values())).view(-1)
    first[0] += 1
    save_file(tensors, path, metadata={"format": "pt"})


def test_a_folder_is_checked_by_itself(tiny_llama: Path, tmp_path: Path) -> None:
    check_model_folder(tiny_llama)
    with pytest.raises(CharterError, match="no config"):
        check_model_folder(tmp_path)
