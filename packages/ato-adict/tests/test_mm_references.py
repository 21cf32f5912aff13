"""References in OpenMMLab configs mean real values, where they stand."""

import json

import pytest

from ato_adict import ADict, ConfigFileError

BASE = """
flag = True
n = 3
rate = 0.5
name = 'resnet'
empty = None
sizes = [1, 2]
pair = (4, 5)
model = dict(depth=50, head=dict(k=7), items=[dict(w=1)])
"""


DATA = """
flag: true
n: 3
rate: 0.5
name: resnet
empty: null
sizes: [1, 2]
model: {depth: 50, head: {k: 7}, items: [{w: 1}]}
"""


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="config.py", base=BASE):
        (tmp_path / "base.py").write_text(base)
        (tmp_path / "base.yaml").write_text(DATA)
        path = tmp_path / name
        path.write_text(text)
        return path

    return write_file


@pytest.fixture
def load(write):
    """Return the variable x of a Python config that builds on the base."""

    def load_x(text):
        return ADict.from_mm_config(write(f"_base_ = 'base.py'\n{text}\n")).x

    return load_x


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("x = 1 if {{_base_.flag}} else 2", 1),
        ("x = 1 if not {{ _base_.flag }} else 2", 2),
        ("x = {{_base_.n}} == 3", True),
        ("x = {{_base_.n}} * 2 + 1", 7),
        ("x = -{{_base_.rate}} / 2", -0.25),
        ("x = len({{_base_.sizes}})", 2),
        ("x = {{_base_.sizes}} + [3]", [1, 2, 3]),
        ("x = [s * 10 for s in {{_base_.sizes}}]", [10, 20]),
        ("x = {{_base_.sizes}}[1]", 2),
        ("x = {{_base_.pair}}", (4, 5)),
        ("x = {{_base_.empty}} is None", True),
        ("x = {{_base_.model}}['head']['k']", 7),
        ("x = {{_base_.model.head.k}}", 7),
        ("x = {**{{_base_.model.head}}, 'j': 8}", {"k": 7, "j": 8}),
        ("x = dict({{_base_.model.head}}, j=8)", {"k": 7, "j": 8}),
        ("x = {{_base_.name}} + '18'", "resnet18"),
        ("x = {{_base_.name}}.upper()", "RESNET"),
        ("x = f'{ {{_base_.n}} + 1}'", "4"),
        ("x = f'{ {{_base_.rate}}:.3f}'", "0.500"),
        ("x = f'{{_base_.name}}-{1 + 1}'", "resnet-2"),
        ("x = '{{_base_.name}}-{{_base_.n}}'", "resnet-3"),
        ("x = '{{_base_.n}}'", 3),
        ('x = "{{ _base_.sizes }}"', [1, 2]),
        ("x = '%s!' % {{_base_.name}}", "resnet!"),
        ("x = b'{{_base_.name}}'", b"resnet"),
        ("x = {'{{_base_.name}}': 1}", {"resnet": 1}),
        ("x = {{{_base_.name}}: 1}", {"resnet": 1}),
        ("def f(n={{_base_.n}}): return n + {{_base_.n}}\nx = f()", 6),
        ("class C:\n    n = {{_base_.n}}\n    t = '{{_base_.n}}'\nx = [C.n, C.t]", [3, 3]),
        ("x = 0\nfor _ in range({{_base_.n}}): x += 1", 3),
        ("# {{_base_.none_such}}\nx = 1", 1),
    ],
)
def test_in_code(load, code, value):
    assert load(code) == value


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("x = _base_.n + 1", 4),
        ("x = _base_.model.head.k", 7),
        ("x = _base_['model']['depth']", 50),
        ("x = _base_.model['items'][0].w", 1),
        ("x = f'{_base_.name}'", "resnet"),
        ("x = _base_.get('none', 5)", 5),
        ("x = 'n' in _base_", True),
        ("x = _base_.model", {"depth": 50, "head": {"k": 7}, "items": [{"w": 1}]}),
        ("x = _base_.model.head\nx.k = 1\nx.update(j=2)", {"k": 1, "j": 2}),
        ("x = [v for v in _base_.pair]", [4, 5]),
        ("x = hasattr(_base_, 'none')", False),
    ],
)
def test_as_an_object(load, code, value):
    assert load(code) == value


