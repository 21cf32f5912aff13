"""From a name in a section to what it stands for: code, a library's object, a value, a state."""

from __future__ import annotations

from types import FunctionType, MethodType

from ato_trace._code.describe import describe_plain
from ato_trace._code.following.facts import PARAMETERS
from ato_trace._code.following.kinds import (
    SIMPLE,
    is_function_of_library,
    is_own,
    is_own_name,
    is_plain_object,
    items_of,
    module_of,
)
from ato_trace._code.following.objects import (
    arguments_kept,
    function_behind,
    is_torch_module,
    parameters_of,
    settings_of,
    state_of,
    submodules,
)
from ato_trace._code.following.references import MODULES
from ato_trace._code.following.states import VOLATILE, attributes_changed, volatile_names
from ato_trace._code.values import key_text, library_name, reason_to_skip, value_text
from ato_trace._errors import FingerprintError
from ato_trace._hashing.dispatch import module_of_class
from ato_trace._source.projects import OWN
from ato_trace._source.unloaded import Absent, Definition, NotComputed, Unloaded
from ato_trace._source.unwrap import unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ato_trace._code.following.facts import Facts
    from ato_trace._code.following.references import Reference
    from ato_trace._code.following.walk import Walk

_CODE = (FunctionType, type, property, Definition)
_MOST_ITEMS = 20_000  # of a container that is searched for functions
_DEEPEST = 12


