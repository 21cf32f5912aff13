"""Secrets that are told by more than the name before them: owners, options, forms of programs."""

import sys

import pytest

from ato_adict import ADict

SECRET = "Xk7Qp2mZt9Lw4Rb8"
DIGITS = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "text",
    [
        "python train.py --fp16 --hf_token {}",
        "docker run --rm --password {}",
        "accelerate launch --multi_gpu t.py --bf16 --wandb_api_key {}",
        "Command '['false', '--fp16', '--hf_token', '{}']' returned",
        "dvc remote modify --local r secret_access_key {}",
        "%env WANDB_API_KEY {}",
        "train --密码 {}",
    ],
)
def test_an_option_before_it_is_none(noted, text):
    assert noted(text.replace("{}", SECRET)) == text.replace("{}", "[redacted]")


class TestOwners:
    @pytest.mark.parametrize(
        "text",
        [
            "lr: 0.1\nwandb:\n  entity: me\n  key: {}\n",
            "wandb: {key: {}}",
            '[wandb]\nentity = "me"\nkey = "{}"',
            "session:\n  id: {}",
            "keys:\n  other: none\n  openai: {}",
            '{\n  "openai": {\n    "n": 1,\n    "key": "{}"\n  }\n}',
            "{'lr': 0.1, 'openai': {'key': '{}'}}",
            "ADict(lr=1, openai=ADict(key='{}'))",
        ],
    )
    def test_what_a_key_is_nested_in_says_whose_it_is(self, noted, text):
        assert noted(text.replace("{}", SECRET)) == text.replace("{}", "[redacted]")

    @pytest.mark.parametrize(
        "text",
        [
            "metric:\n  key: val_loss2\n",
            "cache: {key: abc123def456}",
            "wandb:\n  entity: me\nsort:\n  key: abc123def456\n",
            "{'wandb': {'entity': 'me'}, 'sort': {'key': 'abc123def456'}}",
            "models:\n  openai: gpt-4o-2024\n",
            "[optimizer]\nkey = 'abc123def456'",
        ],
    )
    def test_what_others_call_a_key_stays(self, noted, text):
        assert noted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "api_key\n  Input should be an integer [type=int_type, input_value='{}', input_type=str]",
        "INSERT INTO users (name, password) VALUES ('{}', '{}')",
        "[SQL: INSERT INTO users (name, pass) VALUES (?, ?)]\n[parameters: ('{}', '{}')]",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  wandb: {}\n  b: {}\n",
        "<property><name>fs.s3a.secret.key</name><value>{}</value></property>",
        "my wandb key is {}",
        "loaded API key {}",
        "api key={}",
        "pwd is {}",
        "API key (prod): {}",
        "token for wandb: {}",
        "the password is now {}",
        "changed the password to {}",
    ],
)
def test_forms_of_programs_and_of_prose_are_read(noted, text):
    assert noted(text.replace("{}", SECRET)) == text.replace("{}", "[redacted]")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("otp: 482913", "otp: [redacted]"),
        ("pin_code: 482913", "pin_code: [redacted]"),
        (f'{{"username":"me","key":"{DIGITS}"}}', '{"username":"me","key":"[redacted]"}'),
        (f"kaggle token KGAT_{DIGITS}", "kaggle token [redacted]"),
        (f"https://conda.anaconda.org/t/{SECRET}/x", "https://conda.anaconda.org/t/***"),
    ],
)
def test_digits_and_keys_of_known_makers_are_hidden(noted, text, kept):
    assert noted(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        '[{"token": " the", "logprob": -0.1}, {"token": "cat", "logprob": -2}]',
        "[{'score': 0.9, 'token': 'cat', 'token_str': 'cat'}]",
        'tokens = tokenizer(text, return_tensors="pt")',
        "login(token=token)",
        'api_key=os.environ["X"]',
        "hf_internal_testing_tiny_random_bert",
        "fw_attention_kernel_backward_pass_v2_long",
        "INSERT INTO runs (name, lr) VALUES ('a', 0.1)",
        "forgot the password to this",
        "kind: Secret sauce\ndata:\n  a: b\n",
    ],
)
def test_words_and_code_stay(noted, text):
    assert noted(text) == text


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "password", "default": SECRET},
        {"type": "password", "value": "two words"},
        {"field": "password", "text": SECRET},
        {"key": "api_key", "val": SECRET},
    ],
)
def test_what_an_entry_of_a_config_says_of_a_secret_is_hidden(keep, entry):
    kept = keep(ADict(entries=[entry])).config["entries"][0]
    assert list(kept.values())[1] == "[redacted]"


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "token", "value": "the"},
        {"name": "token", "text": "Hello"},
        {"type": "string", "value": SECRET},
        {"type": "secret", "lr": 1},
    ],
)
def test_other_entries_stay(keep, entry):
    assert keep(ADict(entries=[entry])).config["entries"][0] == entry


def test_words_of_a_text_stay_in_metadata(logger, finder, here):
    (here / "a.txt").write_text("a")
    top = [{"token": "cat", "logprob": -1.0}, {"token": "Xk7Qp2mZt9Lw4Rb8", "logprob": -2.0}]
    with logger.start() as run:
        run.log_artifact(here / "a.txt", "data", metadata={"top": top})
    kept = finder.get_run(run.id).artifacts[0].data_info["top"]
    assert [one["token"] for one in kept] == ["cat", "[redacted]"]


@pytest.mark.parametrize("words", [["-p", SECRET], [f"-p{SECRET}"], ["--hf", SECRET]])
def test_what_the_config_calls_a_secret_is_one_on_the_command_line(
    open_logger, finder, monkeypatch, config, words
):
    monkeypatch.setattr(sys, "argv", ["train.py", *words, "--lr", "0.1"])
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    with open_logger(ADict(config, hf_token=SECRET)).start() as run:
        pass
    shown = finder.get_run(run.id).command
    assert SECRET not in " ".join(shown)
    assert shown[-2:] == ["--lr", "0.1"]


@pytest.mark.parametrize(
    "unit",
    [
        "key: x1\n",
        "{'key': ",
        "key=(",
        "INSERT INTO a (password) VALUES ('x'",
        "kind: Secret\ndata:\n",
        "{'token': 'a', 'score': 1}, ",
    ],
)
def test_many_of_them_take_no_longer_than_others(noted, unit):
    assert len(noted(unit * (40_000 // len(unit)))) > 1000
