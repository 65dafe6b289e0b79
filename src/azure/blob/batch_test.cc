#include "azure/blob/batch.h"

#include <gtest/gtest.h>

#include "azure/blob/test_request.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kType = "Multipart/Mixed; charset=x; boundary=\"a b\"";

std::string document(std::string_view request) {
  return "in front\r\n--a b\r\nContent-ID: 3\r\nContent-Type: application/http\r\n\r\n" +
         std::string(request) + "\r\n\r\n--a b--\r\nbehind";
}

/// What the only request of a batch to the account or container is about, or the code that it fails with.
std::string about(std::string_view request, std::string_view sent_to = "/acct", std::string_view host = "h") {
  const auto parts = parse_batch(kType, document(request));
  if (!parts) return "no batch";
  const auto target = http::Target::parse(sent_to).value();
  const auto address = parse_address(target, host).value();
  NoBody body;
  http::Request part(body);
  if (const auto read = read_part(parts->front(), {address, host}, part); !read)
    return std::string(read.error().code == Code::InvalidInput ? "InvalidInput" : "another error");
  const auto found = parse_address(part.target, part.target.host).value();
  return std::string(found.account.text()) + " " + std::string(found.container->text()) + " " +
         std::string(found.blob->text());
}

TEST(Batch, APathIsAboutTheAccountHoweverItIsWritten) {
  EXPECT_EQ(about("DELETE /acct/box/dir/b HTTP/1.1"), "acct box dir/b");
  EXPECT_EQ(about("DELETE /box/dir/b? HTTP/1.1"), "acct box dir/b");
  EXPECT_EQ(about("DELETE box/b HTTP/1.1"), "acct box b");
  EXPECT_EQ(about("DELETE /acct/b HTTP/1.1"), "acct acct b") << "a container of the account's name";
  EXPECT_EQ(about("DELETE http://elsewhere/acct/box/b HTTP/1.1"), "acct box b");
  EXPECT_EQ(about("DELETE /acct/box/b HTTP/1.1", "/", "acct.blob.localhost:10000"), "acct acct box/b");
}

TEST(Batch, StaysInItsContainer) {
  EXPECT_EQ(about("DELETE /acct/box/b HTTP/1.1", "/acct/box?restype=container"), "acct box b");
  EXPECT_EQ(about("DELETE /acct/other/b HTTP/1.1", "/acct/box?restype=container"), "InvalidInput");
}

TEST(Batch, HoldsDeletionsAndTiersOnly) {
  EXPECT_EQ(about("PUT /acct/box/b?comp=tier HTTP/1.1"), "acct box b");
  for (const auto* request :
       {"PUT /acct/box/b HTTP/1.1", "GET /acct/box/b HTTP/1.1", "DELETE /acct/box?restype=container HTTP/1.1",
        "DELETE /acct/box/b?comp=immutabilityPolicies HTTP/1.1", "POST /acct?comp=batch HTTP/1.1",
        "DELETE /acct/box/b HTTP/1.1\r\nContent-Length: 4"})
    EXPECT_EQ(about(request), "InvalidInput") << request;
}

TEST(Batch, GivesBackTheContentId) {
  EXPECT_EQ(parse_batch(kType, document("DELETE /box/b HTTP/1.1"))->front().content_id, "3");
  EXPECT_EQ(parse_batch(kType, document("DELETE /box/b HTTP/1.1\nContent-ID: 4"))->front().content_id, "4");
}

TEST(Batch, RefusesWhatIsNone) {
  for (const auto* type :
       {"", "multipart/mixed", "multipart/form-data; boundary=x", "multipart/mixed; boundary="})
    EXPECT_EQ(parse_batch(type, "").error().code, Code::InvalidHeaderValue) << type;
  for (const auto* text :
       {"", "--a b--", "--a b\r\nContent-Type: application/http\r\n\r\nDELETE /b/b HTTP/1.1"})
    EXPECT_EQ(parse_batch(kType, text).error().code, Code::InvalidInput) << text;
}

}  // namespace
}  // namespace vitrine::azure::blob
