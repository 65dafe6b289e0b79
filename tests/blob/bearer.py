"""A server that takes bearer tokens, its issuer and requests with tokens."""

import time

from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import BlobServiceClient
from blob.wire import client_of
from harness.shared_key import RawClient
from harness.tokens import AUDIENCE, ISSUER, Issuer
from server import ACCOUNT, KEY, Server

BLOB = f"/{ACCOUNT}/shared/blob"
ROLES = "".join(
    f'[[role]]\nprincipal = "{holder}"\nrole = "{role}"\naccount = "{ACCOUNT}"\npurpose = "archive"\n{more}\n'
    for holder, role, more in (
        ("reader", "reader", 'purposes = ["journalism"]'),
        ("contributor", "contributor", ""),
        ("owner", "owner", ""),
        ("8a6f-oid", "reader", ""),
        ("narrow", "owner", 'container = "own"'),
        ("narrow", "reader", 'container = "shared"'),
    )
)


class Tokens:
    """What the SDK asks for a token."""

    def __init__(self, token: str):
        self.token = token

    def get_token(self, *_, **__):
        return AccessToken(self.token, int(time.time()) + 300)


class Terminated(RequestsTransport):
    """Speaks http where the SDK speaks https: it sends tokens over nothing else."""

    def send(self, request, **options):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, **options)


class World:
    """A server with roles, its issuer, and requests with tokens."""

    def __init__(self, server, issuer: Issuer, keys):
        self.server, self.issuer, self.keys = server, issuer, keys
        self.raw = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)

    def ask(self, token: str, method="GET", path=BLOB, query="", headers=None, body=b""):
        sent = {"Authorization": f"Bearer {token}", "x-ms-version": "2025-07-05"} | (headers or {})
        response, content = self.raw.request(method, path, query, sent, body, sign=False)
        return response.status, response.getheader("x-ms-error-code"), content, response

    def refusal(self, token: str, **request):
        """The status and code; that the answer says where to get a token is checked."""
        status, code, content, response = self.ask(token, **request)
        if status == 401:
            challenge = response.getheader("WWW-Authenticate")
            assert challenge == f"Bearer authorization_uri={ISSUER} resource_id={AUDIENCE}"
        assert b"hello" not in content
        return status, code

    def client(self, subject: str) -> BlobServiceClient:
        credential = Tokens(self.issuer.token(sub=subject))
        url = self.server.blob_url.replace("http:", "https:")
        return BlobServiceClient(url, credential=credential, transport=Terminated(), retry_total=0)


def serve_with_roles(folder) -> World:
    """The caller stops its server."""
    issuer = Issuer()
    keys = issuer.write(folder / "keys.json")
    config = folder / "vitrine.toml"
    config.write_text(f'oidc-issuer = "{ISSUER}"\noidc-keys = "{keys}"\n{ROLES}')
    server = Server(folder / "server", ["--config", config])
    server.start()
    with client_of(server) as owner:
        for name in ("shared", "own"):
            owner.create_container(name).upload_blob("blob", b"hello")
    return World(server, issuer, keys)
