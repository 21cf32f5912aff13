"""ADict, the config dict: every method of a config, each delegates to the room that knows how."""

from __future__ import annotations

from sys import _getframe

from ato_adict import _files, _names, _schema, _tree
from ato_adict._basics.deprecation import warn_deprecated
from ato_adict._basics.errors import NestingError
from ato_adict._node import modes
from ato_adict._node.convert import to_plain
from ato_adict._node.node import Node
from ato_adict._node.state import AUTO, hand_on, set_mode
from ato_adict._node.syntax import is_spread
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, Callable, Iterable, Mapping, Sequence, TypeVar

    from ato_adict._tree import Diff

    Self = TypeVar("Self", bound="ADict")
    Target = TypeVar("Target")
    Path = str | os.PathLike[str]

# What `update` has in place of an option that was not given; it is false.
_NOT_GIVEN: Any = MISSING


class ADict(Node):
    """A dict for configuration: attribute access, nesting, freezing, identity, usage.

    A real `dict`, so `json.dumps`, `**config` and dict views work. Nested mappings, also in lists
    and tuples, become ADicts on every way in. Reading an unset attribute returns a placeholder
    below which one can assign (`config.model.backbone.layers = [64]`) and that raises
    `UnsetKeyError`, an AttributeError, wherever else it is used; see `strict`. A missing item
    raises `MissingKeyError`, a KeyError. `config['a', 'b']` reads a list of values, and assigns
    pairwise or one value to each.

    Args:
        *mappings: Mappings or iterables of pairs, later ones win.
        **values: Further keys. Written out, `default=` is what a missing key becomes when it is
            read, as in a `defaultdict`: a callable without arguments, or a value. Nested configs
            do not inherit it. In `ADict(**d)` it is a key like any other, unless it is callable.

    Raises:
        NestingError: For data that contains itself or is nested too deeply.
    """

    __module__ = "ato_adict"
    __slots__ = ()

    # A parameter is a name that no key can have: `ADict(**{'self': 1})` has the key 'self'.
    def __init__(__self, *mappings: Any, **values: Any) -> None:  # noqa: N805
        mode = type(__self)._ato_open
        if "default" in values and (callable(values["default"]) or not is_spread(_getframe(1))):
            mode = mode.derive(default=values.pop("default"))
        set_mode(__self, mode)
        for mapping in mappings:
            __self._ato_fill(mapping)
        if values:
            __self._ato_fill(values)

    @classmethod
    def auto(__cls: type[Self], *mappings: Any, **values: Any) -> Self:  # noqa: N804
        """Return a config that stores and returns a nested config for every missing key."""
        config = __cls(*mappings, default=AUTO)
        if values:
            config._ato_fill(values)
        return config

    # -- rules -----------------------------------------------------------------------------------

    def strict(self: Self) -> Self:
        """Make reading an unset attribute raise `UnsetKeyError` at once, in the whole tree.

        So `hasattr(config, 'x')` and `getattr(config, 'x', 0)` mean what they say.

        Returns:
            The config itself.
        """
        modes.retune(self, strict=True)
        return self

    def freeze(self: Self) -> Self:
        """Make every write to the tree raise `FrozenError`, at any depth, lists and sets too.

        Reads cost what they did. `clone()` gives a copy that can be changed.

        Returns:
            The config itself.
        """
        modes.freeze(self)
        return self

    def defrost(self: Self) -> Self:
        """Allow writes to the whole tree again, the inverse of `freeze`.

        Returns:
            The config itself.

        Raises:
            FrozenError: If part of the tree was made immutable.
        """
        modes.defrost(self)
        return self

    @property
    def frozen(self) -> bool:
        """Whether writes are refused."""
        return self._ato_mode.frozen

    def convert_to_immutable(self) -> None:
        """Freeze the tree for good: `defrost` raises from now on."""
        modes.freeze(self, immutable=True)

    def set_default(self, default: Any = None) -> None:
        """Set what a missing key becomes when it is read: a callable or a value."""
        set_mode(self, self._ato_mode.derive(default=default))

    def get_default(self) -> Any:
        """Return the default for missing keys.

        Raises:
            ValueError: If there is none.
        """
        if self._ato_mode.default is MISSING:
            raise ValueError("this config has no default; set_default() or ADict(default=...)")
        return self._ato_mode.default

    def remove_default(self) -> None:
        """Make missing keys errors again."""
        set_mode(self, self._ato_mode.derive(default=MISSING))

    # -- changing many keys ----------------------------------------------------------------------

    def update(  # type: ignore[override]
        __self: Self,  # noqa: N805
        __other: Any = (),
        recurrent: bool = _NOT_GIVEN,
        **values: Any,
    ) -> Self:
        """Set every key of a mapping or of pairs; all of them or, on an error, none.

        Args:
            __other: A mapping or an iterable of pairs.
            recurrent: Whether to merge a mapping into a mapping that is there, not replace it.
                In `update(**d)` it is a key like any other.
            **values: Further keys.

        Returns:
            The config itself.
        """
        if recurrent is not _NOT_GIVEN and __other == () and is_spread(_getframe(1)):
            values["recurrent"], recurrent = recurrent, False
        change = _tree.merge if recurrent else type(__self)._ato_fill
        for mapping in (__other, values):
            change(__self, mapping)
        return __self

    def update_if_absent(
        __self: Self,  # noqa: N805
        __other: Any = (),
        recurrent: bool = _NOT_GIVEN,
        **values: Any,
    ) -> Self:
        """Set the keys that are not there yet.

        Args:
            __other: A mapping or an iterable of pairs.
            recurrent: Whether to fill in nested mappings too, which is so unless False is given.
                In `update_if_absent(**d)` it is a key like any other.
            **values: Further keys.

        Returns:
            The config itself.
        """
        is_deep = recurrent is _NOT_GIVEN or recurrent
        if recurrent is not _NOT_GIVEN and __other == () and is_spread(_getframe(1)):
            values["recurrent"], is_deep = recurrent, True
        for mapping in (__other, values):
            _tree.fill_absent(__self, mapping, is_deep)
        return __self

    def filter(self, fn: Callable[[Any, Any], Any]) -> None:
        """Keep the keys for which `fn(key, value)` is true and remove the others."""
        for key in [k for k, v in self.items() if not fn(k, v)]:
            del self[key]

    def replace_keys(self, src_keys: Sequence[Any], tgt_keys: Sequence[Any]) -> None:
        """Rename keys pairwise in place, keeping values and order.

        Raises:
            ValueError: If the lists differ in length or a new name is taken.
            MissingKeyError: If an old name is not there.
        """
        _tree.rename(self, src_keys, tgt_keys)

    # -- dotted names ----------------------------------------------------------------------------

    def get_value_by_name(self, name: str, default: Any = MISSING) -> Any:
        r"""Return the value at a dotted name, `'model.backbone.depth'`; counts as a read.

        A dot in a key is written `\.`, a key that is no string as its literal in brackets: `a[1]`.

        Raises:
            MissingKeyError: If the name is not set and no `default` is given.
        """
        return _names.lookup(self, name, default)

    def set_by_name(self, name: str, value: Any) -> None:
        """Set the value at a dotted name, creating the levels that are missing.

        Raises:
            ConversionError: If a level in between is no mapping.
        """
        _names.set_by_name(self, name, value)

    def has(self, name: str) -> bool:
        """Whether a dotted name is set; not a read."""
        return _names.contains(self, name)

    def flatten(self) -> dict[str, Any]:
        """Return a plain dict of dotted name to leaf, in order; an empty mapping is a leaf."""
        hand_on(self)
        return _names.flatten(self)

    @classmethod
    def unflatten(cls: type[Self], flat: Any) -> Self:
        """Return the config of a mapping of dotted names, the inverse of `flatten`."""
        config = cls()
        for name, value in dict(flat).items():
            config.set_by_name(name, value)
        return config

    def raw(self: Self, name: Any, default: Any = None) -> Self:
        """Return `ADict(key=name, value=<its value or default>)`."""
        return type(self)(key=name, value=self.get(name, default))

    # -- identity --------------------------------------------------------------------------------

    def get_structural_repr(self: Self) -> Self:
        """Return dotted name to type name of every leaf, sorted by name."""
        return type(self)(sorted(_tree.structural_mapping(self).items()))

    def get_structural_mapping(self, key: Any, value: Any) -> list[Any]:
        """Return the (dotted name, type name) pairs of a `value` placed at `key`."""
        return list(_tree.structural_mapping({key: value}).items())

    def get_structural_hash(self, deep: bool = False) -> str:
        """Return the sha256 of the sorted (dotted name, type name) pairs, as hex.

        It is independent of values, of insertion order and of the Python version.

        Args:
            deep: Whether the elements of lists and tuples count too.
        """
        return _tree.structural_hash(self, deep)

    def get_value_hash(self) -> str:
        """Return the sha256 of all keys, types and values in a canonical form, as hex.

        It is independent of insertion order and of the Python version.

        Raises:
            ConversionError: For a value without a canonical form, such as a generator or an open
                file; the message names its key.
        """
        return _tree.value_hash(self)

    def diff(self, other: Any) -> Diff:
        """Return what changes from this config to `other`, by dotted name.

        The result prints as one line per difference and holds the data in `added`, `removed`,
        `changed` and `retyped`.
        """
        return _tree.Diff(self, other)

    # -- usage -----------------------------------------------------------------------------------

    @property
    def accessed_keys(self) -> set[Any]:
        """The keys of this node that were read by item, attribute, `get`, `pop` or `**`."""
        return _tree.accessed(self)

    def get_minimal_config(self: Self) -> Self:
        """Return the keys that were read, nested, in insertion order.

        A nested config that was read while none of its keys were counts whole: it may have been
        iterated over, which leaves no record.
        """
        return type(self)(_tree.minimal(self))

    def unused_keys(self) -> list[str]:
        """Return the dotted names that were configured and never read, in order."""
        return _tree.unused(self)

    # -- copies and plain data -------------------------------------------------------------------

    def clone(self: Self) -> Self:
        """Return a deep, independent copy that can be changed, with nothing read in it."""
        new = self.__deepcopy__({})
        if self._ato_mode.frozen:
            modes.thaw(new)
        return new

    def to_dict(self) -> dict[Any, Any]:
        """Return a copy whose dicts, lists, tuples and sets are new plain ones, at any depth."""
        hand_on(self)
        plain: dict[Any, Any] = to_plain(self)
        return plain

    def __deepcopy__(self: Self, memo: dict[int, Any]) -> Self:
        hand_on(self)
        copied: Self = _tree.deepcopy(self, memo)
        return copied

    def __reduce__(self) -> Any:
        hand_on(self)
        return _tree.reduce(self)

    def __setstate__(self, state: Any) -> None:
        _tree.restore(self, state)

    # -- text and files --------------------------------------------------------------------------

    def json(self, **options: Any) -> str:
        """Return the config as JSON text; `options` are those of `json.dumps`."""
        hand_on(self)
        return _files.dumps(
            self, "json", **{"indent": None, "ensure_ascii": True, **options}
        ).rstrip("\n")

    def dumps(self, format: str, **options: Any) -> str:
        """Return the config as text in 'yaml', 'json', 'jsonl', 'toml' or 'xyz'.

        Raises:
            ConversionError: If the format cannot hold a value; the message names its key.
        """
        hand_on(self)
        return _files.dumps(self, format, **options)

    @classmethod
    def loads(cls: type[Self], text: str | bytes, format: str) -> Self:
        """Return the config that a text in 'yaml', 'json', 'jsonl', 'toml' or 'xyz' describes.

        Raises:
            ConfigFileError: If the text is malformed; the message names line and column.
        """
        return cls(_files.loads(text, format))

    def to_xyz(self) -> str:
        """Return the config as xyz text; deprecated: `dumps('xyz')`."""
        warn_deprecated("config.to_xyz()", "config.dumps('xyz')", "3.0")
        return self.dumps("xyz")

    @classmethod
    def compile_from_file(cls: type[Self], path: Path) -> Self:
        """Return the config of a Python file; deprecated: `from_file`."""
        warn_deprecated("ADict.compile_from_file(path)", "ADict.from_file(path)", "3.0")
        return cls.from_file(path)

    def dump(self, path: Path, force: bool = False, **options: Any) -> None:
        """Write the config to a file, in the format of its suffix.

        The text is made first, written to a temporary file in the same directory and renamed: a
        failure, or the death of the process, leaves an old file as it was. The target of a link,
        mode and owner stay; a pipe or device is written to.

        Args:
            path: A path that ends in .yaml, .yml, .json, .jsonl, .toml, .xyz or .py.
            force: Also replace what is no config of that format: a database, a binary file, a
                Python program, an export of runs, a list or other data.
            **options: Options of the format's writer, such as `indent` for JSON.

        Raises:
            ConversionError: If the format cannot hold a value; the message names its key.
            ConfigFileError: For an unknown suffix, or a file that is no config.
        """
        hand_on(self)
        _files.dump(self, path, force, **options)

    @classmethod
    def from_file(cls: type[Self], path: Path) -> Self:
        """Return the config of a .yaml, .yml, .json, .jsonl, .toml, .xyz or .py file.

        A .py file is executed: load only those you trust. No other format runs code.

        Raises:
            ConfigFileNotFoundError: If there is no such file.
            ConfigFileError: If it is malformed; the message names path, line and column.
        """
        return cls._ato_of_file(_files.load(path), path)

    @classmethod
    def _ato_of_file(cls: type[Self], data: Any, path: Path) -> Self:
        try:
            return cls(data)
        except NestingError as error:
            raise NestingError(f"{path}: {error}") from None

    def load(self: Self, path: Path) -> Self:
        """Replace what the config holds by what a file says, see `from_file`.

        To keep the other keys, `update(ADict.from_file(path))`.

        Returns:
            The config itself.
        """
        content = type(self).from_file(path)
        self.clear()
        return self.update(content)

    # -- composing -------------------------------------------------------------------------------

    @classmethod
    def compose_hierarchy(
        cls: type[Self],
        root: Path,
        config_filename: str = "config",
        select: Mapping[str, str | Sequence[str]] | None = None,
        overrides: Mapping[str, Any] | None = None,
        on_missing: str = "error",
        required: Iterable[str] | None = None,
    ) -> Self:
        """Return a config composed from a directory of config files.

        The file `<root>/<config_filename>.<suffix>` comes first; then `<root>/<group>/<option>.
        <suffix>` of each selected option is merged into it, in order; then the overrides.

        Args:
            root: The directory.
            config_filename: The name of the base file, without its suffix.
            select: Group (a path below the root) to an option or a list of options.
            overrides: Dotted name to value, set last.
            on_missing: What to do about a file that is not there: 'error', 'warn' or 'ignore'.
            required: Dotted names that must be set in the result.

        Raises:
            ConfigFileNotFoundError: For a missing file, with a suggestion.
            ConfigFileError: For a malformed file, or two with different suffixes.
            ValidationError: If required names are not set; all of them are named.
        """
        config = cls()
        _files.compose_into(config, root, config_filename, select, overrides, on_missing, required)
        return config

    @classmethod
    def from_mm_config(cls: type[Self], path: Path) -> Self:
        """Return an OpenMMLab config: `_base_` chains, `_delete_`, predefined variables.

        A .py config is executed: load only those you trust.

        Args:
            path: A .py, .json or .yaml file. `_base_` names files relative to it, merged first.
                `{{ fileDirname }}`, `{{ fileBasename }}`, `{{ fileBasenameNoExtension }}`,
                `{{ fileExtname }}` and `{{ _base_.a.b }}` are replaced.

        Raises:
            ConfigFileError: If a file is malformed or is its own base; the message names the chain.
        """
        return cls._ato_of_file(_files.load_mm(path), path)

    def load_mm_config(self, path: Path) -> None:
        """Set the keys of an OpenMMLab config, see `from_mm_config`; nested ones are replaced."""
        self.update(_files.load_mm(path))

    def mm_like_update(__self, *mappings: Any, **values: Any) -> None:  # noqa: N805
        """Merge nested mappings; one that holds `_delete_=True` replaces what is there."""
        for mapping in (*mappings, values):
            _files.mm_update(__self, mapping)

    def resolve(self: Self) -> Self:
        r"""Replace every `${...}` in the texts of the tree; all of them or, on an error, none.

        `${a.b}` is the value at that name (a text that is nothing else takes its type), `${.b}`
        one beside the text, `${..b}` one level up; `${oc.env:VAR}` and `${oc.env:VAR,default}` an
        environment variable; `\${` stands for itself. Resolving is not a read.

        Returns:
            The config itself.

        Raises:
            InterpolationError: For what is not set or refers to itself; the message names the keys.
        """
        _tree.resolve(self)
        return self

    # -- schemas ---------------------------------------------------------------------------------

    @classmethod
    def from_dataclass(cls: type[Self], instance: Any) -> Self:
        """Return the config of a dataclass instance, or of a class whose fields all have defaults.

        Raises:
            ConversionError: If it is neither.
        """
        return cls(_schema.fields_of(instance))

    def to_dataclass(self, cls: type[Target]) -> Target:
        """Return an instance of a dataclass made from this config.

        Nested dataclasses, lists, mappings, tuples, sets, enums, paths and floats are made from
        what files hold in their place; texts are never parsed as numbers.

        Raises:
            ValidationError: For missing, extra and mistyped keys; all of them are named.
        """
        hand_on(self)
        return _schema.make(self, cls)

    def validate(self: Self, schema: Any) -> Self:
        """Check the config against a dataclass or a mapping of key to type.

        Args:
            schema: A dataclass, or a mapping like `{'lr': float, 'model': {'depth': int}}`. A key
                whose type allows None may be missing.

        Returns:
            The config itself.

        Raises:
            ValidationError: For missing, extra and mistyped keys; all of them are named.
        """
        _schema.check(self, schema)
        return self

    def _repr_html_(self) -> str:
        return _tree.as_html(self)
