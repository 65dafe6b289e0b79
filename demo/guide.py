"""What to try next, as commands to copy."""

import datetime

from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
from server import ACCOUNT, KEY, ROOT
from world import World


def show(world: World) -> None:
    screen = world.screen
    world.blobs.create_container("yours")
    log_key = world.get("/log/key").text.strip()
    screen.says("Any Azure client, by this connection string:")
    screen.output(f"export AZURE_STORAGE_CONNECTION_STRING='{world.connection_string}'")
    screen.says("The Azure CLI (pip install azure-cli):")
    screen.output(
        "az storage blob list --container-name archive --output table\n"
        f"az storage blob upload --container-name yours --name README.md --file '{ROOT}/README.md'"
    )
    screen.says("AzCopy (npm install @azure-tools/azcopy-linux), by a SAS that ends in a day:")
    to = f"{world.blob_endpoint}/yours?{account_sas()}"
    screen.output(f"azcopy copy '{ROOT}/docs' '{to}' --recursive --from-to LocalBlob")
    screen.says("The server's own state and its public log:")
    screen.output(
        f"curl {world.platform}/log/checkpoint\n"
        f"curl {world.platform}/metrics\n"
        f"{ROOT}/build/release/bin/vitrine verify log {world.platform}/log --log-key '{log_key}'"
    )
    screen.says(f"Receipts and pictures of this demonstration: {world.out}")


def account_sas() -> str:
    return generate_account_sas(
        ACCOUNT,
        KEY,
        resource_types=ResourceTypes(service=True, container=True, object=True),
        permission=AccountSasPermissions(
            read=True, write=True, delete=True, list=True, add=True, create=True
        ),
        expiry=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1),
    )
