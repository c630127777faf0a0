// Strict reading of YAML configuration: fabric files, flow files, sweeps.
//
//   const Config config = Config::parse(text, "flow.yaml", {"train.epochs=3"});
//   const ConfigSection train = config.root().section("train");
//   params.epochs = train.integer("epochs", 1, 1000, params.epochs);   // the last argument: where the key is
//   absent config.finish();                                                   // refuses every key that
//   nobody asked for
//
// Every error is an InputError "file:line:column: found X for train.epochs, expected Y". Refused besides
// syntax errors: unknown, missing and duplicate keys, ill-typed values, values out of range, more than one
// document, anchors, aliases and tags, text that is not UTF-8, and what is too large or nested too deep.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/base/error.hpp"

namespace weft {

struct ConfigNode;
struct ConfigTree;

// A mapping of the file. Each reading function takes a key of it and notes that the key is known. Where the
// key is absent it gives `fallback`, or throws if there is none. A value that is empty or ~ counts as
// ill-typed.
class ConfigSection {
 public:
  bool has(const std::string& key) const;       // does not make the key known
  bool has_list(const std::string& key) const;  // the key is there and its value a list; likewise

  std::int64_t integer(const std::string& key, std::int64_t minimum, std::int64_t maximum,
                       std::optional<std::int64_t> fallback = std::nullopt) const;
  // Finite numbers only; an integer is a number too.
  double number(const std::string& key, double minimum, double maximum,
                std::optional<double> fallback = std::nullopt) const;
  bool boolean(const std::string& key, std::optional<bool> fallback = std::nullopt) const;
  std::string text(const std::string& key, const std::optional<std::string>& fallback = std::nullopt) const;
  // One of the names; gives what is paired with it.
  template <class T>
  T choice(const std::string& key, const std::vector<std::pair<std::string, T>>& names,
           std::optional<T> fallback = std::nullopt) const {
    if (!ask(key) && fallback) return *fallback;
    std::vector<std::string> only_names;
    for (const auto& [name, value] : names) only_names.push_back(name);
    return names[choose(key, only_names)].second;
  }

  // Lists in square brackets or with dashes; empty where the key is absent.
  std::vector<std::int64_t> integers(const std::string& key, std::int64_t minimum,
                                     std::int64_t maximum) const;
  std::vector<double> numbers(const std::string& key, double minimum, double maximum) const;
  std::vector<std::string> texts(const std::string& key) const;

  // A mapping within this one; an empty one where the key is absent.
  ConfigSection section(const std::string& key) const;
  // A list of mappings; empty where the key is absent.
  std::vector<ConfigSection> sections(const std::string& key) const;

  // All keys in the order of the file, for mappings whose keys are free (each still has to be read).
  std::vector<std::string> keys() const;

  // For rules of the caller's own: throws with the position and the name of the key (of this section if it is
  // absent).
  [[noreturn]] void fail(const std::string& key, const std::string& found, const std::string& expected) const;
  SourcePosition position() const;
  SourcePosition position(const std::string& key) const;  // of its value; of this section if it is absent
  // Where the first character of a text is, behind a quotation mark if it has one: of item `index` where the
  // value is a list. For errors within a text of one line without escapes.
  SourcePosition text_position(const std::string& key, std::size_t index = 0) const;

 private:
  friend class Config;
  ConfigSection(std::shared_ptr<ConfigTree> tree, ConfigNode* node) : tree_(std::move(tree)), node_(node) {}
  ConfigNode* ask(const std::string& key) const;   // null where the key is absent
  ConfigNode& need(const std::string& key) const;  // throws where the key is absent
  std::size_t choose(const std::string& key, const std::vector<std::string>& names) const;

  std::shared_ptr<ConfigTree> tree_;
  ConfigNode* node_;
};

class Config {
 public:
  // `overrides` are "a.b.c=value", applied in order: they replace a value or add a key; "a.b[2].c" or
  // "a.b.2.c" selects an item of a list that is there. The value is YAML. Their errors name the override
  // instead of a line.
  static Config parse(const std::string& yaml, const std::string& file,
                      const std::vector<std::string>& overrides = {});
  static Config read(const std::string& path, const std::vector<std::string>& overrides = {});

  ConfigSection root() const;
  // To be called when all was read: throws on the first key that is not known, and names the nearest known
  // one.
  void finish() const;

 private:
  explicit Config(std::shared_ptr<ConfigTree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<ConfigTree> tree_;
};

// For writers of YAML: a text as a scalar that reads as this text, quoted where it must be, and the shortest
// digits that read as exactly this number.
std::string yaml_text(std::string_view text);
std::string yaml_number(double number);

}  // namespace weft
