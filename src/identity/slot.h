// Which journal stands in a slot of the heads tree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "identity/account.h"

namespace vitrine::identity {

/// Before every slot's number in the State table, and behind all of them.
inline constexpr std::string_view kSlotPrefix = "slot/";
inline constexpr std::string_view kBehindSlots = "slot0";
/// The row that gives a slot its journal; written by the commit that creates the account.
store::Key slot_key(std::uint32_t slot);

/// The row with the slot that the next account gets, and its value. Errors: Corrupt.
const store::Key& next_slot_key();
std::string encode_next_slot(std::uint32_t slot);
Result<std::uint32_t> decode_next_slot(const store::Entry& row);

/// The store's streams from here on hold journals that came after lost ones.
inline constexpr std::uint32_t kFirstSuccessor = 0x8000'0000;
/// The row that says that a stream holds what is left of a lost journal; its value is the slot's journal's
/// id.
store::Key ended_key(std::uint32_t stream);

/// The journal's id and, where it is not the slot's first, the store's stream that holds it (4 bytes,
/// big-endian).
std::string encode_slot(std::uint32_t slot, const JournalPlace& place);
/// Errors: Corrupt.
Result<JournalPlace> decode_slot(std::uint32_t slot, std::string_view row);

}  // namespace vitrine::identity
