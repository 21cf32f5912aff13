"""Which names are those of secrets: one rule for config keys, flags, headers and variables.

A name is read in segments: `wandbApiKey_2` is wandb, api, key. What the last one says decides:
some words are secrets always (`password`), others by the word before them (`openai_key` is one,
`primary_key` is not).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Iterable, Mapping

_PLACES = re.compile(r"[.\[\]/:,]+")
_SEGMENTS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 300
# `pass@1`, `pass^k`: how often one of k answers is right.
_RATE = re.compile(r"(?<![^\W_])pass[@^](?=\w)", re.IGNORECASE)


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set of names."""
    return frozenset(text.split())


# Secrets whatever comes before.
_ALWAYS = words(
    "password passwords passwd passwds passphrase passphrases passcode passcodes passwort pwd"
    " pgpass secret secrets credential credentials cred creds jwt jwts otp otps totp auth"
    " authorization bearer cookie cookies dsn webhook webhooks apikey apikeys passkey passkeys"
    " mnemonic psk psks sas htpasswd phpsessid jsessionid pw psw kennwort senha contrasena"
    " contraseña"
    " xsrf csrf csrfmiddlewaretoken netrc cvv cvc pword pwords pswd pswds passw basicauth"
    " httpauth pwds jwe jws пароль пароли секрет секреты токен токены"
    " wachtwoord lösenord losenord heslo hasło haslo jelszó jelszo salasana adgangskode şifre sifre"
)
# Last segments that are secrets alone, or after a vendor or a role.
_BY_ROLE = words("key keys pass pat pats tokens")
_ALONE = words("pass pat pats tokens token")
_VENDORS = words(
    "wandb wb openai anthropic claude gemini mistral cohere groq replicate together perplexity"
    " deepseek xai nvidia ngc hf huggingface hub kaggle comet neptune clearml mlflow langsmith"
    " langchain pinecone weaviate qdrant elastic elasticsearch opensearch algolia github gh gitlab"
    " gl bitbucket git azure aws amazon gcp google firebase cloudflare cf digitalocean heroku"
    " linode vultr hetzner ovh vercel netlify runpod lambdalabs slack discord telegram tg"
    " twitter facebook fb linkedin reddit spotify youtube stripe paypal twilio sendgrid"
    " mailgun mailchimp sentry datadog dd newrelic grafana pagerduty jira atlassian confluence"
    " notion airtable docker dockerhub npm pypi conda artifactory nexus jfrog terraform vault"
    " consul nomad databricks snowflake bigquery minio wasabi backblaze b2 supabase planetscale"
    " neon jupyter zenodo roboflow labelbox sagemaker vertex bedrock codecov circleci travis"
    " jenkins buildkite okta auth0 shopify hubspot salesforce zendesk intercom tavily serper"
    " serpapi elevenlabs stability assemblyai deepgram voyage jina fireworks"
    " deepl honeycomb openrouter nebius novita cerebras sambanova baseten anyscale ai21"
    " alephalpha mixedbread nomic exa brave bing searchapi firecrawl browserbase apify"
    " scraperapi zyte tinybird clickhouse motherduck influx influxdb logtail betterstack"
    " lightstep splunk sumologic loggly papertrail rollbar bugsnag airbrake raygun opsgenie"
    " statuspage pingdom amplitude mixpanel posthog rudderstack launchdarkly optimizely"
    " flagsmith configcat zoom webex trello asana clickup figma miro dropbox postmark sparkpost"
    " mailjet brevo sendinblue resend klaviyo plaid braintree adyen razorpay coinbase binance"
    " kraken alchemy infura etherscan quicknode mapbox tomtom openweather openweathermap"
    " weatherapi ipinfo maxmind twitch steam yelp alphavantage finnhub quandl tiingo alpaca"
    " coingecko coinmarketcap rapidapi ngrok tailscale doppler infisical onepassword bitwarden"
    " fastly akamai cloudinary uploadcare livekit pusher ably pubnub stytch clerk workos"
    " onesignal flyio railway scaleway upcloud coreweave vastai paperspace deepinfra falai"
    " stabilityai runway unsplash pexels giphy lastfm newsapi wolfram wolframalpha activeloop"
    " langfuse helicone arize portkey traceloop humanloop promptlayer lakera llamaparse"
    " llamacloud zilliz milvus turbopuffer upstash xata datastax couchbase cockroachdb"
    " singlestore snyk sonarqube sonar codeclimate coveralls browserstack saucelabs lambdatest"
    " bitrise teamcity shodan virustotal censys urlscan abuseipdb clearbit recaptcha hcaptcha"
    " turnstile contentful storyblok prismic strapi webflow meilisearch typesense vonage nexmo"
    " plivo messagebird telnyx zapier pipedream dynatrace logdna instana uptimerobot dashscope"
    " vapid r2 zhipu volcengine siliconflow cartesia hume playht speechmatics googlemaps gmaps"
    " nvapi civitai swanlab fal octoai moonshot zhipuai bigmodel qianfan volc doubao tencent baidu"
    " alibaba aliyun bailian modelscope iflytek xfyun sparkdesk zai baichuan stepfun hunyuan"
    " lingyiwanwu scaleapi predibase friendli featherless kluster parasail nlpcloud aimlapi"
    " jarvislabs crusoe tensordock fluidstack hyperstack massedcompute denvr cerebrium hathora"
    " polyaxon valohai sigopt braintrust langtrace agentops literalai openpipe whylabs"
    " superannotate encord supervisely humansignal labelstudio argilla toloka ideogram midjourney"
    " kling suno heygen runwayml bfl dreamstudio prodia getimg segmind clipdrop removebg photoroom"
    " recraft murf wellsaid lmnt revai gladia soniox lancedb chromadb marqo daytona browserless"
    " crawlbase diffbot scrapingbee oxylabs brightdata linkup kagi mathpix mindee nanonets litellm"
    " requesty notdiamond truefoundry bentoml bentocloud zenml lakefs neptuneai autodl openbayes"
    " ado devops qwen cosmos cosmosdb pushbullet prefect serp nim apns"
)
_ROLES = words(
    "api access secret private ssh encryption encrypt decryption decrypt signing sign signature"
    " account auth authorization authentication oauth session storage master root admin service"
    " server client consumer app application subscription license licence product activation"
    " deploy deployment registry shared symmetric cipher crypto hmac aes rsa dsa ecdsa ed25519 pgp"
    " gpg pem tls ssl x509 cert certificate keystore truststore webhook bot personal refresh"
    " identity bearer security sas tenant sdk smtp imap pop3 ftp sftp https proxy mysql mariadb"
    " postgres postgresql mongo mongodb redis rabbitmq amqp kafka mqtt ldap sudo wifi vpn basic jwt"
    " csrf xsrf push broker backup recovery verification ca ci cd wallet serial"
    " unseal unlock ingest ingestion instrumentation integration provisioning pkce saml sasl"
    " fernet preshared priv kms cognitive ibm oci ncbi pubmed dagshub scholar"
)
_OWNERS = _VENDORS | _ROLES
# Who has a password; as `user_key` and `host_key` these are columns and fingerprints.
_PEOPLE = words(
    "user username login email mail db database sql pg http cluster host zip my key"
    " store jdbc odbc vnc rdp bind pdf archive prod production staging dev svc guest web su"
    " oracle redshift neo4j airflow rclone nextcloud smb webdav nas socks radius tacacs snmp ipmi"
    " idrac ilo bmc wlan become mq cifs keyfile default"
)
_LANGUAGE_MODEL = words(
    "pad padding bos eos unk unknown sep cls class mask masked start begin end stop eot eod image"
    " img video audio speech vision visual text special first last next new prev previous prefix"
    " suffix middle decoder encoder router route drop dropped per by of query patch register reg"
    " distill distilled distillation dist learnable memory mem state sink prompt input output"
    " source src target tgt label max min num n total avg mean count sentinel blank bot_role pool"
    " pooling"
    " global local latent object obj position pos time frame think thinking boi eoi lang language"
    " task control sub word char byte subword latest current each any every single multi one"
    " ignore added extra ctx context return boa eoa eou additional anchor summary gist decode"
    " generated sampled forced merge prune pruned keep kept expert separator newline whitespace"
    " comment punctuation draft cached is no null empty domain style modality cond conditioning"
    " head tail action reward observation speaker graph fim pre suf mid sos soc eoc sot"
    " random rand noise noisy dummy fake real uncond guidance gist placeholder initializer init"
    " trigger instance"
    " value space void use"
    " delimiter delim require requires required needs"
    " concept pseudo assistant tool function call response question answer document doc passage"
    " sentence chunk entity relation edge node region box seg segmentation depth scene goal motion"
    " pose point voxel event note bar beat chord tempo obs act rtg transcribe translate timestamp"
    " notimestamps nospeech lm summarization filler pause jump candidate center centre classes"
    " top bottom best worst predicted pred gold golden true truth false greedy argmax sample"
    " student teacher correct incorrect wrong subject pooled scale punct punctuated digit digits"
    " number unit units rare frequent oov decoded decoding raw likely alt alternative chosen"
    " rejected accepted proposed speculative emitted completion positive negative surprisal"
    " stopword content ref reference hyp hypothesis beam copy copied noun verb role turn header"
    " padded unpadded modifier timestep det trainable proprio readout prepend append replace agg"
    " beacon landmark silence eom vocab hot unique aux gripper embed embedding step learned key"
)
# Which of several a secret is: `password_old`, `api_key_prod`, `secret_b`.
_WHICH = words(
    "old new prev previous current next prod production staging stage dev development test testing"
    " live sandbox local remote backup bak main primary secondary fallback legacy rw ro eu us a b c"
    " x y z v confirm confirmation repeat again base бд базы почты пользователя"
    " default root user users admin db database text str string data raw content contents map dict"
    " list bytes s github gitlab plain encoded fallbacks"
)
# Of tokens, which may be words of a text, these tell no other.
_WHICH_TOKEN = words("prod production staging live sandbox backup legacy")
# Words of data sets and graphs as well.
_NO_VENDORS = words(
    "vertex alpaca node figure hub neon neptune stability replicate together voyage hume wolfram"
    " gl fb tg dd cf b2 exa brave bing plaid runway doppler arize kraken amplitude segment"
)
# Columns of graphs and of stores, and names in registries, though `vertex_api_key` and
# `storage_key` are secrets.
_NO_OWNERS = words("vertex_key vertex_keys storage_keys registry_key registry_keys")
# `use_auth` says whether, not what.
_SWITCHES = words(
    "use uses with without no require requires required enable enables disable disables is has"
    " have skip need needs allow allows"
)
_COUNTING = words("num n max min total avg mean count number")
# `auth_test`, `pass_a`: nothing of a secret where more is said.
# Convolutions that are pointwise.
_POINTWISE = words("kernel kernels dw conv depthwise stride filters groups bn")
_MANY_SENSES = words("auth pass pat pats cookie cookies bearer authorization sas cred creds pw")
# Two segments that make a secret together.
_PAIRS = words(
    "webhook_url webhook_uri webhook_urls hook_url connection_string connection_strings"
    " connection_str conn_string conn_str connect_string session_id session_ids access_signature"
    " sas_url sas_uri sas_signature auth_header authorization_header pass_phrase pass_word"
    " pass_code pass_key recovery_phrase seed_phrase backup_phrase otp_code mfa_code auth_code"
    " authorization_code verification_code recovery_code recovery_codes backup_codes"
    " security_code access_code pin_code private_pem client_pem key_pem otp_seed totp_seed"
    " secret_id secret_ids oauth_verifier code_verifier pkce_verifier backup_code client_assertion"
    " saml_assertion saml_response snmp_community pincode session_sid connect_sid user_pin"
    " login_pin account_pin card_pin sim_pin unlock_pin wallet_pin security_pin access_pin"
    " amz_signature amz_credential lock_pin factor_code unlock_code functions_key services_key"
    " presigned_url presigned_urls signed_url signed_urls password_salt secret_salt endpoint_key"
    " sa_key id_rsa id_ecdsa slack_hook recognizer_key crt_key honeycomb_writekey"
)
_GLUED = re.compile(
    r"(?:passw(?:or)?ds?|passphrases?|passcodes?|api_?keys?|(?:access|secret|private|session|signing"
    r"|encryption|account|ssh|auth|license)keys?|(?:access|auth|refresh|api|session|bearer|bot)tokens?"
    r"|(?:client|api|app|consumer|user|webhook|shared|signing)secrets?|dockerconfigjson|sessionid|conn(?:ection)?str(?:ing)?|webhookurl"
    # In these languages words are written without blanks.
    r"|密码|密碼|口令|密钥|密鑰|令牌|パスワード|暗証番号|비밀번호|암호|비번)$"
)
# `password_hash`, `api_key_value`: the word before says what it is.
_FORMS = words("hash value plain plaintext base64 b64 encoded digest json pem")
_TRIPLES = (
    ("access", "key", "id"),
    ("service", "account", "json"),
    ("service", "account", "info"),
    ("docker", "auth", "config"),
    ("registry", "auth", "config"),
    ("sasl", "jaas", "config"),
    ("mot", "de", "passe"),
    ("client", "key", "data"),
    ("service", "role", "key"),
    ("segment", "write", "key"),
    ("pagerduty", "routing", "key"),
    ("ssh", "host", "key"),
    ("azure", "search", "key"),
    ("azure", "speech", "key"),
    ("azure", "translator", "key"),
    ("azure", "vision", "key"),
)


