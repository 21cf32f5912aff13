"""What people type: no typo and no type turns silently into something else."""

import datetime
import math
import os
import shlex

import pytest

from ato_scope import MultiScope, Scope, StrictKeyError, TokenError

BASE = {
    "lr": 0.1,
    "epochs": 10,
    "flag": True,
    "opt": None,
    "name": "x",
    "date": "2020-01-01",
    "layers": [1, 2],
    "pair": (1, 2),
    "stages": [{"depth": 3}, {"depth": 4}],
    "m": {"a": 1, "b c": 2, "d.e": 3, "n": {"x": 1}},
    "by_number": {0: "a", 7: "b"},
    "when": datetime.date(2020, 1, 1),
    "names": ["a", "b"],
    "grid": [[1, 2], [3, 4]],
}


def changed(*tokens):
    """Return what tokens change in the config."""
    config = Scope(BASE).apply(list(tokens)).to_dict()
    return {key: value for key, value in config.items() if BASE.get(key, ...) != value}


class TestKeys:
    """Keys are dotted names with optional `[i]`; anything else is an error with the fix."""

    PLACES = {
        "layers[0]=9": {"layers": [9, 2]},
        "layers[-1]=9": {"layers": [1, 9]},
        "layers.0=9": {"layers": [9, 2]},
        "pair[1]=9": {"pair": (1, 9)},
        "stages[1].depth=9": {"stages": [{"depth": 3}, {"depth": 9}]},
        "stages.1.depth=9": {"stages": [{"depth": 3}, {"depth": 9}]},
        "stages[0].width=9": {"stages": [{"depth": 3, "width": 9}, {"depth": 4}]},
        'm["a"]=9': {"m": {**BASE["m"], "a": 9}},
        "m['b c']=9": {"m": {**BASE["m"], "b c": 9}},
        'm["d.e"]=9': {"m": {**BASE["m"], "d.e": 9}},
        'm["n"].x=9': {"m": {**BASE["m"], "n": {"x": 9}}},
        'm["k=v"]=9': {"m": {**BASE["m"], "k=v": 9}},
        "by_number[7]:=z": {"by_number": {0: "a", 7: "z"}},
        "by_number.7:=z": {"by_number": {0: "a", 7: "z"}},
        "~layers[0]": {"layers": [2]},
        "~stages[0].depth": {"stages": [{}, {"depth": 4}]},
        "learning-rate=0.5": {"learning-rate": 0.5},
        "名前=1": {"名前": 1},
    }

    @pytest.mark.parametrize("token", PLACES)
    def test_a_place_is_set(self, token):
        assert changed(token) == self.PLACES[token]

    BAD = {
        "lr*=2": "write lr='config.lr*2'",
        "lr**=2": "write lr='config.lr**2'",
        "lr/=2": "write lr=config.lr/2",
        "lr//=2": "write lr=config.lr//2",
        "lr%=2": "write lr=config.lr%2",
        "lr-=2": "write lr=config.lr-2",
        "m.a^=2": "write m.a=config.m.a^2",
        "flag|=1": "write flag='config.flag|1'",
        "flag&=1": "write flag='config.flag&1'",
        "lr<<=2": "write lr='config.lr<<2'",
        "lr>>=2": "write lr='config.lr>>2'",
        "lr>=2": "no valid key; write",
        "lr!=2": "no valid key; write",
        "lr?=2": "no valid key; write",
        "lr@=2": "no valid key; write",
        "lr$=2": "no valid key; write",
        "lr;x=2": "no valid key; write",
        "a/b=2": "no valid key; write",
        "a*b=2": "no valid key; write",
        "layers[]=2": "no valid key; write",
        "layers[x]=2": "no valid key; write",
        "layers[0:1]=2": "no valid key; write",
        "layers[0=2": "no valid key; write",
        "layers0]=2": "no valid key; write",
        "[0]=2": "no valid key; write",
        'm["a=2': "no valid key; write",
        "m['__class__']=2": "two underscores",
        "layers[5]=2": "'layers' has 2 items",
        "layers[-3]=2": "'layers' has 2 items",
        "layers.x=2": "'layers' is list; write",
        "new[0]=1": "'new' is not set",
        "0.1=2": "there is no '0' to set",
        "lr.x=2": "'lr' is float",
        "~layers[7]": "'layers.7' is not set",
    }

    @pytest.mark.parametrize("token", BAD)
    def test_anything_else_is_an_error_that_shows_what_to_write(self, token):
        with pytest.raises(TokenError) as caught:
            changed(token)
        assert self.BAD[token] in str(caught.value)

    def test_what_an_error_says_to_write_works(self):
        for token in ("lr*=2", "epochs//=3", "epochs<<=1", "lr-=0.05", "flag|=False"):
            with pytest.raises(TokenError) as caught:
                changed(token)
            _, _, fix = str(caught.value).partition("; write ")
            changed(*shlex.split(fix))

    def test_the_lists_of_the_program_are_left_alone(self):
        mine = [1, 2]
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.layers = mine

        assert scope.apply(["layers[0]=9"]).layers == [9, 2]
        assert mine == [1, 2]

    def test_explain_knows_who_set_an_item(self):
        scope = Scope(BASE)
        scope.apply(["layers[0]=9"])
        explanation = scope.explain("layers")
        assert explanation.value == [9, 2]
        assert explanation.source.token == "layers[0]=9"

    NEW = {
        "LR=1": "sets a new key 'LR'; did you mean 'lr'?",
        "Lr=1": "sets a new key 'Lr'; did you mean 'lr'?",
        "Epochs=1": "did you mean 'epochs'?",
        "m.A=1": "did you mean 'm.a'?",
        "fast=1": "sets a new key 'fast'; the view of that name is asked for with fast alone",
        "fast=True": "asked for with fast alone",
        "fast:=yes": "asked for with fast alone",
        "config.lr=1": "for 'lr' write lr=",
    }

    @pytest.mark.parametrize("token", NEW)
    def test_a_new_key_that_may_be_meant_otherwise_warns(self, token, capsys):
        scope = Scope(BASE)
        scope.observe("fast", config={"lr": 1})
        scope.apply([token])
        assert self.NEW[token] in capsys.readouterr().err

    REFERENCES = {
        "epochs=epochs*2": "'epochs' is not a value; for the key write config.epochs",
        "epochs=lr": "'lr' is not a value; for the key write config.lr",
        "lr+=1": "'lr' is no list but float; for a number write lr=config.lr+1",
        "m.a+=2": "for a number write m.a=config.m.a+2",
        "name+='x'": "'name' is no list but str; use = instead",
    }

    @pytest.mark.parametrize("token", REFERENCES)
    def test_how_a_key_is_referred_to_is_said(self, token):
        with pytest.raises(TokenError) as caught:
            changed(token)
        assert self.REFERENCES[token] in str(caught.value)

    def test_the_keys_of_several_scopes(self):
        scope = MultiScope(Scope({"layers": [1]}, name="model"), Scope({"a b": 1}, name="data"))
        configs = scope.apply(["model.layers[0]=5", 'data["a b"]=6'])
        assert configs == {"model": {"layers": [5]}, "data": {"a b": 6}}
        with pytest.raises(TokenError, match=r"write model\.lr='model\.lr\*2'"):
            scope.apply(["model.lr*=2"])

    @pytest.mark.parametrize("token", ["layers[5]=1", "layers[0].x=1", "m.z=1", 'm["z"]=1'])
    def test_a_strict_scope_refuses_places_that_are_not_there(self, token):
        with pytest.raises((StrictKeyError, TokenError)):
            Scope(BASE, strict=True).apply([token])

    @pytest.mark.parametrize("token", ["m={'z':1}", "m={'n':{'y':1}}", "m.n={'y':1}"])
    def test_a_strict_scope_refuses_new_keys_inside_a_mapping(self, token):
        with pytest.raises(StrictKeyError, match="no view has set the key 'm"):
            Scope(BASE, strict=True).apply([token])

    @pytest.mark.parametrize(
        ("text", "key"),
        [("lrr: 5", "lrr"), ("m: {z: 1}", "m.z"), ("m: {n: {y: 1}}", "m.n.y")],
    )
    def test_a_strict_scope_refuses_new_keys_of_a_file(self, tmp_path, monkeypatch, text, key):
        monkeypatch.chdir(tmp_path)
        path = "c.yaml"
        (tmp_path / path).write_text(text, encoding="utf-8")
        with pytest.raises(StrictKeyError, match=f"c.yaml': no view has set the key '{key}'"):
            Scope(BASE, strict=True).apply([f"@{path}"])
        with pytest.raises(StrictKeyError, match="c.yaml': no view has set"):
            MultiScope(Scope(BASE, strict=True)).apply([f"@{path}"])
        assert Scope(BASE).apply([f"@{path}"]) != BASE

    @pytest.mark.parametrize("text", ["lr: 5", "m: {a: 3}", "opt: {name: sgd}", "layers: [{a: 1}]"])
    def test_a_strict_scope_takes_a_file_of_known_keys(self, tmp_path, text):
        path = tmp_path / "c.yaml"
        path.write_text(text, encoding="utf-8")
        assert Scope(BASE, strict=True).apply([f"@{path}"]) != BASE
        assert Scope(strict=True).apply([f"@{path}"]) != {}

    @pytest.mark.parametrize("token", ["layers[1]=1", "stages[0].depth=1", "by_number.7:=c"])
    def test_a_strict_scope_takes_places_that_are_there(self, token):
        assert Scope(BASE, strict=True).apply([token]) != BASE


