// Strict configuration: typed values, overrides, and the exact words of each refusal.
#include "model/base/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/base/files.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kFlow = R"(title: A flow  # with a comment
seed: 7
train:
  epochs: 10
  rate: 1e-3
  optimizer: adam
  shuffle: true
  widths: [300, 100]
  betas: [0.9, 0.999]
  tags:
    - fast
    - "12"
layers:
  - {name: fc1, rank: 20}
  - {name: fc2, rank: 10}
)";

enum class Optimizer { Sgd, Adam };
const std::vector<std::pair<std::string, Optimizer>> kOptimizers = {{"sgd", Optimizer::Sgd},
                                                                    {"adam", Optimizer::Adam}};

// Parses, lets `read` ask for what it wants, finishes, and gives the error's message.
template <class Read>
std::string refusal(const std::string& yaml, Read read, const std::vector<std::string>& overrides = {}) {
  return input_error_of([&] {
    const Config config = Config::parse(yaml, "f.yaml", overrides);
    read(config.root());
    config.finish();
  });
}
std::string refusal(const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  return refusal(
      yaml, [](const ConfigSection&) {}, overrides);
}

TEST(ConfigReader, GivesTypedValues) {
  const Config config = Config::parse(kFlow, "f.yaml");
  const ConfigSection root = config.root();
  EXPECT_EQ(root.text("title"), "A flow");
  EXPECT_EQ(root.integer("seed", 0, 100), 7);
  const ConfigSection train = root.section("train");
  EXPECT_EQ(train.integer("epochs", 1, 10), 10);
  EXPECT_EQ(train.number("rate", 0, 1), 1e-3);
  EXPECT_EQ(train.choice("optimizer", kOptimizers), Optimizer::Adam);
  EXPECT_TRUE(train.boolean("shuffle"));
  EXPECT_THAT(train.integers("widths", 1, 1000), ElementsAre(300, 100));
  EXPECT_THAT(train.numbers("betas", 0, 1), ElementsAre(0.9, 0.999));
  EXPECT_THAT(train.texts("tags"), ElementsAre("fast", "12"));
  std::vector<std::string> names;
  for (const ConfigSection& layer : root.sections("layers")) {
    names.push_back(layer.text("name") + std::to_string(layer.integer("rank", 1, 50)));
  }
  EXPECT_THAT(names, ElementsAre("fc120", "fc210"));
  EXPECT_THAT(root.keys(), ElementsAre("title", "seed", "train", "layers"));
  EXPECT_NO_THROW(config.finish());
}

TEST(ConfigReader, FallsBackWhereAKeyIsAbsent) {
  const Config config = Config::parse("", "f.yaml");
  const ConfigSection root = config.root();
  EXPECT_EQ(root.integer("a", 1, 2, 9), 9);
  EXPECT_EQ(root.number("b", 1, 2, 0.5), 0.5);
  EXPECT_FALSE(root.boolean("c", false));
  EXPECT_EQ(root.text("d", "x"), "x");
  EXPECT_EQ(root.choice("e", kOptimizers, std::optional(Optimizer::Sgd)), Optimizer::Sgd);
  EXPECT_TRUE(root.integers("f", 0, 1).empty());
  EXPECT_TRUE(root.numbers("g", 0, 1).empty());
  EXPECT_TRUE(root.texts("h").empty());
  EXPECT_TRUE(root.sections("i").empty());
  EXPECT_EQ(root.section("j").section("k").integer("l", 0, 1, 1), 1);
  EXPECT_FALSE(root.has("a"));
  EXPECT_NO_THROW(config.finish());
}

TEST(ConfigReader, SaysWhichKeyIsMissing) {
  EXPECT_EQ(refusal("a:\n  b: 1\n", [](const ConfigSection& root) { root.section("a").text("name"); }),
            "f.yaml:2:3: found no key \"name\" in a, expected it");
}

