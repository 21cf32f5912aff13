"""What Python binds to a secret's name, compares with it or hands to it is not kept with code."""

import ast
import sys
import textwrap

import pytest

from helping import Print

SECRETS = """
password = os.environ.get("P", "SEC")
# password=SEC1 and --password SEC2, the password is SEC3
cmd = ["prog", "--password", "SEC", "--lr", "1"]
main(["--token", "SEC"])
password = os.getenv("P", default="SEC")
password = cfg.get("p") or "SEC"
password = getattr(cfg, "p", "SEC")
password = not_given and "SEC"
def db(*, token: "str | None" = "SEC"): pass
def db(password: 'Optional[str]' = "SEC", *, port=1): pass
async def db(user, password="SEC", *args): pass
api_key: "str" = "SEC"
password = ("SEC")
password = \\
  "SEC"
password = ("a1SEC"
  'SECa1'
  # SEC
  "SEC")
password = "SEC" if debug else other
password = other if debug else "SEC"
connect(api_key=str("SEC"))
(api_key) = "SEC"
password = "SEC".strip() + "SEC"
password = "SEC"[::-1]
password = "".join(["SEC"])
password = "%s-%s" % ("SEC", n)
password = "x".replace("x", "SEC")
password = next(iter(["SEC"]))
password = {"a": "SEC"}["a"]
password = SecretStr("SEC")
password = base64.b64decode("SEC").decode("utf-8")
password = decrypt("SEC", n)
password = await get("k", "SEC")
password = lambda: "SEC"
password += "SEC"
password = f"SEC{n}"
password = f"{'SEC'}"
password = b"SEC"
password = rb'SEC'
password = '''SEC
SEC'''
ä = "ä"; password = "SEC"
self.password = self._given = "SEC"
_given = password = "SEC"
os.environ["API_KEY"] = "SEC"
globals()["password"] = "SEC"
wandb.key = "SEC"
wandb = dict(key="SEC")
settings = {"wandb": {"key": "SEC"}}
settings = {"Authorization": "Bearer " + "SEC"}
settings = {b"password": "SEC"}
settings = {PASSWORD: "SEC"}
settings = {"name": "API_KEY", "value": "SEC"}
settings = {"Key": "API_KEY", "Value": "SEC"}
settings = [("password", "SEC")]
C.password, C.x = "SEC", 1
password, (n, token) = "SEC", (1, "SEC")
user, *passwords = "bob", "SEC", "SEC"
for password in ["SEC"]: pass
for user, password in [("bob", "SEC")]: pass
for user, password in {"bob": "SEC"}.items(): pass
x = [n for password in ("SEC",)]
if password == "SEC": pass
if "SEC" != cfg["password"]: pass
if password.strip() in ("SEC", "SEC"): pass
if cfg.get("password") == "SEC": pass
assert password == "SEC"
hmac.compare_digest(password, "SEC")
setattr(C, "password", "SEC")
monkeypatch.setenv("API_KEY", "SEC")
config.set("db", "password", "SEC")
os.environ.get("API_KEY", "SEC")
parser.add_argument("--password", default="SEC", help="password of the user")
Variable(name="API_KEY", value="SEC")
f = lambda password="SEC": 1
dict(password="SEC")
password: str = field(default="SEC")
password: str = Field("SEC", description="of the user")
x = f"{connect(password='SEC')}"
passwords.append("SEC")
passwords += ["SEC"]
self.passwords.update({"SEC"})
key = SecretStr("SEC")
url = "https://h/?api_key=" + "SEC"
url = host + "/?token=" + "SEC1a"
print("password: " + "SEC")
if getpass() == "SEC": pass
if get_password() == "SEC": pass
requests.get(url, auth=("bob", "SEC"))
requests.get(url, auth=("SECa1b2c3", ""))
settings = {"pass": "SEC", "creds": "SEC", "cookies": {"a": "SEC"}}
credentials = ("bob", "SEC")
sas = "SEC"
pat = "SEC1+abc$def"
def get_password(): return "SEC"
def password(self): return self.x or "SEC"
def default_api_key(n):
    if n: return "SEC"
    yield "SEC"
def get_token(): return "SEC_48"
def get_auth_token(self): return self.x or "SEC_48"
x = os.getenv("API_KEY") or "SEC"
x = os.environ.get("TOKEN") or "SEC"
connect(os.getenv("DB_PASSWORD") or os.getenv("PGPASSWORD") or "SEC")
x = os.environ["API_KEY"] if "API_KEY" in os.environ else "SEC"
x = "SEC" if debug else cfg["password"]
x = args.api_key or "SECa1b2c3"
x = os.getenv("API_KEY") or args.api_key or "SEC"
return get_password() or "SEC"
cfg = {"tokens": ["SECa1b2c3", "x"]}
dict(tokens=["SECa1b2c3"])
wandb.login(key="SEC")
wandb.login(anonymous="never", key="SEC")
x = 1  # wandb login SEC0123456789abcdef0123456789abcdef
c.set_password("SEC")
c.setPassword("SEC")
c.change_password("SEC", "SEC")
c.set_token("SECa1b2c3")
c.password.set("SEC")
keyring.set_password("svc", "me", "SEC")
x = HTTPBasicAuth("me", "SEC")
x = auth.HTTPDigestAuth("me", f"SEC{n}")
x = Secret("SEC")
x = Bearer("SEC")
x = AzureKeyCredential("SECa1b2c3")
x = "{\\"tokens\\": [\\"SECa1b2c3\\"]}"
x = '{"api_keys": ["SEC"]}'
x = '{"secrets": {"db": "SECa1b2c3"}}'
x = "password: SEC_27"
def f(): 'Connect.\\n password: SEC_27'
x = "user: me\\npassword: SEC_27\\nhost: a"
url = "https://h/x?key=SECa1b2c3d4e5f6g7"
class Credentials: db = "SECa1b2c3"
@connect(password="SEC")
class C(Base, api_key="SEC"): pass
class wandb:
    key = "SEC"
"""

