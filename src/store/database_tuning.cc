#include "store/database_tuning.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "store/rocksdb_messages.h"

namespace vitrine::store {
namespace {

/// How a family is used.
struct Traits {
  Family family;
  const char* name;
  bool point_lookups;  ///< read by single keys: with filters most memtables and files are passed over
  bool compressible;
};

constexpr Traits kTraits[] = {
    {Family::Meta, "default", false, true},     {Family::State, "state", true, true},
    {Family::Heads, "heads", true, true},       {Family::Bodies, "bodies", true, false},
    {Family::Rows, "rows", false, true},        {Family::Journal, "journal", false, true},
    {Family::Counters, "counters", true, true}, {Family::Segments, "segments", true, false},
};
static_assert(std::size(kTraits) == kFamilies);

constexpr std::size_t kBlockBytes = 8 << 10;
constexpr double kFilterBitsPerKey = 10;
/// About what a merge takes of the disk for a while.
constexpr std::uint64_t kMergeBytes = std::uint64_t{512} << 20;

rocksdb::ColumnFamilyOptions family_options(const Traits& traits, Database::Sizes sizes,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = kBlockBytes;
  table.format_version = 5;
  // Debian's RocksDB computes CRC32C without the processor's help, ten times slower.
  table.checksum = rocksdb::kXXH3;
  // Index and filter blocks count against the cache, or memory would grow with the number of blobs.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  if (traits.point_lookups) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));

  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = traits.compressible ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  // A quarter each, so that one busy family flushes alone before all of them must.
  options.write_buffer_size = std::max<std::size_t>(sizes.write_buffer_bytes / 4, 1 << 20);
  options.max_write_buffer_number = 3;
  options.level_compaction_dynamic_level_bytes = true;
  options.max_compaction_bytes = kMergeBytes;
  if (traits.point_lookups) {
    options.memtable_prefix_bloom_size_ratio = 0.02;
    options.memtable_whole_key_filtering = true;
  }
  return options;
}

}  // namespace

rocksdb::DBOptions database_options(Database::Sizes sizes) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  // After a crash the log may end in a torn batch that nobody was promised: replay stops before it. Damage
  // in front of other batches was looked for before.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  // A failed write is unknown for ever: RocksDB must not decide by itself that all is well again.
  options.max_bgerror_resume_count = 0;
  // The committer is the only writer.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  options.db_write_buffer_size = sizes.write_buffer_bytes;
  options.max_total_wal_size = sizes.write_buffer_bytes;
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1 << 20;
  options.max_open_files = 1024;
  options.skip_stats_update_on_db_open = true;
  options.info_log = rocksdb_messages();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(
    Database::Sizes sizes, const std::shared_ptr<rocksdb::Cache>& cache) {
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(kFamilies);
  for (const auto& traits : kTraits)
    descriptors.emplace_back(traits.name, family_options(traits, sizes, cache));
  return descriptors;
}

}  // namespace vitrine::store
