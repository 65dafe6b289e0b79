"""The server starts, refuses to start, stops, and starts again on what it left."""

import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest
from azure.storage.blob import BlobServiceClient, ContentSettings
from platform_api import Api, run_vitrine
from server import ACCOUNT, KEY, ROOT, Process, Server, ServerError, binary, free_ports


def serve(folder, *arguments, environment=None):
    ports = free_ports(2)
    return run_vitrine(
        "serve", "--data-dir", folder, "--blob-port", ports[0], "--platform-port", ports[1], *arguments,
        environment=environment,
    )  # fmt: skip


class Production(Server):
    """A server without --dev."""

    def __init__(self, folder, arguments, environment):
        super().__init__(folder, arguments, environment)
        self.command.remove("--dev")


def test_data_is_data_dir(tmp_path):
    server = Server(tmp_path / "server", ["--seal-tick", "50"])
    server.command = ["--data" if word == "--data-dir" else word for word in server.command]
    server.start()
    server.stop()
    assert (server.data_dir / "store").is_dir()


@pytest.fixture
def production(tmp_path):
    """Returns a function that starts a server without --dev: production(*arguments, environment={…})."""
    servers = []

    def start(*arguments, environment: dict | None = None) -> Production:
        servers.append(Production(tmp_path / f"production-{len(servers)}", arguments, environment))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def log_size(checkpoint: bytes) -> int:
    return int(checkpoint.split(b"\n")[1])


def test_it_tells_what_it_is_when_it_starts(fresh_server):
    server = fresh_server()
    for _ in range(100):
        greeting = server.log.read_text()
        if "connection" in greeting:
            break
        time.sleep(0.05)
    assert str(server.data_dir) in greeting
    assert f":{server.blob_port}" in greeting and f":{server.platform_port}" in greeting
    assert Api(server).log_key in greeting
    assert f"AccountName={ACCOUNT};AccountKey={KEY};" in greeting


def test_a_restart_goes_on_with_the_same_log(fresh_server):
    server = fresh_server()
    api = Api(server)
    key, first = api.log_key, api.wait_for_checkpoint()
    server.restart()
    assert api.log_key == key
    assert log_size(api.wait_for_checkpoint()) > log_size(first)


def test_accounts_outlive_a_kill(fresh_server):
    server = fresh_server()
    api = Api(server)
    made = api.as_operator("POST", "/accounts", json={"name": "kept"})
    assert made.status_code == 201, made.text
    server.kill()
    server.start()
    names = [account["name"] for account in api.as_operator("GET", "/accounts").json()["accounts"]]
    assert names == [ACCOUNT, "kept", "system"]


def test_a_second_signal_ends_it_at_once(fresh_server):
    server = fresh_server()
    held = socket.create_connection(("127.0.0.1", server.platform_port))
    token = (server.data_dir / "keys/operator.token").read_text().strip()
    head = f"POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    held.sendall(f"{head}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n".encode())
    assert b"100 Continue" in held.recv(1000), "the request runs before the signal comes"
    process = server.process
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == -signal.SIGTERM
    held.close()
    server.process = None


REFUSED = [
    (["--dev", "--listen", "0.0.0.0"], "loopback only"),
    (["--dev", "--listen", "nowhere"], "loopback only"),
    (["--listen", "nowhere"], "not an IPv4 or IPv6 address"),
    (["--tls-key", "key.pem"], "go together"),
    (["--tls-key", "key.pem", "--tls-certificate", "none.pem"], "--tls-certificate: There is no none.pem"),
    (["--worker", "missing-worker"], "--worker: There is no worker program"),
    (["--models", "missing-models"], "--models: There is no folder of models"),
    (["--purposes", "missing.toml"], "--purposes: There is no missing.toml"),
    (["--purposes", "."], "--purposes: Reading . failed"),
    (["--config", "missing.toml"], "--config: There is no missing.toml"),
    (["--seal-tick", "1"], "--seal-tick: '1' is not a whole number from 10 to 60000"),
    (["--nonsense"], "nonsense"),
]


@pytest.mark.parametrize(("arguments", "reason"), REFUSED)
def test_it_refuses_to_start_and_says_why(tmp_path, arguments, reason):
    ended = serve(tmp_path / "data", *arguments)
    assert ended.returncode != 0
    assert reason in ended.stderr
    assert ended.stderr.count("\n") <= 3
    assert not (tmp_path / "data").exists()


OTHER_PURPOSE = '[[purpose]]\nid = "development"\ntitle = "t"\ndpv = "d"\nservices = ["storage"]\n'
SERVERS_OWN = OTHER_PURPOSE.replace("development", "operations")


def test_a_register_without_the_servers_own_purpose_is_refused(tmp_path):
    purposes = tmp_path / "purposes.toml"
    for text in (OTHER_PURPOSE, OTHER_PURPOSE + SERVERS_OWN.replace("storage", "search")):
        purposes.write_text(text)
        ended = serve(tmp_path / "data", "--dev", "--purposes", purposes)
        assert ended.returncode != 0
        assert "no purpose 'operations' that covers storage" in ended.stderr


