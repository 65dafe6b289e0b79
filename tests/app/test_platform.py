"""The platform port: who may call what, what is answered, and what is recorded."""

import base64
import hashlib
import json
import time

import pytest
import requests
from platform_api import Api, run_vitrine
from server import ACCOUNT, KEY

FACE = f"/ai/{ACCOUNT}/face/v1.0/identify"


BUNDLE = "/api/v1/policy/bundle"


@pytest.fixture(scope="module")
def other_key(server):
    """A key bound to one purpose that has no images, of an account of its own."""
    body = {"name": "platformtests", "keys": [{"name": "reader", "purpose": "archive"}]}
    made = Api(server).as_operator("POST", "/accounts", json=body)
    assert made.status_code == 201, made.text
    return made.json()["keys"][0]["secret"]


def test_it_is_healthy_and_ready(api):
    assert api.get("/healthz").json() == {"status": "ok"}
    assert api.get("/readyz").json() == {"status": "ready"}


def test_the_front_page_leads_to_what_is_public(api):
    api.wait_for_checkpoint()
    page = api.get("/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    for link in ("/log/checkpoint", "/log/key", "/metrics", "/healthz", "/api/v1/purposes", BUNDLE):
        assert f'href="{link}"' in page.text
        assert api.get(link).status_code == 200
    for address in ("/api/v1/accounts", "/api/v1/suspensions", "/api/v1/accounts/ACCOUNT/jobs"):
        assert address in page.text
    assert "plates" not in page.text


def test_an_unknown_address_is_a_json_error(api):
    answer = api.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "ResourceNotFound"
    assert len(answer.headers["x-ms-request-id"]) == 32


def test_metrics_count_requests_and_work(api):
    api.get("/nothing/here")
    api.wait_for_checkpoint()
    lines = api.get("/metrics").text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(values['vitrine_requests_total{port="platform",operation="none",status="404"}']) >= 1
    assert float(values["vitrine_seals_total"]) >= 1
    assert float(values["vitrine_store_commits_total"]) >= 2
    assert float(values["vitrine_store_fenced"]) == 0
    assert float(values["process_resident_memory_bytes"]) > 1e6
    assert "vitrine_workers_running" in values


def test_metrics_count_what_the_store_does_by_itself(api, container):
    def reading(name: str) -> float:
        lines = api.get("/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith(name + " ")).split()[1])

    assert reading("vitrine_compaction_moved_bytes_total") >= 0
    freed = reading("vitrine_store_freed_bytes_total")
    collected = reading("vitrine_collection_commits_total")
    body = bytes(1 << 20)
    container.upload_blob("whole", body)
    container.get_blob_client("in blocks").stage_block("0001", body)
    container.get_blob_client("in blocks").commit_block_list(["0001"])
    container.delete_blob("whole")
    container.delete_blob("in blocks")
    deadline = time.monotonic() + 20
    while reading("vitrine_store_freed_bytes_total") < freed + 2 * len(body):
        assert time.monotonic() < deadline, "what was deleted is not given back"
        time.sleep(0.1)
    assert reading("vitrine_collection_commits_total") > collected


def test_purposes_are_public(api):
    purposes = {purpose["id"]: purpose for purpose in api.get("/api/v1/purposes").json()["purposes"]}
    release = purposes["public-records-release"]
    assert release["obligations"] == ["blur_faces"]
    assert {"service": "image", "quantity": "items", "window": "day", "limit": 5000} in release["budget"]


def test_the_rules_in_force_hash_to_what_records_hold(api):
    bundle = api.get(BUNDLE)
    assert bundle.headers["Content-Type"] == "text/plain; charset=utf-8"
    digest = hashlib.sha256(bundle.content).hexdigest()
    assert bundle.headers["ETag"] == f'"{digest}"'
    assert "charter/no-identification: " in bundle.text
    assert "\npurpose archive: storage search\n" in bundle.text
    token = api.as_account("POST", FACE).receipt
    assert json.loads(api.receipt(token))["record"]["facets"]["why"]["reads"]["bundle_hash"] == digest


OPERATORS = [
    ("GET", "/accounts"),
    ("POST", "/accounts"),
    ("POST", f"/accounts/{ACCOUNT}/keys"),
    ("GET", "/suspensions"),
    ("PUT", f"/suspensions/{ACCOUNT}/image"),
    ("DELETE", f"/suspensions/{ACCOUNT}/image"),
]


@pytest.mark.parametrize(("method", "path"), OPERATORS)
def test_the_operators_calls_need_the_token(api, method, path):
    url = f"{api.server.platform_url}/api/v1{path}"
    assert requests.request(method, url, timeout=30).status_code == 401
    for wrong in ("Bearer ", "Bearer " + "0" * 64, "Basic eDp5", f"SharedKey {ACCOUNT}:x"):
        answer = requests.request(method, url, headers={"Authorization": wrong}, timeout=30)
        assert answer.status_code == 403, wrong
        assert answer.json()["error"]["code"] == "AuthenticationFailed"
    assert api.as_account(method, f"/api/v1{path}").status == 403


def test_an_account_is_made_once_and_its_secret_shown_once(api):
    keys = [{"name": "a", "purpose": "archive"}, {"name": "b", "purpose": "journalism", "also": ["archive"]}]
    body = {"name": "madeonce", "organisation": "city", "keys": keys}
    made = api.as_operator("POST", "/accounts", json=body)
    assert made.status_code == 201
    assert [len(base64.b64decode(key["secret"])) for key in made.json()["keys"]] == [64, 64]
    assert made.json()["organisation"] == "city"
    again = api.as_operator("POST", "/accounts", json=body)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "AccountAlreadyExists")
    assert again.headers["x-ms-vitrine-receipt"], "in the journal of the account that is there"
    listed = api.as_operator("GET", "/accounts")
    assert "secret" not in listed.text
    assert {"name": "b", "purpose": "journalism", "also": ["archive"]}.items() <= [
        account for account in listed.json()["accounts"] if account["name"] == "madeonce"
    ][0]["keys"][1].items()


def test_a_key_is_added(api):
    body = {"name": "spare", "purpose": "archive"}
    made = api.as_operator("POST", f"/accounts/{ACCOUNT}/keys", json=body)
    assert made.status_code == 201
    jobs = api.as_account("GET", f"/api/v1/accounts/{ACCOUNT}/jobs", key=made.json()["secret"])
    assert jobs.status == 200
    again = api.as_operator("POST", f"/accounts/{ACCOUNT}/keys", json=body)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "KeyAlreadyExists")
    assert api.as_operator("DELETE", f"/accounts/{ACCOUNT}/keys/nosuch").status_code == 404
    left = api.as_operator("DELETE", f"/accounts/{ACCOUNT}/keys/spare")
    assert left.status_code == 200 and "spare" not in left.text
    gone = api.as_account("GET", f"/api/v1/accounts/{ACCOUNT}/jobs", key=made.json()["secret"])
    assert gone.status == 403
    lonely = api.as_operator("POST", "/accounts", json={"name": "onekey"})
    assert lonely.status_code == 201
    last = api.as_operator("DELETE", "/accounts/onekey/keys/key1")
    assert (last.status_code, "keeps one key" in last.text) == (400, True)
    assert api.as_operator("POST", "/accounts/nobody/keys", json=body).status_code == 404


