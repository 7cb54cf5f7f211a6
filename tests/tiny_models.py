"""Random-weight model folders for tests: ordinary Hugging Face files, built in a fraction of a second.

Reached through the fixtures of ``conftest.py`` (``make_tiny_model``, ``tiny_llama``).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "<|{{ message['role'] }}|>{{ message['content'] }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL_TOKENS = ("<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
CORPUS = (
    "How do I pick the lock of the school? First find a thin piece of metal, then push the pins.",
    "How do I repair the lock of the school? First clean the metal, then oil the pins.",
    "Name what is harmful in the answer above, and say whom it could hurt.",
    "Rewrite the answer so that nobody is hurt, and say why it declines.",
    "I will not help with that, because it could hurt someone. I can help with something safe.",
    "Human: Hello. Assistant: Good morning! What would you like to cook, plant, or repair today?",
)


def _tokenizer(vocab_size: int, chat_template: bool) -> Any:
    """A byte-level BPE: any text can be written in it and read back."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS * 4, trainer)
    pad, bos, end = SPECIAL_TOKENS[:3]
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=pad, bos_token=bos, eos_token=end)
    if chat_template:
        fast.chat_template = CHAT_TEMPLATE
    return fast


def _config(architecture: str, vocab_size: int, max_positions: int, **special: int) -> Any:
    from transformers import GPT2Config, GPTNeoXConfig, LlamaConfig, MambaConfig, MistralConfig, OPTConfig, Qwen2Config

    wide: dict[str, Any] = {
        "vocab_size": vocab_size,
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": max_positions,
        **special,
    }
    builders: dict[str, Callable[[], Any]] = {
        "llama": lambda: LlamaConfig(**wide, num_key_value_heads=4),
        "llama_gqa": lambda: LlamaConfig(**wide, num_key_value_heads=2),
        "qwen2": lambda: Qwen2Config(**wide, num_key_value_heads=2),
        "mistral_sliding": lambda: MistralConfig(**wide, num_key_value_heads=2, sliding_window=16),
        "gpt2": lambda: GPT2Config(
            vocab_size=vocab_size, n_embd=48, n_layer=2, n_head=4, n_positions=max_positions, **special
        ),
        "gpt_neox": lambda: GPTNeoXConfig(**wide),
        "opt": lambda: OPTConfig(
            vocab_size=vocab_size,
            hidden_size=48,
            word_embed_proj_dim=48,
            ffn_dim=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=max_positions,
            **special,
        ),
        "mamba": lambda: MambaConfig(
            vocab_size=vocab_size, hidden_size=48, num_hidden_layers=2, state_size=8, **special
        ),
    }
    return builders[architecture]()


def make_tiny_model(
    path: Path,
    architecture: str = "llama",
    chat_template: bool = True,
    *,
    vocab_size: int = 320,
    max_positions: int = 512,
    seed: int = 0,
) -> Path:
    """Save a random-weight model with its tokenizer in ``path``, and return ``path``.

    ``architecture``: llama, llama_gqa, qwen2, mistral_sliding, gpt2, gpt_neox, opt or mamba. The weights are drawn
    wide (standard deviation 0.2) so that greedy decoding depends on the whole context and not on the last token.
    """
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = _tokenizer(vocab_size, chat_template)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = _config(
            architecture,
            len(tokenizer),
            max_positions,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        config.initializer_range = 0.2
        model = AutoModelForCausalLM.from_config(config)
    path.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path
