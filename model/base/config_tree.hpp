// The tree behind config.hpp, private to its .cpp files.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/base/error.hpp"

namespace weft {

constexpr std::size_t kMostConfigDepth = 32;  // so that walking the tree may recurse

enum class ConfigKind { Null, Scalar, List, Map };

struct ConfigNode {
  struct Entry {
    std::string key;
    SourcePosition position;
    std::unique_ptr<ConfigNode> value;
  };

  ConfigKind kind = ConfigKind::Null;
  SourcePosition position;
  std::string path;                                // "train.layers[2].rank"; empty for the root
  std::string text;                                // Scalar
  bool quoted = false;                             // Scalar: a text and never a number
  std::vector<std::unique_ptr<ConfigNode>> items;  // List
  std::vector<Entry> entries;                      // Map, in the order of the file, no key twice
  std::set<std::string> asked;                     // Map: the keys that a reader knows

  ConfigNode* find(const std::string& key) const {
    for (const Entry& entry : entries) {
      if (entry.key == key) return entry.value.get();
    }
    return nullptr;
  }
};

struct ConfigTree {
  std::unique_ptr<ConfigNode> root;
  std::vector<std::unique_ptr<ConfigNode>> absent;  // stand for sections that are not in the file
};

// One YAML document as a tree; a Null node for an empty one. Paths are not set.
std::unique_ptr<ConfigNode> parse_config_node(const std::string& yaml, const std::string& file);

// Puts one "a.b.c=value" into the tree.
void apply_config_override(ConfigNode& root, const std::string& text);

}  // namespace weft
