"""Where a secret ends: in prose, URLs, headers, files of data, source and on command lines."""

import sqlite3
import sys

import pytest

from ato_adict import ADict, RunRecord, attach_record
from ato_sql import SQLLogger

HIDDEN = "[redacted]"
TOKEN = "hf_abcdefghijklmnopqrstuvwx"


BEGIN = "-----BEGIN PGP PRIVATE KEY BLOCK-----"


class TestObjects:
    """What Python writes of an object below a secret's name is hidden to its end."""

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            (
                "Db(host='h', credentials=Cred(user='u', value='x1y2z3'), port=5)",
                "Db(host='h', credentials=[redacted], port=5)",
            ),
            (
                "{'n': 1, 'auth': Auth(a=Of(b='x1y2'), c='z3'), 'm': 2}",
                "{'n': 1, 'auth': [redacted], 'm': 2}",
            ),
            (
                "Namespace(credentials=Namespace(n=777001, user='u'), lr=1)",
                "Namespace(credentials=[redacted], lr=1)",
            ),
            ("Db(secret=Cred('u', 'x)y2'), n=1)", "Db(secret=[redacted], n=1)"),
            ("credentials=<Cred user='u' value='x1'> n=1", "credentials=[redacted] n=1"),
            ("credentials=Cred(user='u', va", "credentials=[redacted]"),
            ("auth=Auth(a='x1',\nlr=0.1", "auth=[redacted]\nlr=0.1"),
            ("{'credentials': Cred(user='u', value='x')}", "{'credentials': [redacted]}"),
            ("Db(auth=OrderedDict([('u', 'x'), ('v', 'y')]))", "Db(auth=[redacted])"),
            ("Db(\n  auth=A(\n    b='x',\n  ),\n  n=1)", "Db(\n  auth=[redacted],\n  n=1)"),
            (
                "Db(password=array([['x1', 'b'],\n  ['c', 'y2']]), n=1)",
                "Db(password=[redacted], n=1)",
            ),
            ("credentials=<Cred user='a > b' value='x1'>", "credentials=[redacted]"),
        ],
    )
    def test_below_a_secret_all_of_it_is_one(self, noted, text, kept):
        assert noted(text) == kept

    @pytest.mark.parametrize(
        "text", ["<Text words=32 tokens=99>", "credentials: <your name here>", "tokens: list(int)"]
    )
    def test_what_is_no_object_of_secrets_stays(self, noted, text):
        assert noted(text) == text

    def test_so_it_is_in_a_config(self, logger, finder):
        hidden = "Db(credentials=Cred(user='u', value='x1y2z3'))"
        with logger.start(
            config={"dbs": [type("Db", (), {"__repr__": lambda _: hidden})()]}
        ) as run:
            pass
        stored = str(finder.get_run(run.id).config)
        assert "credentials=[redacted]" in stored
        assert "x1y2z3" not in stored