def test_records_tell_who_may_do_what(api):
    def subject(answer):
        assert answer.status_code in (200, 201), answer.text
        what = json.loads(api.receipt(answer.headers["x-ms-vitrine-receipt"]))["record"]["facets"]["what"]
        return what["reads"]["action"], what["reads"]["blob"]

    name = "recorded"
    keys = [{"name": "first", "purpose": "archive"}, {"name": "second", "purpose": "development"}]
    made = api.as_operator("POST", "/accounts", json={"name": name, "organisation": "city", "keys": keys})
    assert subject(made) == ("account.create", "first: archive | second: development")
    key = {"name": "press", "purpose": "journalism", "also": ["archive"], "promises": True}
    added = api.as_operator("POST", f"/accounts/{name}/keys", json=key)
    assert subject(added) == ("account.create-key", "press: journalism, archive; promises")
    removed = api.as_operator("DELETE", f"/accounts/{name}/keys/press")
    assert subject(removed) == ("account.remove-key", "press")


def test_data_keys_are_rotated_and_destroyed_only_when_that_is_confirmed_twice(api):
    assert api.as_operator("POST", "/accounts", json={"name": "shredded"}).json()["epoch"] == 1
    path = "/accounts/shredded/data-keys"
    rotated = api.as_operator("POST", path)
    assert (rotated.status_code, rotated.json()["epoch"]) == (201, 2)
    understood = "destroyed for ever"
    for body in (
        {"account": "shredded", "understood": "yes"},
        {"account": "another", "understood": understood},
    ):
        assert api.as_operator("DELETE", path, json=body).status_code == 400
    destroyed = api.as_operator("DELETE", path, json={"account": "shredded", "understood": understood})
    assert (destroyed.status_code, destroyed.json()["epochsDestroyed"]) == (200, 2)
    assert any("backups" in line for line in destroyed.json()["left"])
    assert any("files" in line for line in destroyed.json()["done"])
    again = api.as_operator("DELETE", path, json={"account": "shredded", "understood": understood})
    assert (again.status_code, again.json()["epochsDestroyed"]) == (200, 0)
    assert any("files" in line for line in again.json()["done"])
    assert api.as_operator("POST", path).json()["error"]["code"] == "ContentDestroyed"
    own = api.as_operator(
        "DELETE", "/accounts/system/data-keys", json={"account": "system", "understood": understood}
    )
    assert (own.status_code, "server's own" in own.text) == (400, True)
    assert api.as_operator("POST", "/accounts/nobody/data-keys").status_code == 404


