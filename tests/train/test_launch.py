"""Configurations for several processes: accelerate itself reads what is shipped, and a wrong name is told."""

import pytest

from charter.errors import ConfigError
from charter.train import accelerate_config

SHIPPED = {"cpu-2": "MULTI_CPU", "deepspeed": "DEEPSPEED", "deepspeed-3": "DEEPSPEED", "fsdp": "FSDP"}


@pytest.mark.parametrize(("name", "kind"), SHIPPED.items())
def test_accelerate_reads_a_shipped_configuration(name: str, kind: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    read = load_config_from_file(str(accelerate_config(name)))
    assert str(read.distributed_type) in (kind, f"DistributedType.{kind}")
    assert read.num_processes == (2 if name == "cpu-2" else 8)
    assert bool(read.deepspeed_config) is name.startswith("deepspeed")
    assert bool(read.fsdp_config) is (name == "fsdp")


def test_every_shipped_configuration_is_tested() -> None:
    assert {path.stem for path in accelerate_config("fsdp").parent.glob("*.yaml")} == set(SHIPPED)


@pytest.mark.parametrize("section", ["sft", "dpo"])
def test_a_configuration_that_is_not_there_is_told_with_its_key(section: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{section}\.accelerate fsdq: no such file.*fsdp"):
        accelerate_config("fsdq", section)