def test_production_refuses_a_key_that_everybody_knows(fresh_server):
    server = fresh_server()
    server.stop()
    (server.data_dir / "development").unlink()
    ended = serve(server.data_dir)
    assert ended.returncode != 0
    assert "published key" in ended.stderr and ACCOUNT in ended.stderr and KEY not in ended.stderr


def test_production_refuses_a_short_key(fresh_server):
    server = fresh_server(
        environment={"AZURITE_ACCOUNTS": "short:c2hvcnQ=;devstoreaccount1:" + "A" * 86 + "=="}
    )
    server.stop()
    (server.data_dir / "development").unlink()
    ended = serve(server.data_dir)
    assert ended.returncode != 0
    assert "fewer than 32 bytes" in ended.stderr and "c2hvcnQ" not in ended.stderr


def files_of(folder) -> dict:
    return {file: file.is_file() and file.read_bytes() for file in folder.rglob("*")}


def test_production_refuses_a_directory_for_development(fresh_server):
    server = fresh_server()
    server.stop()
    before = files_of(server.data_dir)
    ended = serve(server.data_dir)
    assert ended.returncode == 2
    assert "was made with --dev" in ended.stderr and ended.stderr.count("\n") == 1
    assert files_of(server.data_dir) == before


def test_development_refuses_a_directory_for_production(tmp_path, production):
    server = production()
    server.stop()
    before = files_of(server.data_dir)
    ended = serve(server.data_dir, "--dev")
    assert ended.returncode == 2
    assert "was made without --dev" in ended.stderr and ended.stderr.count("\n") == 1
    assert files_of(server.data_dir) == before


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("log.key", "keys/log.key of this log is missing: put it back from where you keep your keys"),
        ("operator.key", "keys/operator.key, without which nothing in it can be read, is missing"),
    ],
)
def test_what_is_stored_is_not_gone_on_with_without_its_keys(production, key, said):
    server = production()
    server.stop()
    (server.data_dir / "keys" / key).unlink()
    before = files_of(server.data_dir)
    ended = serve(server.data_dir)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert files_of(server.data_dir) == before


def test_keys_that_have_served_begin_no_second_store(production):
    server = production()
    server.stop()
    shutil.rmtree(server.data_dir / "store")
    shutil.rmtree(server.data_dir / "log")
    before = files_of(server.data_dir)
    ended = serve(server.data_dir)
    assert ended.returncode == 1
    assert "store/metadata is missing or empty" in ended.stderr
    assert files_of(server.data_dir) == before


def test_the_log_keeps_its_name_and_its_key(production):
    server = production()
    server.stop()
    renamed = serve(server.data_dir, "--log-origin", "other.example")
    assert renamed.returncode == 2 and "--log-origin: the log of this data directory is" in renamed.stderr
    key = server.data_dir / "keys/log.key"
    origin, seed, master = key.read_text().splitlines()
    key.write_text(f"{origin}\n{'0' * len(seed)}\n{master}\n")
    ended = serve(server.data_dir)
    assert ended.returncode == 1
    assert "public log is not signed with keys/log.key" in ended.stderr


def test_another_operators_key_opens_nothing(production):
    server = production()
    server.stop()
    (server.data_dir / "keys/operator.key").write_text("0" * 64 + "\n")
    ended = serve(server.data_dir)
    assert ended.returncode == 1
    assert "does not open with the operator's key" in ended.stderr


def test_what_is_stored_does_not_lie_on_the_disk_as_it_came(fresh_server):
    server = fresh_server()
    service = BlobServiceClient.from_connection_string(server.connection_string)
    container = service.create_container("plain", metadata={"about": "secret-of-a-container"})
    small, large = b"secret-of-a-small-body " * 20, b"secret-of-a-large-body " * 20_000
    container.upload_blob("small", small, metadata={"about": "secret-of-a-blob"})
    container.upload_blob("large", large, content_settings=ContentSettings("secret/type"))
    blocks = container.get_blob_client("blocks")
    blocks.stage_block("AAAA", b"secret-of-a-block")
    server.stop()
    for file in server.data_dir.rglob("*"):
        assert file.is_dir() or b"secret" not in file.read_bytes(), file
    server.start()
    assert container.download_blob("small").readall() == small
    assert container.download_blob("large").readall() == large
    assert container.get_blob_client("small").get_blob_properties().metadata == {"about": "secret-of-a-blob"}
    service.close()


