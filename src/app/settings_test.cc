#include "app/settings.h"

#include <gtest/gtest.h>

namespace vitrine::app {
namespace {

Environment environment_of(Values values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Settings, HoldTheirDefaultsWhenNothingIsSaid) {
  auto settings = combine("", environment_of({}), {}).value();
  EXPECT_FALSE(settings.dev);
  EXPECT_EQ(settings.listen, "127.0.0.1");
  EXPECT_EQ(settings.blob_port, 10000);
  EXPECT_EQ(settings.platform_port, 10080);
  EXPECT_EQ(settings.seal_tick, std::chrono::seconds(1));
}

TEST(Settings, LaterSourcesWin) {
  constexpr const char* kFile = "blob-port = 1\nplatform-port = 2\nthreads = 3\nlog-json = true\n";
  auto environment = environment_of({{"VITRINE_PLATFORM_PORT", "20"}, {"VITRINE_THREADS", "30"}});
  auto settings = combine(kFile, environment, {{"threads", "300"}, {"dev", "true"}}).value();
  EXPECT_EQ(settings.blob_port, 1);
  EXPECT_EQ(settings.platform_port, 20);
  EXPECT_EQ(settings.threads, 300u);
  EXPECT_TRUE(settings.log_json);
  EXPECT_TRUE(settings.dev);
}

/// One that the setting takes.
std::string value_for(const Setting& setting) {
  constexpr std::pair<std::string_view, const char*> kWords[] = {{"log-level", "debug"},
                                                                 {"versioned-accounts", "archive,city"}};
  for (const auto& [name, word] : kWords)
    if (name == setting.name) return word;
  return setting.is_switch ? "true" : "10";
}

TEST(Settings, EachCanBeSetInEverySource) {
  for (const auto& setting : all_settings()) {
    std::string name(setting.name);
    const auto value = value_for(setting);
    EXPECT_TRUE(combine(name + " = \"" + value + "\"\n", environment_of({}), {})) << name;
    EXPECT_TRUE(combine("", environment_of({{variable_of(name), value}}), {})) << name;
    EXPECT_TRUE(combine("", environment_of({}), {{name, value}})) << name;
  }
}

struct BadFile {
  const char* text;
  const char* named;
};
constexpr BadFile kBadFiles[] = {
    {"blob-port = 1\nblobport = 2\n", "line 2: there is no setting 'blobport'"},
    {"\n\n[section]\n", "line 3: there is no setting 'section'"},
    {"config = \"other.toml\"\n", "there is no setting 'config'"},
    {"blob-port = 65536\n", "line 1, 'blob-port': '65536' is not a whole number from 0 to 65535"},
    {"blob-port = -1\n", "'-1' is not a whole number"},
    {"blob-port = 1.5\n", "not a string, a whole number"},
    {"blob-port = [1]\n", "not a string, a whole number"},
    {"threads = 0\n", "from 1 to 1024"},
    {"dev = \"yes\"\n", "neither true nor false"},
    {"listen = \"\"\n", "the value is empty"},
    {"seal-tick = 1\n", "from 10 to 60000"},
    {"write-buffer = 0\n", "from 1 to 4096"},
    {"reserve = 2000000\n", "from 0 to 1048576"},
    {"log-level = \"loud\"\n", "choose debug, info, warn or error"},
    {"data-dir = \n", "line 1"},
    {"dev = true\ndev = false\n", "line 2"},
};

TEST(Settings, AFileThatIsWrongIsRefusedWithItsLine) {
  for (const auto& bad : kBadFiles) {
    auto settings = combine(bad.text, environment_of({}), {});
    ASSERT_FALSE(settings) << bad.text;
    EXPECT_EQ(settings.error().code, Code::InvalidInput);
    EXPECT_NE(settings.error().message.find(bad.named), std::string::npos) << settings.error().message;
  }
}

TEST(Settings, OtherSourcesAreNamedToo) {
  EXPECT_EQ(combine("", environment_of({{"VITRINE_BLOB_PORT", "x"}}), {}).error().message,
            "VITRINE_BLOB_PORT: 'x' is not a whole number from 0 to 65535.");
  EXPECT_EQ(combine("", environment_of({}), {{"workers", "0"}}).error().message,
            "--workers: '0' is not a whole number from 1 to 256.");
}

}  // namespace
}  // namespace vitrine::app
