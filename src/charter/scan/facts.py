"""The schema of ``scan/models/*.yaml``: what Charter knows of frameworks, as data.

A thing of a library is named by its *access path*, as the importing code reaches it: ``openai.OpenAI`` is the class,
``openai.OpenAI()`` what calling it gives, ``openai.OpenAI().chat.completions.create()`` what that method returns.
Indexing adds nothing to a path. TypeScript paths begin with the module specifier: ``openai.default().chat…``,
``@anthropic-ai/sdk.default()``, ``ai.generateText()``; an ``await`` adds nothing. Names that no import or definition
explains are ``builtins.<name>`` in Python and ``global.<name>`` in TypeScript.

In a pattern, ``*`` stands for any characters but ``.`` and ``()``, and ``**`` for anything, also nothing:
``langchain*.**.ChatOpenAI``. Alternatives stand in braces: ``{a,b}``.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from charter.scan.patterns import check_pattern

Pattern: TypeAlias = Annotated[str, AfterValidator(check_pattern)]
"""A pattern of access paths."""
Label: TypeAlias = Literal["U", "T", "M"]
"""Whose text it is: the user's, a tool's or a retrieved document's, the model's."""
Argument: TypeAlias = int | str
"""
A position from 0 (the receiver does not count) or a keyword; ``*`` every argument, ``self`` the receiver. In
TypeScript a keyword is a key of an object that is given as an argument: ``system`` in ``generateText({system: …})``.
A dot leads on into a record: ``code_execution_config.use_docker`` is that entry of the dict given as the first.
"""
InstructionSink: TypeAlias = Literal["messages", "instructions", "system-template", "tool-description"]
OutputSink: TypeAlias = Literal[
    "code", "shell", "sql", "html", "path", "url", "redirect", "deserialize", "template", "dispatch", "program-file"
]
SinkKind: TypeAlias = InstructionSink | OutputSink
Capability: TypeAlias = Literal[
    "shell", "code", "file-read", "file-write", "file-delete", "network", "sql-read", "sql-write", "send-message",
    "payment", "credentials", "browser", "process"
]  # fmt: skip


class Fact(BaseModel):
    """What all entries have."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Fact):
    """
    A condition on one argument. A constant is compared by its value, anything of a library by its path
    (``yaml.SafeLoader``). Unknown values meet ``is_not``, and not ``is``.
    """

    argument: Argument
    is_: tuple[str | int | float | bool | None, ...] | None = Field(None, alias="is")
    is_not: tuple[str | int | float | bool | None, ...] | None = None
    given: bool | None = None
    holds: tuple[str, ...] | None = None
    """Constant text in the argument, at any depth, has one of these in it: ``/chat/completions`` in the URL."""


class Source(Fact):
    """Where labelled text comes from: the result of a call, or the value of an attribute (``flask.request.args``)."""

    at: tuple[Pattern, ...]
    """A path that ends in ``()`` is a call's result. All that is reached from there has the label too."""
    label: Label
    what: str
    """In words: "the user's text", "the model's answer"."""
    clean: tuple[str, ...] = ()
    """Attributes below it that carry no text of anybody: ``usage``, ``id``, ``status_code``."""
    mutates: Argument | None = None
    """For calls that write the text into an argument."""
    when: tuple[When, ...] = ()
    """Of a call's result: all must hold of its arguments."""
    confidence: Literal["high", "medium", "low"] = "high"


class Parameters(Fact):
    """Functions whose parameters a framework fills: handlers, tools."""

    decorated: tuple[Pattern, ...] = ()
    """Functions with a decorator of this path (called or not)."""
    passed: tuple[tuple[Pattern, Argument], ...] = ()
    """Functions given to this call as this argument, or in a list or record there: (path, argument)."""
    methods: tuple[Pattern, ...] = ()
    """Methods of subclasses: ``langchain*.**.BaseTool._run``."""
    exported: tuple[Pattern, ...] = ()
    """TypeScript: exported functions by file and name, ``**/route.ts:POST``."""
    directive: tuple[str, ...] = ()
    """TypeScript: exported functions of a file, or functions, that begin with this text: ``use server``."""
    label: Label | None = None
    """What the parameters carry; None where only ``gives`` says what they are."""
    names: tuple[Argument, ...] = ()
    """Which parameters; empty: all (never self, cls, or what ``skip`` names)."""
    skip: tuple[Pattern, ...] = ()
    """Parameters by name, and those annotated with, or defaulting to a call of, one of these paths."""
    gives: tuple[tuple[Argument, str], ...] = ()
    """A parameter is a thing of the framework: (0, "express.Request()")."""
    what: str = ""
    confidence: Literal["high", "medium", "low"] = "high"
    tool: bool = False
    """The function is a tool that the model calls: its parameters are M, its docstring or description is a prompt."""
    description: Argument | None = None
    """The argument of ``decorated`` or ``passed`` that describes the tool."""
    returns: SinkKind | None = None
    """Where the result goes: a function whose result is the system prompt (``instructions``), a page (``html``)."""


