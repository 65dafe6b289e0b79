// Any body is read or refused.
#include "base/bytes.h"
#include "platform/json_fields.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto fields = vitrine::platform::JsonFields::parse(vitrine::as_text({data, size}));
  if (!fields) return 0;
  (void)fields->text("name");
  (void)fields->texts("also");
  for (auto& key : fields->objects("keys").value_or(std::vector<vitrine::platform::JsonFields>{}))
    (void)key.end();
  (void)fields->end();
  return 0;
}