class TestTypes:
    """A value that changes the type of a key warns in one line; what fits is silent."""

    WARNED = {
        "date=1": "changes 'date' from str to int; for text write date:=1",
        "name=1_1_1": "changes 'name' from str to int; for text write name:=1_1_1",
        "name=1.10": "changes 'name' from str to float; for text write name:=1.10",
        "name=5e3": "changes 'name' from str to float; for text write name:=5e3",
        "name=inf": "changes 'name' from str to float; for text write name:=inf",
        "name=True": "changes 'name' from str to bool; for text write name:=True",
        "name=(1)": "changes 'name' from str to int; for text write name:='(1)'",
        "layers=1,2,3": "from list to tuple; for a list write layers=[1,2,3]",
        "layers=(1,2)": "from list to tuple; for a list write layers=[1,2]",
        "layers={1,2}": "from list to set",
        "layers=3": "from list to int",
        "pair=[1,2]": "from tuple to list",
        "lr:=0.1": "from float to str; := takes text as it is; for a float write lr=0.1",
        "epochs:=5": "from int to str",
        "flag=1": "from bool to int",
        "epochs=True": "from int to bool",
        "m=3": "from dict to int",
        "layers[0]:=a": "from int to str",
        "layers=5": "for a list write layers=[5], for text layers:=5",
        "layers:=abc": "for a list write layers=\"['abc']\"",
        "layers:=[3]": "for a list write layers=[3]",
        "layers='[3]'": "from list to str; for a list write layers=[3]",
        "pair=3": "for a tuple write pair='(3,)', for text pair:=3",
        "flag=0": "for a bool write flag=False, for text flag:=0",
        "when:=2021-01-02": "from date to str; := takes text as it is",
        "lr:==2": "from float to str; := takes text as it is",
        "layers=['a']": "changes an item of 'layers' from int to str; put texts in quotes",
        "names=[1.10]": "changes an item of 'names' from str to float",
        "names=['a',1]": "changes an item of 'names' from str to int",
        "grid=[[1],['a']]": "changes an item of 'grid' from int to str",
        "m={'a':'1'}": "changes a value in 'm' from int to str",
        "m={'n':{'x':True}}": "changes a value in 'm' from int to bool",
        "stages=[{'depth':'3'}]": "changes an item of 'stages' from int to str",
    }

    @pytest.mark.parametrize("token", WARNED)
    def test_a_change_of_type_is_one_line(self, token, capsys):
        changed(token)
        line = capsys.readouterr().err
        assert line.count("\n") == 1
        assert self.WARNED[token] in line

    @pytest.mark.parametrize(
        "token",
        [
            "lr=1",
            "epochs=1.5",
            "opt=5",
            "opt:=sgd",
            "lr=None",
            "name=None",
            "name:=1_1_1",
            "name='5'",
            "flag=False",
            "layers=[1.5]",
            "m={'a': 2}",
            "m={'z': 'x'}",
            "names=[]",
            "names=['1.10']",
            "grid=[[1.5]]",
            "stages=[{'width': 'x'}]",
            "new=5",
        ],
    )
    def test_what_fits_is_silent(self, token, capsys):
        changed(token)
        assert capsys.readouterr().err == ""

    @pytest.mark.parametrize("end", ["\n", "\r", "\x85", "\u2028", "\x1b[2J", "\v"])
    @pytest.mark.parametrize(
        "start", ["lr:=", "name='x'+", "lr*=", "layers=1,", "x\x85=[1", "n=(1,"]
    )
    def test_no_character_makes_a_second_line(self, start, end, capsys):
        try:
            changed(f"{start}{end}2")
            message = capsys.readouterr().err.rstrip("\n")
        except TokenError as error:
            message = str(error)
        assert message.isprintable()

    @pytest.mark.parametrize("date", ["2018-11-25", "2018-1-5", "2018-01-05", "25-11-2018"])
    @pytest.mark.parametrize("key", ["date", "since"])
    def test_a_date_is_no_difference(self, key, date):
        with pytest.raises(TokenError, match=f"for text write {key}:={date}"):
            changed(f"{key}={date}")

    @pytest.mark.parametrize(
        "text",
        [
            "[2018-11-25]",
            "[1,2018-11-25]",
            "(2018-11-25,2018-11-26)",
            "2018-11-25,",
            "{'a':2018-11-25}",
            "{2018-11-25:1}",
            "['x', 25-11-2018]",
            "[[2018-1-5]]",
        ],
    )
    def test_nor_is_one_inside(self, text):
        with pytest.raises(TokenError, match="a date is no number; for text write '.*' inside"):
            changed(f"since={text}")

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("(2018-11-25)", 1982),
            ("[(2018-11-25)]", [1982]),
            ("2018-11-25+1", 1983),
            ("2018-11", 2007),
            ("['2018-11-25']", ["2018-11-25"]),
            ("2018 - 11 - 25", 1982),
        ],
    )
    def test_a_difference_may_still_be_written(self, text, value):
        assert changed(f"since={text}") == {"since": value}