class Sink(Fact):
    """Where text of a label must not arrive."""

    call: tuple[Pattern, ...] = ()
    """Paths of functions (without ``()`` at the end)."""
    argument: tuple[Argument, ...] = ()
    assign: tuple[Pattern, ...] = ()
    """Attributes by name on anything: ``innerHTML``; or JSX props by name, ``<>.dangerouslySetInnerHTML``."""
    kind: SinkKind
    what: str
    """In words: "runs it as Python", "the system prompt"."""
    when: tuple[When, ...] = ()
    """All must hold."""
    program: bool = False
    """
    The argument is a program or a list of one and its arguments: where the list's first item is a constant, the others
    are no command, unless that item is a shell or an interpreter (``bash``, ``python``).
    """
    plain: bool = False
    """
    Of ``messages``: the argument may also be a text or an object of a message, which is then the user's turn; only what
    is seen to be a message of another role (a record, a pair of role and text) counts.
    """
    whole: bool = False
    """Only what is the argument itself counts, and not values of a record or list: a filter is no text."""
    capability: Capability | None = None
    """What whoever may call it can do."""


class Capable(Fact):
    """A call that gives power without being a sink of text: ``os.remove``, ``smtplib.SMTP().send_message``."""

    call: tuple[Pattern, ...]
    capability: Capability
    what: str = ""
    when: tuple[When, ...] = ()


class Sanitizer(Fact):
    """A call whose result is safe, for some kinds of sink or all."""

    call: tuple[Pattern, ...]
    clears: tuple[SinkKind, ...] | Literal["all"]
    guard: bool = False
    """It returns true for safe arguments (and a safe receiver): a check, as in ``if is_safe(x)``."""
    when: tuple[When, ...] = ()
    """All must hold."""
    handle: Literal["", "result", "self"] = ""
    """What the call gives, or is called on, becomes a handle whose own sinks take anything: a read-only connection."""


class Propagator(Fact):
    """
    Where text goes through a call of a library otherwise than by default. Default: a result carries what the receiver
    and all arguments carry.
    """

    call: tuple[Pattern, ...]
    takes: tuple[Argument, ...] | None = None
    """The result carries these alone; () for nothing: ``len``, ``hash``, ``logger.info``."""
    into: Argument | None = None
    """The receiver (``self``) or argument that then carries it too: ``list.append``."""
    gives: str | None = None
    """The path of the result: a factory, ``langchain.chat_models.init_chat_model`` gives ``langchain…ChatModel()``."""
    same: Argument | None = None
    """The result is this argument itself, functions too: ``util.promisify``, ``typing.cast``, ``asyncio.wait_for``."""
    calls: Argument | None = None
    """The argument is a function that is called with the others: ``asyncio.to_thread``, ``Array.map``."""
    ends: bool = False
    """The call does not come back: ``sys.exit``, ``flask.abort``."""


class Approval(Fact):
    """A person agrees before it happens: ``langgraph.types.interrupt``, ``click.confirm``, ``input`` compared."""

    call: tuple[Pattern, ...] = ()
    """Calls that ask a person."""
    when: tuple[tuple[Pattern, When], ...] = ()
    """Calls (an agent, a tool) that ask by a setting: (path, argument and value)."""


class Model(Fact):
    """A call that runs a language model, for the inventory and the agent-loop rule."""

    call: tuple[Pattern, ...]
    name: Argument | None = None
    """The argument that names the model."""
    provider: str = ""


class Store(Fact):
    """A data store, for the inventory."""

    call: tuple[Pattern, ...]
    what: str


class Risk(Fact):
    """A call or setting that is a fault by itself: ``ShellTool()``, ``allow_dangerous_code=True``."""

    call: tuple[Pattern, ...]
    when: tuple[When, ...] = ()
    rule: str
    """The id of the rule that reports it."""
    what: str
    capability: Capability | None = None
    severity: Literal["critical", "high", "medium", "low"] | None = None


class Framework(Fact):
    """One file of ``scan/models``."""

    framework: str
    language: Literal["python", "typescript"]
    guess: bool = False
    """Guesses by name: they hold only for paths of which no other file has such an entry."""
    packages: tuple[str, ...]
    """Top-level names whose import says that a file may have to do with language models; empty for plain libraries."""
    mentions: tuple[str, ...] = ()
    """Texts that say so without an import: ``/v1/chat/completions``."""
    same: dict[str, tuple[Pattern, ...]] = {}
    """A path that the entries below use, and patterns of paths that are the same thing."""
    is_a: dict[Pattern, tuple[str, ...]] = {}
    """A path, and more general ones whose entries hold for it too: ``langchain.ChatOpenAI: [langchain.ChatModel]``."""
    gives: dict[Pattern, str] = {}
    """A pattern of a call's result or attribute, and what it is: ``**.ChatModel().bind_tools()``."""
    sources: tuple[Source, ...] = ()
    parameters: tuple[Parameters, ...] = ()
    sinks: tuple[Sink, ...] = ()
    capable: tuple[Capable, ...] = ()
    sanitizers: tuple[Sanitizer, ...] = ()
    propagators: tuple[Propagator, ...] = ()
    approvals: tuple[Approval, ...] = ()
    models: tuple[Model, ...] = ()
    stores: tuple[Store, ...] = ()
    risks: tuple[Risk, ...] = ()
