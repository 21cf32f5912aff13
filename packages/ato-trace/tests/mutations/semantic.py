"""Edits that change what a function does, one at a time, made with libcst."""

import libcst as cst

BINARY = [cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.Modulo, cst.Power, cst.BitAnd]
COMPARE = [cst.Equal, cst.NotEqual, cst.LessThan, cst.GreaterThanEqual, cst.Is, cst.NotIn, cst.In]
AUGMENTED = [cst.AddAssign, cst.SubtractAssign, cst.MultiplyAssign, cst.DivideAssign]


def other(operator, kinds):
    """The next operator of a list."""
    names = [kind.__name__ for kind in kinds]
    name = type(operator).__name__
    index = names.index(name) + 1 if name in names else 0
    return kinds[index % len(kinds)]()


def name(text):
    return cst.Name(text)


# Each edit takes a node and gives a changed one, or None where it does not apply.


def change_operator(node):
    return node.with_changes(operator=other(node.operator, BINARY))


def swap_operands(node):
    return node.with_changes(left=node.right, right=node.left)


def change_augmented(node):
    return node.with_changes(operator=other(node.operator, AUGMENTED))


def change_comparison(node):
    return node.with_changes(operator=other(node.operator, COMPARE))


def drop_unary(node):
    return node.expression


def swap_and_or(node):
    operator = cst.Or() if isinstance(node.operator, cst.And) else cst.And()
    return node.with_changes(operator=operator)


def add_one(node):
    return cst.Integer(str(node.evaluated_value + 1)) if node.evaluated_value < 1e20 else None


def make_float(node):
    return cst.Float(str(float(node.evaluated_value))) if node.evaluated_value < 1e15 else None


def change_text(node):
    return node.with_changes(value=node.prefix + node.quote + "~" + node.raw_value + node.quote)


def change_constant(node):
    return {"True": name("False"), "False": name("True"), "None": name("False")}.get(node.value)


def rename_global(node):
    known = "len range sorted print open max sum int enumerate math counter calls save undefined"
    return name(node.value + "_") if node.value in known.split() else None


def rename_attribute(node):
    return node.with_changes(attr=name(node.attr.value + "_"))


def swap_arguments(node):
    if len(node.args) < 2 or any(a.keyword or a.star for a in node.args[:2]):
        return None
    first, second = node.args[0], node.args[1]
    swapped = [first.with_changes(value=second.value), second.with_changes(value=first.value)]
    return node.with_changes(args=[*swapped, *node.args[2:]])


def drop_argument(node):
    return node.with_changes(args=node.args[:-1]) if node.args else None


def rename_keyword(node):
    return node.with_changes(keyword=name(node.keyword.value + "_")) if node.keyword else None


def star_argument(node):
    return node.with_changes(star="*") if not node.star and not node.keyword else None


def drop_statement(node):
    return node.with_changes(body=node.body[:-1]) if len(node.body) > 1 else None


def swap_statements(node):
    if len(node.body) < 2:
        return None
    return node.with_changes(body=[node.body[1], node.body[0], *node.body[2:]])


def dedent_last(node):
    """The last statement of a block moves out of it."""
    for index, statement in enumerate(node.body):
        block = getattr(statement, "body", None)
        if isinstance(block, cst.IndentedBlock) and len(block.body) > 1:
            *kept, last = block.body
            inner = statement.with_changes(body=block.with_changes(body=kept))
            body = [*node.body[:index], inner, last, *node.body[index + 1 :]]
            return node.with_changes(body=body)
    return None


def indent_next(node):
    """The statement after a block moves into it."""
    for index, statement in enumerate(node.body[:-1]):
        block = getattr(statement, "body", None)
        if isinstance(block, cst.IndentedBlock) and not isinstance(statement, cst.Try):
            inner = block.with_changes(body=[*block.body, node.body[index + 1]])
            body = [*node.body[:index], statement.with_changes(body=inner), *node.body[index + 2 :]]
            return node.with_changes(body=body)
    return None


def drop_else(node):
    return node.with_changes(orelse=None) if node.orelse else None


def negate_test(node):
    test = cst.UnaryOperation(
        cst.Not(), node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    )
    return node.with_changes(test=test)


def if_to_while(node):
    if node.orelse is not None:
        return None
    return cst.While(test=node.test, body=node.body)


def break_to_continue(node):
    return cst.Continue()


def continue_to_break(node):
    return cst.Break()


def drop_returned(node):
    return node.with_changes(value=None) if node.value else None


def swap_parameters(node):
    if len(node.params) < 2 or node.params[0].default or node.params[1].default:
        return None
    return node.with_changes(params=[node.params[1], node.params[0], *node.params[2:]])


def change_default(node):
    return node.with_changes(default=name("changed")) if node.default else None