NEWER = {
    (3, 8): 'if (password := get("k", "SEC")): pass\ndef db(password="SEC", /, *, a): pass',
    (3, 10): 'match password:\n    case "SEC" | "SECb": pass\n'
    'match x:\n    case {"password": "SEC"} | C(api_key="SEC"): pass',
    (3, 12): 'password = f"{"SEC"}" + f"{f"SEC{n}"}"',
}

INNOCENT = r"""
num_tokens = "x"
tokenizer = "bert"
token_type = "x"
parser.add_argument("--lr", help="password of the user")
parser.add_argument("--token", "-t", help="password of the user")
password = os.environ["PASSWORD"]
password = os.getenv("PASSWORD")
password = cfg["db"].get("password")
password = env.str("DB_PASSWORD")
password = open("/run/x").read().strip("x")
password = getpass("Whose: ")
password = value.encode("utf-8")
password = given == "x"
password = ""
password: "str" = None
password: "Optional[str]" = x
password = user + ":" + x
auth = f"{user}:{password}"
auth = "{}:{}".format(user, password)
headers = {"Auth-Kind": "basic"}
if token == "eos": pass
if token.pos_ == "NOUN": pass
if mode == "password": pass
if "@" in token: pass
for token in ["a", "b"]: pass
token = line.split(",")[0]
tokens = tokenizer.encode("Hello world")
x = d["password"]["y"]
user, password = "bob", x
password = keyring.get_password("svc", "me")
password = Column("password", String)
password = st.text_input("Password")
token = "[MASK]"
token = "<|endoftext|>"
token = x or "</s>"
tokens.append("the")
tokens = {"root": [(r"\s+[A-Z0-9]{2,}", Text), ("Aa|B1", Name)]}
token.markup = "autolink"
tokens[0]["type"] = "block_text"
styles = {Token: "#dddddd"}
tokens = ["the", "cat"]
pat = "[a-z]+"
pat = "*.py"
parser.add_argument("--auth", default="basic")
auth = ("bob", password)
def check_password(x): return "too short"
def password_label(): return "Password of the user"
def get_tokens(self): return "the"
def next_token(): return "("
def get_token(self): return "NUMBER"
def get_token(self): return "INT" or self.make("T_INT")
def read_tokens(self): return ["INT_32"]
cfg = {"tokens": ["the", "##ing", "x"]}
dict(tokens=["[MASK]"])
x = os.getenv("API_KEY") or None
x = os.getenv("API_KEY") or sys.exit("API_KEY is not set")
x = os.getenv("MODE") or "fast"
x = "yes" if os.getenv("API_KEY") else "no"
print(password or "(none)")
x = "password: the word of the user"
x = "password: Optional[str]"
x = "password: sha256 of the word"
url = "https://h/x?key=name"
class Passwords: table = "passwords"
class Password: table = "User1Table"
url = "https://h/?page=" + "SEC"
if get_mode() == "password": pass
names = ["password", "token"]
wandb.login(key=key)
rows.login(key="name")
lexer.set_token("NUMBER")
c.set_password_rules("a1B2c3D4")
c.set_password(x)
c.set_password("")
c.size.set("a1B2c3D4")
c.set_cookie("theme", "dark")
c.set_pad_token("<pad>")
x = Credentials("me")
x = '{"tokens": ["the", "cat"], "n": ["a1B2c3D4"]}'
"""