def test_keys_that_cannot_be_closed_to_others_are_not_used(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/keys").symlink_to("/proc/sys")
    ended = serve(tmp_path / "data")
    assert ended.returncode == 1
    assert "data/keys cannot be closed to others: Operation not permitted" in ended.stderr


def test_an_empty_production_server_starts_and_makes_no_well_known_account(production):
    server = production()
    listed = run_vitrine(
        "account", "list", "--json", "--server", server.platform_url, "--data-dir", server.data_dir
    )
    assert ACCOUNT not in listed.stdout and '"system"' in listed.stdout
    said = server.log.read_text()
    assert "none yet" in said and "WARN" not in said.upper()


def test_a_production_server_warns_of_clear_text_and_of_variables_that_mean_nothing(production):
    server = production("--listen", "0.0.0.0", environment={"VITRINE_NONSENSE": "1", "VITRINE_CA": "x"})
    said = server.log.read_text()
    assert "travel in clear text" in said
    assert "VITRINE_NONSENSE" in said and "VITRINE_CA" not in said


def test_a_key_for_a_purpose_that_is_gone_is_warned_of(production, tmp_path):
    server = production()
    keys = [{"name": "first", "purpose": "archive", "also": ["journalism"]}]
    made = Api(server).as_operator("POST", "/accounts", json={"name": "paper", "keys": keys})
    assert made.status_code == 201, made.text
    server.stop()
    register = tmp_path / "purposes.toml"
    shipped = (ROOT / "policies/purposes.toml").read_text()
    register.write_text(shipped.replace('id = "journalism"', 'id = "other"'))
    server.command += ["--purposes", str(register)]
    server.start()
    warned = [line for line in server.log.read_text().splitlines() if "register does not have" in line]
    assert len(warned) == 1
    assert all(word in warned[0] for word in ("paper", "first", "journalism"))


def test_configured_accounts_exist_beside_the_emulators(fresh_server):
    server = fresh_server(
        environment={"AZURITE_ACCOUNTS": "first:" + "A" * 43 + "=;second:" + "B" * 42 + "A="}
    )
    accounts = Api(server).as_operator("GET", "/accounts").json()["accounts"]
    assert [account["name"] for account in accounts] == [ACCOUNT, "first", "second", "system"]


def test_two_servers_cannot_share_a_folder(fresh_server):
    server = fresh_server()
    ended = serve(server.data_dir, "--dev")
    assert ended.returncode == 1
    assert ended.stderr == f"vitrine: Another server runs on the data directory {server.data_dir}.\n"


def test_a_port_that_is_taken_is_named(fresh_server, tmp_path):
    server = fresh_server()
    ended = run_vitrine(
        "serve", "--dev", "--data-dir", tmp_path / "other", "--blob-port", 0, "--platform-port",
        server.platform_port,
    )  # fmt: skip
    assert ended.returncode == 1
    assert f"port {server.platform_port}" in ended.stderr
    assert not (tmp_path / "other").exists()


def test_a_file_configures_it(tmp_path):
    ports = free_ports(2)
    config = tmp_path / "vitrine.toml"
    config.write_text(
        f'dev = true\ndata-dir = "{tmp_path}/data"\nblob-port = {ports[0]}\nplatform-port = 1\n'
    )
    server = Process(
        [binary(), "serve", "--config", config], tmp_path / "log", f"http://127.0.0.1:{ports[1]}/healthz"
    )
    server.start(environment={"VITRINE_PLATFORM_PORT": str(ports[1])})
    server.stop()
    config.write_text("dev = true\nblobport = 1\n")
    ended = run_vitrine("serve", "--config", config)
    assert ended.returncode == 2
    assert "line 2: there is no setting 'blobport'" in ended.stderr


def test_keys_are_for_the_owner_only(fresh_server):
    keys = fresh_server().data_dir / "keys"
    assert keys.stat().st_mode & 0o077 == 0
    assert sorted(file.name for file in keys.iterdir()) == ["log.key", "operator.key", "operator.token"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in keys.iterdir())


def test_both_ports_speak_tls(tmp_path, certificate):
    chain, key = certificate
    server = Server(tmp_path / "server", ["--tls-certificate", chain, "--tls-key", key])
    server.trust = ssl.create_default_context(cafile=chain)
    server.ready_url = server.platform_url.replace("http:", "https:") + "/healthz"
    server.start()
    try:
        for port in (server.platform_port, server.blob_port):
            with socket.create_connection(("127.0.0.1", port)) as plain:
                with server.trust.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                    assert secure.version() == "TLSv1.3"
    finally:
        server.stop()


def test_bodies_lie_in_the_directories_that_are_asked_for(fresh_server, tmp_path):
    disks = [tmp_path / "a", tmp_path / "b"]
    server = fresh_server("--extent-dirs", ",".join(map(str, disks)))
    content = bytes(200_000)
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        service.create_container("box")
        for number in range(4):
            service.get_blob_client("box", f"blob-{number}").upload_blob(content)
    server.stop()
    assert all(list(disk.glob("*.extent")) for disk in disks)
    assert run_vitrine("fsck", "--data-dir", server.data_dir).returncode == 0
    with pytest.raises(ServerError, match="leaves .*/b out"):
        fresh_server("--extent-dirs", disks[0], data_dir=server.data_dir)
    again = fresh_server(data_dir=server.data_dir)
    with BlobServiceClient.from_connection_string(again.connection_string) as service:
        for number in range(4):
            assert service.get_blob_client("box", f"blob-{number}").download_blob().readall() == content