def drop_default(node):
    return (
        node.with_changes(default=None, equal=cst.MaybeSentinel.DEFAULT) if node.default else None
    )


def drop_condition(node):
    return node.with_changes(ifs=node.ifs[:-1]) if node.ifs else None


def set_for_list(node):
    if isinstance(node.elt, cst.NamedExpr):  # needs brackets before Python 3.10
        return None
    return cst.SetComp(elt=node.elt, for_in=node.for_in)


def list_for_generator(node):
    return cst.ListComp(elt=node.elt, for_in=node.for_in)


def list_for_tuple(node):
    return cst.List(elements=node.elements)


def change_caught(node):
    return node.with_changes(type=name("LookupError")) if node.type else None


def drop_cause(node):
    return node.with_changes(cause=None) if node.cause else None


def drop_with_item(node):
    return node.with_changes(items=node.items[:-1]) if len(node.items) > 1 else None


def drop_declaration(node):
    return cst.Expr(name("declared"))


def change_conversion(node):
    return node.with_changes(conversion=None if node.conversion else "a")


def change_literal_part(node):
    return node.with_changes(value=node.value + "~")


def drop_star(node):
    return cst.Element(node.value)


def drop_slice_end(node):
    return node.with_changes(upper=None) if node.upper else None


def drop_await(node):
    return node.expression


def drop_decorators(node):
    return node.with_changes(decorators=[]) if node.decorators else None


def change_module(node):
    return node.with_changes(name=name("other_module")) if isinstance(node.name, cst.Name) else None


def swap_branches(node):
    return node.with_changes(body=node.orelse, orelse=node.body)


EDITS = [
    (cst.BinaryOperation, change_operator),
    (cst.BinaryOperation, swap_operands),
    (cst.AugAssign, change_augmented),
    (cst.ComparisonTarget, change_comparison),
    (cst.UnaryOperation, drop_unary),
    (cst.BooleanOperation, swap_and_or),
    (cst.Integer, add_one),
    (cst.Integer, make_float),
    (cst.SimpleString, change_text),
    (cst.Name, change_constant),
    (cst.Name, rename_global),
    (cst.Attribute, rename_attribute),
    (cst.Call, swap_arguments),
    (cst.Call, drop_argument),
    (cst.Arg, rename_keyword),
    (cst.Arg, star_argument),
    (cst.IndentedBlock, drop_statement),
    (cst.IndentedBlock, swap_statements),
    (cst.IndentedBlock, dedent_last),
    (cst.IndentedBlock, indent_next),
    (cst.If, drop_else),
    (cst.If, negate_test),
    (cst.If, if_to_while),
    (cst.For, drop_else),
    (cst.While, drop_else),
    (cst.While, negate_test),
    (cst.Try, drop_else),
    (cst.Assert, negate_test),
    (cst.Break, break_to_continue),
    (cst.Continue, continue_to_break),
    (cst.Return, drop_returned),
    (cst.Parameters, swap_parameters),
    (cst.Param, change_default),
    (cst.Param, drop_default),
    (cst.CompFor, drop_condition),
    (cst.ListComp, set_for_list),
    (cst.GeneratorExp, list_for_generator),
    (cst.Tuple, list_for_tuple),
    (cst.ExceptHandler, change_caught),
    (cst.Raise, drop_cause),
    (cst.With, drop_with_item),
    (cst.Global, drop_declaration),
    (cst.Nonlocal, drop_declaration),
    (cst.FormattedStringExpression, change_conversion),
    (cst.FormattedStringText, change_literal_part),
    (cst.StarredElement, drop_star),
    (cst.Slice, drop_slice_end),
    (cst.Await, drop_await),
    (cst.FunctionDef, drop_decorators),
    (cst.ImportAlias, change_module),
    (cst.IfExp, swap_branches),
]


class OneEdit(cst.CSTTransformer):
    """Applies one edit at the `site`-th place where it applies."""

    def __init__(self, kind, edit, site):
        super().__init__()
        self.kind, self.edit, self.site = kind, edit, site
        self.seen = -1

    def on_leave(self, original_node, updated_node):
        if isinstance(updated_node, self.kind):
            changed = self.edit(updated_node)
            if changed is not None:
                self.seen += 1
                if self.seen == self.site:
                    return changed
        return updated_node


def variants(source, sites=3):
    """(name of the edit, changed source) for the first few places of each edit."""
    yield "decorators", "@first\n@second.third(1, key=2)\n" + source
    for kind, edit in EDITS:
        for site in range(sites):
            try:
                text = cst.parse_module(source).visit(OneEdit(kind, edit, site)).code
            except Exception:  # an edit that makes no valid tree
                continue
            if text != source:
                yield edit.__name__, text
