"""Secrets are not stored and not shown; innocent text is stored as it is."""

import collections
import functools
import json
import pathlib
import string
import subprocess
import sys
import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import programs
from ato_sql import DatabaseError, MetricError, SQLLogger
from helping import PNG

on_one_database = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def stored(logger, finder):
    """Start a run with a config and return the config that the database keeps."""

    def stored(config):
        with logger.start(config=config) as run:
            pass
        return finder.get_run(run.id).config

    return stored


GOLDEN = pathlib.Path(__file__).parent / "golden"


class TestKeys:
    SECRET = (GOLDEN / "secret_names.txt").read_text("utf-8").split()
    INNOCENT = (GOLDEN / "innocent_names.txt").read_text("utf-8").split()

    def test_the_values_of_secret_keys_are_hidden(self, stored):
        found = stored(dict.fromkeys(self.SECRET, "s3cr3t"))
        assert [key for key, value in found.items() if value != "[redacted]"] == []

    def test_the_values_of_innocent_keys_are_not(self, stored):
        found = stored(dict.fromkeys(self.INNOCENT, "public"))
        assert [key for key, value in found.items() if value != "public"] == []

    def test_the_default_of_a_parameter_of_such_a_name_is_hidden(self, stored):
        def connect(user="me", password="hunter2abc"):
            pass

        def plain(user="me", width=3):
            pass

        found = stored({"connect": connect, "plain": plain, "f": lambda a, api_key="x1": a})
        assert "hunter2abc" not in json.dumps(found)
        assert "x1" not in json.dumps(found)
        assert '["me", 3]' in json.dumps(found)

    def test_of_a_partial_and_of_a_named_tuple_the_names_count(self, stored):
        def connect(user, password, *hosts):
            pass

        class Client:
            def __init__(self, address, api_key):
                pass

        login = collections.namedtuple("login", "user token")
        config = {
            "connect": functools.partial(connect, "me", "hunter2abc", "db1", port=1),
            "client": functools.partial(Client, "localhost", "hunter2abc"),
            "login": [login("me", "hunter2abc")],
        }
        assert "hunter2abc" not in json.dumps(stored(config))

    def test_a_url_in_parts_is_hidden_as_one(self, stored):
        given = "postgresql://me:hunter2abc@host/db"
        found = stored(
            {"url": urllib.parse.urlparse(given), "plain": urllib.parse.urlsplit("a://b/c")}
        )
        assert found == {"url": "postgresql://me:***@host/db", "plain": ["a", "b", "/c", "", ""]}

    def test_where_none_of_them_is_a_secret_they_are_kept_as_they_are(self, stored):
        point = collections.namedtuple("point", "x y")
        found = stored(
            {"at": point(1, 2), "f": functools.partial(max, 3), "g": functools.partial(point, 4)}
        )
        assert found["at"] == [1, 2]
        assert found["f"]["value"] == "functools.partial(<built-in function max>, 3)"
        assert found["g"]["value"].endswith(".point'>, 4)")

    def test_the_lists_have_two_hundred_names_each(self):
        assert len(set(self.SECRET)) >= 200
        assert len(set(self.INNOCENT)) >= 200

    @pytest.mark.parametrize("nothing", [None, "", True, False])
    def test_where_there_is_no_secret_nothing_is_hidden(self, stored, nothing):
        assert stored({"password": nothing}) == {"password": nothing}

    @pytest.mark.parametrize("value", ["text", 1234, 0.5, ["a", "b"]])
    def test_a_secret_of_any_type_is_hidden(self, stored, value):
        assert stored({"api_key": value}) == {"api_key": "[redacted]"}

    def test_of_a_secret_mapping_only_the_keys_are_left(self, stored):
        found = stored({"credentials": {"user": "me", "deep": {"x": 1}}})
        assert found == {"credentials": {"user": "[redacted]", "deep": "[redacted]"}}

    def test_secrets_deep_in_lists_are_hidden(self, stored):
        found = stored({"servers": [{"host": "a", "password": "s3cr3t"}, ("x", {"token": "t"})]})
        hidden = {"host": "a", "password": "[redacted]"}
        assert found == {"servers": [hidden, ["x", {"token": "[redacted]"}]]}

    def test_names_of_ones_own_are_hidden_too(self, config, open_logger, finder):
        config.experiment.sql.secret_keys = ["license_code"]
        config.license_code, config.License_Code = "s3cr3t", "s3cr3t"
        found = finder.get_run(open_logger(config).run()).config
        assert (found["license_code"], found["License_Code"]) == ("[redacted]", "[redacted]")

    def test_a_name_of_ones_own_means_all_its_forms(self, config, open_logger, finder):
        config.experiment.sql.secret_keys = ["license_code", "server.code"]
        config.given = [
            {"license-code": "s3cr3t"},
            {"licenseCode": "s3cr3t"},
            {"license_code": {"deep": "s3cr3t"}},
            {"server": {"code": "s3cr3t"}},
            {"server": [{"code": "s3cr3t"}]},
            {"license": {"code": "s3cr3t"}},
            {"server_code": "s3cr3t"},
        ]
        config.code = "public"
        found = finder.get_run(open_logger(config).run()).config
        assert "s3cr3t" not in json.dumps(found)
        assert found["code"] == "public"

    def test_a_name_of_ones_own_may_be_in_any_form_of_its_letters(
        self, config, open_logger, finder
    ):
        config.experiment.sql.secret_keys = ["ｌｉｃｅｎｓｅ＿ｃｏｄｅ"]
        config.license_code, config["ｌｉｃｅｎｓｅ＿ｃｏｄｅ"] = "s3cr3t", "s3cr3t"
        found = finder.get_run(open_logger(config).run()).config
        assert "s3cr3t" not in json.dumps(found)

    def test_an_error_does_not_repeat_what_a_metric_of_such_a_name_was_given(self, logger, finder):
        with logger.start() as run:
            with pytest.raises(MetricError, match="'password' needs a number, not a value of type"):
                run.log_metric("password", "s3cr3t")
            with pytest.raises(MetricError) as told:
                run.log_metrics({"api_key": "s3cr3t"})
            with pytest.raises(MetricError, match="not 'high' of type str"):
                run.log_metric("acc", "high")
        assert "s3cr3t" not in str(told.value)

    def test_an_entry_that_names_a_secret_hides_its_value(self, stored):
        variables = [{"name": "API_KEY", "value": "s3cr3t"}, {"name": "LANG", "value": "C"}]
        hidden = [{"name": "API_KEY", "value": "[redacted]"}, {"name": "LANG", "value": "C"}]
        assert stored({"variables": variables}) == {"variables": hidden}

    @pytest.mark.parametrize(("name", "value"), [("Name", "Value"), ("KEY", "VALUE")])
    def test_an_entry_may_write_its_keys_in_capitals(self, stored, name, value):
        given = {"tags": [{name: "password", value: "s3cr3t"}, {name: "lang", value: "c"}]}
        hidden = [{name: "password", value: "[redacted]"}, {name: "lang", value: "c"}]
        assert stored(given) == {"tags": hidden}

    @pytest.mark.parametrize(
        ("value", "kept"),
        [
            ([["password", "s3cr3t"], ["n", 1]], [["password", "[redacted]"], ["n", 1]]),
            (("api_key", "abc"), ["api_key", "[redacted]"]),
            ([("X-Api-Key", "abc")], [["X-Api-Key", "[redacted]"]]),
            (["token", "s3cr3t"], ["token", "[redacted]"]),
            (["--api-key", "abc", "--n", "1"], ["--api-key", "[redacted]", "--n", "1"]),
            (["t.py", "-u", "me:abc"], ["t.py", "-u", "me:[redacted]"]),
            (["--password=abc"], ["--password=[redacted]"]),
        ],
    )
    def test_pairs_and_words_of_a_command_hide_theirs(self, stored, value, kept):
        assert stored({"given": value}) == {"given": kept}

    @pytest.mark.parametrize(
        "value",
        [["token", "label"], ["auth", "host"], ["pass", 3], ["--lr", "0.1"], ["n", "s3cr3t"]],
    )
    def test_pairs_of_other_things_are_kept(self, stored, value):
        assert stored({"given": value}) == {"given": value}

    def test_a_number_says_no_less_than_a_text_whether_a_name_is_innocent(self, stored):
        config = {"use_auth": 1, "random_token": 5, "auth_type": "basic", "null_token": "x"}
        assert stored(config) == config

    @pytest.mark.parametrize("value", ["<s>", "<|user|>", "[CLS]", "<extra_id_0>"])
    def test_a_token_in_the_brackets_of_a_tokenizer_is_no_secret(self, stored, value):
        assert stored({"user_token": value, "other_token": 7}) == {
            "user_token": value,
            "other_token": 7,
        }
        kept = stored({"hf_token": 7, "api_token": "<x1y2z3abc>", "user_token": "[a1b2c3]"})
        assert set(kept.values()) == {"[redacted]"}

    def test_how_many_tokens_there_are_is_no_secret(self, config, open_logger, finder, stored):
        counts = {"tokens": 3_000_000, "data": {"train_tokens": 1e9}}
        assert stored(counts) == counts
        assert stored({"tokens": "s3cr3t", "api_tokens": ["s3cr3t"]}) == {
            "tokens": "[redacted]",
            "api_tokens": "[redacted]",
        }
        config.experiment.sql.secret_keys = ["tokens"]
        config.tokens = 1234
        assert finder.get_run(open_logger(config).run()).config["tokens"] == "[redacted]"

    def test_hiding_can_be_turned_off(self, config, open_logger, finder):
        config.experiment.sql.redact = False
        config.token = "public"
        assert finder.get_run(open_logger(config).run()).config["token"] == "public"

    def test_a_hidden_value_cannot_be_searched_for(self, logger, finder, config):
        config.password = "s3cr3t"
        logger.run()
        assert finder.search({"config.password": "s3cr3t"}) == []
        assert finder.count({"config.password": "[redacted]"}) == 1