def statements(text):
    """Return the examples of a text: a line that is further in belongs to the one before."""
    found = []
    for line in text.strip("\n").split("\n"):
        goes_on = found and (line[0] == " " or line.startswith("SEC") or found[-1][0] == "@")
        found[len(found) - bool(goes_on) :] = [f"{found[-1]}\n{line}" if goes_on else line]
    return found


@pytest.fixture
def kept(logger, finder):
    """Log the fingerprints of codes and return what is kept of them, in their order."""

    def kept(*codes, canonical="def ()"):
        made = [
            Print(f"{number:064x}", source=code, canonical=canonical, location="a.py:1")
            for number, code in enumerate(codes)
        ]
        with logger.start() as run:
            run.log_fingerprints({f"f{number}": one for number, one in enumerate(made)})
        return [finder.get_fingerprint_source(str(one)) for one in made]

    return kept


class TestSecrets:
    def test_they_are_hidden_wherever_python_binds_them(self, kept):
        codes = statements(SECRETS)
        for version, newer in NEWER.items():
            codes += [newer] if sys.version_info >= version else []
        found = [one.source for one in kept(*codes)]
        assert [one for one in found if "SEC" in one] == []
        for one in found:
            ast.parse(one)  # it is Python still

    def test_they_are_hidden_in_methods_which_are_further_in(self, kept):
        codes = [textwrap.indent(code, "    ") for code in statements(SECRETS)]
        assert [one.source for one in kept(*codes) if "SEC" in one.source] == []

    @pytest.mark.parametrize(
        "code",
        [
            'key=lambda token, password=str("SEC"): token,',
            '"password": cfg.get("p") or "SEC",',
            'password=str("SEC"), n=1',
            'if password == "SEC":',
        ],
    )
    def test_they_are_hidden_in_fragments(self, kept, code):
        assert "SEC" not in kept(code)[0].source

    def test_what_is_around_them_stays(self, kept):
        codes = [
            'user, password = "bob", "SEC"  # of "bob"',
            'password = os.environ.get("P", "SEC") or f"SEC{n}" or b"SEC"',
            'password = "SEC"\n"of bob"',
            'def db(*, token: "str | None" = "SEC", user="bob"): pass',
            "é = 'é'; password = ('''SEC\n''' 'SEC')  # é",
            'password = "a", "b" if x["c"] else str(object="d", encoding="utf-8")',
        ]
        assert [one.source for one in kept(*codes)] == [
            'user, password = "bob", "[redacted]"  # of "bob"',
            'password = os.environ.get("P", "[redacted]") or "[redacted]" or b"[redacted]"',
            'password = "[redacted]"\n"of bob"',
            'def db(*, token: "str | None" = "[redacted]", user="bob"): pass',
            "é = 'é'; password = ('''[redacted]''')  # é",
            'password = "[redacted]", "[redacted]" if x["c"]'
            ' else str(object="[redacted]", encoding="utf-8")',
        ]

    def test_they_are_hidden_in_the_canonical_form_too(self, kept):
        code = "password = ('''SECé'''\n  'SEC') or f'SEC{n}' or b'SEC' or cfg.get('p', 'SECb')"
        canonical = r"(or 'SEC\xe9SEC' (fstring 'SEC' (field n)) b'SEC' (call 'p' 'SECb'))"
        hidden = "(or '[redacted]' (fstring '[redacted]' (field n)) '[redacted]'"
        assert kept(code, canonical=canonical)[0].canonical == f"{hidden} (call 'p' '[redacted]'))"

    def test_of_words_called_tokens_only_those_that_look_like_keys_are_hidden(self, kept):
        """A vocabulary is called so as well: a short word of letters in it is kept."""
        codes = [
            'cfg = {"tokens": ["WORD", "a1B2c3D4e5F6"]}',
            'dict(tokens=["word", "abcdef0123456789"])',
            'tokens = ["<s>", "a1B2c3D4e5F6"]',
            'tokens = {"me": "a1B2c3D4e5F6", "n": "the"}',
        ]
        assert [one.source for one in kept(*codes)] == [
            'cfg = {"tokens": ["WORD", "[redacted]"]}',
            'dict(tokens=["word", "[redacted]"])',
            'tokens = ["<s>", "[redacted]"]',
            'tokens = {"me": "[redacted]", "n": "the"}',
        ]

    def test_numbers_are_hidden_where_a_name_speaks_of_nothing_but_a_secret(self, kept):
        codes = [
            "DB_PASSWORD = 12345678",
            'settings = {"password": 0x1234567, "n": 12345}',
            "connect(password=123_456, port=5432)",
            "password = 3; token = 12345; min_password_len = 5000",
        ]
        assert [one.source for one in kept(*codes)] == [
            'DB_PASSWORD = "[redacted]"',
            'settings = {"password": "[redacted]", "n": 12345}',
            'connect(password="[redacted]", port=5432)',
            codes[-1],
        ]

    def test_numbers_are_hidden_in_the_canonical_form_too(self, kept):
        canonical = (
            "assign %0 = 12345678 (call 4321)\nvalue PASSWORD = 87654321\nvalue N = 87654321"
        )
        (found,) = kept("password = 12345678; f(4321)", canonical=canonical)
        assert found.canonical == (
            "assign %0 = '[redacted]' (call 4321)\n"
            "value PASSWORD = '[redacted]'\nvalue N = 87654321"
        )


