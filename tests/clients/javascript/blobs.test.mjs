// The official JavaScript client at work, unmodified. Run by ../test_javascript.py, which sets BLOB_ENDPOINT,
// ACCOUNT and KEY.
import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import {
  AnonymousCredential,
  BlobSASPermissions,
  BlobServiceClient,
  BlockBlobClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
  newPipeline,
} from "@azure/storage-blob";

const { BLOB_ENDPOINT: endpoint, ACCOUNT: account, KEY: key } = process.env;
const credential = new StorageSharedKeyCredential(account, key);
// Without retries: a test must see the first answer.
const service = new BlobServiceClient(endpoint, newPipeline(credential, { retryOptions: { maxTries: 1 } }));
const container = service.getContainerClient(`javascript-${randomUUID()}`);
const soon = () => new Date(Date.now() + 3600e3);
const page = async (listing, settings = {}) => (await listing.byPage(settings).next()).value;
const names = (found) => found.segment.blobItems.map((item) => item.name);

before(() => container.create());
after(() => container.delete());

async function text(response) {
  const parts = [];
  for await (const part of response.readableStreamBody) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function refused(promise, status, code) {
  await assert.rejects(promise, (error) => {
    assert.deepEqual([error.statusCode, error.code ?? error.details?.errorCode], [status, code]);
    return true;
  });
}

async function upload(name, content = "hello", options = {}) {
  const blob = container.getBlockBlobClient(name);
  await blob.upload(content, Buffer.byteLength(content), options);
  return blob;
}

test("a blob with all that belongs to it", async () => {
  const headers = {
    blobCacheControl: "no-cache",
    blobContentDisposition: "inline",
    blobContentEncoding: "identity",
    blobContentLanguage: "fr",
    blobContentType: "text/plain",
  };
  const metadata = { keya: "a", keyb: "b" };
  const tags = { "azAz09 +-./:=_": "azAz09 +-./:=_" };
  const blob = await upload("all", "hello", { blobHTTPHeaders: headers, metadata, tags, tier: "Cool" });
  const found = await blob.getProperties();
  assert.deepEqual(
    [found.cacheControl, found.contentDisposition, found.contentLanguage, found.contentType, found.metadata],
    ["no-cache", "inline", "fr", "text/plain", metadata],
  );
  assert.deepEqual([found.accessTier, found.accessTierInferred, found.tagCount], ["Cool", false, 1]);
  assert.deepEqual((await blob.getTags()).tags, tags);
  const got = await blob.download();
  assert.equal(await text(got), "hello");
  assert.deepEqual(got.blobContentMD5, createHash("md5").update("hello").digest());
  await blob.setHTTPHeaders({});
  assert.equal((await blob.getProperties()).contentType, undefined);
});

test("a large upload in parallel blocks, and its download", async () => {
  const content = randomBytes(9 << 20);
  const blob = container.getBlockBlobClient("large");
  await blob.uploadData(content, { blockSize: 1 << 20, concurrency: 4, maxSingleShotSize: 1 << 20 });
  assert.ok(content.equals(await blob.downloadToBuffer(0, undefined, { blockSize: 1 << 20, concurrency: 4 })));
  assert.equal((await blob.getBlockList("committed")).committedBlocks.length, 9);
  const middle = await blob.downloadToBuffer(123_456, 654_321);
  assert.ok(content.subarray(123_456, 777_777).equals(middle));
});

test("names with every character come back", async () => {
  const name = "////Upper/a /b 汉字 ру́сский عربي にほんご ~!@#$%^&*()_+`-={}|[]:\";'<>?,/'";
  const blob = await upload(name);
  await blob.getProperties();
  assert.deepEqual(names(await page(container.listBlobsFlat({ prefix: "////" }))), [name]);
  assert.equal(await text(await new BlockBlobClient(blob.url, newPipeline(credential)).download()), "hello");
});

test("listings go on at the name that was last", async () => {
  for (const name of ["l/0", "l/1", "l/10", "l/2", "m"]) await upload(name);
  const first = await page(container.listBlobsFlat({ prefix: "l/" }), { maxPageSize: 2 });
  assert.deepEqual([names(first), first.continuationToken], [["l/0", "l/1"], "l/1"]);
  const second = await page(container.listBlobsFlat({ prefix: "l/" }), {
    maxPageSize: 2,
    continuationToken: first.continuationToken,
  });
  assert.deepEqual([names(second), second.continuationToken], [["l/10", "l/2"], ""]);
  const all = { includeCopy: true, includeDeleted: true, includeMetadata: true, includeSnapshots: true };
  const found = await page(container.listBlobsByHierarchy("/", { prefix: "l", ...all }));
  assert.deepEqual(found.segment.blobPrefixes.map((prefix) => prefix.name), ["l/"]);
});

test("snapshots, leases and conditions", async () => {
  const blob = await upload("state", "one");
  const { snapshot } = await blob.createSnapshot();
  await upload("state", "two");
  assert.equal(await text(await blob.withSnapshot(snapshot).download()), "one");
  await refused(blob.delete(), 409, "SnapshotsPresent");
  const lease = blob.getBlobLeaseClient("ca761232ed4211cebacd00aa0057b223");
  await lease.acquireLease(-1);
  assert.equal((await blob.getProperties()).leaseDuration, "infinite");
  await refused(blob.setMetadata({ a: "b" }), 412, "LeaseIdMissing");
  await blob.setMetadata({ a: "b" }, { conditions: { leaseId: lease.leaseId } });
  await lease.breakLease(60);
  const breaking = await blob.getProperties();
  assert.deepEqual([breaking.leaseState, breaking.leaseDuration], ["breaking", undefined]);
  await lease.releaseLease();
  const { etag } = await blob.getProperties();
  await refused(blob.download(0, undefined, { conditions: { ifMatch: '"0x1"' } }), 412, "ConditionNotMet");
  await refused(upload("state", "x", { conditions: { ifNoneMatch: "*" } }), 409, "BlobAlreadyExists");
  await blob.delete({ deleteSnapshots: "include", conditions: { ifMatch: etag } });
});

test("append and page blobs", async () => {
  const log = container.getAppendBlobClient("log");
  await log.create();
  await log.appendBlock("abc", 3);
  const appended = await log.appendBlock("def", 3, { conditions: { appendPosition: 3 } });
  assert.equal(appended.blobAppendOffset, "3");
  await log.seal();
  await refused(log.appendBlock("x", 1), 409, "BlobIsSealed");
  const [item] = (await page(container.listBlobsFlat({ prefix: "log" }))).segment.blobItems;
  assert.equal(item.properties.isSealed, true);
  const disk = container.getPageBlobClient("disk");
  await disk.create(2048);
  await disk.uploadPages("a".repeat(512), 512, 512);
  await disk.uploadPages("b".repeat(512), 1536, 512);
  await disk.clearPages(1536, 512);
  assert.deepEqual((await disk.getPageRanges(0, 2048)).pageRange, [{ offset: 512, count: 511 }]);
  await disk.updateSequenceNumber("update", 10);
  await disk.resize(4096);
  const found = await disk.getProperties();
  assert.deepEqual([found.contentLength, found.blobSequenceNumber], [4096, 10]);
});

test("shared access signatures", async () => {
  const blob = await upload("shared");
  const override = { contentDisposition: "attachment; filename*=UTF-8''a%20b.txt", contentType: "text/x" };
  const url = await blob.generateSasUrl({
    permissions: BlobSASPermissions.parse("r"),
    expiresOn: soon(),
    ...override,
  });
  const reader = new BlockBlobClient(url, newPipeline(new AnonymousCredential()));
  const got = await reader.download();
  assert.deepEqual([got.contentDisposition, got.contentType], Object.values(override));
  await refused(reader.delete(), 403, "AuthorizationPermissionMismatch");
  const permissions = ContainerSASPermissions.parse("c");
  const maker = await container.generateSasUrl({ permissions, expiresOn: soon() });
  const made = new BlockBlobClient(maker.replace("?", "/new?"), newPipeline(new AnonymousCredential()));
  await made.upload("x", 1);
  await refused(made.upload("y", 1), 403, "UnauthorizedBlobOverwrite");
});

for (const scope of ["service", "container"])
  test(`batches of the ${scope}`, async () => {
    const blobs = [];
    for (const number of [1, 2, 3]) blobs.push(await upload(`${scope}/batch ${number}`));
    const batches = (scope === "service" ? service : container).getBlobBatchClient();
    const urls = blobs.map((blob) => blob.url);
    const tiered = await batches.setBlobsAccessTier(urls, credential, "Cool");
    assert.deepEqual(tiered.subResponses.map((each) => each.status), [200, 200, 200]);
    assert.equal((await blobs[0].getProperties()).accessTier, "Cool");
    const deleted = await batches.deleteBlobs([...urls, `${blobs[0].url}-absent`], credential);
    assert.deepEqual([deleted.subResponsesSucceededCount, deleted.subResponsesFailedCount], [3, 1]);
    assert.equal(deleted.subResponses[3].errorCode, "BlobNotFound");
  });

test("errors have codes and details", async () => {
  await refused(container.create(), 409, "ContainerAlreadyExists");
  await refused(service.getContainerClient("a").create(), 400, "OutOfRangeInput");
  await refused(service.getContainerClient("a_b").create(), 400, "InvalidResourceName");
  const empty = container.getBlockBlobClient("empty");
  await empty.commitBlockList([]);
  await assert.rejects(empty.download(0, 3), (error) => {
    assert.deepEqual([error.statusCode, error.response.headers.get("content-range")], [416, "bytes */0"]);
    return true;
  });
  await assert.rejects(service.getUserDelegationKey(new Date(), soon()), (error) => {
    const detail = /<AuthenticationErrorDetail>(.*)<.AuthenticationErrorDetail>/;
    assert.equal(error.response.bodyAsText.match(detail)[1], "Only authentication scheme Bearer is supported");
    return true;
  });
});

test("the account", async () => {
  const found = await service.getAccountInfo();
  assert.deepEqual(
    [found.accountKind, found.skuName, found.isHierarchicalNamespaceEnabled],
    ["StorageV2", "Standard_RAGRS", false],
  );
  const listed = await page(service.listContainers({ prefix: container.containerName, includeMetadata: true }));
  assert.equal(listed.containerItems.length, 1);
});
