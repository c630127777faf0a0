// The typed readers over the tree, and the search for unknown keys. Each section remembers which keys were
// asked for; what is left over in the end is unknown.
#include "model/base/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/base/config_tree.hpp"
#include "model/base/files.hpp"
#include "model/base/nearest.hpp"

namespace weft {
namespace {

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return text;
}

std::string child_path(const std::string& parent, const std::string& key) {
  return parent.empty() ? key : parent + "." + key;
}

std::string shown(const ConfigNode& node) {
  switch (node.kind) {
    case ConfigKind::Null:
      return "nothing";
    case ConfigKind::List:
      return "a list";
    case ConfigKind::Map:
      return "a mapping";
    case ConfigKind::Scalar:
      break;
  }
  const bool is_long = node.text.size() > 60;
  std::size_t cut = 60;
  while (is_long && (static_cast<unsigned char>(node.text[cut]) & 0xc0) == 0x80)
    --cut;  // not within a character
  const std::string text = is_long ? node.text.substr(0, cut) + "..." : node.text;
  return node.quoted ? "the text \"" + text + "\"" : "\"" + text + "\"";
}

[[noreturn]] void ill_typed(const ConfigNode& node, const std::string& expected) {
  throw InputError(node.position, shown(node) + (node.path.empty() ? "" : " for " + node.path), expected);
}

void set_paths(ConfigNode& node) {
  for (ConfigNode::Entry& entry : node.entries) {
    entry.value->path = child_path(node.path, entry.key);
    set_paths(*entry.value);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    node.items[i]->path = node.path + "[" + std::to_string(i) + "]";
    set_paths(*node.items[i]);
  }
}

std::int64_t to_integer(const ConfigNode& node, std::int64_t minimum, std::int64_t maximum) {
  const std::string& text = node.text;
  const std::size_t sign = !text.empty() && text[0] == '-' ? 1 : 0;
  const bool octal_look =
      text.size() > sign + 1 && text[sign] == '0';  // 010 is eight to some readers of YAML
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = node.kind == ConfigKind::Scalar && !node.quoted && !octal_look && error == std::errc() &&
                    end == text.data() + text.size();
  if (!good || value < minimum || value > maximum) {
    ill_typed(node, fmt::format("an integer from {} to {}", minimum, maximum));
  }
  return value;
}

double to_number(const ConfigNode& node, double minimum, double maximum) {
  const std::string& text = node.text;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = node.kind == ConfigKind::Scalar && !node.quoted && error == std::errc() &&
                    end == text.data() + text.size() && std::isfinite(value);
  if (!good || value < minimum || value > maximum) {
    ill_typed(node, fmt::format("a number from {} to {}", minimum, maximum));
  }
  return value;
}

const std::string& to_text(const ConfigNode& node) {
  if (node.kind != ConfigKind::Scalar) ill_typed(node, "a text");
  return node.text;
}

const std::vector<std::unique_ptr<ConfigNode>>& to_list(const ConfigNode& node, const char* of_what) {
  if (node.kind != ConfigKind::List) ill_typed(node, std::string("a list of ") + of_what);
  return node.items;
}

ConfigNode& to_map(ConfigNode& node) {
  if (node.kind != ConfigKind::Map) ill_typed(node, "a mapping");
  return node;
}

void find_unknown(const ConfigNode& node) {
  for (const ConfigNode::Entry& entry : node.entries) {
    if (node.asked.count(entry.key) == 0) {
      const std::vector<std::string> known(node.asked.begin(), node.asked.end());
      const std::string where = node.path.empty() ? "" : " in " + node.path;
      const std::string expected = known.empty() ? "none" : known.size() > 12 ? "a known one" : join(known);
      throw InputError(entry.position, "the unknown key \"" + entry.key + "\"" + where,
                       expected + did_you_mean(entry.key, known));
    }
    find_unknown(*entry.value);
  }
  for (const auto& item : node.items) find_unknown(*item);
}

}  // namespace

bool ConfigSection::has(const std::string& key) const {
  return node_->find(key) != nullptr;
}

bool ConfigSection::has_list(const std::string& key) const {
  const ConfigNode* const node = node_->find(key);
  return node != nullptr && node->kind == ConfigKind::List;
}

ConfigNode* ConfigSection::ask(const std::string& key) const {
  node_->asked.insert(key);
  return node_->find(key);
}

ConfigNode& ConfigSection::need(const std::string& key) const {
  ConfigNode* const found = ask(key);
  if (found == nullptr) {
    const std::string where = node_->path.empty() ? "" : " in " + node_->path;
    throw InputError(node_->position, "no key \"" + key + "\"" + where, "it");
  }
  return *found;
}