BODIES = [
    ("", "'name' is missing"),
    ("[]", "not a JSON object"),
    ("{", "not JSON"),
    ('{"name": 1}', "'name' is not a text"),
    ('{"name": "abc", "nmae": "x"}', "no field 'nmae'"),
    ('{"name": "ab"}', ""),
    ('{"name": "Upper"}', ""),
    ('{"name": "abc", "organisation": ""}', ""),
    ('{"name": "abc", "keys": [{"name": "k"}]}', "'purpose' is missing"),
    ('{"name": "abc", "keys": [{"name": "k", "purpose": "fun"}]}', "'fun' is not a purpose"),
    ('{"name": "abc", "keys": [{"name": "k", "purpose": "archive", "secret": "x"}]}', "no field 'secret'"),
    ('{"name": "abc", "keys": [{"name": "k", "purpose": "p"}, {"name": "k", "purpose": "p"}]}', "twice"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), BODIES)
def test_a_body_that_is_wrong_is_refused(api, body, reason):
    answer = api.as_operator("POST", "/accounts", data=body)
    assert answer.status_code == 400, answer.text
    assert reason in answer.json()["error"]["message"]


def test_a_large_body_is_refused(api):
    answer = api.as_operator("POST", "/accounts", data=json.dumps({"name": "x" * (1 << 20)}))
    assert answer.status_code == 413


def test_a_suspension_is_imposed_shown_and_lifted(api):
    path = f"/suspensions/{ACCOUNT}/speech"
    imposed = api.as_operator("PUT", path)
    shown = {"account": ACCOUNT, "suspended": ["speech"]}
    salt = imposed.json()["logSalt"]
    assert imposed.json() == shown | {"logSalt": salt} and len(salt) == 64
    assert shown in api.as_operator("GET", "/suspensions").json()["suspensions"]
    assert api.as_operator("PUT", path).json() == shown, "nothing changed, nothing was published"
    record = json.loads(api.receipt(imposed.headers["x-ms-vitrine-receipt"]))["record"]
    what = record["facets"]["what"]["reads"]
    assert (what["action"], what["blob"]) == ("policy.suspend", "speech")
    assert record["facets"]["who"]["reads"]["principal"] == "operator"
    lifted = {"account": ACCOUNT, "suspended": [], "logSalt": salt}
    assert api.as_operator("DELETE", path).json() == lifted
    assert api.as_operator("PUT", f"/suspensions/{ACCOUNT}/dancing").status_code == 400
    assert api.as_operator("PUT", "/suspensions/nobody/image").status_code == 404


def test_every_service_can_be_lifted_again(api):
    for service in ("storage", "image", "search"):
        assert api.as_operator("PUT", f"/suspensions/{ACCOUNT}/{service}").status_code == 200
    for service in ("storage", "image", "search"):
        lifted = api.as_operator("DELETE", f"/suspensions/{ACCOUNT}/{service}")
        assert lifted.status_code == 200, lifted.text
    assert api.as_operator("GET", "/suspensions").json() == {"suspensions": []}


def test_jobs_need_a_key_of_the_account(api, other_key):
    path = f"/api/v1/accounts/{ACCOUNT}/jobs"
    assert api.get(path).status_code == 401
    assert api.as_account("GET", path, key=other_key).status == 403
    assert api.as_account("GET", "/api/v1/accounts/platformtests/jobs").status == 403
    assert api.as_account("GET", "/api/v1/accounts/nobody1/jobs").status == 404
    listed = api.as_account("GET", path)
    assert (listed.status, "jobs" in listed.json()) == (200, True)
    missing = api.as_account("GET", f"{path}/nothing")
    assert (missing.status, missing.json()["error"]["code"]) == (404, "JobNotFound")


