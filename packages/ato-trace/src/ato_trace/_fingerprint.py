"""`fingerprint(obj)`: a hash of the logic of a function, class or module."""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType

from ato_trace._errors import FingerprintError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._source import Found


class Fingerprint(str):
    """A fingerprint: the hex digest itself, which remembers what it was made of.

    Attributes:
        canonical: The canonical form whose SHA-256 the digest is.
        source: The source text behind it, or None where none could be read.
        location: ``path:line`` of the source, or the name of the object.
        kind: ``'source'``, or ``'code-object'`` where the byte code had to stand in for a source
            that cannot be read; such a fingerprint is comparable only on one version of Python.
        versions: Versions of the libraries the code uses; only with ``follow=True``.
    """

    canonical: str
    source: str | None
    location: str
    kind: str
    versions: dict[str, str]

    def __new__(
        cls,
        digest: str,
        canonical: str = "",
        source: str | None = None,
        location: str = "",
        kind: str = "source",
        versions: dict[str, str] | None = None,
    ) -> Fingerprint:
        self = super().__new__(cls, digest)
        self.canonical = canonical
        self.source = source
        self.location = location
        self.kind = kind
        self.versions = versions or {}
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (
            str(self),
            self.canonical,
            self.source,
            self.location,
            self.kind,
            self.versions,
        )


def fingerprint(obj: Any, follow: bool = False) -> Fingerprint:
    """Hash the logic of a function, method, class, module, property or partial.

    What does not count: comments, layout, docstrings, decorators of the object itself,
    annotations, its own name, the names of parameters and local variables. Everything else does.
    Equal on every Python from 3.7 on. Decorated objects are unwrapped through ``__wrapped__``.

    Args:
        obj: What to fingerprint: an object, or the source text of one function or class.
        follow: Also count the functions and classes it uses within your own code, however deep,
            and the values of the simple globals and closure variables they read. The standard
            library and installed packages are not followed; their versions count instead (that
            of Python is recorded but does not count).

    Returns:
        The SHA-256 of the canonical form, as a string that carries the form and the source.

    Raises:
        FingerprintError: The object has no Python code (a C function, a plain value), or the
            text is no definition.
    """
    if follow:
        from ato_trace._follow import follow_from

        return follow_from(obj)
    part = describe(obj)
    return Fingerprint(
        digest(part.canonical), part.canonical, part.source, part.location, part.kind
    )


def digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Part:
    """The canonical form of one object, and where it comes from.

    Attributes:
        node: Its syntax tree; None without a source.
        names: Its free names: globals and closure variables.
    """

    __slots__ = ("canonical", "kind", "location", "names", "node", "source")

    def __init__(
        self,
        canonical: str,
        source: str | None,
        location: str,
        kind: str = "source",
        node: Any = None,
        names: frozenset[str] = frozenset(),
    ) -> None:
        self.canonical = canonical
        self.source = source
        self.location = location
        self.kind = kind
        self.node = node
        self.names = names


def describe(obj: Any) -> Part:
    """The canonical form of anything that has code.

    Raises:
        FingerprintError: It has none.
    """
    if isinstance(obj, str):
        return _describe_text(obj)
    obj = unwrap(obj)
    if isinstance(obj, FunctionType):
        return _describe_function(obj)
    if isinstance(obj, type):
        from ato_trace._classes import describe_class

        return describe_class(obj)
    if isinstance(obj, ModuleType):
        return _describe_module(obj)
    if isinstance(obj, property):
        return _describe_property(obj)
    if hasattr(obj, "func") and hasattr(obj, "keywords"):  # functools.partial
        return _describe_partial(obj)
    if isinstance(obj, CodeType):
        return _without_source(obj, obj.co_name)
    raise FingerprintError(_why_not(obj))


