"""Renames local variables with CPython's own symbol table as the judge of what is local.

Needs Python 3.9 (ast.unparse); the corpus it helped to make runs everywhere.
"""

import ast
import keyword
import symtable

SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Renamer(ast.NodeTransformer):
    """Walks a tree and its symbol tables in step.

    Args:
        choose: Gives a new name for (symbol table, old name), or the old one.
    """

    def __init__(self, source, root, choose):
        self.tables = [root]
        self.used = set()
        # `import a.b` binds a, which cannot be called anything else.
        self.fixed = {
            alias.name.split(".")[0]
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import)
            for alias in node.names
            if "." in alias.name and not alias.asname
        }
        self.choose = choose

    def owner(self, name):
        for depth in range(len(self.tables) - 1, 0, -1):
            table = self.tables[depth]
            is_current = depth == len(self.tables) - 1
            if table.get_type() == "class" and not is_current:
                continue
            try:
                symbol = table.lookup(name)
            except KeyError:
                continue
            if symbol.is_declared_global():
                return None
            if symbol.is_local() and not symbol.is_nonlocal():
                return table
        return None

    def new(self, name):
        table = self.owner(name)
        if (
            name in self.fixed
            or table is None
            or table.get_type() != "function"
            or len(self.tables) == 1
        ):
            return name
        return self.choose(table, name)

    def enter(self, name, line):
        for table in self.tables[-1].get_children():
            if table.get_id() in self.used or table.get_name().strip("<>") != name:
                continue
            if table.get_lineno() == line:
                self.used.add(table.get_id())
                self.tables.append(table)
                return
        raise LookupError(name)

    # -- names -------------------------------------------------------------------------------

    def visit_Name(self, node):
        node.id = self.new(node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.new(node.arg)
        return node

    def visit_Nonlocal(self, node):
        node.names = [self.new(name) for name in node.names]
        return node

    def visit_alias(self, node):
        bound = node.asname or node.name.split(".")[0]
        if bound != "*" and self.new(bound) != bound and (node.asname or "." not in node.name):
            node.asname = self.new(bound)
        return node

    def visit_ExceptHandler(self, node):
        if node.name:
            node.name = self.new(node.name)
        return self.generic_visit(node)

    def visit_MatchAs(self, node):
        if node.name:
            node.name = self.new(node.name)
        return self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node):
        if node.rest:
            node.rest = self.new(node.rest)
        return self.generic_visit(node)

    # -- scopes, in the order in which CPython makes their tables ------------------------------

    def visit_FunctionDef(self, node):
        self.visit_defaults(node.args)
        for decorator in node.decorator_list:
            self.visit(decorator)
        name = node.name
        node.name = self.new(name)
        self.enter(name, node.lineno)
        self.visit_parameters(node.args)
        for statement in node.body:
            self.visit(statement)
        self.tables.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self.visit_defaults(node.args)
        self.enter("lambda", node.lineno)
        self.visit_parameters(node.args)
        node.body = self.visit(node.body)
        self.tables.pop()
        return node

    def visit_ClassDef(self, node):
        for child in [*node.bases, *node.keywords, *node.decorator_list]:
            self.visit(child)
        name = node.name
        node.name = self.new(name)
        self.enter(name, node.lineno)
        for statement in node.body:
            self.visit(statement)
        self.tables.pop()
        return node

    def visit_comprehension_of(self, node):
        names = {"ListComp": "listcomp", "SetComp": "setcomp", "DictComp": "dictcomp"}
        first = node.generators[0]
        first.iter = self.visit(first.iter)
        self.enter(names.get(type(node).__name__, "genexpr"), node.lineno)
        self.visit(first.target)
        first.ifs = [self.visit(test) for test in first.ifs]
        for generator in node.generators[1:]:
            self.visit(generator)
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                setattr(node, field, self.visit(getattr(node, field)))
        self.tables.pop()
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_of

    def visit_defaults(self, args):
        for default in [*args.defaults, *args.kw_defaults]:
            if default is not None:
                self.visit(default)

    def visit_parameters(self, args):
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
        for parameter in every:
            if parameter is not None:
                parameter.annotation = None  # names in annotations have tables of their own
                self.visit_arg(parameter)


def rename(source, names):
    """The source with its local variables renamed; `names` makes a chooser for a symbol table."""
    root = symtable.symtable(source, "<text>", "exec")
    tree = Renamer(source, root, names(root)).visit(ast.parse(source))
    return ast.unparse(tree) + "\n"


def fresh_names(root):
    """Every variable gets a name nobody else has."""
    names = {}

    def choose(table, name):
        return names.setdefault((table.get_id(), name), f"renamed_{len(names)}")

    return choose


def one_name(number):
    """Only the variable met as the `number`-th is renamed."""
    names = {}

    def choose(table, name):
        key = table.get_id(), name
        names.setdefault(key, len(names))
        return "only_one" if names[key] == number else name

    return lambda root: choose


def shadowing_names(root):
    """Inner scopes reuse the names of outer ones wherever they do not need the outer variable."""
    names = {}
    for table in tables(root):  # outer ones first
        if table.get_type() == "function":
            kept = set(reached(table, names)) | set(keyword.kwlist)
            free = (name for name in short_names() if name not in kept)
            for symbol in table.get_symbols():
                if symbol.is_local():
                    names[table.get_id(), symbol.get_name()] = next(free)
    return lambda table, name: names.get((table.get_id(), name), name)


def tables(table):
    yield table
    for child in table.get_children():
        yield from tables(child)


def reached(table, names):
    """The new names of what a scope and the scopes inside it take from outside."""
    for inner in tables(table):
        for symbol in inner.get_symbols():
            name = symbol.get_name()
            if symbol.is_free() or symbol.is_global() or inner.get_type() == "class":
                yield name
                yield from (new for (_, old), new in names.items() if old == name)


def short_names():
    number = 0
    while True:
        yield "abcdefghij"[number % 10] + (str(number // 10) if number >= 10 else "")
        number += 1