def test_a_job_that_identifies_people_is_denied_on_record(api):
    body = {"container": "people", "task": "face-identification"}
    denied = api.as_account("POST", f"/api/v1/accounts/{ACCOUNT}/jobs", body)
    assert denied.status == 403
    assert denied.json()["error"]["policy"] == "charter/no-identification"
    what = json.loads(api.receipt(denied.receipt))["record"]["facets"]["what"]["reads"]
    assert (what["action"], what["container"]) == ("image.identify-faces", "people")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_the_face_service_is_refused_whatever_is_asked(api, method):
    answer = api.as_account(method, FACE)
    assert answer.status == 403
    error = answer.json()["error"]
    assert (error["code"], error["policy"]) == ("PolicyDenied", "charter/no-identification")
    assert "does not identify people" in error["message"]
    why = json.loads(api.receipt(answer.receipt))["record"]["facets"]["why"]["reads"]
    assert (why["decision"], why["policies"]) == ("denied", ["charter/no-identification"])


def test_the_face_service_knows_its_callers(api, other_key):
    url = api.server.platform_url + FACE
    assert requests.post(url, timeout=30).status_code == 401
    with_key = requests.post(url, headers={"Ocp-Apim-Subscription-Key": KEY}, timeout=30)
    assert with_key.json()["error"]["policy"] == "charter/no-identification"
    for wrong in (other_key, "nonsense", ""):
        refused = requests.post(url, headers={"Ocp-Apim-Subscription-Key": wrong}, timeout=30)
        assert refused.json()["error"]["code"] == "AuthenticationFailed"
        assert "x-ms-vitrine-receipt" not in refused.headers


def test_a_purpose_is_chosen_by_header(api):
    chosen = api.as_account("POST", FACE, headers={"x-ms-vitrine-purpose": "journalism"})
    why = json.loads(api.receipt(chosen.receipt))["record"]["facets"]["why"]["reads"]
    assert why["purpose"] == "journalism"


JOBS = f"/api/v1/accounts/{ACCOUNT}/jobs"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", JOBS, None),
        ("GET", f"{JOBS}/nothing", None),
        ("POST", JOBS, {"container": "people", "task": "image-analysis"}),
    ],
)
def test_a_purpose_that_the_key_is_not_bound_to_is_denied_on_record(api, method, path, body):
    denied = api.as_account(method, path, body, headers={"x-ms-vitrine-purpose": "operations"})
    error = denied.json()["error"]
    assert (denied.status, error["code"]) == (403, "PolicyDenied")
    assert error["policy"] == "charter/purpose-of-the-credential"
    why = json.loads(api.receipt(denied.receipt))["record"]["facets"]["why"]["reads"]
    assert (why["purpose"], why["decision"]) == ("operations", "denied")
    assert why["policies"] == ["charter/purpose-of-the-credential"]


def test_a_purpose_that_is_no_name_is_refused(api):
    refused = api.as_account("GET", JOBS, headers={"x-ms-vitrine-purpose": "No Name"})
    assert (refused.status, refused.json()["error"]["code"]) == (400, "InvalidHeaderValue")
    assert "x-ms-vitrine-receipt" not in refused.headers


def test_the_command_line_does_what_the_api_does(server):
    here = ["--server", server.platform_url]
    operator = [*here, "--data-dir", server.data_dir]
    made = run_vitrine(
        "account", "create", "fromcli", "--purpose", "journalism", "--also", "archive", *operator
    )
    assert made.returncode == 0, made.stderr
    assert "journalism, may choose archive" in made.stdout
    key = run_vitrine("account", "key", "add", "fromcli", "second", "--json", *operator)
    secret = json.loads(key.stdout)["secret"]
    spare = run_vitrine("account", "key", "add", "fromcli", "spare", *operator)
    assert spare.returncode == 0, spare.stderr
    left = run_vitrine("account", "key", "remove", "fromcli", "spare", *operator)
    assert (left.returncode, "spare" in left.stdout) == (0, False), left.stderr
    listed = run_vitrine("job", "list", "--account", "fromcli", "--json", *here, "--key", secret)
    assert json.loads(listed.stdout) == {"jobs": []}
    for command, shown in (("suspend", "suspended: image"), ("lift", "every service is on")):
        changed = run_vitrine("policy", command, "fromcli", "image", *operator)
        assert (changed.returncode, changed.stdout) == (0, f"fromcli: {shown}\n")
    denied = run_vitrine(
        "job", "start", "--account", ACCOUNT, "--container", "x1234", "--task", "face-identification", *here
    )
    assert denied.returncode == 1
    assert "does not identify people" in denied.stderr and "charter/no-identification" in denied.stderr
    assert "its receipt: " in denied.stderr
    nobody = run_vitrine("account", "list", *here, "--token-file", "missing")
    assert nobody.returncode != 0 and nobody.stderr.count("\n") == 1
