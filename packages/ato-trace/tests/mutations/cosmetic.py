"""Edits that change how a function looks, and nothing of what it does."""

import ast
import io
import random
import shutil
import subprocess
import tokenize

from renaming import fresh_names, one_name, rename, shadowing_names

RUFF = shutil.which("ruff")


def renamed(source):
    yield "rename every variable", rename(source, fresh_names)
    yield "rename to names of outer scopes", rename(source, shadowing_names)
    for number in range(6):
        yield "rename one variable", rename(source, one_name(number))


def rename_function(source):
    tree = ast.parse(source)
    function = tree.body[0]
    old = function.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = "another_name"
    function.name = "another_name"
    yield "rename the function", ast.unparse(tree) + "\n"


def formatted(source):
    yield "ast.unparse", ast.unparse(ast.parse(source)) + "\n"
    for width in ("30", "79", "200"):
        yield "ruff format", ruff(source, "--line-length", width)
    single = ["--config", "format.quote-style='single'", "--config", "indent-width=2"]
    yield "ruff format with single quotes", ruff(source, *single)


def ruff(source, *options):
    command = [RUFF, "format", "--isolated", "--no-cache", *options, "-"]
    done = subprocess.run(command, input=source, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def commented(source):
    """A comment at the end of each logical line, blank lines between them."""
    rows = source.split("\n")
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for number, token in enumerate(reversed([t for t in tokens if t.type == tokenize.NEWLINE])):
        row = token.start[0] - 1
        rows[row] += f"  # note {number}: x = 1"
        rows.insert(row + 1, "")
        rows.insert(row + 1, f"    # {number}")
    yield "comments and blank lines", "\n".join(rows)


def documented(source):
    for text in ("", "Short.", 'Long.\n\n    With "quotes" and\ttabs.\n    '):
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                if ast.get_docstring(node) is not None:
                    del node.body[0]
                if text:
                    node.body.insert(0, ast.Expr(ast.Constant(text)))
                elif not node.body:
                    node.body.append(ast.Pass())
        yield "docstrings", ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def annotated(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None if node.returns else ast.Name("Returned", ast.Load())
            for parameter in node.args.args + node.args.kwonlyargs:
                parameter.annotation = None if parameter.annotation else ast.Constant("Annotated")
    yield "annotations of parameters", ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class Annotate(ast.NodeTransformer):
    def visit_ClassDef(self, node):
        return node  # in a class body an annotation makes a field

    def visit_Assign(self, node):
        if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            return node
        annotation = ast.Name("Annotated", ast.Load())
        return ast.AnnAssign(node.targets[0], annotation, node.value, simple=1)


def annotated_variables(source):
    tree = ast.parse(source)
    if any(isinstance(node, (ast.Global, ast.Nonlocal)) for node in ast.walk(tree)):
        return
    yield "annotations of variables", ast.unparse(ast.fix_missing_locations(Annotate().visit(tree)))


def padded(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.If, ast.For, ast.With)):
            node.body.append(ast.Pass())
    yield "pass at the end of blocks", ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def reordered_imports(source):
    tree = ast.parse(source)
    body = tree.body[0].body
    imports = [n for n in body if isinstance(n, (ast.Import, ast.ImportFrom))]
    names = [a.asname or a.name.split(".")[0] for n in imports for a in n.names]
    if len(imports) < 2 or len(set(names)) < len(names):
        return
    start = body.index(imports[0])
    if body[start : start + len(imports)] != imports:
        return
    for seed in range(3):
        shuffled = random.Random(seed).sample(imports, len(imports))
        body[start : start + len(imports)] = shuffled
        yield "imports in another order", ast.unparse(tree) + "\n"


def respelled(source):
    """Other spellings of the same literals."""
    tokens, out = list(tokenize.generate_tokens(io.StringIO(source).readline)), []
    for token in tokens:
        text = token.string
        if token.type == tokenize.NUMBER and text.isdigit() and text != "0":
            text = random.Random(text).choice([hex(int(text)), bin(int(text)), f"{int(text):_}"])
        elif token.type == tokenize.STRING and text[0] in "\"'" and "\\" not in text:
            value = ast.literal_eval(text)
            text = f"u'''{value}''' \"\"" if isinstance(value, str) and "'" not in value else text
        out.append((token.type, text))
    yield "other spellings of literals", tokenize.untokenize(out)


EDITS = [
    renamed,
    rename_function,
    formatted,
    commented,
    documented,
    annotated,
    annotated_variables,
    padded,
    reordered_imports,
    respelled,
]


def variants(source):
    """(name of the edit, changed source)."""
    for edit in EDITS:
        for name, text in edit(source):
            if text.strip() != source.strip():
                yield name, text