# What models say of the words of a text.
_SAID_OF_WORDS = words(
    "logprob logprobs log_prob log_probs prob probability score token_str token_id rank freq"
    " frequency offset offsets pos label entity lemma embedding surprisal entropy"
    " attention logit logits"
)
_SAID_IN_TEXT = re.compile(rf"""["'](?:{"|".join(sorted(_SAID_OF_WORDS))})["']\s{{0,4}}:""")
# After a colon prose goes on: `token: the smallest unit`. Only these names speak of nothing else.
_PLAIN_TALK = re.compile(
    r"^x-|passw|passphrase|passcode|pwd$|(?:api|secret|access|account)[_\-]?key"
    r"|парол|密码|密碼|口令|密钥|密鑰|パスワード|暗証番号|비밀번호|비번",
    re.IGNORECASE,
)


def is_secret_key(key: object, extra: Iterable[str] = ()) -> bool:
    """Tell whether a value under this key is a secret; below a secret's name all are.

    Args:
        key: a key, or a dotted one such as `server.credentials.user`.
        extra: more such names; `license_code` means `--license-code`, `licenseCode` and
            `license.code` as well, and `server.code` the `code` of any `server`.
    """
    return _is_secret(str(key)[-_LONGEST:], tuple(extra))


def may_be_words(name: str, extra: Iterable[str] = ()) -> bool:
    """Tell whether what has this name may as well be words of a text: `token`, `text_tokens`.

    It is no secret's name then, or one that says no more than that it is a token.
    """
    segments = _segments(unicodedata.normalize("NFKC", name))
    if segments[-1:] not in (("token",), ("tokens",)):
        return False
    is_owned = _is_owned(segments) or (len(segments) > 1 and segments[-2] in _PEOPLE)
    return not is_owned and not any(_is_below([_plain(segments)], one) for one in extra)


