"""Refuses what would make the pure floors give two answers to one question.

The same inputs must give the same decisions, live, after a restart and in replay. So no clock, no chance, no memory
addresses, no order of sets (texts hash differently in every process), no coroutines, no handler that catches what
nobody foresaw. Types are followed locally: annotations, literals and what is assigned from them. A set handed to a
function that takes any iterable is not followed there; such a parameter is better a sorted tuple.

Run it on files or folders: ``python tools/purity.py src/hantu/engine``; without arguments on every pure floor.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("domain", "engine", "alerting", "kis")

BANNED_IMPORTS = {
    "clock": {"time", "sched", "timeit", "locale"},
    "chance": {"random", "secrets", "uuid", "tempfile"},
    "machine": {"gc", "os", "platform", "signal", "socket", "subprocess", "sys", "weakref"},
    "asyncio": {"asyncio", "concurrent", "multiprocessing", "selectors", "threading"},
}
CLOCK_READERS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"date", "datetime"}
ADDRESSES = {"id", "hash"}
WORLD = {"breakpoint", "eval", "exec", "globals", "input", "open", "print", "vars"}
TOO_BROAD = {"Exception", "BaseException"}

SET_NAMES = {"AbstractSet", "FrozenSet", "MutableSet", "Set", "frozenset", "set"}
MAPPING_NAMES = {"Mapping", "MutableMapping", "defaultdict", "dict"}
SEQUENCE_NAMES = {"Iterable", "Iterator", "Sequence", "deque", "list", "tuple"}
SET_ALGEBRA = {"copy", "difference", "intersection", "symmetric_difference", "union"}
ORDER_FREE = {"all", "any", "frozenset", "len", "set", "bool", "isinstance"}
ORDER_FREE_WITHOUT_KEY = {"max", "min", "sorted"}
"""With a key, members that tie stand in the order of the set."""
ORDERED = {
    "deque", "dict", "enumerate", "filter", "iter", "list", "map", "next", "repr", "reversed", "str", "sum", "tuple",
    "zip",
}  # fmt: skip
ORDERED_METHODS = {"extend", "extendleft", "fromkeys", "join", "writelines"}

Kind: TypeAlias = "str | tuple[str, Kind] | None"
"""``"set"``, ``("map", kind of its values)``, ``("seq", kind of its members)``; None for anything else."""


@dataclass(frozen=True, slots=True)
class Finding:
    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        shown = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{shown}:{self.line}: {self.what}"


@dataclass(slots=True)
class Names:
    """What the annotations of all files say: kinds of fields, of constants, and of what functions return."""

    fields: dict[str, Kind] = field(default_factory=dict)
    constants: dict[str, Kind] = field(default_factory=dict)
    returned: dict[str, Kind] = field(default_factory=dict)

    def learn(self, module: ast.Module) -> None:
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                _note(self.returned, node.name, kind_of_annotation(node.returns))
            elif isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                        _note(self.fields, part.target.id, kind_of_annotation(part.annotation))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                _note(self.fields, node.target.attr, kind_of_annotation(node.annotation))
        for part in module.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                declared = kind_of_annotation(part.annotation)
                _note(self.constants, part.target.id, declared or Scope(self).kind(part.value))
            elif isinstance(part, ast.Assign):
                for target in part.targets:
                    if isinstance(target, ast.Name):
                        _note(self.constants, target.id, Scope(self).kind(part.value))


def _note(book: dict[str, Kind], name: str, kind: Kind) -> None:
    if kind is not None:
        book[name] = kind


def kind_of_annotation(node: ast.expr | None) -> Kind:
    """Return what an annotation says; a union is a set if any part is one."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return kind_of_annotation(ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.BinOp):
        return kind_of_annotation(node.left) or kind_of_annotation(node.right)
    name = _last_name(node.value if isinstance(node, ast.Subscript) else node)
    if name in SET_NAMES:
        return "set"
    if not isinstance(node, ast.Subscript):
        return None
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in MAPPING_NAMES:
        return "map", kind_of_annotation(parts[-1])
    if name in SEQUENCE_NAMES:
        return "seq", kind_of_annotation(parts[0])
    return kind_of_annotation(parts[0]) if name in {"Final", "ClassVar", "Optional", "Annotated"} else None


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


