#include <gtest/gtest.h>

#include "azure/blob/block_list_xml.h"
#include "azure/blob/listing_xml.h"
#include "azure/blob/xml_document.h"
#include "azure/blob/xml_writer.h"

namespace vitrine::azure::blob {
namespace {

using operations::BlockSource;

constexpr std::string_view kHead = R"(<?xml version="1.0" encoding="utf-8"?>)";

std::string body_of(std::string document) {
  EXPECT_TRUE(document.starts_with(kHead));
  return document.substr(kHead.size());
}

TEST(XmlWriter, EscapesText) {
  XmlWriter xml;
  xml.open("A").attribute("b", "\"<>&").text("C", "a&b<c>\r\n\t\"").close("A");
  EXPECT_EQ(body_of(xml.take()), "<A b=\"&quot;&lt;&gt;&amp;\"><C>a&amp;b&lt;c&gt;&#xD;\n\t&quot;</C></A>");
}

TEST(XmlWriter, NamesThatXmlCannotHoldAreEncoded) {
  struct Row {
    std::string_view name, element;
  };
  for (auto [name, element] : {
           Row{"a b/\xc3\xbc%20+", "<N>a b/\xc3\xbc%20+</N>"},
           Row{"a\x01/\xc3\xbc", "<N Encoded=\"true\">a%01%2F%C3%BC</N>"},
           Row{"\xef\xbf\xbf", "<N Encoded=\"true\">%EF%BF%BF</N>"},
       }) {
    XmlWriter xml;
    EXPECT_EQ(body_of(xml.name("N", name).take()), element);
  }
}

TEST(XmlDocument, RefusesWhatTheProtocolNeverHolds) {
  auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<BlockList>";
    for (int i = 0; i < depth; ++i) text += "</BlockList>";
    return text;
  };
  EXPECT_TRUE(parse_xml(nested(kMostXmlDepth), "BlockList"));
  for (const auto& text :
       {std::string(), std::string("<BlockList>"), std::string("<Other/>"), std::string("no xml"),
        std::string("<!DOCTYPE BlockList><BlockList/>"),
        std::string("<!DOCTYPE b [<!ENTITY x SYSTEM "
                    "\"file:///etc/passwd\">]><BlockList><Latest>&x;</Latest></BlockList>"),
        nested(kMostXmlDepth + 2), nested(100'000)})
    EXPECT_EQ(parse_xml(text, "BlockList").error().code, Code::InvalidXmlDocument) << text.substr(0, 80);
}

TEST(BlockList, IsReadInOrder) {
  auto blocks = *parse_block_list(
      "<?xml version='1.0' encoding='utf-8'?>\n<BlockList>\n  <Latest>YWFh</Latest>\n  "
      "<Committed>YmJi</Committed>"
      "<Uncommitted>Y2Nj</Uncommitted><Latest>YWFh</Latest></BlockList>");
  ASSERT_EQ(blocks.size(), 4u);
  EXPECT_EQ(blocks[0].source, BlockSource::Latest);
  EXPECT_EQ(blocks[0].id.text(), "YWFh");
  EXPECT_EQ(blocks[1].source, BlockSource::Committed);
  EXPECT_EQ(blocks[2].source, BlockSource::Uncommitted);
  EXPECT_EQ(blocks[3].id.text(), "YWFh");
  EXPECT_TRUE(parse_block_list("<BlockList/>")->empty());
  EXPECT_EQ(parse_block_list("\xef\xbb\xbf<BlockList><Latest>YWFh</Latest></BlockList>")->size(), 1u);
}

TEST(BlockList, Refusals) {
  std::string many = "<BlockList>";
  for (std::size_t i = 0; i <= operations::kMostBlocks; ++i) many += "<Latest>AAAA</Latest>";
  many += "</BlockList>";
  for (const auto& [text, code] :
       {std::pair<std::string, Code>{"<BlockList><Newest>AAAA</Newest></BlockList>",
                                     Code::InvalidXmlDocument},
        {"<BlockList>AAAA</BlockList>", Code::InvalidXmlDocument},
        {"<BlockList><Latest/></BlockList>", Code::InvalidBlockId},
        {"<BlockList><Latest>!</Latest></BlockList>", Code::InvalidBlockId},
        {many, Code::BlockListTooLong}})
    EXPECT_EQ(parse_block_list(text).error().code, code) << text.substr(0, 80);
}

blobs::Piece piece_of(std::uint64_t length) {
  blobs::Piece piece;
  piece.length = length;
  return piece;
}

TEST(BlockList, IsWrittenAsAskedFor) {
  operations::BlockLists lists;
  lists.committed.push_back({*blobs::BlockId::parse("AAAA"), piece_of(7)});
  lists.uncommitted.push_back({*blobs::BlockId::parse("BBBB"), piece_of(0)});
  const std::string committed =
      "<CommittedBlocks><Block><Name>AAAA</Name><Size>7</Size></Block></CommittedBlocks>";
  const std::string uncommitted =
      "<UncommittedBlocks><Block><Name>BBBB</Name><Size>0</Size></Block></UncommittedBlocks>";
  for (const auto& [asked, expected] : {std::pair<std::string_view, std::string>{"", committed},
                                        {"Committed", committed},
                                        {"uncommitted", uncommitted},
                                        {"all", committed + uncommitted}})
    EXPECT_EQ(body_of(write_block_lists(lists, *parse_block_list_type(asked))),
              "<BlockList>" + expected + "</BlockList>");
  EXPECT_EQ(parse_block_list_type("some").error().code, Code::InvalidQueryParameterValue);
}

blobs::BlobHead blob_head() {
  blobs::BlobHead head;
  head.created = from_micros(0);
  head.last_modified = from_micros(1'000'000);
  head.etag = blobs::ETag::from_number(0x8D1);
  head.size = 5;
  head.metadata = {{"k", "<v>"}};
  return head;
}

TEST(Listing, BlobsAndPrefixes) {
  operations::BlobPage page;
  page.items.emplace_back(operations::ListedBlob{"a&b", blob_head()});
  page.items.emplace_back(operations::ListedPrefix{"dir/"});
  page.items.emplace_back(operations::ListedBlob{"un\x02", std::nullopt});
  page.next_marker = "next";
  ListingRequest request{"http://host/acct/", "p", "m", "/", 3, true};
  EXPECT_EQ(
      body_of(write_blob_page(page, request, *blobs::ContainerName::parse("con"), {})),
      "<EnumerationResults ServiceEndpoint=\"http://host/acct/\" ContainerName=\"con\"><Prefix>p</Prefix>"
      "<Marker>m</Marker><MaxResults>3</MaxResults><Delimiter>/</Delimiter><Blobs><Blob><Name>a&amp;b</Name>"
      "<Properties><Creation-Time>Thu, 01 Jan 1970 00:00:00 GMT</Creation-Time><Last-Modified>Thu, 01 Jan "
      "1970 "
      "00:00:01 GMT</Last-Modified><Etag>0x8D1</Etag><Content-Length>5</Content-Length><Content-Type>"
      "</Content-Type><Content-Encoding></Content-Encoding><Content-Language>"
      "</Content-Language><Content-MD5></Content-MD5><Cache-Control></Cache-Control><Content-Disposition>"
      "</Content-Disposition><BlobType>BlockBlob</BlobType><AccessTier>Hot</"
      "AccessTier><AccessTierInferred>true"
      "</AccessTierInferred><ServerEncrypted>true</ServerEncrypted><LeaseStatus>unlocked</"
      "LeaseStatus><LeaseState>available</"
      "LeaseState></Properties><Metadata><k>&lt;v&gt;</k></Metadata></Blob><BlobPrefix><Name>dir/"
      "</Name>"
      "</BlobPrefix><Blob><Name Encoded=\"true\">un%02</Name><Properties><Content-Length>0</Content-Length>"
      "<BlobType>BlockBlob</BlobType></Properties></Blob></Blobs><NextMarker>next</NextMarker></"
      "EnumerationResults>");
}

TEST(Listing, Containers) {
  operations::ContainerPage page;
  blobs::ContainerHead head;
  head.last_modified = from_micros(0);
  head.etag = blobs::ETag::from_number(0x8D1);
  head.metadata = {{"k", "v"}};
  page.containers.push_back({"con", head});
  ListingRequest request;
  request.service_endpoint = "http://host/acct/";
  EXPECT_EQ(
      body_of(write_container_page(page, request, {})),
      "<EnumerationResults "
      "ServiceEndpoint=\"http://host/acct/\"><Prefix></Prefix><Marker></Marker><Containers>"
      "<Container><Name>con</Name><Properties><Last-Modified>Thu, 01 Jan 1970 00:00:00 "
      "GMT</Last-Modified><Etag>"
      "&quot;0x8D1&quot;</Etag><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
      "<DefaultEncryptionScope>$account-encryption-key</DefaultEncryptionScope><DenyEncryptionScopeOverride>"
      "false</DenyEncryptionScopeOverride><HasImmutabilityPolicy>false</HasImmutabilityPolicy><HasLegalHold>"
      "false</HasLegalHold><ImmutableStorageWithVersioningEnabled>true"
      "</ImmutableStorageWithVersioningEnabled></Properties>"
      "</Container></Containers><NextMarker></NextMarker></EnumerationResults>");
}

}  // namespace
}  // namespace vitrine::azure::blob
