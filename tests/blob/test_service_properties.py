"""The settings of the blob service: kept for each account, changed section by section."""

import pytest
from azure.storage.blob import BlobAnalyticsLogging, CorsRule, Metrics, RetentionPolicy, StaticWebsite
from blob.wire import client_of
from harness.shared_key import RawClient
from server import ACCOUNT, KEY, Server

SETTINGS = {
    "analytics_logging": BlobAnalyticsLogging(
        read=True, retention_policy=RetentionPolicy(enabled=True, days=5)
    ),
    "hour_metrics": Metrics(enabled=True, include_apis=True),
    "minute_metrics": Metrics(
        enabled=True, include_apis=False, retention_policy=RetentionPolicy(enabled=True, days=365)
    ),
    "cors": [
        CorsRule(
            ["https://a.example", "https://b.example"],
            ["GET", "PUT"],
            allowed_headers=["x-ms-meta-*"],
            exposed_headers=["*"],
            max_age_in_seconds=60,
        ),
        CorsRule(["*"], ["GET"]),
    ],
    "target_version": "2020-10-02",
    "delete_retention_policy": RetentionPolicy(enabled=True, days=5),
    "static_website": StaticWebsite(enabled=True, index_document="i.html", error_document404_path="e.html"),
}


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """A server of the module's own: elsewhere tests rely on what is set."""
    server = Server(tmp_path_factory.mktemp("settings"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def service(own_server):
    with client_of(own_server) as client:
        yield client


def plain(value):
    """Settings as they compare: the SDK's objects have no equality."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if hasattr(value, "__dict__"):
        return {name: plain(each) for name, each in vars(value).items() if each is not None}
    return value


def expect(found, setting: str, value) -> None:
    assert plain(found[setting]) == plain(value), setting


def test_everything_is_off_at_first(fresh_server):
    with client_of(fresh_server()) as fresh:
        found = fresh.get_service_properties()
    log = found["analytics_logging"]
    assert not (log.read or log.write or log.delete or log.retention_policy.enabled)
    assert not (found["hour_metrics"].enabled or found["minute_metrics"].enabled)
    assert found["cors"] == []
    assert not (found["delete_retention_policy"].enabled or found["static_website"].enabled)
    assert found["target_version"] is None


def test_settings_are_kept(service):
    service.set_service_properties(**SETTINGS)
    found = service.get_service_properties()
    for setting, value in SETTINGS.items():
        expect(found, setting, value)
    service.set_service_properties(**found)
    assert plain(service.get_service_properties()) == plain(found)


def test_what_is_left_out_stays(service):
    service.set_service_properties(**SETTINGS)
    service.set_service_properties(cors=[], delete_retention_policy=RetentionPolicy(enabled=False))
    found = service.get_service_properties()
    assert found["cors"] == []
    assert not found["delete_retention_policy"].enabled
    for setting in set(SETTINGS) - {"cors", "delete_retention_policy"}:
        expect(found, setting, SETTINGS[setting])


def test_a_site_gets_its_container(service):
    container = service.get_container_client("$web")
    service.set_service_properties(static_website=StaticWebsite(enabled=True))
    container.upload_blob("index.html", b"x", overwrite=True)
    service.set_service_properties(static_website=StaticWebsite(enabled=True))
    assert [blob.name for blob in container.list_blobs()] == ["index.html"]


def test_settings_outlive_a_restart(fresh_server):
    server = fresh_server()
    with client_of(server) as service:
        service.set_service_properties(**SETTINGS)
    server.restart()
    with client_of(server) as service:
        found = service.get_service_properties()
    for setting, value in SETTINGS.items():
        expect(found, setting, value)


def rule(**changes: str) -> str:
    texts = {
        "AllowedOrigins": "*",
        "AllowedMethods": "GET",
        "AllowedHeaders": "",
        "ExposedHeaders": "",
        "MaxAgeInSeconds": "5",
    } | changes
    return f"<CorsRule>{''.join(f'<{name}>{text}</{name}>' for name, text in texts.items())}</CorsRule>"


DOCUMENT, VALUE = (400, "InvalidXmlDocument"), (400, "InvalidXmlNodeValue")


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        ("<Cors/>", (202, None)),
        (f"<Cors>{rule() * 5}</Cors>", (202, None)),
        (f"<Cors>{rule() * 6}</Cors>", DOCUMENT),
        (f"<Cors>{rule(AllowedMethods='get')}</Cors>", VALUE),
        (f"<Cors>{rule(AllowedOrigins=','.join(f'http://a{n}' for n in range(65)))}</Cors>", VALUE),
        (f"<Cors>{rule(AllowedHeaders='a*,b*,c*')}</Cors>", VALUE),
        (f"<Cors>{rule(ExposedHeaders='a&#13;&#10;Set-Cookie: b')}</Cors>", VALUE),
        (f"<Cors>{rule(MaxAgeInSeconds='-1')}</Cors>", VALUE),
        ("<Cors><CorsRule/></Cors>", DOCUMENT),
        ("<DeleteRetentionPolicy><Enabled>true</Enabled><Days>366</Days></DeleteRetentionPolicy>", VALUE),
        ("<DeleteRetentionPolicy><Enabled>true</Enabled></DeleteRetentionPolicy>", DOCUMENT),
        ("<DefaultServiceVersion>newest</DefaultServiceVersion>", VALUE),
        ("<Logging><Read>true</Read></Logging>", DOCUMENT),
        ("<Unknown/>", DOCUMENT),
    ],
)
def test_bad_settings_change_nothing(own_server, service, inside, answer):
    service.set_service_properties(cors=[CorsRule(["https://kept.example"], ["GET"])])
    document = f"<StorageServiceProperties>{inside}</StorageServiceProperties>".encode()
    raw = RawClient("127.0.0.1", own_server.blob_port, ACCOUNT, KEY)
    response, _ = raw.request("PUT", f"/{ACCOUNT}", "restype=service&comp=properties", body=document)
    assert (response.status, response.getheader("x-ms-error-code")) == answer
    if answer[0] != 202:
        (kept,) = service.get_service_properties()["cors"]
        assert kept.allowed_origins == "https://kept.example"