class Scope:
    """Kinds of the names of one function, or of a module."""

    def __init__(self, names: Names, local: dict[str, Kind] | None = None) -> None:
        self.names = names
        self.local = local if local is not None else {}

    def kind(self, node: ast.expr | None) -> Kind:
        """Return the kind of an expression, None where it is not known or of no interest."""
        found: Kind = None
        match node:
            case ast.Set() | ast.SetComp():
                found = "set"
            case ast.Name(id=name):
                found = self.local[name] if name in self.local else self.names.constants.get(name)
            case ast.Attribute(attr=name):
                found = self.names.fields.get(name) or self.names.constants.get(name)
            case ast.NamedExpr(value=value) | ast.Starred(value=value):
                found = self.kind(value)
            case ast.IfExp(body=one, orelse=other):
                found = self.kind(one) or self.kind(other)
            case ast.Subscript(value=value):
                found = _member(self.kind(value))
            case ast.BoolOp() | ast.BinOp():
                found = self._kind_of_operation(node)
            case ast.Call():
                found = self._kind_of_call(node)
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
                found = "seq", self.kind(first)
            case ast.Dict(values=[first, *_]):
                found = "map", self.kind(first)
        return found

    def _kind_of_operation(self, node: ast.BoolOp | ast.BinOp) -> Kind:
        match node:
            case ast.BoolOp(values=values):
                return next((kind for kind in map(self.kind, values) if kind is not None), None)
            case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
                return "set" if _is_keys(left) or "set" in {self.kind(left), self.kind(right)} else None
        return None

    def _kind_of_call(self, node: ast.Call) -> Kind:
        found: Kind = None
        match node:
            case ast.Call(func=ast.Name(id="sorted" | "list" | "tuple" | "reversed"), args=[first, *_]):
                found = "seq", _member(self.kind(first))
            case ast.Call(func=ast.Name(id=name)):
                found = "set" if name in {"set", "frozenset"} else self.names.returned.get(name)
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                found = self._kind_of_method(self.kind(owner), name)
        return found

    def _kind_of_method(self, owner: Kind, name: str) -> Kind:
        if owner is None:
            return self.names.returned.get(name)
        if owner == "set":
            return "set" if name in SET_ALGEBRA else None
        if name in {"get", "setdefault", "pop"}:
            return _member(owner)
        return ("seq", _member(owner)) if name == "values" else None

    def bind(self, target: ast.expr, kind: Kind) -> None:
        """Give the names of an assignment's left side their kind."""
        if isinstance(target, ast.Name):
            self.local[target.id] = kind

    def bind_members(self, target: ast.expr, iterable: ast.expr) -> None:
        """Give the names of a loop their kind."""
        self.bind(target, _member(self.kind(iterable)))
        match iterable:
            case ast.Call(func=ast.Attribute(value=owner, attr="items")) if isinstance(target, ast.Tuple):
                self.bind(target.elts[-1], _member(self.kind(owner)))


def _member(kind: Kind) -> Kind:
    return kind[1] if isinstance(kind, tuple) else None


def _is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys"


