"""The language that asks for runs: the same words for the API, the command line and the page."""

import datetime as dt
import json
import re
import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ato_sql import NotFoundError, QuestionError, SQLLogger
from ato_sql.cli import main
from ato_sql.reading import (
    ReadOnlyDatabase,
    complete,
    find_field,
    parse_question,
    run_conditions,
    tables,
)

TODAY = f"{dt.datetime.now(dt.timezone.utc):%Y-%m-%d}"
RUNS = tables["experiments"]


@pytest.fixture
def url(config):
    return config.experiment.sql.db_path


@pytest.fixture
def runs(config):
    """Three runs: learning rates 0.1, 0.01, 0.001, accuracies 0.5, 0.9, 0.7; the last failed."""
    ids = []
    for lr, accuracy, tags in ((0.1, 0.5, ["baseline"]), (0.01, 0.9, ["wide"]), (0.001, 0.7, [])):
        mine = config.clone()
        mine.update(lr=lr, name=f"trial-{lr}", flag=lr < 0.05, note="two words")
        logger = SQLLogger(mine)
        run = logger.start(tags=tags, fingerprints={"train": f"{lr}abc"})
        run.log_metric("acc", accuracy, 0)
        run.log_metric("acc", 0.6, 1)
        if lr == 0.01:
            run.log_note("odd after epoch 3")
        run.finish("failed" if lr == 0.001 else "completed")
        ids.append(run.id)
        logger.close()
    return ids


def by_the_api(finder, url, question):
    return [run.id for run in finder.search(question)]


def by_the_command(finder, url, question, capsys):
    assert main(["runs", "--json", "--db", url, f"--where={question}"]) == 0
    return [row["id"] for row in json.loads(capsys.readouterr().out)]


def by_the_page(finder, url, question):
    with ReadOnlyDatabase(url).connect() as connection:
        wanted = run_conditions(connection, question, project_id=1)
        query = select(RUNS.c.id).where(RUNS.c.project_id == 1, *wanted)
        return list(connection.execute(query.order_by(RUNS.c.id)).scalars())