class TestText:
    URLS = [
        ("postgresql://me:s3cr3t@host/db", "postgresql://me:***@host/db"),
        ("https://:s3cr3t@host", "https://:***@host"),
        ("two: a://u:x@h and b://v:y@h", "two: a://u:***@h and b://v:***@h"),
        ("h://u:p@ss@host", "h://u:***@host"),
        ("https://host/?sslpassword=s3cr3t&b=1", "https://host/?sslpassword=***&b=1"),
        ("https://host/?a=1&X-api_key=s3cr3t#top", "https://host/?a=1&X-api_key=***#top"),
        ("https://ghp_0123456789abcdefghij@github.com/x", "https://***@github.com/x"),
        ("postgresql://me:s3/cr?3#t@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:s3 cr3t@host/db", "postgresql://me:***@host/db"),
        ("mysql://me:1234/s3cr3t@host/db", "mysql://me:***@host/db"),
        ("mysql://me:s3@cr/3t@host", "mysql://me:***@host"),
        ("https://me:s3/cr3t@host/path", "https://me:***@host/path"),
        ("see 'a://u:x/y@h' and me@host", "see 'a://u:***@h' and me@host"),
        ("https://b.org/c?sp=r&sig=s3cr3t%3D&se=1", "https://b.org/c?sp=r&sig=***&se=1"),
        ("https://b.org/c?X-Amz-Signature=s3cr3t", "https://b.org/c?X-Amz-Signature=***"),
        ("at //me:s3cr3t@host/x", "at //me:***@host/x"),
        (
            "https://f.azurewebsites.net/api/x?n=1&code=s3cr3t==",
            "https://f.azurewebsites.net/api/x?n=1&code=***",
        ),
        ("sqlite:///x.db?key=s3cr3t&mode=ro", "sqlite:///x.db?key=***&mode=ro"),
        ("sqlite+pysqlcipher://:s3cr3t@/x.db", "sqlite+pysqlcipher://:***@/x.db"),
    ]

    def test_credentials_in_urls_are_hidden(self, stored):
        texts, kept = zip(*self.URLS)
        assert stored({"sources": texts})["sources"] == list(kept)

    INNOCENT = [
        "see https://example.org/a?b=c#d and 3://4",
        "https://user@host/path",
        "mail me@example.org: now",
        "ratio 3:4@5",
        "password=x outside of a URL",
        "s3://bucket/key?tokenizer=gpt2",
        "http://localhost:6006/#scalars and me@example.org",
        "http://localhost:4873/@scope/package",
        "redis://localhost:6379/0 of me@example.org",
        "see http://a.org for details: mail me@x.org",
        '{"a": "s3://bucket", "b:c": "me@x.org"}',
        "the token: a unit of text; cost_per_token=0.002 num_tokens=100 tokenizer=gpt2",
        "bearer of news, basic configuration, authorization of nobody",
        "token=None password='' api_key=null",
        "skip-connections sk-learn sk-learn-contrib-forests hf_dataset AKIA xoxo secret_santa",
        "give --password a value; --token is not asked for, the password is wrong",
        "<title>token</title> `token: int`, session_id: x",
        "docker run -u 1000:1000 x; python -u train.py; cp -p a b; mysql -p",
        "a // b: c @ d; https://example.org/login?code=200 s3://bucket/x?key=a/b",
    ]

    def test_text_without_credentials_is_left_as_it_is(self, stored):
        assert stored({"sources": self.INNOCENT})["sources"] == self.INNOCENT

    SHAPES = [
        ("key sk-proj-0123456789abcdefghijkl.", "key [redacted]."),
        ("ghp_0123456789abcdefghijklmnopqrstuvwxyz", "[redacted]"),
        ("(hf_abcdefghijklmnopqrstuvwxyz012345)", "([redacted])"),
        ("AKIAIOSFODNN7EXAMPLE", "[redacted]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "[redacted]"),
        ("Authorization: Bearer abc", "Authorization: [redacted]"),
        ("sent Bearer s3cr3t-value-1", "sent Bearer [redacted]"),
        ("Set-Cookie: id=s3cr3t; Path=/", "Set-Cookie: [redacted]"),
        ("X-Api-Key: s3cr3t", "X-Api-Key: [redacted]"),
        ("host=h password=s3cr3t user=u", "host=h password=[redacted] user=u"),
        ("Server=h;Pwd=s3&c,r;Uid=u", "Server=h;Pwd=[redacted];Uid=u"),
        ("login with password: s3cr3t", "login with password: [redacted]"),
        ("AccountName=a;AccountKey=s3cr3t==;E=x", "AccountName=a;AccountKey=[redacted];E=x"),
        ("connect(token='s3cr3t', n=1)", "connect(token='[redacted]', n=1)"),
        ('{"api_key": "s3\'cr3t", "n": 1}', '{"api_key": "[redacted]", "n": 1}'),
        (r"{\"api_key\": \"s3cr3t\", 1}", r"{\"api_key\": [redacted], 1}"),
        ("{'credentials': {'u': 's3cr3t'}}", "{'credentials': {'u': '[redacted]'}}"),
        ("Cookie: a=s3cr3t01; b=s3cr3t02", "Cookie: [redacted]"),
        ("token: s3cr3t-value", "token: [redacted]"),
        ("Config(password=SecretStr('s3cr3t'), n=1)", "Config(password=[redacted], n=1)"),
        ("password: |\n  s3cr3t\n  more\nn: 1", "password: [redacted]\nn: 1"),
        ("password => s3cr3t", "password => [redacted]"),
        ("run it with --password s3cr3t --n 1", "run it with --password [redacted] --n 1"),
        ("machine h login u password s3cr3t", "machine h login u password [redacted]"),
        ("the password is s3cr3t", "the password is [redacted]"),
        ("curl -u me:s3cr3t http://h", "curl -u me:[redacted] http://h"),
        ("curl --user 'me:s3cr3t' h", "curl --user 'me:[redacted]' h"),
        ("wget --proxy-user=me:s3cr3t h", "wget --proxy-user=me:[redacted] h"),
        ("sshpass -p s3cr3t ssh h", "sshpass -p [redacted] ssh h"),
        ("gh secret set DEPLOY --body s3cr3t", "gh secret set DEPLOY --body [redacted]"),
        ("sqlcmd -S h -U sa -P s3cr3t", "sqlcmd -S h -U sa -P [redacted]"),
        ("htpasswd -cb .htpasswd me s3cr3t", "htpasswd -cb .htpasswd me [redacted]"),
        ("mc alias set store http://h me s3cr3t", "mc alias set store http://h me [redacted]"),
        ("ngrok config add-authtoken s3cr3t", "ngrok config add-authtoken [redacted]"),
        ("mysqldump -h h -u me -ps3cr3t db", "mysqldump -h h -u me -p[redacted] db"),
        ('run(["curl", "-u", "me:s3cr3t"])', 'run(["curl", "-u", "me:[redacted]"])'),
        (
            "<user>u</user><password>s3cr3t</password>",
            "<user>u</user><password>[redacted]</password>",
        ),
        ("CREATE USER u IDENTIFIED BY 's3cr3t'", "CREATE USER u IDENTIFIED BY '[redacted]'"),
        ("https://hooks.slack.com/services/T0/B0/x", "https://hooks.slack.com/services/***"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\ns3cr3t\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----",
        ),
    ]

    def test_secrets_of_well_known_shapes_are_hidden(self, stored, logger, finder):
        texts, kept = zip(*self.SHAPES)
        assert stored({"texts": texts})["texts"] == list(kept)
        with logger.start() as run:
            for text in texts:
                run.log_note(text)
        assert [note.text for note in finder.get_run(run.id).notes] == list(kept)

    @given(
        st.recursive(
            st.text(max_size=20).filter(lambda t: "://" not in t)
            | st.integers(-(2**63), 2**63)
            | st.booleans()
            | st.none()
            | st.floats(allow_nan=False, allow_infinity=False),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["lr", "name", "x_1", "Größe"]), inner, max_size=3
                )
            ),
            max_leaves=10,
        )
    )
    @on_one_database
    def test_no_innocent_config_is_changed(self, stored, value):
        assert stored({"value": value}) == {"value": value}

    @given(
        st.text(string.ascii_letters + string.digits + "_-.", min_size=1, max_size=8),
        st.text(string.ascii_letters + string.digits + "!$%&'()*+,;=._~@-", min_size=4, max_size=9),
        st.text(string.ascii_lowercase, min_size=1, max_size=8),
    )
    @on_one_database
    def test_no_password_of_a_url_is_stored(self, stored, user, password, host):
        kept = stored({"where": f"before db://{user}:{password}@{host}/x after"})["where"]
        assert kept == f"before db://{user}:***@{host}/x after"


