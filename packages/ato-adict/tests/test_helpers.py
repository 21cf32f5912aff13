"""What the packages of the suite share: lazy doors, deprecations."""

import subprocess
import sys
import warnings

import pytest

from ato_adict import AtoDeprecationWarning, lazy_exports, warn_deprecated


class TestLazyExports:
    @pytest.fixture
    def package(self, tmp_path, monkeypatch):
        """A package `house` with a lazy door, and a function that forgets it."""
        folder = tmp_path / "house"
        (folder / "rooms").mkdir(parents=True)
        (folder / "__init__.py").write_text(
            "from ato_adict import lazy_exports\n"
            "DOOR = {'kitchen': ('cook', 'eat'), 'rooms.attic': ('sleep',)}\n"
            "__getattr__ = lazy_exports(__name__, DOOR)\n"
        )
        (folder / "kitchen.py").write_text("cook = object()\neat = object()\n")
        (folder / "rooms" / "__init__.py").write_text("")
        (folder / "rooms" / "attic.py").write_text("def sleep(): return 'zzz'\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        yield
        for name in [name for name in sys.modules if name.split(".")[0] == "house"]:
            del sys.modules[name]

    def test_a_module_is_imported_when_one_of_its_names_is_asked_for(self, package):
        import house

        assert "house.kitchen" not in sys.modules
        assert house.cook is sys.modules["house.kitchen"].cook
        assert "house.rooms.attic" not in sys.modules

    def test_a_module_itself_can_be_offered(self, package):
        import house  # noqa: F401

        find = lazy_exports("house", {"rooms.attic": ("sleep",), "kitchen": ()})
        assert "house.kitchen" not in sys.modules
        assert find("kitchen") is sys.modules["house.kitchen"]

    def test_names_can_be_imported_from_the_package(self, package):
        from house import eat, sleep

        assert sleep() == "zzz"
        assert eat is sys.modules["house.kitchen"].eat

    def test_what_was_asked_for_once_is_an_attribute_from_then_on(self, package):
        import house

        assert "cook" not in vars(house)
        assert house.cook is vars(house)["cook"]

    def test_an_unknown_name_is_an_error_with_a_suggestion(self, package):
        import house

        with pytest.raises(AttributeError, match="'house' has no attribute 'cok'; did.*'cook'"):
            house.cok
        with pytest.raises(ImportError, match="cok"):
            from house import cok  # noqa: F401

    def test_private_names_get_no_suggestion(self, package):
        import house

        with pytest.raises(AttributeError, match="has no attribute '_cook'$"):
            house._cook

    def test_an_error_in_the_module_is_not_hidden(self, package, tmp_path):
        (tmp_path / "house" / "kitchen.py").write_text("1 / 0\n")
        import house

        with pytest.raises(ZeroDivisionError):
            house.cook

    def test_a_name_that_its_module_does_not_have_is_an_error(self):
        find = lazy_exports("ato_adict", {"xyz": ("no_such_function",)})
        with pytest.raises(AttributeError, match="no_such_function"):
            find("no_such_function")


class TestWarnDeprecated:
    def test_it_names_what_since_when_and_what_instead(self):
        with pytest.warns(AtoDeprecationWarning) as caught:
            warn_deprecated("scope.exec(text)", "scope.run(text)", "3.1")
        message = "scope.exec(text) is deprecated since ato 3.1; use scope.run(text)"
        assert [str(warning.message) for warning in caught] == [message]

    def test_it_points_at_the_caller_of_the_deprecated_function(self, tmp_path):
        (tmp_path / "library.py").write_text(
            "from ato_adict import warn_deprecated\n"
            "def old():\n    warn_deprecated('old()', 'new()', '3.1')\n"
        )
        (tmp_path / "program.py").write_text("import library\n\nlibrary.old()\n")
        run = subprocess.run(
            [sys.executable, "program.py"], cwd=tmp_path, stderr=subprocess.PIPE, check=True
        )
        assert b"program.py:3: AtoDeprecationWarning: old() is deprecated" in run.stderr

    def test_the_depth_says_how_many_calls_away_the_user_is(self):
        def helper():
            warn_deprecated("old()", "new()", "3.1", depth=3)

        def old():
            helper()

        with pytest.warns(AtoDeprecationWarning) as caught:
            old()
        line = old.__code__.co_firstlineno
        assert caught[0].filename == __file__
        assert caught[0].lineno > line + 1

    def test_a_program_can_turn_it_into_an_error(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error", AtoDeprecationWarning)
            with pytest.raises(AtoDeprecationWarning, match=r"use new\(\)"):
                warn_deprecated("old()", "new()", "3.1")

    def test_it_is_a_deprecation_warning(self):
        assert issubclass(AtoDeprecationWarning, DeprecationWarning)