class TestProse:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("password=hunter22 works", "password=[redacted] works"),
            ("password = hunter22, then", "password = [redacted], then"),
            ('password="two words" works', 'password="[redacted]" works'),
            ("--password hunter22 works", "--password [redacted] works"),
            ("the password is hunter22.", "the password is [redacted]"),
            (f"with {TOKEN} it works", "with [redacted] it works"),
            ("Authorization: Bearer abc123def456", "Authorization: [redacted]"),
            ("Cookie: session=abc; theme=dark", "Cookie: [redacted]"),
            ("bearer abc123def456 was sent", "bearer [redacted] was sent"),
            ("<password>hunter22</password>", "<password>[redacted]</password>"),
            ("the token is abc123def", "the token is [redacted]"),
            ("my api key: abc123def", "my api key: [redacted]"),
            ("the api_key is abc123def", "the api_key is [redacted]"),
            ("OPENAI_API_KEY was abc123def", "OPENAI_API_KEY was [redacted]"),
            ("password -> abc123def", "password -> [redacted]"),
            ("export OPENAI_API_KEY 'abc123'", "export OPENAI_API_KEY '[redacted]'"),
            ("set -gx HF_TOKEN abc123def", "set -gx HF_TOKEN [redacted]"),
            (f"wandb login {'01ab' * 10}", "wandb login [redacted]"),
            (f"wandb login --relogin {'01ab' * 10} now", "wandb login --relogin [redacted] now"),
            ('wandb.login(key="x1")', 'wandb.login(key="[redacted]")'),
            ("Secret key is abc123def", "Secret key is [redacted]"),
            ("secret: s3cr3t", "secret: [redacted]"),
            ("client_secret: s3cr3t, then", "client_secret: [redacted], then"),
            ("the password is: hunter22", "the password is: [redacted]"),
            ("the secret was: abc123def", "the secret was: [redacted]"),
            ("the api key is: abc123def", "the api key is: [redacted]"),
            ("jdbc:oracle:thin:me/x1@h:1521/db", "jdbc:oracle:thin:me/***@h:1521/db"),
            ("sqlplus -S me/x1@db", "sqlplus -S me/***@db"),
            (r"https:\/\/me:x1@h\/a", r"https:\/\/me:***@h\/a"),
            (
                "odbc_connect=UID%3Dme%3BPWD%3Dx1%3BDB%3Da",
                "odbc_connect=UID%3Dme%3BPWD%3D***%3BDB%3Da",
            ),
            ('<add key="password" value="x1"/>', '<add key="password" value="[redacted]"/>'),
            (
                "CREATE SECRET (TYPE s3, SECRET 'x1')",
                "CREATE SECRET (TYPE s3, SECRET '[redacted]')",
            ),
            ("CREATE USER me WITH PASSWORD 'x'", "CREATE USER me WITH PASSWORD '[redacted]'"),
            ("IDENTIFIED BY 'hunter22'", "IDENTIFIED BY '[redacted]'"),
            ("IDENTIFIED WITH sha2 BY 'hunter22'", "IDENTIFIED WITH sha2 BY '[redacted]'"),
            ("SET PASSWORD FOR 'me'@'h' = 'x1'", "SET PASSWORD FOR 'me'@'h' = '[redacted]'"),
            ("Command '['a', '--password', 'x1']'", "Command '['a', '--password', '[redacted]']'"),
            ('["a", "--token", "x1", "--lr", "1"]', '["a", "--token", "[redacted]", "--lr", "1"]'),
            ("['--password', '--lr']", "['--password', '--lr']"),
            (
                f"https://api.telegram.org/bot123456789:AA{'Hd1' * 11}/getMe",
                "https://api.telegram.org/[redacted]/getMe",
            ),
            (
                f"https://{'a1' * 20}:x-oauth-basic@github.com/a",
                "https://***:x-oauth-basic@github.com/a",
            ),
            (
                f"{BEGIN}\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----",
                f"{BEGIN}[redacted]-----END PGP PRIVATE KEY BLOCK-----",
            ),
            ("password: str = 'x'", "password: str = '[redacted]'"),
            ("password: str = hunter22", "password: str = [redacted]"),
            ('api_key: Optional[str] = "x"', 'api_key: Optional[str] = "[redacted]"'),
            ("token: \"str | None\" = 'x'", "token: \"str | None\" = '[redacted]'"),
            ("def f(pwd: 'str'='x', n=1):", "def f(pwd: 'str'='[redacted]', n=1):"),
            (
                "api_keys: list[str] = ['x', 'y']",
                "api_keys: list[str] = ['[redacted]', '[redacted]']",
            ),
            ("token: t.Union[str, None] = b'x'", "token: t.Union[str, None] = '[redacted]'"),
            (
                "password: Annotated[str, 'of whom'] = 'x'",
                "password: Annotated[str, 'of whom'] = '[redacted]'",
            ),
            ("secret: SecretStr = SecretStr('x')", "secret: SecretStr = [redacted]"),
            ("token: Literal['a', 'b'] = 'x'", "token: Literal['a', 'b'] = '[redacted]'"),
            (
                "token: Dict[str, List[str]] | None = 'x'",
                "token: Dict[str, List[str]] | None = '[redacted]'",
            ),
            ("def f(token: list[int], n='x')", "def f(token: list[int], n='x')"),
            ("auth: my.Login = 'x'", "auth: my.Login = '[redacted]'"),
            ("password: Final = 'x'", "password: Final = '[redacted]'"),
            ("password: Password = 'x'", "password: Password = '[redacted]'"),
            ("password: \"my.Password\" = 'x'", "password: \"my.Password\" = '[redacted]'"),
            (
                "get(u, auth=('bob', 'x'), n=('a', 'b'))",
                "get(u, auth=('[redacted]', '[redacted]'), n=('a', 'b'))",
            ),
            ("password = (\n  'x'\n  'y')", "password = (\n  '[redacted]'\n  '[redacted]')"),
            ('c.set_password("me", "x")', 'c.set_password("me", "[redacted]")'),
            ("a = HTTPBasicAuth('me', 'x')", "a = HTTPBasicAuth('me', '[redacted]')"),
            ("c.token.set('a1B2c3D4', )", "c.token.set('[redacted]', )"),
            ("passwords: [hunter22, x]", "passwords: [[redacted]]"),
            ("setx WANDB_API_KEY hunter22", "setx WANDB_API_KEY [redacted]"),
            (
                "aws configure set aws_secret_access_key a1b2",
                "aws configure set aws_secret_access_key [redacted]",
            ),
            ("Incorrect API key provided: a1B2c3D4.", "Incorrect API key provided: [redacted]"),
            ("mysql --password 'a b c' -v", "mysql --password '[redacted]' -v"),
            ('ran with --token "a, b"', 'ran with --token "[redacted]"'),
            ("curl -u 'me:a b' h", "curl -u 'me:[redacted]' h"),
            (
                '-H \'Authorization: Digest username="u", response="x1"\' -v',
                "-H 'Authorization: [redacted]' -v",
            ),
            ("password: hunter22 = 'x'", "password: [redacted] = '[redacted]'"),
            ("password: 'hunter22' = 'x'", "password: [redacted] = '[redacted]'"),
        ],
    )
    def test_only_the_secret_is_hidden(self, noted, text, kept):
        assert noted(text) == kept

    @pytest.mark.parametrize(
        "text",
        [
            "the api_key is read from a file",
            "password -> hashed",
            "password -> sha256",
            "api_key -> config.api_key2",
            "password -> old_password2",
            "export OPENAI_API_KEY before you start",
            "set OPENAI_API_KEY first",
            "wandb login first",
            "wandb.login(key=key)",
            "token: the smallest unit of text",
            "the token is wrong, the secret is patience, the api key: unknown",
            '<add key="lr" value="x1"/>',
            "the password is wrong",
            "the password is: wrong",
            "the token is: unknown, the secret: patience",
            "secret: step2",
            "passwords: [str, int]",
            "config set verbose 3x10",
            "tokens=300B, then tokens: 1.5e9",
            '["with --token ", "or 2 without"]',
            "--name 'two words' --token 'x'",
            "the key idea: attention",
            "set_token('the') set_size('a1B2c3D4') set_password(x) f('a1B2c3D4')",
            "num_tokens=4096 pad_token=0",
            "password=None and token=null",
            "Access denied for user 'x'@'localhost' (using password: YES)",
            "(1045, \"Access denied for user 'x'@'localhost' (using password: NO)\")",
            "password=*** in the log",
            "top token = cat, next token: 'the' p=0.3, Predicted token = \"Paris\"",
            "student_token=1.3 teacher_token=0.4 token=0.31",
            "    token = tokens[i]\n    token = tokenizer.decode(ids)\n",
            "    password = getpass.getpass()\n    api_key = load_key(name, 3)",
            "def f(password: str, access_key: str)",
            "PWD=/home/alice/exp\nOLDPWD=~/runs/2\npwd: C:\\Users\\alice",
            "basic arithmetic, bearer of news",
            "a=b c:d",
        ],
    )
    def test_prose_about_secrets_stays(self, noted, text):
        assert noted(text) == text

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("your new token: 'abc'", "your new token: '[redacted]'"),
            ("next token: a1b2c3d4e5", "next token: [redacted]"),
            ("the token = 'abc'", "the token = '[redacted]'"),
            ("token = x1y2z3[0]", "token = [redacted]"),
            ("password=abc[1] password=abc(d)", "password=[redacted] password=[redacted]"),
            ("password = open(x1y2, 'r')", "password = [redacted], 'r')"),
            ("(using password: yes)", "(using password: [redacted])"),
            ("(using password: YES-a1)", "(using password: [redacted])"),
            ("(my password: YES)", "(my password: [redacted])"),
            ("db_pwd=/home/alice/exp", "db_pwd=[redacted]"),
        ],
    )
    def test_what_only_looks_like_prose_or_code_is_hidden(self, noted, text, kept):
        assert noted(text) == kept

    @pytest.mark.parametrize(
        "text",
        [
            "**password**: {}",
            "- **Password:** {}",
            "`password`: {}",
            "*api_key*: {} and more",
            "<b>password</b>: {}",
            "Password for root: {}",
            "password (root) = {}",
            "wandb key: {}",
            "OpenAI key = {}",
            "HF_TOKEN {}",
            "HOME /root\n  WANDB_API_KEY      {}\nMYSQL_PWD {}",
            "AWS_SECRET_ACCESS_KEY          -> {}",
            "echo {} | docker login -u me --password-stdin",
            "unzip -P {} a.zip, 7z x -p{} a.7z, openssl enc -k {} -in a",
            "| password | {} |",
            "│ HF_TOKEN │ str │ {} │",
            "| **api_key** | {} | a note |",
            "+-----+-------+\n| a | hf_token |\n+=====+=======+\n| me | {} |\n+-----+-------+",
            "╒══╤══╕\n│ name │ pass │\n╞══╪══╡\n│ me │ {} │\n├──┼──┤\n│ me │ {} │\n╘══╧══╛",
            " name | password\n------+---------\n me   | {}\n you  | {}\n(2 rows)",
            'user,password,lr\nme,{},0.1\n"you, too","{}",0.2',
            ";user;api_key\r\n0;me;{}\r\n",
            "user\thf_token\nme\t{}",
            "name  password    role\n----  ----------  -----\nme    {}  admin",
            "+---+---+\n| key | value |\n+---+---+\n| password | {} |\n+---+---+",
            "口令: {}",
            "密钥：{}",
            "数据库密码={}",
            "токен: {}",
            "пароль_бд: {}",
            "비밀번호: {}",
            "| user | password |\n|------|:-----|\n| me | {} |\n| you | {} |\n| a | b |",
        ],
    )
    def test_markdown_listings_and_tables_are_read(self, noted, text):
        hidden = text.replace("| a | b |", "| a | [redacted] |").replace("{}", "[redacted]")
        assert noted(text.replace("{}", "x1Y2z3W4v5")) == hidden

    def test_a_data_frame_is_read_as_it_is_printed(self, noted):
        frame = pytest.importorskip("pandas").DataFrame(
            {"user": ["me", "you"], "password": ["x1Y2z3W4v5", "my dog"], "lr": [0.1, 20]}
        )
        kept = noted(f"the users are\n{frame}\nand that is all")
        assert [line.split() for line in kept.split("\n")[2:4]] == [
            ["0", "me", "[redacted]", "0.1"],
            ["1", "you", "[redacted]", "20.0"],
        ]
        assert kept.endswith("\nand that is all")

    @pytest.mark.parametrize(
        "text",
        [
            "primary key: x1Y2z3W4v5",
            "MAX_TOKENS 4096x1Y2z3\nHF_TOKEN unknown\nHOME /home/x1Y2z3W4",
            "| password | user | num_tokens | 300 |\n| lr | api_key | None |",
            "| token | prob |\n|---|---|\n| the | 0.1 |\n| ĠRepublican | 0.2 |",
            "cat a | token | x1Y2z3W4v5",
            "f'Server=h;PWD={pwd};' and PWD={self.password};",
            "the password\nfor example",
            "  my password\n  is example",
            "user,token\nme,the\nyou,cat",
            "user,password\nor, as they say, a key",
            "   token  prob\n0    the   0.1",
            "password *= 222 ** token, f(**password)",
            'ValueError("password: required")',
            "the password: is wrong.",
            "密码：这是一个秘密的句子",
        ],
    )
    def test_what_looks_like_them_stays(self, noted, text):
        assert noted(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            "\x1b[1mpassword\x1b[0m: {}",
            "\x1b[31mAPI_KEY\x1b[0m=\x1b[1;34m{}\x1b[0m",
            "\x1b[32m'pw'\x1b[0m: '{}'",
        ],
    )
    def test_colours_hide_no_secret(self, noted, text):
        kept = noted(text.replace("{}", "x1Y2z3W4v5"))
        assert "x1Y2z3W4v5" not in kept
        assert "[redacted]" in kept

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("password: 'it''sXk29fj3LqP88' and", "password: '[redacted]' and"),
            ("authorization=Bearer Xk29fj3LqP88", "authorization=[redacted] [redacted]"),
            ("authorization=Token Xk29fj3LqP88", "authorization=[redacted]"),
            ("auth = ApiKey Xk29fj3LqP88, lr=1", "auth = [redacted], lr=1"),
            ("Driver={a};PWD={Xk29 fj3", "Driver={a};PWD={[redacted]"),
            ("redis://Xk29fj3LqP88aa11ZZ@h/0", "redis://***@h/0"),
            ("https://discord.com/api/v10/webhooks/a-b", None),
            ("https://chat.googleapis.com/v1/spaces/A/messages?key=a-b", None),
            ("https://h/hooks/abcdefghijk1mnopqrstuvwxyz", "https://h/hooks/***"),
            ("https://h/hooks/use-the-linters-we-have", "https://h/hooks/use-the-linters-we-have"),
            ("redis://alice@h/0", "redis://alice@h/0"),
            ("https://open.feishu.cn/open-apis/bot/v2/hook/a-b", None),
            ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a-b", None),
            ("https://maker.ifttt.com/trigger/x/with/key/a-b", None),
        ],
    )
    def test_secrets_in_quotes_with_quotes_and_in_addresses(self, noted, text, kept):
        assert noted(text) == (kept or text.replace("a-b", "***"))

    def test_colours_stay_where_there_is_none(self, noted):
        assert noted("\x1b[1mloss\x1b[0m: 0.5") == "\x1b[1mloss\x1b[0m: 0.5"

    @pytest.mark.parametrize(
        "text",
        [
            'token = os.environ["HF_TOKEN"]',
            'password = cfg["db"]["password"] + tail',
            'api_key = kwargs.pop("api_key", None)',
            "connect(password=self.password, host=host)",
            "password: ${oc.env:DB_PASSWORD}",
            "password=${DB_PASSWORD} token=$HF_TOKEN",
            "password: $(cat /run/secrets/x)",
            "password: ${{ secrets.PASSWORD }}",
            "XDG_SESSION_ID: 3x1Y2z3W4v5",
        ],
    )
    def test_where_a_secret_is_says_not_what_it_is(self, noted, text):
        assert noted(text) == text

    @pytest.mark.parametrize("value", ["$ecret1x2", "${A:-hunter2}", "${A}hunter2"])
    def test_what_only_begins_like_that_is_hidden(self, noted, value):
        assert "hunter2" not in noted(f"password={value}")
        assert "ecret1" not in noted(f"password={value}")

    def test_a_private_key_keeps_only_its_frame(self, noted):
        key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"
        assert noted(f"use {key} here") == (
            "use -----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY----- here"
        )

    def test_a_private_key_may_have_headers(self, noted):
        key = f"{BEGIN}\nDEK-Info: AES-256,1F\n\nMIIEow\n-----END PGP PRIVATE KEY BLOCK-----"
        assert noted(key) == f"{BEGIN}[redacted]-----END PGP PRIVATE KEY BLOCK-----"

    @pytest.mark.timeout(60)  # many minutes where each name looks to the end
    @pytest.mark.parametrize(
        "text",
        ["token:a[", "token:a[[b", "token=***", "pwd=none[", "token = f(a", "pwd=/a", "a token = "],
    )
    def test_a_long_word_of_names_takes_no_longer_than_others(self, noted, text):
        assert noted(text * 30_000)

    def test_a_long_secret_is_hidden_to_its_end(self, noted):
        assert noted(f"token: {'a1' * 1000} password={'ab' * 1000}!") == (
            "token: [redacted] password=[redacted]"
        )

    def test_json_in_json_is_read(self, noted):
        assert "hunter22" not in noted('{"body": "{\\"password\\": \\"hunter22\\", \\"a\\": 1}"}')

    def test_a_list_under_the_name_is_hidden_whole(self, noted):
        assert noted("api_keys=['a1b2c3', 'd4e5f6'] n=2") == (
            "api_keys=['[redacted]', '[redacted]'] n=2"
        )


