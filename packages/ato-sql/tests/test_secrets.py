"""Secrets are not stored and not shown."""

import pytest

from ato_sql import DatabaseError, SQLLogger
from ato_sql._redact import is_secret_key, redact_command, redact_text


@pytest.mark.parametrize(
    "key",
    ["password", "db_password", "API_KEY", "apiKey", "hf_token", "aws.secret", "access_key"]
    + ["client_secret", "Authorization", "passwd", "sslpassword", "private-key"],
)
def test_a_secret_key_is_recognised(key):
    assert is_secret_key(key)


@pytest.mark.parametrize(
    "key",
    ["tokenizer", "token_count", "max_tokens", "pad_token", "keys", "lr", "secretary", "monkey"],
)
def test_an_innocent_key_is_not(key):
    assert not is_secret_key(key)


def test_secrets_in_a_config_are_hidden(config, logger, finder):
    config.wandb = {"api_key": "s3cr3t", "mode": "offline"}
    config.source = "postgresql://me:s3cr3t@host/db?sslpassword=s3cr3t"
    config.credentials = {"user": "me", "password": "s3cr3t"}
    stored = finder.find_run(SQLLogger(config).run()).config
    assert "s3cr3t" not in repr(stored)
    assert stored["wandb"] == {"api_key": "[redacted]", "mode": "offline"}
    assert stored["source"] == "postgresql://me:***@host/db?sslpassword=***"
    assert stored["lr"] == 0.1


def test_names_of_ones_own_are_hidden_too(config, finder):
    config.experiment.sql.secret_keys = ["license_code"]
    config.license_code = "s3cr3t"
    assert finder.find_run(SQLLogger(config).run()).config["license_code"] == "[redacted]"


def test_hiding_can_be_turned_off(config, finder):
    config.experiment.sql.redact = False
    config.token = "public"
    assert finder.find_run(SQLLogger(config).run()).config["token"] == "public"


def test_secrets_in_provenance_are_hidden(logger, finder):
    source = {"kind": "cli", "token": "api_key:=s3cr3t"}
    run_id = logger.run(provenance=[{"key": "x.api_key", "value": "s3cr3t", "source": source}])
    assert "s3cr3t" not in repr(finder.find_run(run_id).provenance)


def test_a_command_line_hides_the_values_of_secret_words():
    command = ["train.py", "api_key:=x", "--token=x", "--password", "x", "lr=0.1", "h://u:x@h"]
    assert redact_command(command) == [
        "train.py",
        "api_key:=[redacted]",
        "--token=[redacted]",
        "--password",
        "[redacted]",
        "lr=0.1",
        "h://u:***@h",
    ]


def test_a_traceback_hides_credentials(logger, finder):
    with pytest.raises(RuntimeError), logger.start() as run:
        raise RuntimeError("cannot reach postgresql://me:s3cr3t@host/db")
    assert "s3cr3t" not in finder.find_run(run.id).error


def test_a_url_that_cannot_be_read_is_shown_without_its_password():
    config = {"experiment": {"project_name": "p", "sql": {"db_path": "no such://me:s3cr3t@h"}}}
    with pytest.raises(DatabaseError) as caught:
        SQLLogger(config)
    assert "s3cr3t" not in str(caught.value)


def test_text_without_credentials_is_left_as_it_is():
    assert redact_text("see https://example.org/a?b=c#d and 3://4") == (
        "see https://example.org/a?b=c#d and 3://4"
    )
