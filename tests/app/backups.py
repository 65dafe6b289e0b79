"""Backups made and restored by the program, and blobs of a server to be backed up."""

import json

from azure.storage.blob import BlobServiceClient
from platform_api import run_vitrine


def create(server, to, *arguments):
    words = ["backup", "create", "--to", to, "--data-dir", server.data_dir, *arguments]
    if server.running():
        words += ["--server", server.platform_url]
    return run_vitrine(*words)


def restore(source, data, *arguments):
    return run_vitrine("backup", "restore", "--from", source, "--data", data, *arguments)


def made(completed) -> dict:
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout)


def upload(server, **blobs: bytes) -> None:
    with BlobServiceClient.from_connection_string(server.connection_string) as service:
        container = service.get_container_client("box")
        if not container.exists():
            container.create_container()
        for name, body in blobs.items():
            container.upload_blob(name, body, overwrite=True)


def download(server, name: str) -> bytes:
    with BlobServiceClient.from_connection_string(server.connection_string, retry_total=0) as service:
        return service.get_blob_client("box", name).download_blob().readall()