class TestPrograms:
    """Of some programs it is known which letter a password stands behind."""

    COMMANDS = [
        "docker login -u me -p ? reg.io",
        "helm registry login reg.io -p ?",
        "az login --service-principal -u me -p ? -t me",
        "redis-cli -h host -a ? ping",
        "ldapsearch -x -D cn=me -w ? -b dc",
        "smbclient -U me%? //h/s",
        "vault login ?",
    ]

    @pytest.mark.parametrize("text", COMMANDS)
    def test_it_is_hidden_in_a_text(self, noted, text):
        assert noted(f"ran {text.replace('?', 'Hx9KqZ42')}") == f"ran {text.replace('?', HIDDEN)}"

    @pytest.mark.parametrize("text", COMMANDS)
    def test_it_is_hidden_in_a_list_of_words(self, noted, text):
        words = [word.replace("?", "Hx9KqZ42") for word in text.split()]
        assert noted(str(words)) == str([word.replace("?", HIDDEN) for word in text.split()])

    @pytest.mark.parametrize("text", COMMANDS)
    def test_it_is_hidden_in_a_command_line(self, logger, finder, text, monkeypatch):
        monkeypatch.setattr(sys, "argv", [word.replace("?", "Hx9KqZ42") for word in text.split()])
        monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)  # of `python -m pytest`
        with logger.start() as run:
            pass
        command = finder.get_run(run.id).command
        assert command[1:] == [word.replace("?", HIDDEN) for word in text.split()][1:]

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("FROM a\nENV API_KEY x1\nRUN b", "FROM a\nENV API_KEY [redacted]\nRUN b"),
            ("db.host:5432:app:me:x1y2\n", "db.host:5432:app:me:[redacted]\n"),
            ("*:*:*:me:x1y2", "*:*:*:me:[redacted]"),
            (
                "https://outlook.office.com/webhook/a1/IncomingWebhook/b",
                "https://outlook.office.com/webhook/***",
            ),
            (
                "https://h/?to=https%3A%2F%2Fme%3Ax%25y%40h&n=1",
                "https://h/?to=https%3A%2F%2Fme%3A***%40h&n=1",
            ),
        ],
    )
    def test_lines_of_their_files_and_urls_hide_theirs(self, noted, text, kept):
        assert noted(text) == kept

    @pytest.mark.parametrize(
        "text",
        [
            "docker run -p 8080:80 -u me x1 and docker login -p to log in",
            "ls -w 80x1 -a x1y2",
            "vault login -method=userpass username=me1x2y3 then vault login methods",
            "ENV PATH /usr/b1n\nENV API_KEY $KEY1\nENV TOKEN unknown",
            "a.py:1234:5:me:x1y2 2024:1130:12:47:x1 12:1234:a:b",
            "fe80:1234:5:6:x1y2\nhost:5432:app:me:word",
            "https://h/?to=https%3A%2F%2Fh%3A80%2Fx%40y",
        ],
    )
    def test_other_words_stay(self, noted, text):
        assert noted(text) == text

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        "text", ["docker login ", "redis-cli -a -", "smbclient -U a", "ENV TOKEN ", "a:1234:b:c:"]
    )
    def test_many_of_them_take_no_longer_than_others(self, noted, text):
        assert noted(text * (200_000 // len(text)))


class TestBlocks:
    """What the line before names: records of name and value, YAML, sections of TOML and ini."""

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("- name: A_TOKEN\n  value: x1", "- name: A_TOKEN\n  value: [redacted]"),
            ("- name: PWD\n  value: word\n- a", "- name: PWD\n  value: [redacted]\n- a"),
            ('{"name": "A_TOKEN", "value": "x"}', '{"name": "A_TOKEN", "value": "[redacted]"}'),
            ("{'Key': 'password', 'Value': 'x'}", "{'Key': 'password', 'Value': '[redacted]'}"),
            ('{"value": "x", "name": "A_TOKEN"}', '{"value": "[redacted]", "name": "A_TOKEN"}'),
            (
                '{"name": "A_TOKEN", "type": "text", "value": "x"}',
                '{"name": "A_TOKEN", "type": "text", "value": "[redacted]"}',
            ),
            (
                '{\\"name\\": \\"A_TOKEN\\", \\"value\\": \\"x\\"}',
                '{\\"name\\": \\"A_TOKEN\\", \\"value\\": \\"[redacted]\\"}',
            ),
            ("name = 'PWD'\nvalue = 'x'", "name = 'PWD'\nvalue = '[redacted]'"),
            (
                "- name: A_TOKEN\n  value: |\n    a\n    b\n- name: c",
                "- name: A_TOKEN\n  value: [redacted]\n- name: c",
            ),
            ("password:\n  value: word", "password:\n  [redacted]"),
            ("password:\n  - hunter22", "password:\n  [redacted]"),
            ("api_keys:\n- x\n- y\nn: 1", "api_keys:\n [redacted]\nn: 1"),
            ("secrets:\n  db: x1\n  n: 2\na: 3", "secrets:\n  [redacted]\na: 3"),
            ("credentials:\n  - x1y2", "credentials:\n  [redacted]"),
            ("secrets:\n  a: |\n    x\nb: c", "secrets:\n  [redacted]\nb: c"),
            ("- pwd:\n    a: x\n  user: me", "- pwd:\n    [redacted]\n  user: me"),
            (
                "[secrets]\ndb = 'x' \n# of it\nn=3\n\n[a]\nb=1",
                "[secrets]\ndb = '[redacted]'\n# of it\nn=[redacted]\n\n[a]\nb=1",
            ),
            (
                "[[a.secrets]]\nb = [\n  'x',\n]\n[c]",
                "[[a.secrets]]\nb = [redacted]\n  [redacted]\n]\n[c]",
            ),
            ("[auth]\na = word\nb = 'a1B2c3D4'", "[auth]\na = word\nb = '[redacted]'"),
            ('<p name="password">x</p>', '<p name="password">[redacted]</p>'),
        ],
    )
    def test_what_is_named_a_line_before_is_hidden(self, noted, text, kept):
        assert noted(text) == kept

    @pytest.mark.parametrize(
        "text",
        [
            "name: lr\nvalue: x1, name: token, value: str",
            '{"name": "lr", "value": "x1"}, {"value": "x1", "name": "lr"}',
            "password:\n  type: string\n  format: password",
            "password:\n    The one of the user.",
            "tokens:\n  train: 300B\n  val: 10M",
            "secrets:\n- patience\n- love",
            "if token:\n  n = x2",
            "the secrets:\n  - of how it works 2",
            "[PASS]\nloss: 0.3",
            "[secrets]\n\nThey are: patience1",
            '<string name="password">Password</string>',
        ],
    )
    def test_what_only_speaks_of_secrets_stays(self, noted, text):
        assert noted(text) == text

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        "text",
        [
            "name: a value: ",
            f"name: a{' ' * 12}b: c{' ' * 12}d: e{' ' * 12}",
            '{"value": a, ',
            "[secrets]\n",
            "secrets:\n a:\n",
            "<p name=",
            "<a ",
        ],
    )
    def test_many_of_them_take_no_longer_than_others(self, noted, text):
        assert noted(text * (200_000 // len(text)))


class TestWhatComesBefore:
    """A secret may stand a line below its name, or behind what is compared or tried first."""

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("password = (\n  'x1'\n)", "password = (\n  '[redacted]'\n)"),
            ("password=(  # it\n 'x1')", "password=(  # it\n '[redacted]')"),
            ("api_key: # of prod\n  'x1'", "api_key: # of prod\n  '[redacted]'"),
            ("password: # of prod\n  x1y2z3", "password: # of prod\n  [redacted]"),
            ("password = \\\n  'x1'", "password = \\\n  '[redacted]'"),
            ("--password\nx1y2z3", "--password\n[redacted]"),
            ("a --password \\\n  x1y2z3 -b", "a --password \\\n  [redacted] -b"),
            ("password==x1y2z3", "password==[redacted]"),
            ("assert password == 'x1'", "assert password == '[redacted]'"),
            ("if cfg['password'] != \"x1\":", "if cfg['password'] != \"[redacted]\":"),
            ("password = f() or 'x1'", "password = f() or '[redacted]'"),
            ("password = os.getenv('PW') or 'x1'", "password = os.getenv('PW') or '[redacted]'"),
            ("password = a if b else 'x1'", "password = a if b else '[redacted]'"),
            ("password <- 'x1'", "password <- '[redacted]'"),
        ],
    )
    def test_it_is_hidden(self, noted, text, kept):
        assert noted(text) == kept

    @pytest.mark.parametrize(
        "text",
        [
            "password: # of prod\nhost: x",
            "password = (\n  given\n)",
            "--password\nThe one of the user.",
            "--password\n--user2",
            "password==password2",
            "token == 'layers[0]=9'",
            "token == '<eos2>'",
            '[ "$password" != "$given" ]',
            "n_tokens = a or 'x1'",
            "kind = password or 'x1'",
            "token <-1",
        ],
    )
    def test_what_only_looks_like_it_stays(self, noted, text):
        assert noted(text) == text

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        "text",
        ["password = (\n", "password= # a\n", "password = a or ", "password==", "--password \\\n"],
    )
    def test_many_of_them_take_no_longer_than_others(self, noted, text):
        assert noted(text * (200_000 // len(text)))


class TestShapes:
    """Keys as providers make them, which no name need tell."""

    @pytest.mark.parametrize(
        ("start", "length", "alphabet"),
        [
            ("PMAK-", 59, "01ab"),
            ("PMAK-", 24, "0aZ"),
            *[(f"do{kind}_v1_", 64, "0a1b") for kind in "opr"],
            *[(f"pat-{place}-0a", 34, "0a-b") for place in ("na1", "eu1", "na2")],
            ("tgp_v1_", 43, "0aB_"),
            ("jina_", 52, "0a1B"),
            ("pcsk_0aB_", 60, "0aB"),
            ("sq0atp-", 22, "0aB_"),
            ("sq0csp-", 43, "0aB-"),
            ("EAAA", 60, "0aB"),
            ("AQ.Ab", 48, "8aB_"),
            ("abc8Q~", 34, "0aB"),
            ("HRKU-", 36, "0a-b"),
            ("napi_", 64, "0a1b"),
            ("sb_secret_", 32, "0aB_"),
            ("pscale_tkn_", 43, "0aB"),
            ("fm2_", 80, "0aB+"),
            ("dp.pt.", 43, "0aB"),
            ("sha256~", 43, "0aB_"),
            ("pul-", 40, "0a1b"),
            ("api_org_", 34, "aBcD"),
            ("duffel_live_", 43, "0aB"),
            ("key-", 32, "0a1b"),
            ("xsmtpsib-", 64, "0a1b"),
            ("re_0aB0aB0a_", 24, "0aB"),
            ("NRII-", 32, "0aB"),
            ("glc_", 60, "0aB="),
            ("CFPAT-", 43, "0aB"),
            ("rdme_", 70, "a0b1"),
            ("waka_0", 36, "0a-b"),
            ("sgp_", 40, "0a1b"),
            ("polar_oat_", 43, "0aB"),
            ("GR1348941", 20, "0aB"),
            ("squ_", 40, "0a1b"),
            ("sess-", 40, "0aB"),
            ("xoxe.xoxp-1-", 60, "0aB"),
        ],
    )
    def test_a_key_is_hidden(self, noted, start, length, alphabet):
        key = start + (alphabet * length)[:length]
        assert noted(f"with {key.rstrip('-+=')}, it works") == "with [redacted], it works"

    def test_words_that_begin_alike_stay(self, noted):
        text = (
            "AQ.About-this-long-sentence jina_embeddings_v3_base_english pat-tern-na1-of-words"
            " as-internationalizations EAAA key-value-store sk_learn re_identification_in_2024"
            " rnd_seed_for_everything_in_this_run napi_create_function_with_callback sha256:0123"
            " tfp_distributions_multivariate_normal_diag vcp_interpolation_of_volumes_in_time A3-B4"
        )
        assert noted(text) == text


class TestURLs:
    @pytest.mark.parametrize(
        ("url", "kept"),
        [
            ("postgresql://me:pw@host/db", "postgresql://me:***@host/db"),
            ("mysql://me:p@ss/w?rd@host:3306/db", "mysql://me:***@host:3306/db"),
            ("https://me:pw@host/x?y=1", "https://me:***@host/x?y=1"),
            ("https://ghp0123456789abcdefghij@github.com/x", "https://***@github.com/x"),
            ("https://Hx9KqZZvZ@github.com/a/b", "https://***@github.com/a/b"),
            ("git+https://Ab3dEf9h@host/x", "git+https://***@host/x"),
            ("https://a1b2c3d4e5f6g7h8@github.com/x/y.git", "https://***@github.com/x/y.git"),
            ("https://0123456789abcdef@github.com/x", "https://***@github.com/x"),
            ("me:pw@tcp(localhost:3306)/db", "me:***@tcp(localhost:3306)/db"),
            ("me:p@s/s@tcp(h)/db?a=b", "me:***@tcp(h)/db?a=b"),
            ("me:pw@unix(/tmp/x.sock)/db", "me:***@unix(/tmp/x.sock)/db"),
            ("https://h/x?key=a1b2c3d4e5f6g7h8", "https://h/x?key=***"),
            ("https://h/x?key=a1b2c3d4e5f6g7h8.", "https://h/x?key=***"),
            ("https://h/x?q=1&key=0123456789abcdef&n=2", "https://h/x?q=1&key=***&n=2"),
            ("bob:Hx9KqZ@db.host:5432/app", "bob:***@db.host:5432/app"),
            ("me:pw@host/db", "me:***@host/db"),
            ("https://host/x?token=abc&page=2", "https://host/x?token=***&page=2"),
            ("https://host/x?X-Amz-Signature=abc", "https://host/x?X-Amz-Signature=***"),
            ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/services/***"),
            ("postgresql://me:a://pw@host/db", "postgresql://me:***@host/db"),
            ("https://me:a://pw@host/x", "https://me:***@host/x"),
            ("redis://me://pw@host", "redis://me:***@host"),
            ("redis://://pw@host", "redis://:***@host"),
            ("db://me:a@b://pw@host", "db://me:***@host"),
            ("https://me:a@b://pw@host", "https://me:***@host"),
            ("db://me:a://b://@://pw@host", "db://me:***@host"),
            ("db://me:a b://pw@host", "db://me:***@host"),
            ("db://me:1234/a://pw@host", "db://me:***@host"),
            ("https://me:1://pw@host", "https://me:***@host"),
            ('db://me:a"b://pw@host', "db://me:***@host"),
            ("docker://me:pw@reg/img:tag@sha256:abc", "docker://me:***@reg/img:tag@sha256:abc"),
            ("db://me:pw@sha256:5432/x", "db://me:***@sha256:5432/x"),
        ],
    )
    def test_credentials_are_hidden_where_they_stand(self, noted, url, kept):
        assert noted(f"see {url} for it") == f"see {kept} for it"

    @pytest.mark.parametrize(
        "url",
        [
            "https://host:8080/x",
            "https://host/@user/post",
            "ssh://git@github.com/x",
            "mailto:me@host",
            "mailto:me@host/x",
            "author:me@host.org",
            "https://me@github.com/a/b",
            "https://JohnDoe42@bitbucket.org/a/b",
            "git@github.com:a/b.git",
            "python:3.7@sha256:0123456789abcdef",
            "docker://image:tag@sha256:abc",
            "docker://reg:5000/image:tag@sha256:0123456789abcdef0123456789abcdef",
            "docker://a:1@sha256:abc,docker://b:1@sha256:def and me@host",
            "reg:5000/image:tag@sha256:abc",
            "docker://reg:5000/image:tag",
            "http://host:6006/x https://a//b s3://c",
            "s3://bucket/key",
            "https://host/x?page=2&sort=name",
            "https://host/x?key=name",
            "https://host/x?key=models/run2024.bin",
            "https://host/x?key=ChristophersPapers2024",
            "https://christopherson1985@bitbucket.org/a/b",
            "see f:a@call(x)",
        ],
    )
    def test_a_url_without_any_stays(self, noted, url):
        assert noted(url) == url

    @pytest.mark.timeout(60)  # for ever where the words of a name are tried in every way
    @pytest.mark.parametrize(
        "text",
        [
            "https://h/?key=" + "ab" * 200 + "1-",
            "a:@a(",
            "a:b@a(c ",
            "https://" + "aB" * 99 + "@h ",
        ],
    )
    def test_names_of_any_make_take_no_longer_than_others(self, noted, text):
        assert noted(text * (200_000 // len(text)) + ")/")

    def test_two_urls_in_one_text_are_two(self, noted):
        text = "from postgresql://a:pw1@one/x to mysql://b:pw2@two/y"
        assert noted(text) == "from postgresql://a:***@one/x to mysql://b:***@two/y"

    @pytest.mark.parametrize(
        ("url", "kept"),
        [
            ("postgresql://me:a@b pw@host/db", "postgresql://me:***@host/db"),
            ("https://me:a b@c d@host:80/x", "https://me:***@host:80/x"),
            ("x://a:pw1@one/1 y://b:pw2@two/2", "x://a:***@one/1 y://b:***@two/2"),
            ("x://a:pw1@one, or mail b@two.org", "x://a:***@one, or mail b@two.org"),
        ],
    )
    def test_one_that_is_the_whole_text_is_hidden_to_the_last_host(self, noted, url, kept):
        assert noted(url) == kept

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("x://a:p://w1@one to y://b:p://w2@two", "x://a:***@one to y://b:***@two"),
            ("x://a:p://w1@one,y://b:pw2@two", "x://a:***@one,y://b:***@two"),
            ("'x://a:p://w1@one' 'y://b:pw2@two'", "'x://a:***@one' 'y://b:***@two'"),
            ("docker://img:tag and https://b:pw@two", "docker://img:tag and https://b:***@two"),
            ("redis://one:6379,redis://b:pw@two", "redis://one:6379,redis://b:***@two"),
            ("x://a:b and y://c:pw@two", "x://a:b and y://c:***@two"),
        ],
    )
    def test_where_one_ends_and_the_next_begins_is_told(self, noted, text, kept):
        assert noted(text) == kept


class TestFilesOfData:
    """Small text files that a run read are kept, to show which lines changed."""

    @pytest.fixture
    def kept(self, config, finder, tmp_path, path):
        """Let a run read a file and return what the database keeps of its text."""

        def kept(name, text):
            import hashlib

            (tmp_path / name).write_bytes(text.encode())
            digest = hashlib.sha256(text.encode()).hexdigest()
            row = {"path": str(tmp_path / name), "name": name, "size": len(text), "mtime": 1.0}
            row.update(hash=f"sha256:{digest}", reader=None, how="read", problem=None)
            told, record = ADict(config), RunRecord()
            record.inputs = lambda wait: [row]
            attach_record(told, record)
            logger = SQLLogger(told)
            logger.start().finish()
            logger.close()
            with sqlite3.connect(path) as connection:
                rows = connection.execute("SELECT text FROM source_texts").fetchall()
            return rows[0][0] if rows else None

        return kept

    @pytest.mark.parametrize(
        ("name", "text", "kept_text"),
        [
            ("a.env", "API_KEY=abc def\nMODE=x\n", "API_KEY=[redacted]\nMODE=x\n"),
            ("a.yaml", "password: two words\nlr: 0.1\n", "password: [redacted]\nlr: 0.1\n"),
            (
                "a.ini",
                "[db]\npassword = hunter22\nhost = a\n",
                "[db]\npassword = [redacted]\nhost = a\n",
            ),
            ("a.json", '{"token": "abc", "lr": 1}', '{"token": "[redacted]", "lr": 1}'),
            ("a.yml", "export:\n  lr: 0.1\n", "export:\n  lr: 0.1\n"),
        ],
    )
    def test_the_rest_of_a_line_is_the_value(self, kept, name, text, kept_text):
        assert kept(name, text) == kept_text

    def test_what_yaml_writes_below_a_name_is_hidden(self, kept):
        text = "secret: |\n  line one\n  line two\nlr: 0.1\n"
        shown = kept("a.yaml", text)
        assert "line" not in shown
        assert shown.endswith("\nlr: 0.1\n")

    def test_a_list_below_a_name_is_hidden(self, kept):
        shown = kept("a.yaml", "api_keys:\n  - abc123\n  - def456\nlr: 0.1\n")
        assert "abc123" not in shown
        assert "def456" not in shown
        assert "lr: 0.1" in shown

    def test_what_is_no_text_is_not_kept(self, kept):
        assert kept("a.bin", "weights") is None

    def test_a_large_file_is_not_kept(self, kept):
        assert kept("a.csv", "1\n" * 50_000) is None


class TestSource:
    @pytest.fixture
    def kept(self, config, path):
        """Let a run load a module and return what the database keeps of it."""

        def kept(text):
            source = {"path": "/p/m.py", "name": "m.py", "text": text, "hash": "a" * 64}
            told, record = ADict(config), RunRecord()
            record.sources = lambda: {"m": source}
            attach_record(told, record)
            logger = SQLLogger(told)
            logger.start().finish()
            logger.close()
            with sqlite3.connect(path) as connection:
                return connection.execute("SELECT text FROM source_texts").fetchone()[0]

        return kept

    @pytest.mark.parametrize(
        ("line", "shown"),
        [
            ('API_KEY = "abc123"', 'API_KEY = "[redacted]"'),
            ('password: str = "abc123"', 'password: str = "[redacted]"'),
            ('config["token"] = "abc123"', 'config["token"] = "[redacted]"'),
            ('connect(password="abc", user="me")', 'connect(password="[redacted]", user="me")'),
            (
                'os.environ.setdefault("API_KEY", "abc")',
                'os.environ.setdefault("API_KEY", "[redacted]")',
            ),
            ('connect("host=h password=abc")', 'connect("host=h password=[redacted]")'),
        ],
    )
    def test_what_stands_in_quotes_is_hidden(self, kept, line, shown):
        assert kept(f"x = 1\n{line}\n") == f"x = 1\n{shown}\n"

    def test_lists_and_tables_in_a_text_of_many_lines_are_read(self, kept):
        text = """note = \'\'\'{"password": ["x1",
 "x2"]}
| user | password |
|------|----------|
| me   | y1z2     |\'\'\'
"""
        shown = kept(text)
        assert not [secret for secret in ("x1", "x2", "y1z2") if secret in shown]
        assert "| user | password |" in shown

    @pytest.mark.parametrize(
        "line",
        [
            "token = tokens[0]",
            "password = getpass()",
            'key = "loss"',
            'if password == "": pass',
            "def login(user, password=None): ...",
            'parser.add_argument("--token", "-t")',
        ],
    )
    def test_code_stays_as_it_is(self, kept, line):
        assert kept(f"{line}\n") == f"{line}\n"


class TestCommandLines:
    @pytest.fixture
    def kept(self, logger, finder, monkeypatch):
        """Start a run as if the program had been called so; return what is kept of that."""

        def kept(*words):
            monkeypatch.setattr(sys, "argv", ["train.py", *words])
            monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
            with logger.start() as run:
                pass
            return finder.get_run(run.id).command[1:]

        return kept

    @pytest.mark.parametrize(
        ("words", "shown"),
        [
            (["lr=0.1", "password:=hunter22"], ["lr=0.1", "password:=[redacted]"]),
            (["--token", "abc", "--lr", "1"], ["--token", "[redacted]", "--lr", "1"]),
            (["--token=abc"], ["--token=[redacted]"]),
            (
                ["--api-keys", "a", "b", "--lr", "1"],
                ["--api-keys", *["[redacted]"] * 2, "--lr", "1"],
            ),
            (["secrets=['x',", "'y']", "lr=1"], ["secrets=[redacted]", "lr=1"]),
            (["db={'password': 'x', 'n': 1}"], ["db={'password': '[redacted]', 'n': 1}"]),
            (["Authorization:", "Bearer", "abc"], ["Authorization:", "Bearer", "[redacted]"]),
            (['m["pass word"]="x"', 'm["n o"]=1'], ['m["pass word"]=[redacted]', 'm["n o"]=1']),
            (
                ["env.name:=API_KEY", "env.value:=x", "lr.value:=x"],
                ["env.name:=API_KEY", "env.value:=[redacted]", "lr.value:=x"],
            ),
            (["layers=[1,", "2]"], ["layers=[1,", "2]"]),
            (["--lr", "0.1", "fast"], ["--lr", "0.1", "fast"]),
            (["sizes=(1, 2)"], ["sizes=(1, 2)"]),
            (["broken=[1", "lr=1"], ["broken=[1", "lr=1"]),
        ],
    )
    def test_the_values_of_secret_names_are_hidden(self, kept, words, shown):
        assert kept(*words) == shown