class TestElsewhere:
    def test_secrets_in_provenance_are_hidden(self, logger, finder):
        source = {"kind": "cli", "token": "api_key:=s3cr3t"}
        event = {"key": "x.api_key", "value": "s3cr3t", "old": "h://u:s3cr3t@h", "source": source}
        kept = finder.get_run(logger.run(provenance=[event])).provenance
        assert kept == [
            {
                "key": "x.api_key",
                "value": "[redacted]",
                "old": "[redacted]",
                "source": {"kind": "cli", "token": "api_key:=[redacted]"},
            }
        ]

    def test_in_provenance_an_entry_that_names_a_secret_hides_its_value(self, logger, finder):
        source = {"kind": "cli", "token": 'env={"name": "API_KEY", "value": "s3cr3t"}'}
        pairs = [("env.name", "API_KEY"), ("env.value", "s3cr3t"), ("lr.value", 0.1)]
        events = [{"key": key, "value": value, "source": source} for key, value in pairs]
        kept = finder.get_run(logger.run(provenance=events)).provenance
        assert [event["value"] for event in kept] == ["API_KEY", "[redacted]", 0.1]
        assert "s3cr3t" not in json.dumps(kept)

    def test_provenance_of_ones_own_form_is_kept(self, logger, finder):
        given = ["by hand", {"key": "lr", "value": 1, "source": "notebook"}]
        assert finder.get_run(logger.run(provenance=given)).provenance == given

    COMMANDS = [
        (["api_key:=x"], ["api_key:=[redacted]"]),
        (["--token=x"], ["--token=[redacted]"]),
        (["--password", "x", "lr=0.1"], ["--password", "[redacted]", "lr=0.1"]),
        (["--password", "--verbose"], ["--password", "--verbose"]),
        (["--password", "-x"], ["--password", "[redacted]"]),
        (["+password=x"], ["+password=[redacted]"]),
        (["++a.password=x", "~token=x"], ["++a.password=[redacted]", "~token=[redacted]"]),
        (["--header", "Authorization: Bearer x"], ["--header", "Authorization: [redacted]"]),
        (["-H", "Authorization:", "Bearer", "x"], ["-H", "Authorization:", "Bearer", "[redacted]"]),
        (["--tokens", "x", "y", "--n", "1"], ["--tokens", "[redacted]", "[redacted]", "--n", "1"]),
        (["--args", "--password s3cr3t"], ["--args", "--password [redacted]"]),
        (["--header=X-Api-Key: x y"], ["--header=X-Api-Key: [redacted]"]),
        (["secrets=[x,", "y]", "lr=1"], ["secrets=[redacted]", "lr=1"]),
        (["layers=[1,", "2]", "lr=1"], ["layers=[1,", "2]", "lr=1"]),
        (["extra={'password': 'x', 'n': 1}"], ["extra={'password': '[redacted]', 'n': 1}"]),
        (["extra={password: x,", "n: 1}"], ["extra={password: [redacted], n: 1}"]),
        (["servers+=[{'token': 'x'}]"], ["servers+=[{'token': '[redacted]'}]"]),
        (["a={'credentials': {'u': 'x'}}"], ["a={'credentials': {'u': '[redacted]'}}"]),
        (["credentials.user:=x"], ["credentials.user:=[redacted]"]),
        (["servers[0].password:=x"], ["servers[0].password:=[redacted]"]),
        (["lr=[0.1,"], ["lr=[0.1,"]),
        (["model.api_key=x"], ["model.api_key=[redacted]"]),
        (["h://u:x@h"], ["h://u:***@h"]),
        (["url=h://u:x@h"], ["url=h://u:***@h"]),
        (["password", "x"], ["password", "x"]),
        (["--wandb.key=x", "wandb.key:=x"], ["--wandb.key=[redacted]", "wandb.key:=[redacted]"]),
        (["-u", "me:x"], ["-u", "me:[redacted]"]),
        (["--user=me:x"], ["--user=me:[redacted]"]),
        (["-u", "1000:1000"], ["-u", "1000:1000"]),
        (["--set", "db.password", "x"], ["--set", "db.password", "[redacted]"]),
        (["--column", "token", "label"], ["--column", "token", "label"]),
        (["--password", "--", "x"], ["--password", "--", "[redacted]"]),
        (["sshpass", "-p", "x", "ssh"], ["sshpass", "-p", "[redacted]", "ssh"]),
        (["mysql", "-px", "db"], ["mysql", "-p[redacted]", "db"]),
        (
            ["--json", '[{"name": "token", "value": "x", "n": true}]'],
            ["--json", '[{"name": "token", "value": "[redacted]", "n": true}]'],
        ),
        (["--json", '{"name": "lr", "value": 1}'], ["--json", '{"name": "lr", "value": 1}']),
        (["a={'password': ('x',), 'n': {1}}"], ["a={'password': '[redacted]', 'n': [1]}"]),
        (["a={'tokens': {'x', 'y'}}"], ["a={'tokens': '[redacted]'}"]),
        (["a={('password', 1): b'x', 2: 3}"], ["a={('password', 1): '[redacted]', 2: 3}"]),
        (
            ["a={'password': 'x'+'y', 'n': 1+1}"],
            ["a={'password': '[redacted]'+'[redacted]', 'n': 1+1}"],
        ),
        (["a=('x' + 'y', 2)"], ["a=('x' + 'y', 2)"]),
        (["tokenizer=gpt2", "max_tokens=5"], ["tokenizer=gpt2", "max_tokens=5"]),
    ]

    def test_a_command_line_hides_the_values_of_secret_words(self, logger, finder, monkeypatch):
        found = []
        for arguments, kept in self.COMMANDS:
            monkeypatch.setattr(sys, "argv", ["train.py", *arguments])
            found.append(finder.get_run(logger.run()).command[-len(kept) :])
        assert found == [kept for _, kept in self.COMMANDS]

    def test_a_word_of_a_command_line_is_hidden_for_what_the_config_names(
        self, config, open_logger, finder, monkeypatch
    ):
        monkeypatch.setattr(sys, "argv", ["train.py", "env.value:=x", "lr.value:=x"])
        monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
        config.env = {"name": "API_KEY", "value": "x"}
        command = finder.get_run(open_logger(config).run()).command
        assert command[1:] == ["env.value:=[redacted]", "lr.value:=x"]

    def test_a_command_line_is_kept_whole_where_hiding_is_off(
        self, config, open_logger, finder, monkeypatch
    ):
        config.experiment.sql.redact = False
        monkeypatch.setattr(sys, "argv", ["train.py", "api_key:=x"])
        assert finder.get_run(open_logger(config).run()).command[-1] == "api_key:=x"

    @pytest.mark.slow
    def test_a_program_started_as_a_module_is_recorded_so(self, tmp_path, path):
        (tmp_path / "train.py").write_text(
            programs.program("SQLLogger(config()).start().finish()", db_path=path)
        )
        command = [sys.executable, "-m", "train", "--token=x", "lr=1"]
        subprocess.run(command, cwd=str(tmp_path), check=True)
        command = [sys.executable, "-m", "ato_sql", "show", "1", "--json", "--db", path]
        shown = json.loads(subprocess.check_output(command))
        assert shown["command"] == ["-m", "train", "--token=[redacted]", "lr=1"]

    def test_secrets_in_tags_inputs_and_metadata_are_hidden(self, logger, finder):
        with logger.start(tags=["a://u:s3cr3t@h"]) as run:
            run.log_input("s3://u:s3cr3t@h/x")
            run.log_artifact("s3://m", "model", {"api_key": "s3cr3t", "from": "a://u:s3cr3t@h"})
        found = finder.get_run(run.id)
        assert found.tags == ["a://u:***@h"]
        assert [one.name for one in found.inputs] == ["s3://u:***@h/x"]
        hidden = {"api_key": "[redacted]", "from": "a://u:***@h"}
        assert [one.data_info for one in found.artifacts] == [hidden]

    def test_a_traceback_hides_credentials(self, logger, finder):
        with pytest.raises(RuntimeError), logger.start() as run:
            raise RuntimeError("cannot reach postgresql://me:s3cr3t@host/db")
        error = finder.get_run(run.id).error
        assert "postgresql://me:***@host/db" in error
        assert "s3cr3t" not in error

    @pytest.mark.parametrize(
        "url",
        ["no such://me:s3cr3t@h", "postgresql:/me:s3cr3t@h/x", "mysql//me:s3cr3t@h", "me:s3cr3t@h"],
    )
    def test_a_url_that_cannot_be_read_is_shown_without_its_password(self, url):
        config = {"experiment": {"project_name": "p", "sql": {"db_path": url}}}
        with pytest.raises(DatabaseError, match="as a database URL") as caught:
            SQLLogger(config)
        assert "s3cr3t" not in str(caught.value)

    @pytest.mark.parametrize("name", ["a:b@c.db", "a@b.db", "runs:1.db", "sqlite.db"])
    def test_a_file_whose_name_looks_like_one_is_reached_through_its_folder(self, tmp_path, name):
        sql = {"db_path": str(tmp_path / name), "git": False}
        logger = SQLLogger({"experiment": {"project_name": "p", "sql": sql}})
        logger.run()
        logger.close()
        assert (tmp_path / name).exists()

    def test_secrets_in_paths_names_and_statuses_are_hidden(self, logger, finder, tmp_path):
        folder = tmp_path / "password=s3cr3t01"
        folder.mkdir()
        (folder / "token=s3cr3t02").write_text("x")
        with logger.start(name="password=s3cr3t03", tags=["password=s3cr3t04"]) as run:
            run.log_artifact(str(folder), "password=s3cr3t05")
            run.log_input(str(folder / "token=s3cr3t02"))
            run.log_image("plot", PNG, caption="password=s3cr3t06")
            run.update_status("password=s3cr3t07")
            run.finish("password=s3cr3t08")
        finder.tag(run.id, add=["password=s3cr3t09"])
        finder.rename(run.id, "password=s3cr3t10")
        finder.note(run.id, "password=s3cr3t11")
        found = finder.get_run(run.id)
        assert found.artifacts[0].path == str(tmp_path / "password=[redacted]")
        assert found.artifacts[0].files[0]["name"] == "token=[redacted]"
        assert (found.status, found.name) == ("password=[redacted]", "password=[redacted]")
        finder.export(tmp_path / "all.jsonl")
        assert "s3cr3t" not in (tmp_path / "all.jsonl").read_text()

    def test_a_tag_that_was_hidden_can_be_removed_as_it_was_given(self, logger, finder):
        run = logger.run(tags=["password=s3cr3t"])
        assert finder.tag(run, remove=["password=s3cr3t"]) == []

    def test_a_fingerprint_keeps_no_secret_of_the_code(self, logger, path):
        class Print(str):
            source = (
                "def f():\n    password = \"s3cr3t-needle\"\n    token: str = ('s3cr3t-needle2')\n"
                "    connect('host=h password=s3cr3t-needle3', f'password={password}')"
            )
            canonical = "def (args ) assign %0 = 's3cr3t-needle' assign %1 = 's3cr3t-needle2'"
            location, kind = "a.py:1", "function"

        with logger.start() as run:
            run.log_fingerprints({"f": Print("ab" * 32)})
        logger.close()
        with open(path, "rb") as file:
            assert b"s3cr3t-needle" not in file.read()

    def test_source_that_only_speaks_of_secrets_is_kept_as_it_is(self, logger, finder):
        class Print(str):
            source = (
                'def f(password, token="eos"):\n    """Log in.\n\n    :param password: Of whom.\n'
                '    """\n    if password is MISSING or token != "eos1":\n'
                '        raise ValueError(f"password={password} is wrong: %s" % token)\n'
                "    return connect(password=password, key=lambda token: token.id)"
            )
            canonical, location, kind = "def ()", "a.py:1", "function"

        with logger.start() as run:
            run.log_fingerprints({"f": Print("cd" * 32)})
        kept = finder.get_fingerprint_source("cd" * 32).source
        assert kept == Print.source.replace('token="eos"', 'token="[redacted]"')

    def test_the_database_file_holds_no_secret_anywhere(self, config, open_logger, path):
        config.wandb = {"api_key": "s3cr3t-needle"}
        logger = open_logger(config)
        event = {"key": "wandb.api_key", "value": "s3cr3t-needle", "source": None}
        with logger.start(provenance=[event]):
            pass
        logger.close()
        with open(path, "rb") as file:
            assert b"s3cr3t-needle" not in file.read()
