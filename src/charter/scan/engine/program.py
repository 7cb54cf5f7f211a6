"""The scanned program: modules, functions and classes, as the engine knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.scan import ir
from charter.scan.engine.module_index import ModuleIndex
from charter.scan.engine.values import Cls, Ext, Ref, Value


@dataclass(slots=True, eq=False)
class ModuleInfo:
    """One module, and what its names are worth once it has run."""

    path: str
    node: ir.Module
    name: str
    env: dict[str, Value] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    """JavaScript: the name without, and the name within."""
    passed_on: list[tuple[str, str, str]] = field(default_factory=list)
    """JavaScript's ``export … from``: (module path, name there, name without); ``*`` for all."""
    started: bool = False


@dataclass(slots=True, eq=False)
class FunctionInfo:
    """One function."""

    id: str
    node: ir.Function
    module: ModuleInfo
    parent: "FunctionInfo | None" = None
    """The function in whose body it is defined."""
    cls: "ClassInfo | None" = None
    closure: dict[str, Value] = field(default_factory=dict)
    """The parent's variables when it ended."""
    given: dict[str, Value] = field(default_factory=dict)
    """What any caller gave to its parameters, where it gives back functions that go on to use them."""
    gives_functions: bool = False
    is_lambda: bool = False
    has_inner: bool = False
    """Functions are defined in its body."""

    @property
    def path(self) -> str:
        """Its access path from outside: ``package.module.Class().method``."""
        qualified = f"{self.cls.qualname}()." if self.cls else ""
        return f"{self.module.name}.{qualified}{self.node.name}"


@dataclass(slots=True, eq=False)
class ClassInfo:
    """One class: its methods, what its bases are, and what any instance's fields hold."""

    id: str
    node: ir.Class
    module: ModuleInfo
    qualname: str
    bases: tuple[Ref, ...] = ()
    methods: dict[str, FunctionInfo] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)
    """What the body assigns."""
    annotations: dict[str, ir.Expr] = field(default_factory=dict)
    fields: dict[str, Value] = field(default_factory=dict)
    """All that any method was seen to assign to the field of any instance."""
    parent: FunctionInfo | None = None

    @property
    def path(self) -> str:
        """Its access path from outside."""
        return f"{self.module.name}.{self.qualname}"


class Program:
    """All modules that are analysed together."""

    def __init__(self, modules: Mapping[str, ir.Module]) -> None:
        self.index = ModuleIndex(modules)
        self.modules = {path: ModuleInfo(path, node, self.index.name_of(path)) for path, node in modules.items()}
        self.functions: dict[str, FunctionInfo] = {}
        self.classes: dict[str, ClassInfo] = {}
        self._subclasses: dict[str, set[str]] = {}
        self._lineages: dict[str, list[ClassInfo]] = {}
        self._descendants: dict[str, list[ClassInfo]] = {}

    def function(
        self, node: ir.Function, module: ModuleInfo, parent: FunctionInfo | None, cls: ClassInfo | None, is_lambda: bool
    ) -> FunctionInfo:
        """The entry of a function; the same one for the same node."""
        scope = cls.qualname if cls else parent.id.split(":")[1] if parent else ""
        name = node.name or "<lambda>"
        column = f":{node.at.column}" if is_lambda else ""
        made = f"{module.path}:{scope}{'.' if scope else ''}{name}:{node.at.line}{column}"
        if made not in self.functions:
            self.functions[made] = FunctionInfo(made, node, module, parent, cls, is_lambda=is_lambda)
            if parent is not None:
                parent.has_inner = True
        return self.functions[made]

    def cls(self, node: ir.Class, module: ModuleInfo, outer: str, parent: FunctionInfo | None) -> ClassInfo:
        """The entry of a class."""
        qualname = f"{outer}.{node.name}" if outer else node.name
        made = f"{module.path}:{qualname}:{node.at.line}"
        if made not in self.classes:
            self.classes[made] = ClassInfo(made, node, module, qualname, parent=parent)
        return self.classes[made]

    def derive(self, info: ClassInfo, bases: tuple[Ref, ...]) -> None:
        """A class's definition has run, and its bases are known."""
        info.bases = bases
        self._lineages.clear()
        self._descendants.clear()
        for base in bases:
            if isinstance(base, Cls) and base.id != info.id:
                self._subclasses.setdefault(base.id, set()).add(info.id)

    def bases_outside(self, cls: str) -> list[str]:
        """The access paths of a class's bases outside the scanned code."""
        return [base.path for info in self.lineage(cls) for base in info.bases if isinstance(base, Ext)]

    def lineage(self, cls: str) -> list[ClassInfo]:
        """A class and its scanned bases, nearest first."""
        known = self._lineages.get(cls)
        if known is not None:
            return known
        found: dict[str, ClassInfo] = {}
        waiting = [cls]
        while waiting:
            info = self.classes.get(waiting.pop(0))
            if info and info.id not in found:
                found[info.id] = info
                waiting.extend(base.id for base in info.bases if isinstance(base, Cls))
        self._lineages[cls] = list(found.values())
        return self._lineages[cls]

    def descendants(self, cls: str) -> list[ClassInfo]:
        """All scanned classes below one."""
        known = self._descendants.get(cls)
        if known is not None:
            return known
        found: dict[str, ClassInfo] = {}
        waiting = sorted(self._subclasses.get(cls, ()))
        while waiting:
            this = waiting.pop(0)
            if this not in found and this in self.classes:
                found[this] = self.classes[this]
                waiting.extend(sorted(self._subclasses.get(this, ())))
        self._descendants[cls] = list(found.values())
        return self._descendants[cls]