class TestOneLanguage:
    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ("lr<0.05", [1, 2]),
            ("config.lr<0.05", [1, 2]),
            ("config.lr < 0.05", [1, 2]),
            ("lr=0.1", [0]),
            ("lr!=0.1", [1, 2]),
            ("tag:baseline", [0]),
            ("tag:base", []),
            ("-tag:baseline", [1, 2]),
            ("acc.max>0.8", [1]),
            ("metric.acc.max>0.8", [1]),
            ("acc=0.6", [0, 1, 2]),
            ("acc.count>=3", []),
            (f"start_time>={TODAY}", [0, 1, 2]),
            ("start_time>2026-01-01", [0, 1, 2]),
            ("started<2000-01-01 10:00", []),
            ("project=digits", [0, 1, 2]),
            ("status=completed", [0, 1]),
            ("status:failed", [2]),
            ("status!=completed", [2]),
            ("status~comp", [0, 1]),
            ("model.name=mlp", [0, 1, 2]),
            ("model.name:ML", [0, 1, 2]),
            ("model.name~ML", []),
            ('name="trial-0.1"', [0]),
            ("name>trial-0.01 name<trial-0.2", [0]),
            ("model.layers=[64, 32]", [0, 1, 2]),
            ("flag=True", [1, 2]),
            ("flag=true", [1, 2]),
            ("flag=1", []),
            ("note:EPOCH", [1]),
            ('"odd after"', [1]),
            ("wide", [1]),
            ("trial-0.01", [1]),
            ("config.note=two", []),
            ('config.note="two words"', [0, 1, 2]),
            ("id>1 id<=3", [1, 2]),
            ("fingerprint.train=0.01a", [1]),
            ("parent:none", [0, 1, 2]),
            ("parent_uuid=None id<3", [0, 1]),
            ("error=null", [0, 1, 2]),
            ("pid>0", [0, 1, 2]),
            ("", [0, 1, 2]),
            ("config.lr<0.05 tag:wide", [1]),
            ("lr<0.05 and acc.max>0.65 and status=failed", [2]),
            ("lr<0.05, acc.max>0.65, status=failed", [2]),
            ("lr<0.05,status=failed", [2]),
        ],
    )
    def test_the_api_the_command_and_the_page_answer_alike(
        self, finder, url, runs, capsys, question, expected
    ):
        wanted = [runs[i] for i in expected]
        assert by_the_api(finder, url, question) == wanted
        assert by_the_command(finder, url, question, capsys) == wanted
        assert by_the_page(finder, url, question) == wanted
        assert finder.count(question) == len(expected)

    @pytest.mark.parametrize(
        ("question", "message"),
        [
            ("lrr<1", "there is no 'lrr'; did you mean 'lr'?"),
            ("confg.lr<1", "cannot search by 'confg.lr'; did you mean 'config.lr'?"),
            ("metric.ac.max>1", "there is no 'metric.ac.max'; did you mean 'metric.acc'?"),
            ("colour=red", "there is no 'colour'; there are config.<key>"),
            ("config.lr <", "config.lr < needs a value, such as 'config.lr<0.1'"),
            ("status:", "status: needs a value"),
            ("lr==0.1", "cannot read 'lr==0.1'; did you mean lr=0.1?"),
            ("lr=<0.1", "cannot read 'lr=<0.1'; did you mean 'lr<=0.1'?"),
            ("<0.1", "'<0.1' needs a field before it, such as 'lr<0.1'"),
            ("lr<0.1 and", "'and' needs a term after it"),
            ("pid>abc", "pid > needs a whole number, not 'abc'"),
            ("lr<fast", "lr < needs a number, not 'fast'"),
            ("lr=fast", "lr = needs a number, not 'fast'"),
            ("acc.max>high", "metric acc > needs a number, not 'high'"),
            ("name<5", "name holds texts, not numbers; did you mean 'name<\"5\"'?"),
            ("start_time>yesterday", "start_time needs a day like 2026-11-24, not 'yesterday'"),
            ("start_time>2026-13-45", "start_time needs a day like 2026-11-24"),
            ("status=complete", "there is no status 'complete'; did you mean 'completed'?"),
            ("status=xyz", "there is no status 'xyz'; there are running, completed"),
            ("status<failed", "status has no order; write status:failed"),
            ("project=digit", "there is no project 'digit'; did you mean 'digits'?"),
            ("git_dirty=maybe", "git_dirty needs true or false, not 'maybe'"),
            ("lr", "cannot read 'lr': it names a field; write 'lr=…' or 'lr<…'"),
            ('"open', "cannot read the filter from '\"open' on"),
        ],
    )
    def test_a_mistake_is_one_clear_line_in_all_three(
        self, finder, url, runs, capsys, question, message
    ):
        with pytest.raises(QuestionError) as by_api:
            finder.search(question)
        with pytest.raises(QuestionError) as by_page:
            by_the_page(finder, url, question)
        assert main(["runs", "--db", url, "--where", question]) == 2
        printed = capsys.readouterr().err
        assert message in str(by_api.value)
        assert str(by_api.value) == str(by_page.value)
        assert str(by_api.value) in printed
        assert printed.count("\n") == 1

    @pytest.mark.parametrize(
        ("question", "meant"),
        [('lr=="$(reboot)\'"', 'lr="$(reboot)\'"'), ('status<"a b`"', 'status:"a b`"')],
    )
    def test_a_hint_is_one_word_for_a_shell(self, finder, runs, question, meant):
        with pytest.raises(QuestionError) as caught:
            finder.search(question)
        hint = re.search("(?:did you mean|write) (.*?)[?]?$", str(caught.value))
        assert shlex.split(hint.group(1)) == [meant]

    def test_a_status_of_ones_own_is_known_once_a_run_has_it(self, finder, logger):
        logger.start().finish("paused")
        assert finder.count("status=paused") == 1

    def test_a_config_key_comes_before_a_metric_of_its_name(self, config, finder):
        config.loss = "mse"
        with SQLLogger(config).start() as run:
            run.log_metric("loss", 0.25)
        assert finder.count("loss=mse") == finder.count("metric.loss<0.5") == 1
        with pytest.raises(QuestionError, match="did you mean 'metric.loss<0.5'"):
            finder.count("loss<0.5")

    def test_several_questions_must_all_be_met(self, finder, runs):
        assert finder.count(["lr<0.05", "status=failed"]) == 1

    def test_names_are_those_of_the_project_that_is_asked(self, finder, config, runs):
        config.experiment.project_name = "other"
        config.temperature = 0.5
        SQLLogger(config).start().finish()
        assert finder.count("temperature=0.5", project_name="other") == 1
        with pytest.raises(QuestionError, match="no 'temperature'"):
            finder.count("temperature=0.5", project_name="digits")

    def test_what_is_typed_never_becomes_sql(self, finder, runs):
        assert finder.count("'; DROP TABLE experiments; --") == 0
        assert finder.count("%") == finder.count("100%_/\\") == 0
        assert finder.count() == 3

    def test_runs_are_sorted_by_bare_names_too(self, finder, runs):
        first, second, third = runs
        assert [r.id for r in finder.search(order_by="-acc.max")] == [second, third, first]
        assert [r.id for r in finder.search(order_by="lr")] == [third, second, first]
        with pytest.raises(QuestionError, match="tag has no order"):
            finder.search(order_by="tag")


