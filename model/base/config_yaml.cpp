// YAML text to a tree, from yaml-cpp's events: its own nodes drop duplicate keys and expand aliases in
// silence. Hostile input is bounded by limits on the text, the depth and the number of nodes, and aliases are
// refused.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <string_view>

#include "model/base/config_tree.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kMostNodes = 100000;
constexpr std::size_t kMostKeys = 1000;  // of one mapping

// Bytes of the UTF-8 character at the front, or 0 if there is none (overlong forms, surrogates, cut short).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : (lead >> 4) == 0xe          ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return length;
}

// Where the first character is that is no UTF-8 or a control character other than tab and line ends, or npos.
std::size_t first_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
    if (length == 0 || control) return i;
    i += length;
  }
  return std::string_view::npos;
}

void check_characters(const std::string& yaml, const std::string& file) {
  const std::size_t bad = first_bad_character(yaml);
  if (bad == std::string_view::npos) return;
  SourcePosition position{file, 1, 1};
  for (std::size_t i = 0; i < bad; ++i) {
    const bool line_end = yaml[i] == '\n';
    position.line += line_end ? 1 : 0;
    position.column = line_end ? 1 : position.column + 1;
  }
  constexpr const char* kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(yaml[bad]);
  throw InputError(position, std::string("the byte 0x") + kDigits[byte >> 4] + kDigits[byte & 15],
                   "UTF-8 text");
}

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& file) : file_(file) {}

  std::unique_ptr<ConfigNode> take() { return root_ ? std::move(root_) : std::make_unique<ConfigNode>(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) fail(mark, "a second document", "one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(mark, anchor, "", "", ConfigKind::Null);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { fail(mark, "an alias", "a plain value"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    leaf(mark, anchor, tag, value, ConfigKind::Scalar);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back(Open(add(mark, anchor, tag, ConfigKind::List)));
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back(Open(add(mark, anchor, tag, ConfigKind::Map)));
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Open {  // a list or mapping that is not closed yet
    explicit Open(ConfigNode& opened) : node(&opened) {}
    ConfigNode* node;
    bool has_key = false;  // Map: the key is read, the value follows
    std::string key;
    SourcePosition key_position;
  };

  SourcePosition position(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }
  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& found,
                         const std::string& expected) const {
    throw InputError(position(mark), found, expected);
  }

  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, const std::string& value,
            ConfigKind kind) {
    if (first_bad_character(value) != std::string_view::npos) {
      fail(mark, "a text with control characters", "plain text");
    }
    if (!open_.empty() && open_.back().node->kind == ConfigKind::Map && !open_.back().has_key) {
      if (kind == ConfigKind::Null) fail(mark, "an empty key", "a name");
      return add_key(mark, anchor, tag, value);
    }
    ConfigNode& node = add(mark, anchor, tag, kind);
    node.text = value;
    node.quoted = tag == "!";
  }

  void add_key(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag,
               const std::string& key) {
    check_plain(mark, anchor, tag);
    Open& open = open_.back();
    for (const ConfigNode::Entry& entry : open.node->entries) {
      if (entry.key == key) {
        fail(mark, "the key \"" + key + "\" again",
             "it once, as in line " + std::to_string(entry.position.line));
      }
    }
    if (open.node->entries.size() >= kMostKeys) fail(mark, "more than 1000 keys in a mapping", "fewer");
    open.has_key = true;
    open.key = key;
    open.key_position = position(mark);
  }

  void check_plain(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) const {
    if (anchor != YAML::NullAnchor) fail(mark, "an anchor", "a plain value");
    if (!tag.empty() && tag != "?" && tag != "!") fail(mark, "the tag \"" + tag + "\"", "a plain value");
  }

  ConfigNode& add(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, ConfigKind kind) {
    check_plain(mark, anchor, tag);
    if (++nodes_ > kMostNodes) fail(mark, "more than 100000 values", "fewer");
    if (open_.size() >= kMostConfigDepth) fail(mark, "values nested deeper than 32 levels", "fewer levels");
    auto node = std::make_unique<ConfigNode>();
    node->kind = kind;
    node->position = position(mark);
    ConfigNode& added = *node;
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (Open& open = open_.back(); open.node->kind == ConfigKind::List) {
      open.node->items.push_back(std::move(node));
    } else {
      if (!open.has_key) fail(mark, "a list or mapping as a key", "a name");
      open.node->entries.push_back({std::move(open.key), std::move(open.key_position), std::move(node)});
      open.has_key = false;
    }
    return added;
  }

  const std::string& file_;
  std::unique_ptr<ConfigNode> root_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
};

}  // namespace

std::unique_ptr<ConfigNode> parse_config_node(const std::string& yaml, const std::string& file) {
  if (yaml.size() > kMostBytes) {
    throw InputError({file}, std::to_string(yaml.size()) + " bytes", "at most " + std::to_string(kMostBytes));
  }
  check_characters(yaml, file);
  TreeBuilder builder(file);
  try {
    std::istringstream stream(yaml);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const bool placed = !error.mark.is_null();
    throw InputError({file, placed ? error.mark.line + 1 : 0, placed ? error.mark.column + 1 : 0},
                     "not valid YAML: " + error.msg);
  }
  return builder.take();
}

}  // namespace weft