std::size_t ConfigSection::choose(const std::string& key, const std::vector<std::string>& names) const {
  const ConfigNode& node = need(key);
  const auto found = std::find(names.begin(), names.end(), node.kind == ConfigKind::Scalar ? node.text : "");
  if (found == names.end()) ill_typed(node, join(names) + did_you_mean(node.text, names));
  return static_cast<std::size_t>(found - names.begin());
}

std::int64_t ConfigSection::integer(const std::string& key, std::int64_t minimum, std::int64_t maximum,
                                    std::optional<std::int64_t> fallback) const {
  if (!ask(key) && fallback) return *fallback;
  return to_integer(need(key), minimum, maximum);
}

double ConfigSection::number(const std::string& key, double minimum, double maximum,
                             std::optional<double> fallback) const {
  if (!ask(key) && fallback) return *fallback;
  return to_number(need(key), minimum, maximum);
}

bool ConfigSection::boolean(const std::string& key, std::optional<bool> fallback) const {
  if (!ask(key) && fallback) return *fallback;
  const ConfigNode& node = need(key);
  const bool good =
      node.kind == ConfigKind::Scalar && !node.quoted && (node.text == "true" || node.text == "false");
  if (!good) ill_typed(node, "true or false");
  return node.text == "true";
}

std::string ConfigSection::text(const std::string& key, const std::optional<std::string>& fallback) const {
  if (!ask(key) && fallback) return *fallback;
  return to_text(need(key));
}

std::vector<std::int64_t> ConfigSection::integers(const std::string& key, std::int64_t minimum,
                                                  std::int64_t maximum) const {
  std::vector<std::int64_t> values;
  if (!ask(key)) return values;
  for (const auto& item : to_list(need(key), "integers"))
    values.push_back(to_integer(*item, minimum, maximum));
  return values;
}

std::vector<double> ConfigSection::numbers(const std::string& key, double minimum, double maximum) const {
  std::vector<double> values;
  if (!ask(key)) return values;
  for (const auto& item : to_list(need(key), "numbers")) values.push_back(to_number(*item, minimum, maximum));
  return values;
}

std::vector<std::string> ConfigSection::texts(const std::string& key) const {
  std::vector<std::string> values;
  if (!ask(key)) return values;
  for (const auto& item : to_list(need(key), "texts")) values.push_back(to_text(*item));
  return values;
}

ConfigSection ConfigSection::section(const std::string& key) const {
  if (ConfigNode* const found = ask(key)) return ConfigSection(tree_, &to_map(*found));
  auto empty = std::make_unique<ConfigNode>();
  empty->kind = ConfigKind::Map;
  empty->position = node_->position;
  empty->path = child_path(node_->path, key);
  tree_->absent.push_back(std::move(empty));
  return ConfigSection(tree_, tree_->absent.back().get());
}

std::vector<ConfigSection> ConfigSection::sections(const std::string& key) const {
  std::vector<ConfigSection> values;
  if (!ask(key)) return values;
  for (const auto& item : to_list(need(key), "mappings"))
    values.push_back(ConfigSection(tree_, &to_map(*item)));
  return values;
}

std::vector<std::string> ConfigSection::keys() const {
  std::vector<std::string> keys;
  for (const ConfigNode::Entry& entry : node_->entries) keys.push_back(entry.key);
  return keys;
}

void ConfigSection::fail(const std::string& key, const std::string& found,
                         const std::string& expected) const {
  throw InputError(position(key), found + " for " + child_path(node_->path, key), expected);
}

SourcePosition ConfigSection::position() const {
  return node_->position;
}

SourcePosition ConfigSection::position(const std::string& key) const {
  const ConfigNode* const node = node_->find(key);
  return node != nullptr ? node->position : node_->position;
}

SourcePosition ConfigSection::text_position(const std::string& key, std::size_t index) const {
  const ConfigNode* node = node_->find(key);
  if (node != nullptr && node->kind == ConfigKind::List && index < node->items.size())
    node = node->items[index].get();
  if (node == nullptr) return node_->position;
  SourcePosition position = node->position;
  if (node->quoted && position.column > 0) ++position.column;
  return position;
}

Config Config::parse(const std::string& yaml, const std::string& file,
                     const std::vector<std::string>& overrides) {
  auto tree = std::make_shared<ConfigTree>();
  tree->root = parse_config_node(yaml, file);
  for (const std::string& text : overrides) apply_config_override(*tree->root, text);
  if (tree->root->kind == ConfigKind::Null) {  // an empty file
    tree->root->kind = ConfigKind::Map;
    tree->root->position = {file};
  }
  to_map(*tree->root);
  set_paths(*tree->root);
  return Config(std::move(tree));
}

Config Config::read(const std::string& path, const std::vector<std::string>& overrides) {
  return parse(read_text_file(path), path, overrides);
}

ConfigSection Config::root() const {
  return ConfigSection(tree_, tree_->root.get());
}

void Config::finish() const {
  find_unknown(*tree_->root);
}

}  // namespace weft