class Reach:
    """Adds to the facts of one section, and to the walk, what its names lead to."""

    def __init__(self, walk: Walk, facts: Facts) -> None:
        self.walk = walk
        self.facts = facts
        self.open: set[int] = set()  # containers being searched, one of which may hold itself
        self.seen: dict[int, str] = {}  # objects by the first name that leads to them

    def reference(self, reference: Reference) -> None:
        """Add what a dotted name in the code stands for."""
        name, value, module, place = reference
        if module is not None and not is_own(module):
            self._add_module(name.partition(".")[0], module)
            return
        self.add(name, value, place)

    def add(self, name: str, value: Any, *keys: Any) -> None:
        """Add what is reached by a name; `keys` are the variables on the way to it."""
        if isinstance(value, MODULES):
            self._add_module(name, value)
        elif isinstance(value, NotComputed):
            self.walk.skip(name, "its module is not imported yet")
        elif isinstance(value, SIMPLE):
            self._add_simple(name, value, keys)
        else:
            reason = None if isinstance(value, _CODE) else reason_to_skip(value)
            if reason is not None:
                self.walk.skip(name, reason)
                self._add_type(name, value)
                return
            if isinstance(value, MethodType) and not isinstance(value.__self__, type):
                self.add(name + ".__self__", value.__self__, *keys)
            plain = unwrap(value)
            if plain is self.facts.user:
                self.facts.uses(name, None)
            elif isinstance(plain, _CODE):
                self._add_code(name, plain, value)
            else:
                self._add_value(name, plain, keys)

    def _add_simple(self, name: str, value: Any, keys: tuple[Any, ...]) -> None:
        if self._is_volatile(keys):
            self.walk.skip(name, VOLATILE)
            return
        self.facts.value(name, value_text(value) or "?", keys)
        self._add_type(name, value)

    def _is_volatile(self, keys: tuple[Any, ...]) -> bool:
        for key in keys:
            if isinstance(key, tuple):
                space = self.walk.space_at(key[0])
                return space is not None and key[1] in volatile_names(space)
        return False

    # -- modules and code ------------------------------------------------------------------------

    def _add_module(self, name: str, module: Any) -> None:
        if isinstance(module, Absent):
            self.walk.note_library(module.module)
            top = module.module.partition(".")[0].lstrip("_")
            last = module.name.rpartition(".")[2]
            self.facts.value(name, f"<{top}.{last}>" if last else f"<{module.module}>")
        elif not is_own(module):
            self.walk.note_library(module.__name__)
            text = module.__name__
            self.facts.value(name, f"<{'os.path' if text.endswith('path') else text}>")
        else:  # the module as a whole: something in it is looked up by a name made elsewhere
            space = module.space() if isinstance(module, Unloaded) else vars(module)
            own = module.name if isinstance(module, Unloaded) else module.__name__
            for key in sorted(space):
                value = space[key]
                if isinstance(value, _CODE) and module_of(value) == own:
                    self.add(f"{name}.{key}", value)

    def _add_code(self, name: str, obj: Any, value: Any) -> None:
        if self.walk.note_library(module_of(obj)) != OWN and not isinstance(obj, Definition):
            self.facts.value(name, f"<{library_name(obj)}>")
            return
        try:
            number = self.walk.number(obj)
        except FingerprintError:  # a C extension of the user's own
            self.walk.skip(name, "it has no Python source")
            return
        self.facts.uses(name, number)
        self._add_wrappers(name, value, number)
        self._add_implementations(name, value)

    def _add_wrappers(self, name: str, value: Any, number: int) -> None:
        """Functions wrapped around another by a call instead of a decorator."""
        node = self.walk.queue[number][1].node
        if value is None or getattr(node, "decorator_list", None):
            return
        depth = 0
        while isinstance(value, FunctionType) and hasattr(value, "__wrapped__") and depth < 9:
            depth += 1
            if is_own_name(module_of(value)):
                try:
                    self.facts.uses(f"{name}.__wrapper{depth}__", self.walk.number(value))
                except FingerprintError:
                    pass
            value = value.__wrapped__

    def _add_implementations(self, name: str, value: Any) -> None:
        """Those registered with a function made by singledispatch."""
        registry: Any = getattr(value, "registry", None)
        if not isinstance(value, FunctionType) or not hasattr(registry, "items"):
            return
        for kind, function in sorted(registry.items(), key=lambda pair: key_text(pair[0])):
            if kind is not object:
                self.add(f"{name}.registry[{key_text(kind)}]", function)

    def _add_type(self, name: str, value: Any) -> None:
        if is_own_name(module_of_class(type(value))):
            self._add_code(f"type({name})", type(value), None)

    # -- values ----------------------------------------------------------------------------------

    def _add_value(self, name: str, value: Any, keys: tuple[Any, ...]) -> None:
        if self._is_volatile(keys):
            self.walk.skip(name, VOLATILE)
            return
        if id(value) in self.open or len(self.open) > _DEEPEST:
            return
        self.walk.budget -= 1
        if self.walk.budget < 0:
            self.walk.skip(name, "too many objects are reached")
            return
        self.open.add(id(value))
        try:
            self._add_anything(name, value, (*keys, id(value)))
        except FingerprintError:
            raise
        except Exception as error:  # objects that make up attributes may raise anything
            self.walk.skip(name, f"reading it raised {type(error).__name__}")
        finally:
            self.open.discard(id(value))

    def _add_anything(self, name: str, value: Any, keys: tuple[Any, ...]) -> None:
        if isinstance(value, (dict, list, tuple, set, frozenset)):
            self._add_container(name, value, keys)
            return
        behind = function_behind(value)
        if behind is not None:
            self._add_library_object(name, value, keys)
            self.add(name + ".function", behind, *keys)
        elif is_torch_module(value):
            self._add_torch_module(name, value, keys)
        elif is_plain_object(value):
            if id(value) in self.seen:
                self.facts.value(name, f"<{self.seen[id(value)]}>", keys)
                return
            self.seen[id(value)] = name
            self._add_object(name, value, keys)
        elif hasattr(value, "func") and hasattr(value, "keywords"):  # functools.partial
            self.add(name + ".func", value.func, *keys)
            self._add_items(name + ".args", value.args, keys)
            self._add_items(name + ".args", value.keywords, keys)
        elif is_function_of_library(value):
            self.walk.note_library(module_of(value))
            self.facts.value(name, f"<{library_name(value)}>")
        else:
            text = value_text(value)
            if text is not None:
                self.facts.value(name, text, keys)
                self._add_type(name, value)
            else:
                self._add_library_object(name, value, keys)

    def _add_container(self, name: str, value: Any, keys: tuple[Any, ...]) -> None:
        text = value_text(value)
        if text is not None:
            self.facts.value(name, text, keys)
        elif len(value) <= _MOST_ITEMS:
            self._add_items(name, value, keys)
        else:
            self.walk.skip(name, f"it has more than {_MOST_ITEMS} items")
        self._add_type(name, value)

    def _add_items(self, name: str, container: Any, keys: tuple[Any, ...]) -> None:
        for key, item in items_of(container):
            self.add(f"{name}[{key}]", item, *keys)
        if isinstance(container, dict):
            for item in dict.keys(container):
                if callable(item):
                    self.add(f"{name}.key[{key_text(item)}]", item, *keys)

    def _add_object(self, name: str, value: Any, keys: tuple[Any, ...]) -> None:
        """An object of the user's, or a namespace: its class and its attributes."""
        changed: Iterable[str] = ()
        if is_own_name(module_of_class(type(value))):
            self._add_type(name, value)
            changed = self._changed_attributes(type(value))
        else:
            self.facts.value(f"type({name})", f"<{library_name(type(value))}>")
        for attribute, item in state_of(value):
            if attribute in changed:
                self.walk.skip(f"{name}.{attribute}", "methods of its object change it")
            else:
                self.add(f"{name}.{attribute}", item, *keys)

    def _changed_attributes(self, cls: type) -> set[str]:
        found = set()
        for base in cls.__mro__:
            if not is_own_name(module_of_class(base)):
                continue
            try:
                node = self.walk.node_of(base) or describe_plain(base).node
            except FingerprintError:  # in C
                continue
            if node is not None:
                found |= attributes_changed(node)
        return found

    def _add_library_object(self, name: str, value: Any, keys: tuple[Any, ...]) -> None:
        """An object of a library: its class, and what it was made with."""
        self._add_type(name, value)
        if not is_own_name(module_of_class(type(value))):
            self.walk.note_library(module_of_class(type(value)))
            self.facts.value(f"type({name})", f"<{library_name(type(value))}>")
        parts = arguments_kept(value)
        for attribute, item in parts:
            self.add(f"{name}.{attribute}", item, *keys)
        if not parts and function_behind(value) is None:
            self.walk.skip(name, f"the state of a {type(value).__qualname__} is not read")

    def _add_torch_module(self, name: str, module: Any, keys: tuple[Any, ...]) -> None:
        for path, child in submodules(module):
            self._add_code(f"type({name}{path})", type(child), None)
            text = child.extra_repr()
            if text:
                self.facts.value(f"{name}{path}", ascii(text), keys)
            if is_own_name(module_of_class(type(child))):
                for attribute, item in settings_of(child):
                    self.add(f"{name}{path}.{attribute}", item, *keys)
        state = parameters_of(module)
        text = value_text(dict(state)) if state is not None else None
        if text is not None:
            self.facts.value(f"{name}.state_dict()", text, (*keys, PARAMETERS))
        else:
            self.walk.skip(f"{name}.state_dict()", "its parameters are too many to count")