TEST(ConfigReader, RefusesAnIllTypedInteger) {
  const auto read = [](const ConfigSection& root) { root.section("core").integer("axons", 1, 4096); };
  const auto refused = [&](const std::string& value) {
    return refusal("core:\n  axons: " + value + "\n", read);
  };
  const std::string tail = " for core.axons, expected an integer from 1 to 4096";
  EXPECT_EQ(refused("0"), "f.yaml:2:10: found \"0\"" + tail);
  EXPECT_EQ(refused("4097"), "f.yaml:2:10: found \"4097\"" + tail);
  EXPECT_EQ(refused("-1"), "f.yaml:2:10: found \"-1\"" + tail);
  EXPECT_EQ(refused("12x"), "f.yaml:2:10: found \"12x\"" + tail);
  EXPECT_EQ(refused("1.5"), "f.yaml:2:10: found \"1.5\"" + tail);
  EXPECT_EQ(refused("010"), "f.yaml:2:10: found \"010\"" + tail);
  EXPECT_EQ(refused("0x10"), "f.yaml:2:10: found \"0x10\"" + tail);
  EXPECT_EQ(refused("99999999999999999999"), "f.yaml:2:10: found \"99999999999999999999\"" + tail);
  EXPECT_EQ(refused("\"12\""), "f.yaml:2:10: found the text \"12\"" + tail);
  EXPECT_EQ(refused("[12]"), "f.yaml:2:10: found a list" + tail);
  EXPECT_EQ(refused("{a: 12}"), "f.yaml:2:10: found a mapping" + tail);
  EXPECT_THAT(refused("~"), HasSubstr("found nothing" + tail));
  EXPECT_THAT(refused(""), HasSubstr("found nothing" + tail));
}

TEST(ConfigReader, RefusesAnIllTypedNumber) {
  const auto refused = [](const std::string& value) {
    return refusal("rate: " + value, [](const ConfigSection& root) { root.number("rate", 0, 0.5); });
  };
  const std::string tail = " for rate, expected a number from 0 to 0.5";
  EXPECT_EQ(refused("0.6"), "f.yaml:1:7: found \"0.6\"" + tail);
  EXPECT_EQ(refused("nan"), "f.yaml:1:7: found \"nan\"" + tail);
  EXPECT_EQ(refused(".inf"), "f.yaml:1:7: found \".inf\"" + tail);
  EXPECT_EQ(refused("1e999"), "f.yaml:1:7: found \"1e999\"" + tail);
  EXPECT_EQ(refused("0.1 0.2"), "f.yaml:1:7: found \"0.1 0.2\"" + tail);
  EXPECT_EQ(refused("'0.1'"), "f.yaml:1:7: found the text \"0.1\"" + tail);
}

TEST(ConfigReader, RefusesOtherIllTypedValues) {
  EXPECT_EQ(refusal("a: yes", [](const ConfigSection& root) { root.boolean("a"); }),
            "f.yaml:1:4: found \"yes\" for a, expected true or false");
  EXPECT_EQ(refusal("a: \"true\"", [](const ConfigSection& root) { root.boolean("a"); }),
            "f.yaml:1:4: found the text \"true\" for a, expected true or false");
  EXPECT_EQ(refusal("a: [x]", [](const ConfigSection& root) { root.text("a"); }),
            "f.yaml:1:4: found a list for a, expected a text");
  EXPECT_EQ(refusal("a: adm", [](const ConfigSection& root) { root.choice("a", kOptimizers); }),
            "f.yaml:1:4: found \"adm\" for a, expected sgd or adam (did you mean 'adam'?)");
  EXPECT_EQ(refusal("a: 1", [](const ConfigSection& root) { root.integers("a", 0, 9); }),
            "f.yaml:1:4: found \"1\" for a, expected a list of integers");
  EXPECT_EQ(refusal("a: [1, x]", [](const ConfigSection& root) { root.integers("a", 0, 9); }),
            "f.yaml:1:8: found \"x\" for a[1], expected an integer from 0 to 9");
  EXPECT_EQ(refusal("a: 1", [](const ConfigSection& root) { root.numbers("a", 0, 9); }),
            "f.yaml:1:4: found \"1\" for a, expected a list of numbers");
  EXPECT_EQ(refusal("a: 1", [](const ConfigSection& root) { root.texts("a"); }),
            "f.yaml:1:4: found \"1\" for a, expected a list of texts");
  EXPECT_EQ(refusal("a: 1", [](const ConfigSection& root) { root.section("a"); }),
            "f.yaml:1:4: found \"1\" for a, expected a mapping");
  EXPECT_EQ(refusal("a: {}", [](const ConfigSection& root) { root.sections("a"); }),
            "f.yaml:1:4: found a mapping for a, expected a list of mappings");
  EXPECT_EQ(refusal("a: [3]", [](const ConfigSection& root) { root.sections("a"); }),
            "f.yaml:1:5: found \"3\" for a[0], expected a mapping");
  EXPECT_EQ(refusal("[1, 2]"), "f.yaml:1:1: found a list, expected a mapping");
  EXPECT_EQ(refusal("just text"), "f.yaml:1:1: found \"just text\", expected a mapping");
}

TEST(ConfigReader, ShortensALongText) {
  const std::string message = refusal("a: " + std::string(59, 'x') + "\xc3\xa4\xc3\xa4",
                                      [](const ConfigSection& root) { root.boolean("a"); });
  EXPECT_THAT(message, HasSubstr("found \"" + std::string(59, 'x') + "...\""));
}