def may_be_owned(name: str) -> bool:
    """Tell whether a name may be that of a secret by what it is nested in: `wandb.key`."""
    name = name.lower()
    return name in ("key", "keys", "id", "sid", "sk") or name in _VENDORS


def tells_of_words(told: str | Mapping[str, object]) -> bool:
    """Tell whether a mapping, or a piece of its text, says of a token what is said of words."""
    if isinstance(told, str):
        return _SAID_IN_TEXT.search(told) is not None
    return not _SAID_OF_WORDS.isdisjoint(told)


def has_more_senses(name: str) -> bool:
    """Tell whether a name may as well speak of something else: the tests that `pass`."""
    return _segments(name)[-1:] in (("pass",), ("auth",))


def says_password(name: str) -> bool:
    """Tell whether a name speaks of nothing but a secret, as `token` and `auth` may."""
    return _PLAIN_TALK.search(name) is not None


@functools.lru_cache(maxsize=4096)
def _is_secret(key: str, extra: tuple[str, ...]) -> bool:
    key = _RATE.sub("rate_", unicodedata.normalize("NFKC", key))
    places = [place for place in map(_segments, _PLACES.split(key)) if place]
    if any(_says_secret(place) for place in places):
        return True
    if any(_has_it_below(*two) for two in zip(places, places[1:])):
        return True
    path = [_plain(place) for place in places]
    return any(_is_below(path, name) for name in extra)