class TestAMapping:
    def test_moments_may_be_texts_and_datetimes(self, finder, runs):
        now = dt.datetime.now(dt.timezone.utc)
        assert finder.count({"start_time": (">", "2026-01-01")}) == 3
        assert finder.count({"start_time": TODAY}) == 3
        assert finder.count({"start_time": ("<", now)}) == 3
        assert finder.count({"start_time": (">", now.replace(tzinfo=None))}) == 0

    def test_what_cannot_be_compared_is_an_error(self, finder, runs):
        with pytest.raises(QuestionError, match="pid > needs a whole number, not 'abc'"):
            finder.search({"pid": (">", "abc")})
        with pytest.raises(QuestionError, match="no status 'complete'; did you mean 'completed'"):
            finder.search({"status": ("in", ["complete"])})

    def test_errors_of_a_question_are_not_found_errors(self, finder, runs):
        with pytest.raises(NotFoundError):
            finder.search({"nope": 1})

    def test_tags_notes_and_bare_names_can_be_asked_for(self, finder, runs):
        assert finder.count({"tag": "baseline"}) == 1
        assert finder.count({"note": ("contains", "epoch")}) == 1
        assert finder.count({"lr": ("<", 0.05), "acc.max": (">", 0.8)}) == 1

    def test_a_list_of_values(self, finder, runs):
        assert finder.count({"status": ("in", ["completed", "failed"])}) == 3
        assert finder.count({"id": ("not in", [1])}) == 2


class TestReading:
    def test_terms_are_data(self):
        (first, second) = parse_question('config.lr < 0.05 -"two words"')
        assert first[:4] == (False, "config.lr", "<", "0.05")
        assert second == (True, None, ":", "two words", True)

    def test_a_question_has_an_end(self):
        with pytest.raises(QuestionError, match="longer than 2000"):
            parse_question("x" * 2001)
        with pytest.raises(QuestionError, match="more than 20 terms"):
            parse_question("x " * 21)

    def test_a_name_means_a_field_a_config_key_or_a_metric(self, url, runs):
        with ReadOnlyDatabase(url).connect() as connection:
            assert find_field(connection, "started") == ("run", "start_time", "")
            assert find_field(connection, "model.name") == ("config", "model.name", "")
            assert find_field(connection, "acc.max") == ("metric", "acc", "max")
            assert find_field(connection, "fingerprint.train")[0] == "fingerprint"

    @pytest.mark.parametrize(
        ("typed", "offered"),
        [
            ("mod", "model.name"),
            ("status:completed mod", "model.layers"),
            ("config.mo", "config.model.name"),
            ("status:comp", "status:completed"),
            ("-tag:b", "tag:baseline"),
            ("project=d", "project=digits"),
            ("model.name=", "model.name=mlp"),
            ("config.note=t", 'config.note="two words"'),
            ("", "status"),
        ],
    )
    def test_an_unfinished_word_is_completed(self, url, runs, typed, offered):
        with ReadOnlyDatabase(url).connect() as connection:
            assert offered in complete(connection, typed, limit=50)

    def test_names_with_blanks_are_suggested_and_offered_in_quotes(self, url, logger, finder):
        logger.start().log_metric("val loss", 0.5, 0)
        with pytest.raises(QuestionError, match="did you mean '\"metric.val loss\"'"):
            finder.search("metric.val_loss<1")
        assert len(finder.search('"metric.val loss"<1')) == 1
        with ReadOnlyDatabase(url).connect() as connection:
            assert '"val loss"' in complete(connection, "val")

    def test_nothing_is_offered_for_what_is_unknown(self, url, runs):
        with ReadOnlyDatabase(url).connect() as connection:
            assert complete(connection, "nope=") == []
            assert complete(connection, "acc>") == []


fields = st.sampled_from(["lr", "status", "tag", "pid", "start_time", "acc.max", "name", "parent"])
signs = st.sampled_from(["<", ">=", "=", "!=", ":", "~", "==", " < "])
texts = st.text(max_size=20)
questions = st.one_of(texts, st.builds("{}{}{}".format, fields, signs, texts))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=questions)
def test_whatever_is_typed_is_answered_or_refused(finder, runs, question):
    try:
        count = finder.count(question)
    except QuestionError:
        count = 0
    assert count in range(4)