@pytest.mark.parametrize(
    "code",
    [
        "_base_.model.depth = 18",
        "_base_['model']['depth'] = 18",
        "x = _base_.model\nx.depth = 18",
        "_base_.model.update(depth=18)",
    ],
)
def test_what_the_code_changes_in_it_is_changed_in_the_config(write, code):
    config = ADict.from_mm_config(write(f"_base_ = 'base.py'\n{code}\n"))
    assert config.model.depth == 18
    assert config.model.head == {"k": 7}


def test_what_the_file_says_itself_wins_over_such_changes(write):
    code = "_base_.model.depth = 18\nmodel = dict(depth=9)\n"
    assert ADict.from_mm_config(write(f"_base_ = 'base.py'\n{code}")).model.depth == 9


def test_the_other_form_is_a_copy(write):
    code = "y = {{_base_.model}}\ny.depth = 9\n"
    config = ADict.from_mm_config(write("_base_ = 'base.py'\n" + code))
    assert (config.y.depth, config.model.depth) == (9, 50)


@pytest.mark.parametrize(
    "bases",
    [
        "_base_ = 'base.py'",
        "_base_ = ['base.py']",
        "_base_ = ('./base.py',)",
        "_base_ = '{{fileDirname}}/base.py'",
        "_base_ = ['{{ fileDirname }}/base.py']",
        "_base_ = '{{$MM_BASE:base}}.py'",
        "_base_ = 'base' + {{fileExtname}}",
        "folder = '.'\n_base_ = f'{folder}/base.py'",
        "if True:\n    _base_ = 'base.py'\nelse:\n    _base_ = 'no.py'",
        "import os.path\n_base_ = [os.path.join('.', b) for b in ['base.py']]",
        "_base_: str = 'base.py'",
    ],
)
def test_however_the_bases_are_named(write, bases):
    config = ADict.from_mm_config(write(f"{bases}\nx = {{{{_base_.n}}}} + _base_.n"))
    assert (config.x, config.n) == (6, 3)
    assert "_base_" not in config


def test_a_reference_may_stand_before_bases_that_are_literal(write):
    config = ADict.from_mm_config(write("x = {{_base_.n}} + 1\n_base_ = 'base.py'\n"))
    assert config.x == 4


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("c.yaml", "x: '{{_base_.n}}'", 3),
        ("c.yaml", "x: {{_base_.n}}", 3),
        ("c.yaml", "x: n={{_base_.n}}", "n=3"),
        ("c.yaml", 'x: "a {{ _base_.name }} b"', "a resnet b"),
        ("c.yaml", "x: [1, {{_base_.sizes}}]", [1, [1, 2]]),
        ("c.yaml", "x: {a: {{_base_.flag}}}", {"a": True}),
        ("c.yaml", "x: {{_base_.model.head}}", {"k": 7}),
        ("c.yaml", "x:\n  {{_base_.name}}: 1", {"resnet": 1}),
        ("c.yaml", "x: 1 # {{_base_.none}}", 1),
        ("c.json", '"x": {{_base_.n}}', 3),
        ("c.json", '"x": "{{_base_.n}}"', 3),
        ("c.json", '"x": "\\"{{_base_.name}}\\" {{_base_.n}}"', '"resnet" 3'),
        ("c.json", '"x": [{{ _base_.empty }}]', [None]),
        ("c.json", '"x": {"{{_base_.name}}": {{_base_.rate}}}', {"resnet": 0.5}),
        ("c.toml", "x = {{_base_.n}}", 3),
        ("c.toml", "x = 'a{{_base_.n}}'", "a3"),
    ],
)
def test_in_files_that_are_no_code(write, name, text, value):
    frames = {
        "yaml": "_base_: base.yaml\n%s\n",
        "json": '{"_base_": "base.yaml", %s}',
        "toml": '_base_ = "base.yaml"\n%s\n',
    }
    config = ADict.from_mm_config(write(frames[name[2:]] % text, name))
    assert config.x == value
    assert type(config.x) in (type(value), ADict)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("c.py", "x = {{$MM_N:1}} + 1", 6),
        ("c.py", "x = '{{$MM_N:1}}'", "5"),
        ("c.py", "x = '{{$MM_NO:/data/coco/}}train.json'", "/data/coco/train.json"),
        ("c.py", "x = {{$MM_NO:3}}", 3),
        ("c.py", "x = {{$MM_NO:[1, 2]}}", [1, 2]),
        ("c.py", "x = '{{$MM_NO:}}'", ""),
        ("c.py", "x = {{ $MM_TEXT }}", "import os"),
        ("c.py", "x = f'{ {{$MM_N}} * 2}'", "10"),
        ("c.yaml", "x: {{$MM_N:1}}", 5),
        ("c.yaml", "x: '{{$MM_N:1}}'", "5"),
        ("c.yaml", "x: {{ $MM_NO : true }}", True),
        ("c.yaml", "x: run-{{$MM_N}}", "run-5"),
        ("c.yaml", "x: {{$MM_HOSTILE}}", "1\ny: 2"),
        ("c.json", '{"x": {{$MM_N:1}}}', 5),
        ("c.json", '{"x": "{{$MM_N:1}}"}', "5"),
        ("c.json", '{"x": {{$MM_BREAK}}}', '1, "y": 2'),
        ("c.json", '{"x": {{$MM_NO:abc}}}', "abc"),
    ],
)
def test_of_the_environment(write, monkeypatch, name, text, value):
    monkeypatch.setenv("MM_N", "5")
    monkeypatch.setenv("MM_TEXT", "import os")
    monkeypatch.setenv("MM_HOSTILE", "1\ny: 2")
    monkeypatch.setenv("MM_BREAK", '1, "y": 2')
    monkeypatch.delenv("MM_NO", raising=False)
    config = ADict.from_mm_config(write(text, name))
    assert config == {"x": value}
    assert type(config.x) is type(value)