def _segments(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, numbers at its end left out."""
    parts = [
        part.lower() for word in _SEGMENTS.findall(name) for part in _CAMEL.split(word) if part
    ]
    while len(parts) > 1 and parts[-1].isdigit():
        parts.pop()
    if parts and not parts[-1].isdigit():
        parts[-1] = parts[-1].rstrip("0123456789")
    return tuple(parts)


def _plain(segments: tuple[str, ...]) -> str:
    return "".join(segments)


def _is_below(path: list[str], name: str) -> bool:
    """Tell whether `name`, dotted or not, lies somewhere on the path."""
    name = unicodedata.normalize("NFKC", name)  # as the path was
    wanted = "".join(_plain(place) for place in map(_segments, _PLACES.split(name)))
    if not wanted:
        return False
    # `server_code` is also the `code` of a `server`, and `server.code` what `--server-code` gives.
    ends = range(1, len(path) + 1)
    return any("".join(path[start:end]) == wanted for end in ends for start in range(end))


def _says_secret(segments: tuple[str, ...]) -> bool:
    last, before = segments[-1], segments[:-1]
    if segments[-3:] in _TRIPLES:
        return True
    if before and last in _FORMS:
        if segments[-2:] == ("private", "pem"):
            return True
        is_owned = before[-1] not in ("token", "tokens") or _is_owned(before)
        return is_owned and _says_secret(before)
    if before and _is_one_of_several(before, last):
        return True
    if "_".join(segments[-2:]) in _PAIRS:
        return not _counts(before) and segments != ("xdg", "session", "id")
    if _GLUED.search(last) or last in _ALWAYS:
        if last == "pw" and before and before[-1] in _POINTWISE:
            return False
        return not _counts(before) and not (before and before[-1] in _SWITCHES)
    if not before:
        return last in _ALONE or _is_glued_to_owner(last)
    if last in ("sk", "tok"):
        return before[-1] in _VENDORS
    if last == "token":
        return before[-1].rstrip("0123456789") not in _LANGUAGE_MODEL
    if last in _BY_ROLE:
        return _has_owner(before, last)
    return False


def _is_one_of_several(before: tuple[str, ...], last: str) -> bool:
    """Tell whether a name says behind a secret which one it is: `token_github`, `password_old`."""
    is_vendor = last in _VENDORS and last not in _NO_VENDORS
    while len(before) > 1 and before[-1].isdigit():
        before = before[:-1]
    if before[-1] in ("token", "tokens") and not _is_owned(before):
        is_which = last in _WHICH_TOKEN or (last == "v" and before[-1] == "token")  # token_v2
        return (is_vendor or is_which) and _says_secret(before)
    if before in (("key",), ("keys",)):
        return is_vendor
    return (is_vendor or last in _WHICH) and before[-1] not in _MANY_SENSES and _says_secret(before)


def _is_owned(segments: tuple[str, ...]) -> bool:
    """Tell whether a name says whose token it is: `hf_token`, and not `mask_token`."""
    return segments[-2:-1] != () and segments[-2] in _OWNERS


def _has_it_below(owner: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    """Tell whether two names make a secret as one would: `wandb.key`, `session.id`, `s3.key`."""
    if owner == ("s",):  # s3, less its number
        return segments in (("key",), ("keys",))
    return _says_secret(owner + segments)


def _counts(before: tuple[str, ...]) -> bool:
    return bool(before) and before[0] in _COUNTING


def _has_owner(before: tuple[str, ...], last: str) -> bool:
    if f"{before[-1]}_{last}" in _NO_OWNERS:
        return False
    # `open_ai_key`, `hugging_face_key`: a vendor in two words; `oauth2_key`: in one with a number.
    near = {before[-1], before[-1].rstrip("0123456789"), "".join(before[-2:])}
    owners = _OWNERS | _PEOPLE if last == "pass" else _OWNERS
    return bool(near & owners) and not (last == "tokens" and _counts(before))


def _is_glued_to_owner(word: str) -> bool:
    """Tell whether a word in one is a vendor or role and a secret: `hftoken`, `smtppass`."""
    for end in ("token", "key", "keys", "pass", "pwd", "pw"):
        if word.endswith(end) and len(word) > len(end) + 1:
            owners = _OWNERS | _PEOPLE if end in ("pass", "pwd", "pw") else _OWNERS
            return word[: -len(end)] in owners
    return False