TEST(ConfigReader, RefusesUnknownKeysWithASuggestion) {
  const auto read = [](const ConfigSection& root) {
    root.section("train").integer("epochs", 1, 9, 1);
    for (const ConfigSection& layer : root.sections("layers")) layer.text("name");
  };
  EXPECT_EQ(refusal("train:\n  epoch: 3\n", read),
            "f.yaml:2:3: found the unknown key \"epoch\" in train, expected epochs (did you mean 'epochs'?)");
  EXPECT_EQ(refusal("trian: {}\n", read),
            "f.yaml:1:1: found the unknown key \"trian\", expected layers or train (did you mean 'train'?)");
  EXPECT_EQ(refusal("layers:\n- name: a\n- {name: b, rank: 1}\n", read),
            "f.yaml:3:13: found the unknown key \"rank\" in layers[1], expected name");
  EXPECT_EQ(refusal("a: 1"), "f.yaml:1:1: found the unknown key \"a\", expected none");
}

TEST(ConfigReader, LetsTheCallerFailWithAPosition) {
  const auto read = [](const ConfigSection& root) {
    root.section("a").fail("b", "an odd number", "an even one");
  };
  EXPECT_EQ(refusal("a:\n  b: 3", read), "f.yaml:2:6: found an odd number for a.b, expected an even one");
}

TEST(ConfigYaml, RefusesDuplicateKeys) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"),
            "f.yaml:3:1: found the key \"a\" again, expected it once, as in line 1");
  EXPECT_EQ(refusal("x: {a: 1, a: 2}"),
            "f.yaml:1:11: found the key \"a\" again, expected it once, as in line 1");
}

TEST(ConfigYaml, RefusesWhatIsNoPlainConfiguration) {
  EXPECT_THAT(refusal("a: [1, 2"), StartsWith("f.yaml:1:"));
  EXPECT_THAT(refusal("a: [1, 2"), HasSubstr("not valid YAML: "));
  EXPECT_THAT(refusal("a: b: c"), StartsWith("f.yaml:1:5: not valid YAML: "));
  EXPECT_EQ(refusal("a: &x 1\nb: *x"), "f.yaml:1:4: found an anchor, expected a plain value");
  EXPECT_THAT(refusal("a: *x"), HasSubstr("f.yaml:1:4: "));
  EXPECT_EQ(refusal("a: !!int 1"),
            "f.yaml:1:4: found the tag \"tag:yaml.org,2002:int\", expected a plain value");
  EXPECT_EQ(refusal("a: 1\n---\nb: 2\n"), "f.yaml:2:1: found a second document, expected one");
  EXPECT_EQ(refusal("? [a]\n: 1"), "f.yaml:1:3: found a list or mapping as a key, expected a name");
  EXPECT_EQ(refusal("~: 1"), "f.yaml:1:1: found an empty key, expected a name");
}

TEST(ConfigYaml, RefusesBytesThatAreNoText) {
  EXPECT_EQ(refusal(std::string("a: 1\nb: \0", 9)), "f.yaml:2:4: found the byte 0x00, expected UTF-8 text");
  EXPECT_EQ(refusal("a: \x04"), "f.yaml:1:4: found the byte 0x04, expected UTF-8 text");
  for (const char* bad :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80"}) {
    EXPECT_THAT(refusal(std::string("a: ") + bad), HasSubstr("expected UTF-8 text"));
  }
  EXPECT_EQ(refusal("a: \"\\0\""), "f.yaml:1:4: found a text with control characters, expected plain text");
  const Config good = Config::parse("a: \"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82\"", "f.yaml");
  EXPECT_EQ(good.root().text("a"), "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82");
}