class Reader(ast.NodeVisitor):
    """Walks one module and notes what it must not contain."""

    def __init__(self, path: Path, names: Names) -> None:
        self.path = path
        self.names = names
        self.scope = Scope(names)
        self.found: list[Finding] = []
        self.spared: set[ast.expr] = set()
        """Comprehensions whose consumer does not see an order."""

    def refuse(self, node: ast.AST, what: str) -> None:
        self.found.append(Finding(self.path, getattr(node, "lineno", 0), what))

    def unordered(self, node: ast.expr, how: str) -> None:
        if self.scope.kind(node) == "set":
            self.refuse(node, f"order: {how} a set, {ast.unparse(node)}; sort it first")

    # --- clock, chance, machine, coroutines --------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._imported(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._imported(node, node.module or "")

    def _imported(self, node: ast.stmt, module: str) -> None:
        for why, modules in BANNED_IMPORTS.items():
            if module.partition(".")[0] in modules:
                self.refuse(node, f"{why}: import of {module}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in CLOCK_READERS and _last_name(node.value) in CLOCK_OWNERS:
            self.refuse(node, f"clock: {ast.unparse(node)}; `now` is a parameter")
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id not in self.scope.local:
            if node.id in ADDRESSES:
                self.refuse(node, f"address: {node.id}() differs from process to process")
            elif node.id in WORLD:
                self.refuse(node, f"world: {node.id}()")

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.refuse(node, f"asyncio: async def {node.name}")
        self._function(node)

    def visit_Await(self, node: ast.Await) -> None:
        self.refuse(node, "asyncio: await")
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(one is None or _last_name(one) in TOO_BROAD for one in caught):
            self.refuse(node, "except: name the errors that are expected")
        self.generic_visit(node)

    # --- scopes -----------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for outer in [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)]:
            self.visit(outer)
        before = self.scope
        self.scope = Scope(self.names, dict(before.local))
        arguments = node.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            self.scope.local[argument.arg] = kind_of_annotation(argument.annotation)
        for argument in filter(None, (arguments.vararg, arguments.kwarg)):
            self.scope.local[argument.arg] = None
        for statement in node.body:
            self.visit(statement)
        self.scope = before

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Tuple | ast.List) and len(target.elts) > 1:
                self.unordered(node.value, "unpacks")
            self.visit(target)
            self.scope.bind(target, self.scope.kind(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        self.scope.bind(node.target, kind_of_annotation(node.annotation) or self.scope.kind(node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Add):
            self.unordered(node.value, "appends")
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.scope.bind(node.target, self.scope.kind(node.value))

    # --- who looks at an order ----------------------------------------------------------

    def visit_For(self, node: ast.For) -> None:
        self.unordered(node.iter, "loops over")
        self.visit(node.iter)
        self.scope.bind_members(node.target, node.iter)
        for statement in [*node.body, *node.orelse]:
            self.visit(statement)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        before = self.scope
        self.scope = Scope(self.names, dict(before.local))
        blind = isinstance(node, ast.SetComp) or node in self.spared
        for part in node.generators:
            if not blind:
                self.unordered(part.iter, "loops over")
            self.scope.bind_members(part.target, part.iter)
        self.generic_visit(node)
        self.scope = before

    def visit_Starred(self, node: ast.Starred) -> None:
        if isinstance(node.ctx, ast.Load) and node not in self.spared:
            self.unordered(node.value, "spreads")
        self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> None:
        self.spared.update(part for part in node.elts if isinstance(part, ast.Starred))
        self.generic_visit(node)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> None:
        self.unordered(node.value, "yields from")
        self.generic_visit(node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        self.unordered(node.value, "writes")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name(id=name):
                keyed = any(keyword.arg == "key" for keyword in node.keywords)
                if name in ORDER_FREE or (name in ORDER_FREE_WITHOUT_KEY and not keyed):
                    self.spared.update(node.args)
                elif name in ORDERED or name in ORDER_FREE_WITHOUT_KEY:
                    self._consumed(node, f"{name}() of")
            case ast.Attribute(value=owner, attr=name):
                if name == "pop" and not node.args:
                    self.unordered(owner, "takes any member of")
                elif name in ORDERED_METHODS:
                    self._consumed(node, f".{name}() of")
        self.generic_visit(node)

    def _consumed(self, node: ast.Call, how: str) -> None:
        for argument in node.args:
            self.unordered(argument, how)


def findings(paths: Iterable[Path], known: Iterable[Path] = ()) -> list[Finding]:
    """Return what must not stand in ``paths``; ``known`` files only lend their annotations."""
    read = list(paths)
    modules = {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in [*known, *read]}
    names = Names()
    for module in modules.values():
        names.learn(module)
    found: list[Finding] = []
    for path in read:
        reader = Reader(path, names)
        reader.visit(modules[path])
        found += reader.found
    return found


def files(places: Iterable[str]) -> Iterator[Path]:
    """Return every module under the places, files or folders."""
    for place in map(Path, places):
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))


def main() -> int:
    pure = [str(ROOT / "src" / "hantu" / floor) for floor in FLOORS]
    found = findings(files(sys.argv[1:] or pure), files(pure) if sys.argv[1:] else ())
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
