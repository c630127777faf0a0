// Strict reading of JSON objects: a thin shell around nlohmann-json that keeps the path of each object for
// the messages and the set of members that were read.
#include "model/base/json_reader.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "model/base/error.hpp"

namespace weft {

using nlohmann::json;

struct JsonReader::State {
  std::shared_ptr<const json> document;  // keeps `object` alive
  const json* object = nullptr;
  std::string file;
  std::string path;  // of the object, with a trailing dot unless it is the root
  std::set<std::string> read;

  const json& member(const JsonReader& reader, const std::string& key, const std::string& expected) {
    const auto found = object->find(key);
    if (found == object->end()) reader.fail(key, "nothing", expected);
    read.insert(key);
    return *found;
  }
};

namespace {

std::string shorten(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list of " + std::to_string(value.size());
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

std::string range(std::int64_t minimum, std::int64_t maximum) {
  if (minimum == maximum) return std::to_string(minimum);
  return "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum);
}

bool in_range(const json& value, std::int64_t minimum, std::int64_t maximum) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return maximum >= 0 && number <= static_cast<std::uint64_t>(maximum) &&
           (minimum <= 0 || number >= static_cast<std::uint64_t>(minimum));
  }
  const auto number = value.get<std::int64_t>();
  return number >= minimum && number <= maximum;
}

}  // namespace

JsonReader::JsonReader(std::shared_ptr<State> state) : state_(std::move(state)) {}

JsonReader JsonReader::parse(const std::string& text, const std::string& file) {
  auto document = std::make_shared<json>(json::parse(text, nullptr, false));
  if (!document->is_object()) throw InputError({file}, "no JSON object in header.json", "one");
  auto state = std::make_shared<State>();
  state->object = document.get();
  state->document = std::move(document);
  state->file = file;
  return JsonReader(std::move(state));
}

void JsonReader::fail(const std::string& key, const std::string& found, const std::string& expected) const {
  throw InputError({state_->file},
                   "header.json: " + state_->path + key + ": found " + found + ", expected " + expected);
}

std::int64_t JsonReader::integer(const std::string& key, std::int64_t minimum, std::int64_t maximum) {
  const json& value = state_->member(*this, key, range(minimum, maximum));
  if (!in_range(value, minimum, maximum)) fail(key, shorten(value), range(minimum, maximum));
  return value.get<std::int64_t>();
}

double JsonReader::number(const std::string& key) {
  const json& value = state_->member(*this, key, "a number");
  if (!value.is_number() || !std::isfinite(value.get<double>())) fail(key, shorten(value), "a finite number");
  return value.get<double>();
}

bool JsonReader::boolean(const std::string& key) {
  const json& value = state_->member(*this, key, "true or false");
  if (!value.is_boolean()) fail(key, shorten(value), "true or false");
  return value.get<bool>();
}

std::string JsonReader::text(const std::string& key) {
  const json& value = state_->member(*this, key, "a text");
  if (!value.is_string()) fail(key, shorten(value), "a text");
  return value.get<std::string>();
}

Digest JsonReader::digest(const std::string& key) {
  const std::string expected = "a digest of 32 hexadecimal digits";
  const json& value = state_->member(*this, key, expected);
  try {
    return Digest::from_hex(value.is_string() ? value.get<std::string>() : std::string());
  } catch (const InputError&) {
    fail(key, shorten(value), expected);
  }
}

std::vector<std::int64_t> JsonReader::integers(const std::string& key, std::size_t count,
                                               std::int64_t minimum, std::int64_t maximum) {
  const std::string expected = "a list of " + std::to_string(count);
  const json& list = state_->member(*this, key, expected);
  if (!list.is_array() || list.size() != count) fail(key, shorten(list), expected);
  std::vector<std::int64_t> items;
  for (const json& value : list) {
    if (!in_range(value, minimum, maximum)) fail(key, shorten(value), range(minimum, maximum));
    items.push_back(value.get<std::int64_t>());
  }
  return items;
}

std::vector<JsonReader> JsonReader::objects(const std::string& key) {
  const json& list = state_->member(*this, key, "a list of objects");
  if (!list.is_array()) fail(key, shorten(list), "a list of objects");
  std::vector<JsonReader> items;
  for (const json& value : list) {
    const std::string name = key + "[" + std::to_string(items.size()) + "]";
    if (!value.is_object()) fail(name, shorten(value), "an object");
    auto state = std::make_shared<State>();
    state->document = state_->document;
    state->object = &value;
    state->file = state_->file;
    state->path = state_->path + name + ".";
    items.push_back(JsonReader(std::move(state)));
  }
  return items;
}

bool JsonReader::has(const std::string& key) const {
  return state_->object->contains(key);
}

void JsonReader::finish() const {
  for (const auto& item : state_->object->items()) {
    if (state_->read.count(item.key()) == 0) fail(item.key(), "an unknown member", "none of this name");
  }
}

}  // namespace weft