TEST(ConfigYaml, RefusesHostileSizesAndDepths) {
  EXPECT_THAT(refusal(std::string((1 << 20) + 1, '#')),
              HasSubstr("found 1048577 bytes, expected at most 1048576"));
  EXPECT_THAT(refusal("a: " + std::string(40, '[') + std::string(40, ']')),
              HasSubstr("nested deeper than 32 levels"));
  EXPECT_THAT(refusal("a: " + std::string(500000, '[')), StartsWith("f.yaml:"));
  EXPECT_THAT(refusal(std::string(500000, '{')), StartsWith("f.yaml:"));
  std::string items = "a: [1";
  for (int i = 0; i < 100000; ++i) items += ",1";
  EXPECT_THAT(refusal(items + "]"), HasSubstr("more than 100000 values"));
  std::string keys;
  for (int i = 0; i < 1001; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(refusal(keys), HasSubstr("more than 1000 keys in a mapping"));
}

TEST(ConfigOverride, ReplacesAndAddsValues) {
  const Config config = Config::parse(kFlow, "f.yaml",
                                      {"seed=8", "train.rate=0.5", "train.decay=0.1", "new.deep.key=[1, 2]",
                                       "layers.1.rank=3", "title=a.b=c", "seed=9"});
  const ConfigSection root = config.root();
  EXPECT_EQ(root.integer("seed", 0, 10), 9) << "the last one counts";
  EXPECT_EQ(root.section("train").number("rate", 0, 1), 0.5);
  EXPECT_EQ(root.section("train").number("decay", 0, 1), 0.1);
  EXPECT_THAT(root.section("new").section("deep").integers("key", 0, 9), ElementsAre(1, 2));
  EXPECT_EQ(root.sections("layers")[1].integer("rank", 0, 9), 3);
  EXPECT_EQ(root.text("title"), "a.b=c");
  EXPECT_EQ(
      Config::parse(kFlow, "f.yaml", {"layers[1].rank=4"}).root().sections("layers")[1].integer("rank", 0, 9),
      4);
  EXPECT_EQ(Config::parse("", "f.yaml", {"a=1"}).root().integer("a", 0, 1), 1);
}

TEST(ConfigOverride, IsNamedByItsErrors) {
  const auto read = [](const ConfigSection& root) { root.section("train").integer("epochs", 1, 9, 1); };
  EXPECT_EQ(refusal("", read, {"train.epochs=10"}),
            "override \"train.epochs=10\": found \"10\" for train.epochs, expected an integer from 1 to 9");
  EXPECT_EQ(refusal("", read, {"train.epoch=1"}),
            "override \"train.epoch=1\": found the unknown key \"epoch\" in train, expected epochs (did you "
            "mean 'epochs'?)");
  EXPECT_EQ(refusal("", {"train"}), "override \"train\": found no \"key=value\", expected one");
  EXPECT_EQ(refusal("", {"=1"}), "override \"=1\": found no \"key=value\", expected one");
  EXPECT_EQ(refusal("", {"a..b=1"}),
            "override \"a..b=1\": found an empty key, expected names with dots between them");
  EXPECT_EQ(refusal("", {"a.=1"}),
            "override \"a.=1\": found an empty key, expected names with dots between them");
  EXPECT_EQ(refusal("a: 1", {"a.b=1"}),
            "override \"a.b=1\": found \"b\" below a value that is no mapping, expected a mapping");
  EXPECT_EQ(refusal("a: [1]", {"a.1=1"}),
            "override \"a.1=1\": found \"1\" for an item of a list, expected 0 to 0");
  EXPECT_EQ(refusal("a: []", {"a.x=1"}),
            "override \"a.x=1\": found \"x\" for an item of a list, expected no items");
  std::string deep = "a";
  for (int i = 0; i < 16; ++i) deep += ".a";
  EXPECT_THAT(refusal("", {deep + "=1"}), HasSubstr("found 17 keys, expected at most 16"));
  EXPECT_THAT(refusal("", {"a=[1"}), StartsWith("override \"a=[1\":"));
  EXPECT_THAT(refusal("", read, {"train.epochs="}), HasSubstr("found nothing for train.epochs"));
}

TEST(ConfigFile, IsReadWithItsNameInErrors) {
  const TemporaryDirectory directory;
  write_file(directory / "flow.yaml", "a: 1\n");
  const std::string path = (directory / "flow.yaml").string();
  EXPECT_EQ(Config::read(path).root().integer("a", 0, 1), 1);
  EXPECT_THAT(input_error_of([&] { Config::read(path).finish(); }), StartsWith(path + ":1:1: "));
}

TEST(YamlWriting, ReadsAsWhatWasWritten) {
  for (const std::string text :
       {"plain", "a/b.yaml", "", "12", "true", "null", "a: b", "# x", "- x", "say \"hi\" \\ there",
        "two\nlines\tand a tab", " spaces ", "\xc3\xa4", "x y", "*a", "@"}) {
    const Config config = Config::parse("a: " + yaml_text(text), "f.yaml");
    EXPECT_EQ(config.root().text("a"), text);
  }
  for (const double number : {0.0, 1.0, 0.1, 1e8, 2.3e-12, 1e300, -1.0 / 3}) {
    const Config config = Config::parse("a: " + yaml_number(number), "f.yaml");
    EXPECT_EQ(config.root().number("a", -1e301, 1e301), number);
  }
  EXPECT_EQ(yaml_text("default"), "default");
  EXPECT_EQ(yaml_text("12"), "\"12\"");
}

}  // namespace
}  // namespace weft
