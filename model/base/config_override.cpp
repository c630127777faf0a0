// "a.b[2].c=value" (or "a.b.2.c=value"): walks down the tree, adds the mappings that are missing, and puts
// the value in the last place. What comes from an override has its text as the position, so that every later
// error names it.
#include <algorithm>
#include <charconv>

#include "model/base/config_tree.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostKeys = kMostConfigDepth / 2;  // the value may be nested as well

void set_position(ConfigNode& node, const SourcePosition& position) {
  node.position = position;
  for (ConfigNode::Entry& entry : node.entries) {
    entry.position = position;
    set_position(*entry.value, position);
  }
  for (const auto& item : node.items) set_position(*item, position);
}

std::vector<std::string> split_keys(const std::string& dotted, const SourcePosition& position) {
  std::vector<std::string> keys(1);
  bool in_brackets = false;
  for (const char c : dotted) {
    if (c == ']' && in_brackets) {
      in_brackets = false;
    } else if (c == '.' || c == '[') {
      keys.emplace_back();
      in_brackets = c == '[';
    } else {
      keys.back() += c;
    }
  }
  if (std::find(keys.begin(), keys.end(), "") != keys.end()) {
    throw InputError(position, "an empty key", "names with dots between them");
  }
  if (keys.size() > kMostKeys) {
    throw InputError(position, std::to_string(keys.size()) + " keys", "at most " + std::to_string(kMostKeys));
  }
  return keys;
}

// Where the value of `key` is kept; in a mapping it is added if it is not there.
std::unique_ptr<ConfigNode>& place_of(const std::string& key, ConfigNode& node,
                                      const SourcePosition& position) {
  if (node.kind == ConfigKind::Null) {  // an empty file, or a key without a value
    node.kind = ConfigKind::Map;
    node.position = position;
  }
  if (node.kind == ConfigKind::Scalar) {
    throw InputError(position, "\"" + key + "\" below a value that is no mapping", "a mapping");
  }
  if (node.kind == ConfigKind::List) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error != std::errc() || end != key.data() + key.size() || index >= node.items.size()) {
      throw InputError(position, "\"" + key + "\" for an item of a list",
                       node.items.empty() ? "no items" : "0 to " + std::to_string(node.items.size() - 1));
    }
    return node.items[index];
  }
  for (ConfigNode::Entry& entry : node.entries) {
    if (entry.key == key) return entry.value;
  }
  node.entries.push_back({key, position, std::make_unique<ConfigNode>()});
  return node.entries.back().value;
}

}  // namespace

void apply_config_override(ConfigNode& root, const std::string& text) {
  const SourcePosition position{"override \"" + text + "\""};
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw InputError(position, "no \"key=value\"", "one");
  std::unique_ptr<ConfigNode> value = parse_config_node(text.substr(equals + 1), position.file);
  set_position(*value, position);

  const std::vector<std::string> keys = split_keys(text.substr(0, equals), position);
  std::unique_ptr<ConfigNode>* place = &place_of(keys[0], root, position);
  for (std::size_t i = 1; i < keys.size(); ++i) place = &place_of(keys[i], **place, position);
  *place = std::move(value);
}

}  // namespace weft