class TestValues:
    """Infinities can be typed, and words of other languages are explained."""

    def test_infinities_and_nan(self):
        config = Scope().apply(["a=inf", "b=-inf", "c=nan", "d=[inf,", "-inf]", "e=2*inf"])
        assert (config.a, config.b, config.d, config.e) == (
            math.inf,
            -math.inf,
            [math.inf, -math.inf],
            math.inf,
        )
        assert math.isnan(config.c)

    def test_a_scope_may_have_their_name(self):
        assert Scope({"lr": 1}, name="inf").apply(["x=inf.lr"]).x == 1

    @pytest.mark.parametrize(
        ("word", "meant"),
        [
            ("null", "None"),
            ("none", "None"),
            ("nil", "None"),
            ("true", "True"),
            ("yes", "True"),
            ("Yes", "True"),
            ("on", "True"),
            ("ON", "True"),
            ("false", "False"),
            ("no", "False"),
            ("off", "False"),
            ("[true]", "True"),
            ("{'a': null}", "None"),
        ],
    )
    def test_a_word_of_another_language_names_ours(self, word, meant):
        with pytest.raises(TokenError, match=f"is not a value; did you mean '{meant}'"):
            changed(f"opt={word}")

    @pytest.mark.parametrize(
        "text",
        [
            "it's",
            "a'b\"c",
            "/tmp/a b",
            "http://x.org/?a=1&b=2",
            "$HOME/x",
            "1.2.3",
            "10.0.0.1",
            "a b",
        ],
    )
    def test_the_text_that_a_hint_shows_can_be_typed(self, text):
        with pytest.raises(TokenError) as caught:
            changed(f"opt={text}")
        fix = str(caught.value).rpartition("for text write ")[2]
        assert changed(*shlex.split(fix)) == {"opt": text}


