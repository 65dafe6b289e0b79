#include "store/scanner.h"

#include <utility>

#include "store/database.h"
#include "store/encoding.h"

namespace vitrine::store {

Result<void> check_readable(Table table) {
  if (table == Table::State || table == Table::Heads || table == Table::Rows) return {};
  return fail(Code::InvalidInput, "Bodies, journals and counters are not read by key: use their own calls.");
}

Scanner::Scanner(std::unique_ptr<Cursor> cursor, Version read_at)
    : cursor_(std::move(cursor)), read_at_(read_at) {
  cursor_->seek({});
}
Scanner::~Scanner() = default;
Scanner::Scanner(Scanner&&) noexcept = default;

Result<std::optional<EntryView>> Scanner::next() {
  if (!std::exchange(moved_, false)) cursor_->next();
  if (!cursor_->valid()) {
    moved_ = true;
    TRY(cursor_->status());
    return std::nullopt;
  }
  const auto stored = TRY(read_versioned(as_bytes(cursor_->value())));
  return EntryView{cursor_->key(), stored.version, stored.value};
}

void Scanner::rest() {
  cursor_->rest();
}

void Scanner::seek(std::string_view target) {
  cursor_->seek(target);
  moved_ = true;
}

}  // namespace vitrine::store
