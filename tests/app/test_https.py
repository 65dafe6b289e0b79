"""The command line over https: whom it trusts, and whom it does not."""

import json
import ssl

import pytest
from platform_api import run_vitrine
from server import ACCOUNT, Server


@pytest.fixture(scope="module")
def secure(tmp_path_factory, certificate):
    """A server that speaks TLS, the URL of its platform port, and the file of its certificate."""
    chain, key = certificate
    server = Server(tmp_path_factory.mktemp("secure"), ["--tls-certificate", chain, "--tls-key", key])
    url = server.platform_url.replace("http:", "https:")
    server.ready_url = f"{url}/healthz"
    server.trust = ssl.create_default_context(cafile=chain)
    server.start()
    yield server, url, chain
    server.stop()


def list_accounts(secure, *arguments, environment=None):
    server, url, _ = secure
    return run_vitrine(
        "account", "list", "--data-dir", server.data_dir, "--server", url, *arguments, environment=environment
    )


def test_a_certificate_is_trusted_by_option_variable_or_system(secure):
    chain = secure[2]
    for arguments, environment in (
        (["--ca", chain], {}),
        ([], {"VITRINE_CA": str(chain)}),
        ([], {"SSL_CERT_FILE": str(chain)}),
    ):
        listed = list_accounts(secure, *arguments, environment=environment)
        assert listed.returncode == 0, listed.stderr
        assert ACCOUNT in listed.stdout


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secure):
    refused = list_accounts(secure)
    assert refused.returncode == 2
    assert "is not trusted: self-signed certificate" in refused.stderr and "--ca FILE" in refused.stderr


def test_a_certificate_for_another_host_is_not_trusted(secure):
    elsewhere = secure[1].replace("127.0.0.1", "localhost")
    refused = run_vitrine("job", "list", "--account", ACCOUNT, "--server", elsewhere, "--ca", secure[2])
    assert refused.returncode == 2
    assert "is not trusted: hostname mismatch" in refused.stderr


@pytest.mark.parametrize(
    ("authority", "reason"), [("missing.pem", "There is no"), (__file__, "cannot be used")]
)
def test_an_authority_that_is_none_is_named(secure, authority, reason):
    refused = list_accounts(secure, "--ca", authority)
    assert refused.returncode == 2
    assert "--ca: " in refused.stderr and reason in refused.stderr


def test_a_public_log_is_verified_over_https(secure):
    server, url, chain = secure
    key = next(line.split()[-1] for line in server.log.read_text().splitlines() if "log key" in line)
    verified = run_vitrine("verify", "log", f"{url}/log", "--log-key", key, "--ca", chain)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    unasked = run_vitrine("verify", "log", f"{url}/log", "--log-key", key, "--json")
    assert unasked.returncode == 2
    assert "Nothing was verified." in json.loads(unasked.stdout)["error"]["message"]


def test_a_server_without_tls_is_no_https_server(server):
    url = server.platform_url.replace("http:", "https:")
    refused = run_vitrine("job", "list", "--account", ACCOUNT, "--server", url)
    assert refused.returncode == 2
    assert "did not answer as it should" in refused.stderr


def test_http_to_a_port_that_speaks_tls_is_told(secure):
    plain = run_vitrine(
        "account", "list", "--data-dir", secure[0].data_dir, "--server", secure[1].replace("https", "http")
    )
    assert plain.returncode == 2
    assert "name it with https://" in plain.stderr