class TestMistakes:
    @pytest.mark.parametrize("form", ["'y{{_base_.s}}'", "'{{_base_.s}}'", "{{_base_.l}}"])
    @pytest.mark.parametrize("name", ["a.py", "a.yaml"])
    def test_references_that_multiply_are_refused(self, write, name, form):
        base = f"s = '{'x' * 2_000}'\nl = {[1] * 2_000}"
        head = "_base_ = 'base.py'\nx = " if name == "a.py" else "_base_: b.yaml\nx: "
        path = write(head + f"[{', '.join([form] * 3_000)}]", name, base)
        path.with_name("b.yaml").write_text(base.replace(" = ", ": "))
        with pytest.raises(ConfigFileError, match="_base_.*more than 5,000,000 characters or val"):
            ADict.from_mm_config(path)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("_base_ = 'base.py'\nx = {{_base_.nn}}", r"\{\{_base_.nn\}\}: no key 'nn'.*'n'"),
            ("x = {{_base_.n}}", r"\{\{_base_.n\}\}: no key 'n'"),
            ("_base_ = 'base.py'\nx = _base_.flg", "the bases set no 'flg'; did you mean 'flag'"),
            ("x = {{$MM_NO}}", r"variable MM_NO is not set; .* \{\{\$MM_NO:value\}\}"),
            ("_base_ = 'base.py'\nx = dict({{_base_.name}}=1)", "can stand for a value only"),
            ("_base_ = 'base.py'\n{{_base_.name}} = 1", "can stand for a value only"),
            ("_base_ = 'base.py'\nx = 1\nx.{{_base_.name}}", "can stand for a value only"),
            ("x = {{_base_.n}}\n_base_ = 'ba' + 'se.py'", "stands before the bases are known"),
            ("x = '{{_base_.n}}'\n_base_ = str('base.py')", "stands before the bases are known"),
        ],
    )
    def test_name_what_was_written(self, write, monkeypatch, text, problem):
        monkeypatch.delenv("MM_NO", raising=False)
        with pytest.raises(ConfigFileError, match=problem):
            ADict.from_mm_config(write(text))

    def test_name_the_line(self, write):
        path = write("_base_ = 'base.py'\n\n# one\nx = {{_base_.n}} + 'a'\n")
        with pytest.raises(ConfigFileError, match="TypeError") as caught:
            ADict.from_mm_config(path)
        assert caught.value.line == 4

    def test_no_marker_is_left_over(self, write):
        text = "_base_ = 'base.py'\nx = '{{_base_.n}} {{fileBasename}} {{$MM_NO:d}} {{ other }}'\n"
        config = ADict.from_mm_config(write(text))
        assert config.x == "3 config.py d {{ other }}"
        assert set(config) == {*ADict.from_mm_config(write(BASE)), "x"}
        assert "__ato" not in json.dumps(config)
