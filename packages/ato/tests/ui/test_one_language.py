"""One language asks for runs: the page, `ato runs --where` and `SQLFinder.search` agree."""

import json
import runpy
import sys
import urllib.parse

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

from ato_sql import QuestionError, SQLFinder


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The URL of a database: three runs of `p` with rates 0.1, 0.01 and 0.001, one of `other`."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('language')}/runs.db"
    made = [("p", 0.1, "mlp", ["baseline"]), ("p", 0.01, "cnn", ["wide"]), ("p", 0.001, "cnn", [])]
    for project, lr, model, tags in [*made, ("other", 0.1, "vit", ["baseline"])]:
        experiment = ADict(project_name=project, sql=ADict(db_path=url))
        config = ADict(experiment=experiment, lr=lr, model=ADict(name=model), memory="16GB")
        config.warm = lr < 0.05
        run = SQLLogger(config).start(tags=tags)
        run.log_metric("acc", 0.01 / lr, step=0)
        run.log_metric("acc", 0.02, step=1)
        if lr == 0.01:
            run.log_note("odd after epoch 3")
        run.finish("failed" if lr == 0.001 else "completed")
    return url


@pytest.fixture(scope="module")
def language_page(serve, url):
    return serve(url)


@pytest.fixture
def ask(url, language_page, capsys, monkeypatch):
    """Ask for runs of `p`; returns what each surface answers: the ids of runs, or the error."""

    def by_the_api(question):
        finder = SQLFinder({"experiment": {"sql": {"db_path": url}}})
        try:
            return sorted(run.id for run in finder.search(question, project_name="p"))
        except QuestionError as error:
            return str(error)
        finally:
            finder.close()

    def by_the_command(question):
        words = ["runs", "--json", "--db", url, "--project", "p", f"--where={question}"]
        monkeypatch.setattr(sys, "argv", ["ato", *words])
        with pytest.raises(SystemExit) as ended:
            runpy.run_module("ato", run_name="__main__")
        out, err = capsys.readouterr()
        if ended.value.code:
            assert (ended.value.code, out) == (2, "")
            assert err.startswith("ato: ")
            return err[len("ato: ") : -1]
        return sorted(run["id"] for run in json.loads(out))

    def by_the_page(question):
        (project,) = [one for one in projects(language_page) if one["name"] == "p"]
        query = urllib.parse.urlencode({"filter": question})
        reply = language_page.ask(f"/api/projects/{project['id']}/runs?{query}")
        if reply.status == 400:
            return reply.json["error"]
        return sorted(run["id"] for run in reply.json["rows"])

    return lambda question: [by_the_api(question), by_the_command(question), by_the_page(question)]


def projects(page):
    return page.get("projects")["projects"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("lr<0.05", [2, 3]),
        ("config.lr<0.05", [2, 3]),
        ("lr < 0.05", [2, 3]),
        ("lr=1e-2", [2]),
        ("lr!=0.1", [2, 3]),
        ("warm=true", [2, 3]),
        ("tag:baseline", [1]),
        ("tag=baseline", [1]),
        ("-tag:baseline", [2, 3]),
        ("acc.max>0.05", [1, 2, 3]),
        ("metric.acc.max>0.5", [2, 3]),
        ("acc<1", [1, 2, 3]),
        ("start_time>2026-01-01", [1, 2, 3]),
        ("started<2026-01-01", []),
        ("project=p", [1, 2, 3]),
        ("project=other", []),
        ("status=failed", [3]),
        ("-status:failed lr<0.05", [2]),
        ("lr<0.05, tag:wide", [2]),
        ("lr<0.05 and tag:wide", [2]),
        ("cnn", [2, 3]),
        ("-cnn", [1]),
        ('"after epoch"', [2]),
        ("note:ODD", [2]),
        ('model.name="cnn"', [2, 3]),
        ("model.name:C", [2, 3]),
        ("memory=16GB", [1, 2, 3]),
        ("memory=8GB", []),
        ("id>=3", [3]),
        ("parent:none", [1, 2, 3]),
        ("host~nowhere", []),
        ("", [1, 2, 3]),
    ],
)
def test_all_three_give_the_same_answer(ask, question, expected):
    assert ask(question) == [expected, expected, expected]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("statu:failed", "there is no 'statu'; did you mean 'status'?"),
        ("config.lrr<1", "there is no 'config.lrr'; did you mean 'config.lr'?"),
        ("conf.lr<1", "cannot search by 'conf.lr'; did you mean 'config.lr'?"),
        ("acc.maxx>1", "there is no 'acc.maxx'"),
        ("config.lr <", "config.lr < needs a value, such as 'config.lr<0.1'"),
        ("tag:", "tag: needs a value"),
        ("lr==0.1", "cannot read 'lr==0.1'; did you mean lr=0.1?"),
        ("lr=<0.1", "cannot read 'lr=<0.1'; did you mean 'lr<=0.1'?"),
        ("<0.1", "'<0.1' needs a field before it, such as 'lr<0.1'; in quotes it is text"),
        ("lr", "cannot read 'lr': it names a field; write 'lr=…' or 'lr<…'"),
        ("lr<fast", "lr < needs a number, not 'fast'"),
        ("lr=fast", "lr = needs a number, not 'fast'"),
        ("acc>high", "metric acc > needs a number, not 'high'"),
        ("model.name>3", "did you mean 'model.name>\"3\"'?"),
        ("pid>abc", "pid > needs a whole number, not 'abc'"),
        ("status>failed", "status has no order; write status:failed"),
        ("status=faild", "there is no status 'faild'; did you mean 'failed'?"),
        ("project=q", "there is no project 'q'"),
        ("start_time>yesterday", "start_time needs a day like 2026-11-24, not 'yesterday'"),
        ("git_dirty=maybe", "git_dirty needs true or false, not 'maybe'"),
        ("parent:x", "parent needs the number of a run, or none, not 'x'"),
        ("lr<1 and", "'and' needs a term after it"),
        ('"open', "cannot read the filter from '\"open' on"),
        ("a " * 30, "the filter has more than 20 terms"),
    ],
)
def test_all_three_refuse_a_mistake_with_the_same_words(ask, question, message):
    by_the_api, *others = ask(question)
    assert message in by_the_api
    assert others == [by_the_api, by_the_api]


def test_the_page_sorts_by_the_same_names(language_page):
    rows = language_page.get("projects/1/runs", sort="-acc.max")["rows"]
    assert [row["id"] for row in rows] == [3, 2, 1]
    assert language_page.error("projects/1/runs", sort="config.lrr") == (
        400,
        "there is no 'config.lrr'; did you mean 'config.lr'?",
    )


@pytest.mark.parametrize("name", ["tag", "note", "command"])
def test_what_has_no_order_cannot_be_sorted_by(language_page, name):
    status, message = language_page.error("projects/1/runs", sort=name)
    assert status == 400
    assert message.startswith(f"{name} has no order; sort by ")
