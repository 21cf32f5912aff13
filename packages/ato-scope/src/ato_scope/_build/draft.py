"""A configuration before its lazy views, and how it is completed."""

from __future__ import annotations

from ato_adict import MISSING, ADict
from ato_scope._history.recorder import Recorder, Source, snapshot
from ato_scope._program import calls_views, say
from ato_scope._views.order import order_views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Container, Dict, Iterable, Mapping, Tuple

    from ato_adict import Schema
    from ato_scope._views.views import View

    Block = Tuple[int, View, Callable[..., object], Dict[str, Any]]


class Draft:
    """The config after default views, requested views and the command line.

    Attributes:
        config: The config so far; reading an unset key below it still nests.
        assigned: The dotted keys that were set on the command line.
        new: Those of them that no view has set: by what stands before the last dot, what behind.
        is_unapplied: Whether there are views and none of them was applied, to no base config.
        views: The names of all views of the scope.
        options: By dotted key, the option of an argparse parser that was typed for it.
        typed: By dotted key, the token that was typed for it, where no other token refers to it.
    """

    __module__ = "ato_scope"

    def __init__(
        self,
        base: Mapping[str, Any] | None,
        views: Mapping[str, View],
        requested: Iterable[str],
        schema: Schema | None = None,
    ) -> None:
        order = order_views(views, requested)
        self.is_unapplied: bool = bool(views) and not order and not (base or schema)
        self.config: ADict = ADict()
        self.views: Container[str] = views
        self.options: dict[str, str] = {}
        self.assigned: set[str] = set()
        self.new: dict[str, set[str]] = {}
        self.typed: dict[str, str] = {}
        self.recorder: Recorder = Recorder(self.config)
        self._blocks: list[Block] = []
        self.schema: Schema | None = schema
        if schema is not None:
            self.recorder.begin(Source("schema", schema.name))
            self.config.update(schema.defaults())
        if base:
            self.recorder.begin(Source("base"))
            self.config.update(snapshot(base), recurrent=schema is not None)
        for rank, view in enumerate(order):
            if view.lazy:
                self._blocks.append((rank, view, view.apply, {}))
            else:
                self._run_view(rank, view)

    @calls_views
    def _run_view(self, rank: int, view: View) -> None:
        self.recorder.begin(view.source)
        if view.defer:
            defer = lambda body, captured: self._blocks.append((rank, view, body, captured))
            view.apply(defer, self.config)
        else:
            _say_what_is_lost(view, view.apply(self.config))

    def complete(
        self, overrides: Mapping[str, Any] | None = None, source: str = "override"
    ) -> ADict:
        """Return an independent copy of the config with overrides and lazy views applied.

        May be called any number of times: no result shares anything with another.

        Args:
            overrides: Values by dotted key, which win over the command line.
            source: What `explain` names as their origin.
        """
        return self.complete_with_history(overrides, source)[0]

    def complete_with_history(
        self, overrides: Mapping[str, Any] | None = None, source: str = "override"
    ) -> tuple[ADict, Recorder]:
        """Return what `complete` returns, and the record of where its values come from."""
        self.recorder.settle()
        config = self.config.clone()
        recorder = Recorder(config, self.recorder)
        if overrides:
            recorder.begin(Source("override", source))
            for key, value in overrides.items():
                config.set_by_name(key, snapshot(value))
        twins: dict[int, Any] = {}
        if self._blocks:
            _pair(self.config, config, twins)
        self._run_blocks(config, recorder, lambda value: _twin(value, twins))
        self._conform(config, recorder)
        return config, recorder

    def finish(self, checks: bool = True) -> ADict:
        """Complete the draft itself, for when it is needed once: nothing is copied.

        Args:
            checks: Whether what does not fit the schema is an error; not so for who asks which
                keys there are.
        """
        self._run_blocks(self.config, self.recorder, lambda value: value)
        self._conform(self.config, self.recorder, checks)
        return self.config

    def _conform(self, config: ADict, recorder: Recorder, checks: bool = True) -> None:
        if self.schema is not None:
            from ato_scope._build.typed import conform

            conform(config, recorder, self.schema, checks)

    @calls_views
    def _run_blocks(self, config: ADict, recorder: Recorder, own: Callable[[Any], Any]) -> None:
        """Apply the lazy views and blocks; `own` gives a captured value as this config has it."""
        self._blocks.sort(key=lambda block: block[0])
        for _, view, body, captured in self._blocks:
            recorder.begin(Source("lazy", view.name, view.location))
            if view.lazy:
                _say_what_is_lost(view, body(config))
            else:
                body(**{name: own(value) for name, value in captured.items()})
        recorder.stop()
        config.strict()


def _say_what_is_lost(view: View, returned: object) -> None:
    """Warn of a view that returns its values, as if they were merged; what methods return is none."""
    if type(returned) is dict and returned:
        say(f"warning: {view} returned a dict, which changes nothing; write config.update(...)")


def _pair(original: Any, copy: Any, twins: dict[int, Any]) -> None:
    """Map each container of a tree to its counterpart in a copy of the tree."""
    if id(original) in twins or type(original) is not type(copy):
        return
    if isinstance(original, dict):
        twins[id(original)] = copy
        for key, value in dict.items(original):
            _pair(value, dict.get(copy, key, MISSING), twins)
    elif isinstance(original, (list, tuple)):
        twins[id(original)] = copy
        for one, other in zip(original, copy):
            _pair(one, other, twins)


def _twin(value: Any, twins: dict[int, Any]) -> Any:
    """Return the counterpart of a captured value; containers of the view's own are copied."""
    if id(value) in twins:
        return twins[id(value)]
    if type(value) is dict:
        return {key: _twin(item, twins) for key, item in value.items()}
    if type(value) in (list, tuple, set):
        return type(value)(_twin(item, twins) for item in value)
    return value.clone() if isinstance(value, ADict) else value
