"""Secrets in tables: CSV, printed data frames, columns, and which cells are none."""

import pytest

SECRET = "x1Y2z3W4v5"


@pytest.mark.parametrize(
    "text",
    [
        "user, password\nme, {}\n",
        "user|password\nme|{}\n",
        "user | password | lr\nme | {} | 0.1\n",
        "\ufeffpassword,user\n{},me\n",
        "\ufeffuser;password\r\nme;{}\r\n",
        'user,password\n"of two\nlines",{}\nyou,{}\n',
        'user,"password",note\nme,{},"a, b\nc"\nyou,{},d\n',
        "user,password\n\nme,{}\n",
        "Access key ID,Secret access key\nme,{}\n",
        "User name,Password,Console login URL\nme,{},https://example.com/console\n",
        "Name,Personal access token (classic)\nme,{}\n",
    ],
)
def test_what_is_below_a_head_is_hidden(noted, text):
    assert noted(text.replace("{}", SECRET)) == text.replace("{}", "[redacted]")


@pytest.mark.parametrize(
    "text",
    [
        "user,me\npassword,{}\n",
        "user;me;you\npassword;{};{}\nhost;a;b\n",
        ",a,b\npassword,{},{}\nlr,1,2\n",
        "user\tme\napi_key\t{}\n",
        "user      me\npassword  {}\nlr        0.1\n",
        "-[ RECORD 1 ]\nuser     | me\npassword | {}\n",
    ],
)
def test_what_is_beside_a_name_is_hidden(noted, text):
    assert noted(text.replace("{}", SECRET)) == text.replace("{}", "[redacted]")


@pytest.mark.parametrize(
    "text",
    [
        "password\n--------\n{}\n",
        " password \n----------\n {}\n {}\n(2 rows)\n",
        "token\n=====\nx1Y2z3W4v5x1Y2z3W4v5\n",
    ],
)
def test_a_column_with_a_line_below_its_name_is_read(noted, text):
    assert SECRET not in noted(text.replace("{}", SECRET))


@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss,pass\n1,0.5,yes\n2,0.3,no\n",
        "epoch  loss  pass\n1      0.5   12/15\n2      0.3   97.5%\n",
        "   n  auth\n0  1     1\n1  2     0\n",
        "| test | pass |\n|---|---|\n| a | yes |\n| b | 12 |\n",
        "suite,pass,fail\na,12,0\nb,7,1\n",
        "pass,12\nfail,3\n",
        "user,auth\nme,oauth2\nyou,none\n",
        "count,token\n12,the\n13,<s>\n",
        "Token\n-----\nThe smallest unit of a text.\n",
        "Passwords\n=========\nThe ones of users are kept by Vault2.\n",
        "the user, the password and model2\nare kept, not shown, in app2, see there\n",
        "apt\tbase-passwd\t3.6.1\napt\tbash\t5.2.15-2+b8\n",
        "\tset_password(\n\t  argv2[1])\n",
        "set_encrypt_key, aes_set_decrypt_key,\naes192_set_encrypt_key, aes192_set_decrypt_key,\n",
        "GPG\nPW\nREALESTATE\nRESTAURANT\n",
    ],
)
def test_what_only_looks_like_a_table_of_secrets_stays(noted, text):
    assert noted(text) == text


def test_a_list_of_pieces_of_a_text_stays(noted):
    assert noted('tokens: ["<s>", "▁the"]') == 'tokens: ["<s>", "▁the"]'
    assert noted('tokens: ["x1Y2z3W4v5", "b"]') == 'tokens: ["[redacted]", "[redacted]"]'


class TestDataFrames:
    @pytest.fixture
    def pandas(self):
        return pytest.importorskip("pandas")

    @pytest.fixture
    def frame(self, pandas):
        return pandas.DataFrame({"user": ["me", "you"], "password": [SECRET] * 2, "lr": [1, 2]})

    def hidden(self, noted, printed):
        kept = noted(f"the users\n{printed}\nthat is all")
        assert SECRET not in kept
        assert kept.startswith("the users\n")
        assert kept.endswith("\nthat is all")
        return [line.split() for line in kept.split("\n")[1:-1]]

    def test_one_whose_index_has_a_name(self, noted, frame):
        rows = self.hidden(noted, frame.set_index("user"))
        assert rows[-1] == ["you", "[redacted]", "2"]

    def test_one_of_two_indices(self, noted, frame):
        rows = self.hidden(noted, frame.assign(host="a").set_index(["host", "user"]))
        assert rows[-1] == ["you", "[redacted]", "2"]

    def test_one_without_an_index(self, noted, frame):
        rows = self.hidden(noted, frame.to_string(index=False))
        assert rows[-1] == ["you", "[redacted]", "2"]

    def test_one_that_is_turned(self, noted, frame):
        rows = self.hidden(noted, frame.set_index("user").T)
        assert rows[1:] == [["password", "[redacted]", "[redacted]"], ["lr", "1", "2"]]

    def test_one_that_is_wide(self, noted, frame, pandas):
        wide = frame.assign(**{f"a_long_name_{n}": n for n in range(8)})
        with pandas.option_context("display.width", 60, "display.expand_frame_repr", True):
            self.hidden(noted, wide)

    def test_a_column_of_one(self, noted, frame):
        rows = self.hidden(noted, frame["password"])
        assert rows[:2] == [["0", "[redacted]"], ["1", "[redacted]"]]
        assert self.hidden(noted, frame[["password"]])[1:] == rows[:2]

    def test_a_row_of_one(self, noted, frame):
        rows = self.hidden(noted, frame.iloc[1])
        assert rows[:3] == [["user", "you"], ["password", "[redacted]"], ["lr", "2"]]

    def test_what_is_no_secret_stays(self, noted, frame):
        for printed in (frame[["user", "lr"]], frame["lr"], frame[["lr"]].T):
            assert noted(str(printed)) == str(printed)


@pytest.mark.parametrize(
    "unit",
    [
        'user,password\n"',
        "password,",
        "password\n---\n",
        "   user  password\n",
        "0    x1y2\nName: password, dtype: o\n",
        "密码：",
    ],
)
def test_many_of_them_take_no_longer_than_others(noted, unit):
    assert len(noted(unit * (40_000 // len(unit)))) > 1000
