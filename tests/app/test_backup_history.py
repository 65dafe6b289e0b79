"""A backup of an older life of a store never continues a newer one."""

import shutil
import time

import pytest
from backups import create, made, restore, upload
from platform_api import Api, run_vitrine


def published_size(server) -> int:
    return int((server.data_dir / "log/checkpoint").read_text().splitlines()[1])


def wait_for_growth(server, size: int) -> None:
    """Until the public log has that many entries; uploads make them."""
    until = time.monotonic() + 60
    while published_size(server) < size:
        assert time.monotonic() < until, f"the log still has {published_size(server)} entries"
        upload(server, growing=b"more")
        time.sleep(0.05)


def test_an_older_state_is_never_served_beside_a_newer_log(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, one=b"1")
    Api(server).wait_for_checkpoint()
    made(create(server, tmp_path / "backups", "--with-keys", "--json"))
    upload(server, two=b"2")
    size = int(Api(server).get("/log/checkpoint").text.splitlines()[1])
    while int(Api(server).get("/log/checkpoint").text.splitlines()[1]) == size:
        time.sleep(0.05)
    server.stop()
    unknown = tmp_path / "unknown"
    told = restore(tmp_path / "backups", unknown)
    assert told.returncode == 0 and "put the newest checkpoint that was published" in told.stdout
    with pytest.raises(Exception, match="going on from here would show a second history"):
        fresh_server(data_dir=unknown)
    behind = tmp_path / "behind"
    refused = restore(tmp_path / "backups", behind, "--published", server.data_dir / "log/checkpoint")
    assert refused.returncode == 1
    assert "The public log went on after the backup" in refused.stderr
    assert f"`vitrine recover --data-dir {behind} --log LOG`" in refused.stderr
    with pytest.raises(Exception, match="an older state was restored.*`vitrine recover` brings"):
        fresh_server(data_dir=behind)


def test_an_older_checkpoint_has_its_files_too(fresh_server, tmp_path):
    server = fresh_server()
    Api(server).wait_for_checkpoint()
    log_key = Api(server).log_key
    (tmp_path / "checkpoint").write_text((server.data_dir / "log/checkpoint").read_text())
    wait_for_growth(server, published_size(server) + 1)
    server.stop()
    made(create(server, tmp_path / "backups", "--json"))
    new = tmp_path / "new"
    assert restore(tmp_path / "backups", new, "--published", tmp_path / "checkpoint").returncode == 0
    verified = run_vitrine("verify", "log", new / "log", "--log-key", log_key)
    assert verified.returncode == 0, verified.stdout


def test_an_older_life_of_a_store_gets_a_folder_of_its_own(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, one=b"1")
    server.stop()
    backups = tmp_path / "backups"
    made(create(server, backups, "--with-keys", "--json"))
    first = (server.data_dir / "log/checkpoint").read_text()
    server.start()
    upload(server, two=b"2")
    server.stop()
    made(create(server, backups, "--json"))
    (tmp_path / "checkpoint").write_text(first)
    older = restore(backups, tmp_path / "older", "--backup", 1, "--published", tmp_path / "checkpoint")
    assert older.returncode == 0, older.stderr
    again = run_vitrine("backup", "create", "--to", backups, "--data-dir", tmp_path / "older")
    assert again.returncode == 2 and "does not go on from there" in again.stderr
    parted = fresh_server(data_dir=tmp_path / "older")
    upload(parted, **{f"other-{number}": b"3" for number in range(9)})
    wait_for_growth(parted, published_size(server) + 1)
    parted.stop()
    again = create(parted, backups)
    assert again.returncode == 2 and "does not go on from there" in again.stderr
    elsewhere = run_vitrine("backup", "create", "--to", tmp_path / "else", "--data-dir", tmp_path / "older")
    assert elsewhere.returncode == 0, elsewhere.stderr


def test_without_a_checkpoint_the_tiles_tell_that_a_store_is_older(fresh_server, tmp_path):
    server = fresh_server()
    upload(server, one=b"1")
    Api(server).wait_for_checkpoint()
    server.stop()
    shutil.copytree(server.data_dir / "store", tmp_path / "older")
    size = published_size(server)
    server.start()
    wait_for_growth(server, size + 1)
    server.stop()
    (server.data_dir / "log/checkpoint").unlink()
    server.start()
    server.stop()
    assert "the public log has no checkpoint" in server.log.read_text()
    (server.data_dir / "log/checkpoint").unlink()
    shutil.rmtree(server.data_dir / "store")
    shutil.copytree(tmp_path / "older", server.data_dir / "store")
    looked = run_vitrine("fsck", "--data-dir", server.data_dir)
    assert looked.returncode == 1 and "an older state was restored" in looked.stdout
    with pytest.raises(Exception, match="an older state was restored"):
        server.start()