STARTER = """
    from ato_scope import Scope

    scope = Scope(strict={strict})

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1
        config.steps = 3
        config.model.depth = 1
        config.name = 'x'

    @scope.observe(lazy=True, default=True)
    def computed(config):
        config.rate = config.lr * 2

    @scope
    def train(config):
        print(config.rate, config.model.depth, *config.get('extra', ()))

    if __name__ == '__main__':
        train()
"""


HANDING = """
    import json, os
    from ato_scope import Scope

    scope = Scope({{'name': 'x', 'model': {{'name': 'y', 'depth': 1}}}})

    @scope
    def train(config):
        config.name, config.model.name
        {code}

    train()
"""


class TestUnread:
    """A typed key that the program never read is named when it ends."""

    @pytest.mark.parametrize(
        ("tokens", "unread"),
        [
            (["learning_rate=0.5"], ["learning_rate"]),
            (["model.width=3"], ["model.width"]),
            (["steps=5", "name:=y"], ["steps", "name"]),
            (["lr=0.5"], []),
            (["model.depth=2"], []),
            (["extra=[1]"], []),
            (["base=0.5", "lr=config.base"], []),
            (["experiment.project_name:=p"], []),
            ([], []),
        ],
    )
    def test_it_is_named_once(self, program, tokens, unread):
        done = program.write(STARTER.format(strict=False)).run(*tokens)
        assert done.code == 0
        lines = [line for line in done.err.splitlines() if "never read" in line]
        assert len(lines) == len(unread)
        for line, key in zip(lines, unread):
            assert line.endswith(f"was typed, but the program never read {key!r}")

    @pytest.mark.parametrize("token", ["extra=5", "model.depth=2"])
    @pytest.mark.parametrize("code", ["json.dumps(config)", "dict(config.clone())"])
    def test_a_config_that_went_elsewhere_as_a_whole_is_not_unread(self, program, token, code):
        done = program.write(HANDING.format(code=code)).run(token)
        assert (done.code, done.err) == (0, "")

    def test_nor_is_a_level_that_did(self, program):
        done = program.write(HANDING.format(code="config.model.to_dict()")).run("model.depth=2")
        assert (done.code, done.err) == (0, "")

    @pytest.mark.parametrize(
        "code", ["print(config)", "'extra' in config", "config.unused_keys()", "hash(config.name)"]
    )
    def test_what_only_looks_at_it_does_not_count(self, program, code):
        program.write(HANDING.format(code=code))
        assert "the program never read 'extra'" in program.run("extra=5").err

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
    def test_a_forked_process_may_have_read_it(self, program):
        program.write(HANDING.format(code="os.fork() or os._exit(config.extra - 5)"))
        assert "the main process never read 'extra'" in program.run("extra=5").err

    def test_a_program_that_failed_has_other_things_to_say(self, program):
        done = program.write(STARTER.format(strict=False)).run("extra=5", "steps=2")
        assert done.err.rstrip().splitlines()[-1].startswith("TypeError")

    def test_a_strict_program_refuses_the_key(self, program):
        done = program.write(STARTER.format(strict=True)).run("learning_rate=0.5")
        assert done.fails_with("no view has set the key 'learning_rate'")
