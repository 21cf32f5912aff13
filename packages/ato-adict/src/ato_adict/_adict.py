"""ADict, the config dict."""

from __future__ import annotations

from ato_adict._mode import AUTO
from ato_adict._sentinel import MISSING
from ato_adict._slots import set_mode
from ato_adict._tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, Iterable, Mapping, Sequence, TypeVar

    Self = TypeVar("Self", bound="ADict")
    Target = TypeVar("Target")
    Path = str | os.PathLike[str]


class ADict(Tree):
    """A dict for configuration: attribute access, nesting, freezing, identity, usage.

    A real `dict`, so `json.dumps`, `**config` and dict views work. Nested mappings, also in lists
    and tuples, become ADicts on every way in. Reading an unset attribute returns a placeholder
    below which one can assign (`config.model.backbone.layers = [64]`) and that raises
    `UnsetKeyError`, an AttributeError, wherever else it is used; see `strict`. A missing item
    raises `MissingKeyError`, a KeyError. `config['a', 'b']` reads a list of values, and assigns
    pairwise or one value to each.

    Args:
        *mappings: Mappings or iterables of pairs, later ones win.
        default: What a missing key becomes when it is read, as in a `defaultdict`: a callable
            without arguments, or a value. Nested configs do not inherit it.
        **values: Further keys.

    Raises:
        NestingError: For data that contains itself or is nested too deeply.
    """

    __slots__ = ()

    def __init__(self, *mappings: Any, default: Any = MISSING, **values: Any) -> None:
        mode = type(self)._ato_open
        set_mode(self, mode if default is MISSING else mode.derive(default=default))
        for mapping in mappings:
            self._ato_fill(mapping)
        if values:
            self._ato_fill(values)

    @classmethod
    def auto(cls: type[Self], *mappings: Any, **values: Any) -> Self:
        """Return a config that stores and returns a nested config for every missing key."""
        return cls(*mappings, default=AUTO, **values)

    # -- text and files --------------------------------------------------------------------------

    def json(self, **options: Any) -> str:
        """Return the config as JSON text; `options` are those of `json.dumps`."""
        from ato_adict._files import dumps

        return dumps(self, "json", **{"indent": None, "ensure_ascii": True, **options}).rstrip("\n")

    def dumps(self, format: str, **options: Any) -> str:
        """Return the config as text in 'yaml', 'json', 'jsonl', 'toml' or 'xyz'.

        Raises:
            ConversionError: If the format cannot hold a value; the message names its key.
        """
        from ato_adict._files import dumps

        return dumps(self, format, **options)

    @classmethod
    def loads(cls: type[Self], text: str | bytes, format: str) -> Self:
        """Return the config that a text in 'yaml', 'json', 'jsonl', 'toml' or 'xyz' describes.

        Raises:
            ConfigFileError: If the text is malformed; the message names line and column.
        """
        from ato_adict._files import loads

        return cls(loads(text, format))

    def dump(self, path: Path, **options: Any) -> None:
        """Write the config to a file, in the format of its suffix.

        The text is made first, written to a temporary file in the same directory and renamed: a
        failure, or the death of the process, leaves an old file as it was.

        Args:
            path: A path that ends in .yaml, .yml, .json, .jsonl, .toml, .xyz or .py.
            **options: Options of the format's writer, such as `indent` for JSON.

        Raises:
            ConversionError: If the format cannot hold a value; the message names its key.
            ConfigFileError: For an unknown suffix.
        """
        from ato_adict._files import dump

        dump(self, path, **options)

    @classmethod
    def from_file(cls: type[Self], path: Path) -> Self:
        """Return the config of a .yaml, .yml, .json, .jsonl, .toml, .xyz or .py file.

        A .py file is executed: load only those you trust. No other format runs code.

        Raises:
            ConfigFileNotFoundError: If there is no such file.
            ConfigFileError: If it is malformed; the message names path, line and column.
        """
        from ato_adict._errors import NestingError
        from ato_adict._files import load

        try:
            return cls(load(path))
        except NestingError as error:
            raise NestingError(f"{path}: {error}") from None

    def load(self: Self, path: Path) -> Self:
        """Update the config with a file, see `from_file`.

        Returns:
            The config itself.
        """
        return self.update(type(self).from_file(path))

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
        from ato_adict._compose import compose

        config = cls()
        compose(config, root, config_filename, select, overrides, on_missing, required)
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
        from ato_adict._mm import load_mm

        return cls(load_mm(path))

    def load_mm_config(self, path: Path) -> None:
        """Merge an OpenMMLab config into this one, see `from_mm_config`."""
        from ato_adict._mm import load_mm, mm_update

        mm_update(self, load_mm(path))

    def mm_like_update(self, *mappings: Any, **values: Any) -> None:
        """Merge nested mappings; one that holds `_delete_=True` replaces what is there."""
        from ato_adict._mm import mm_update

        for mapping in (*mappings, values):
            mm_update(self, mapping)

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
        from ato_adict._interpolate import resolve

        resolve(self)
        return self

    # -- schemas ---------------------------------------------------------------------------------

    @classmethod
    def from_dataclass(cls: type[Self], instance: Any) -> Self:
        """Return the config of a dataclass instance, or of a class whose fields all have defaults.

        Raises:
            ConversionError: If it is neither.
        """
        from ato_adict._schema import fields_of

        return cls(fields_of(instance))

    def to_dataclass(self, cls: type[Target]) -> Target:
        """Return an instance of a dataclass made from this config.

        Nested dataclasses, lists, mappings, tuples, sets, enums, paths and floats are made from
        what files hold in their place; texts are never parsed as numbers.

        Raises:
            ValidationError: For missing, extra and mistyped keys; all of them are named.
        """
        from ato_adict._schema import make

        return make(self, cls)

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
        from ato_adict._schema import check

        check(self, schema)
        return self

    def _repr_html_(self) -> str:
        from ato_adict._html import html

        return html(self)