def unwrap(obj: Any) -> Any:
    """The plain function or class behind decorators, bound methods and descriptors."""
    seen = set()
    while id(obj) not in seen:
        seen.add(id(obj))
        if isinstance(obj, type):
            return obj
        for attribute in ("__wrapped__", "__func__"):
            inner = _static_attribute(obj, attribute)
            if inner is not None:
                obj = inner
                break
    return obj


def _static_attribute(obj: Any, name: str) -> Any:
    try:
        return getattr(obj, name, None) if callable(obj) or hasattr(obj, "__func__") else None
    except Exception:  # objects that make up attributes may raise anything
        return None


def _describe_function(function: FunctionType) -> Part:
    from ato_trace._source import find_function

    found = find_function(function.__code__, function.__globals__)
    if found is None:
        return _without_source(function.__code__, function.__qualname__, function)
    return describe_found(found, own_name(function))


def _describe_text(text: str) -> Part:
    from ato_trace._source import Found, parse_definition

    text = text.strip("\n")
    node = parse_definition(text)
    if node is None:
        raise FingerprintError(f"{text[:40]!r} is not the source of a function or class")
    return describe_found(Found(node, text, "<text>", 1), node.name)


def own_name(function: FunctionType) -> str | None:
    """The name by which a function can call itself; a method cannot."""
    outer = function.__qualname__.rpartition(".")[0]
    return function.__code__.co_name if not outer or outer.endswith("<locals>") else None


def describe_found(found: Found, name: str | None) -> Part:
    """The canonical form of a definition whose syntax tree is at hand."""
    from ato_trace._canonical import canonical_form

    try:
        form = canonical_form(found.node, name)
    except RecursionError:
        raise FingerprintError(
            f"the code at {found.file}:{found.line} is nested too deeply to fingerprint"
        ) from None
    location = f"{found.file}:{found.line}"
    return Part(form.text, found.text, location, "source", found.node, form.names)


def _without_source(code: CodeType, name: str, function: FunctionType | None = None) -> Part:
    from ato_trace._codeobject import canonical_code, defaults_text

    text = canonical_code(code)
    if function is not None:
        text += defaults_text(function)
    return Part(text, None, name, "code-object")


def _describe_module(module: ModuleType) -> Part:
    from ato_trace._files import read_source
    from ato_trace._source import Found

    name = getattr(module, "__file__", None)
    source = read_source(name, module.__dict__) if name else None
    if source is None:
        raise FingerprintError(f"module {module.__name__} has no Python source")
    return describe_found(Found(source.tree(), source.text(), source.name, 1), None)


def _describe_property(value: property) -> Part:
    parts = [describe(f) for f in (value.fget, value.fset, value.fdel) if f is not None]
    if not parts:
        raise FingerprintError("a property without functions has no code")
    return join(parts)


def _describe_partial(value: Any) -> Part:
    from ato_trace._values import value_text

    part = describe(value.func)
    texts = [value_text(item) or type(item).__qualname__ for item in value.args]
    for name, item in sorted(value.keywords.items()):
        texts.append(f"{name}={value_text(item) or type(item).__qualname__}")
    part.canonical = "\n".join([part.canonical, *("  partial " + text for text in texts)])
    return part


def join(parts: list[Part]) -> Part:
    """Several parts as one."""
    sources = [part.source for part in parts if part.source is not None]
    kinds = {part.kind for part in parts}
    return Part(
        "\n".join(part.canonical for part in parts),
        "\n".join(sources) if len(sources) == len(parts) else None,
        parts[0].location,
        "source" if kinds == {"source"} else "code-object",
    )


def _why_not(obj: Any) -> str:
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
    if name and callable(obj):
        module = getattr(obj, "__module__", None)
        full = f"{module}.{name}" if module else name
        return f"{full} is implemented in C and has no Python code to fingerprint"
    kind = type(obj).__qualname__
    return (
        f"a {kind} object has no code of its own; fingerprint its class ({kind}), one of its "
        "methods, or hash its value with hash_output"
    )
