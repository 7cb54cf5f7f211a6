"""The rules: one file each, below a folder for its category; what several rules share lies beside this file.

A rule's file has ``SPEC``, and ``check(analysis)``, ``check_document(document)`` or both (the rules on secrets have
neither: ``charter.scan.secrets`` finds them). Its docstring is its page in the docs. The id is the way to the file,
with hyphens: ``injection/user_text_in_system_prompt.py`` is ``injection/user-text-in-system-prompt``.

Facts may name a rule that reports a call or setting that is a fault by itself (``facts.Risk.rule``):

- ``agency/ready-made-shell``: a library's tool that runs commands or code: ``ShellTool()``, ``PythonREPLTool()``.
- ``agency/dangerous-setting``: a switch that lifts a library's own protection: ``allow_dangerous_code=True``.
- ``agency/approval-switched-off``: nobody is asked: ``require_approval="never"``, ``human_input_mode="NEVER"``.
- ``agency/code-runs-on-host``: the model's code runs outside a sandbox: ``LocalCommandLineCodeExecutor()``.
- ``agency/unlimited-steps``: an agent without a limit: ``max_iterations=None``.
- ``agency/all-tools``: a wildcard where tools should be named: ``allowed_tools=["*"]``.
"""

import importlib
import pkgutil
from functools import cache

from charter.scan.rule import Rule

__all__ = ["all_rules"]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the ids."""
    found = []
    for folder in pkgutil.iter_modules(__path__):
        if folder.ispkg:
            package = importlib.import_module(f"{__name__}.{folder.name}")
            found += [_load(f"{package.__name__}.{file.name}") for file in pkgutil.iter_modules(package.__path__)]
    return tuple(sorted(found, key=lambda rule: rule.spec.id))


def _load(name: str) -> Rule:
    module = importlib.import_module(name)
    return Rule(
        spec=module.SPEC,
        page=(module.__doc__ or "").strip(),
        check=getattr(module, "check", None),
        check_document=getattr(module, "check_document", None),
    )
