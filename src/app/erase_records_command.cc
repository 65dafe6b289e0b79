// vitrine erase-records ACCOUNT --record … --facet … --ground … --approve … --approve …
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/approvers.h"
#include "app/client_commands.h"
#include "app/fetch.h"
#include "base/encoding.h"
#include "base/time.h"
#include "evidence/erasure.h"
#include "tlog/note.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

struct Asked {
  ApiOptions api;
  std::string account;
  std::vector<std::string> records;
  std::vector<std::string> facets;
  std::string ground;
  std::vector<std::string> approvers;
};

Result<evidence::RecordRanges> read_records(const Asked& asked) {
  evidence::RecordRanges all;
  for (const auto& text : asked.records) {
    const auto ranges = evidence::parse_ranges(text);
    if (!ranges) return fail(Code::InvalidInput, "--record: " + ranges.error().message);
    all.insert(all.end(), ranges->begin(), ranges->end());
  }
  return evidence::merged(std::move(all));
}

Result<evidence::ErasedFacets> read_facets(const Asked& asked) {
  evidence::ErasedFacets all;
  for (const auto& text : asked.facets) {
    const auto facets = evidence::parse_facets(text);
    if (!facets) return fail(Code::InvalidInput, "--facet: " + facets.error().message);
    all.who = all.who || facets->who;
    all.what = all.what || facets->what;
  }
  return all;
}

/// Which journal is spoken of.
struct Place {
  std::uint64_t slot = 0;
  evidence::JournalId journal;
};

Result<Place> place_in(const json::value& accounts, const Asked& asked) {
  const auto no_server = [](std::string_view what) {
    return fail(Code::Unavailable,
                fmt::format("What answered is not a Vitrine server's platform port: {}", what));
  };
  const auto* list = accounts.is_object() ? accounts.get_object().if_contains("accounts") : nullptr;
  if (!list || !list->is_array()) return no_server("it lists no accounts.");
  for (const auto& account : list->get_array()) {
    if (words(account, "name") != asked.account) continue;
    const auto id = from_hex(words(account, "journal"));
    const auto* slot = account.get_object().if_contains("slot");
    Place place;
    if (!id || id->size() != place.journal.bytes.size() || !slot || !slot->is_int64() ||
        slot->get_int64() < 0)
      return no_server("the account has no journal.");
    std::ranges::copy(*id, place.journal.bytes.begin());
    place.slot = static_cast<std::uint64_t>(slot->get_int64());
    return place;
  }
  return fail(Code::InvalidInput, fmt::format("There is no account '{}' on this server.", asked.account));
}

Result<std::string> log_origin(const Asked& asked) {
  const auto answer = TRY(fetch({.url = TRY(http::Url::parse(asked.api.server + "/log/key"))}, asked.api.ca));
  std::string_view text = answer.body;
  while (text.ends_with('\n')) text.remove_suffix(1);
  return TRY(tlog::NoteKey::parse(text)).name();
}

json::object describe(const evidence::Approval& approval) {
  return {{"key", to_base64(approval.key)}, {"signature", to_base64(approval.signature)}};
}

Result<ApiAnswer> erase(const Asked& asked) {
  evidence::ErasureOrder order{.journal = {},
                               .records = TRY(read_records(asked)),
                               .facets = TRY(read_facets(asked)),
                               .ground = asked.ground};
  auto listed = TRY(call_as_operator(asked.api, TRY(api_request(asked.api, "GET", "/accounts"))));
  if (listed.refused()) return listed;
  const auto place = TRY(place_in(listed.body, asked));
  order.journal = place.journal;
  const auto approvers = TRY(read_approvers(asked.approvers));
  const auto origin = TRY(log_origin(asked));
  const auto time = std::chrono::floor<std::chrono::seconds>(system_clock().now());
  const auto statement = evidence::erasure_statement(origin, make_erasure(place.slot, order, time));
  json::object body{{"records", to_text(order.records)},
                    {"facets", to_text(order.facets)},
                    {"ground", order.ground},
                    {"time", to_iso8601(time)},
                    {"approvals",
                     {describe(evidence::approve(statement, approvers[0])),
                      describe(evidence::approve(statement, approvers[1]))}}};
  const auto path = fmt::format("/accounts/{}/journal/erasures", asked.account);
  return call_as_operator(asked.api, TRY(api_request(asked.api, "POST", path, std::move(body))));
}

std::string show_erased(const json::value& answer) {
  const auto number = words(answer, "records"), facets = words(answer, "facets");
  const auto records = number + (number == "1" ? " record" : " records");
  if (words(answer, "done") != "true")
    return fmt::format(
        "The erasure of {} from {} is on record and is being carried out, also after a restart;\n"
        "while a backup is being made it waits for its end. Ask again to see it done.\n",
        facets, records);
  if (words(answer, "wasOpen") != "true")
    return fmt::format("Of {} {} was erased before: nothing was left to erase.\n", records, facets);
  return fmt::format(
      "From {} {} is erased. The journal has a record of it, and the public log counts it.\n"
      "Earlier backups, exports and receipts still have what they had.\n",
      records, facets);
}

}  // namespace

void add_erase_records_command(CLI::App& app, int& status) {
  auto asked = std::make_shared<Asked>();
  auto* command =
      app.add_subcommand("erase-records", "Erase who or what from records of an account's journal");
  command->footer(
      std::string(kExitStatus) +
      "\nWhy and outcome of a record stay, and so does its place: the journal still verifies, and says that\n"
      "the facet is closed. Two people sign, each with a key of their own, one of them from the account.\n"
      "The ground stands in the account's journal; how many records it were, in the public log.\n\n"
      "Example:\n"
      "  vitrine erase-records cityarchive --record 17 --record 40-52 --facet who \\\n"
      "      --ground 'GDPR Art. 17(1)(d), request of 3 May' --approve alice.pem --approve bob.pem\n");
  command->add_option("ACCOUNT", asked->account, "the storage account")->required();
  command
      ->add_option("--record", asked->records,
                   "the index of a record, FIRST-LAST or several: 4-9,17; may be "
                   "given often")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--facet", asked->facets, "'who', 'what' or 'who,what'; may be given twice")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--ground", asked->ground, "the legal ground, in words")->required();
  command
      ->add_option("--approve", asked->approvers,
                   "twice: the file of a person's Ed25519 key, PEM, as `openssl genpkey -algorithm ed25519` "
                   "makes it")
      ->required()
      ->allow_extra_args(false);
  add_operator_options(command, asked->api);
  command->callback([asked, &status] { status = print(asked->api, erase(*asked), show_erased); });
}

}  // namespace vitrine::app
