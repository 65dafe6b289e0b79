// The official Go client at work, unmodified. Run by ../test_go.py, which sets CONNECTION_STRING.
package clients

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/appendblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/pageblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
)

var ctx = context.Background()

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// newContainer is a container of the test's own, without retries: a test must see the first answer.
func newContainer(t *testing.T) *container.Client {
	name := fmt.Sprintf("go-%d", time.Now().UnixNano())
	options := &container.ClientOptions{}
	options.Retry = policy.RetryOptions{MaxRetries: -1}
	client := must[*container.Client](t)(
		container.NewClientFromConnectionString(os.Getenv("CONNECTION_STRING"), name, options))
	must[container.CreateResponse](t)(client.Create(ctx, nil))
	return client
}

func refused(t *testing.T, err error, code bloberror.Code) {
	t.Helper()
	if !bloberror.HasCode(err, code) {
		t.Fatalf("not %s but %v", code, err)
	}
}

func read(t *testing.T, client *blob.Client) string {
	t.Helper()
	got := must[blob.DownloadStreamResponse](t)(client.DownloadStream(ctx, nil))
	return string(must[[]byte](t)(io.ReadAll(got.Body)))
}

func body(text string) io.ReadSeekCloser {
	return streaming.NopCloser(strings.NewReader(text))
}

func TestBlockBlobs(t *testing.T) {
	box := newContainer(t)
	large := make([]byte, 9<<20)
	_, _ = rand.Read(large)
	client := box.NewBlockBlobClient("dir/large é+%")
	must[blockblob.UploadStreamResponse](t)(client.UploadStream(ctx, bytes.NewReader(large), &blockblob.UploadStreamOptions{
		BlockSize: 1 << 20, Concurrency: 4, Metadata: map[string]*string{"A": to.Ptr("b")},
		AccessTier: to.Ptr(blob.AccessTierCool), Tags: map[string]string{"k": "v"}}))
	back := make([]byte, len(large))
	must[int64](t)(client.DownloadBuffer(ctx, back, &blob.DownloadBufferOptions{BlockSize: 1 << 20}))
	if !bytes.Equal(large, back) {
		t.Fatal("the download differs")
	}
	blocks := must[blockblob.GetBlockListResponse](t)(client.GetBlockList(ctx, blockblob.BlockListTypeAll, nil))
	if len(blocks.CommittedBlocks) != 9 || len(blocks.UncommittedBlocks) != 0 {
		t.Fatal(len(blocks.CommittedBlocks), len(blocks.UncommittedBlocks))
	}
	found := must[blob.GetPropertiesResponse](t)(client.GetProperties(ctx, nil))
	if *found.ContentLength != 9<<20 || *found.AccessTier != "Cool" || *found.TagCount != 1 {
		t.Fatal(*found.ContentLength, *found.AccessTier, *found.TagCount)
	}
	_, err := box.NewBlockBlobClient("absent").GetProperties(ctx, nil)
	refused(t, err, bloberror.BlobNotFound)
}

func TestListingsGoOn(t *testing.T) {
	box := newContainer(t)
	for i := range 25 {
		name := fmt.Sprintf("%02d/<&> %d", i%5, i)
		must[blockblob.UploadResponse](t)(box.NewBlockBlobClient(name).Upload(ctx, body("x"), nil))
	}
	flat, prefixes := 0, 0
	pager := box.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{MaxResults: to.Ptr(int32(3))})
	for pager.More() {
		flat += len(must[container.ListBlobsFlatResponse](t)(pager.NextPage(ctx)).Segment.BlobItems)
	}
	walk := box.NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{MaxResults: to.Ptr(int32(2))})
	for walk.More() {
		prefixes += len(must[container.ListBlobsHierarchyResponse](t)(walk.NextPage(ctx)).Segment.BlobPrefixes)
	}
	if flat != 25 || prefixes != 5 {
		t.Fatal(flat, prefixes)
	}
}

func TestAppendAndPageBlobs(t *testing.T) {
	box := newContainer(t)
	log := box.NewAppendBlobClient("log")
	must[appendblob.CreateResponse](t)(log.Create(ctx, nil))
	for range 3 {
		must[appendblob.AppendBlockResponse](t)(log.AppendBlock(ctx, body("abc"), nil))
	}
	must[appendblob.SealResponse](t)(log.Seal(ctx, nil))
	_, err := log.AppendBlock(ctx, body("x"), nil)
	refused(t, err, "BlobIsSealed")
	if read(t, log.BlobClient()) != "abcabcabc" {
		t.Fatal("other bytes")
	}
	disk := box.NewPageBlobClient("disk")
	must[pageblob.CreateResponse](t)(disk.Create(ctx, 2048, nil))
	must[pageblob.UploadPagesResponse](t)(
		disk.UploadPages(ctx, body(strings.Repeat("a", 512)), blob.HTTPRange{Offset: 512, Count: 512}, nil))
	ranges := must[pageblob.GetPageRangesResponse](t)(disk.NewGetPageRangesPager(nil).NextPage(ctx))
	if len(ranges.PageRange) != 1 || *ranges.PageRange[0].Start != 512 || *ranges.PageRange[0].End != 1023 {
		t.Fatal(ranges.PageRange)
	}
}

func TestSnapshotsAndSignatures(t *testing.T) {
	box := newContainer(t)
	client := box.NewBlockBlobClient("b")
	must[blockblob.UploadResponse](t)(client.Upload(ctx, body("one"), nil))
	taken := must[blob.CreateSnapshotResponse](t)(client.BlobClient().CreateSnapshot(ctx, nil))
	must[blockblob.UploadResponse](t)(client.Upload(ctx, body("two"), nil))
	old := must[*blob.Client](t)(client.BlobClient().WithSnapshot(*taken.Snapshot))
	if read(t, old) != "one" || read(t, client.BlobClient()) != "two" {
		t.Fatal("the snapshot is not what it was")
	}
	_, err := client.Delete(ctx, nil)
	refused(t, err, bloberror.SnapshotsPresent)
	url := must[string](t)(client.BlobClient().GetSASURL(sas.BlobPermissions{Read: true}, time.Now().Add(time.Hour), nil))
	reader := must[*blob.Client](t)(blob.NewClientWithNoCredential(url, nil))
	if read(t, reader) != "two" {
		t.Fatal("other bytes")
	}
	_, err = reader.Delete(ctx, nil)
	refused(t, err, bloberror.AuthorizationPermissionMismatch)
}

func TestABatch(t *testing.T) {
	box := newContainer(t)
	batch := must[*container.BatchBuilder](t)(box.NewBatchBuilder())
	for _, name := range []string{"a", "b c", "d/é"} {
		must[blockblob.UploadResponse](t)(box.NewBlockBlobClient(name).Upload(ctx, body("x"), nil))
		if err := batch.Delete(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	_ = batch.Delete("absent", nil)
	answer := must[container.SubmitBatchResponse](t)(box.SubmitBatch(ctx, batch, nil))
	failed := 0
	for _, each := range answer.Responses {
		if each.Error != nil {
			failed++
			refused(t, each.Error, bloberror.BlobNotFound)
		}
	}
	if len(answer.Responses) != 4 || failed != 1 {
		t.Fatal(len(answer.Responses), failed)
	}
}