class TestInnocentCode:
    def test_it_stays(self, kept):
        codes = statements(INNOCENT)
        assert [one.source for one in kept(*codes)] == codes


class TestAnyText:
    """A fingerprint is kept, whatever it is of, and soon."""

    @pytest.mark.parametrize(
        "code",
        [
            "password = 'SEC'\0",
            "password = '\ud800'",
            "password = " + "'x' + " * 30_000 + "'x'",
            "password = a" + ".b" * 60_000,
            "(" * 100_000 + ")" * 100_000,
            "not " * 50_000 + "1",
            "if a:\n x\n" + "elif a:\n x\n" * 15_000,
            "x = " + "lambda a, b:" * 15_000 + "1",
            "x" + "(1, 2)" * 30_000,
            "x = f'{" + "1 + " * 40_000 + "1}'",
            "'" * 200_001,
            "\\" * 200_000,
        ],
        ids=range(12),
    )
    def test_no_text_is_too_much(self, kept, code):
        assert kept(code)[0].fingerprint

    @pytest.mark.timeout(60)  # some 2 s where nothing else runs
    def test_the_time_is_in_proportion_to_the_length(self, kept):
        code = "".join(f"password = get('k{n}', 'SEC{n}')\n" for n in range(6000))
        canonical = "".join(f"assign %0 = 'SEC{n}'\n" for n in range(6000))
        found = kept(code, canonical=canonical)[0]
        assert "SEC" not in found.source + found.canonical
