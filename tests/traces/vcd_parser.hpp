// A small reader of value change dumps for the tests, independent of the writer.
#pragma once

#include <cstdint>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weft::traces {

struct ParsedVcd {
  std::string timescale;
  std::map<std::string, int> widths;  // by dotted name
  // Per signal: (time, value) in file order; the value is "x" or a number in binary without leading zeros.
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::string>>> changes;
  std::vector<std::uint64_t> times;  // every '#' of the file

  // The value at a time: the last change that is not after it. "" before the first.
  std::string at(const std::string& name, std::uint64_t time) const {
    std::string value;
    for (const auto& [when, what] : changes.at(name)) {
      if (when <= time) value = what;
    }
    return value;
  }
};

inline ParsedVcd parse_vcd(const std::string& text) {
  ParsedVcd vcd;
  std::istringstream in(text);
  std::vector<std::string> scopes;
  std::map<std::string, std::string> names;  // by id
  std::string word;
  const auto skip_to_end = [&] {
    std::string all;
    while (in >> word && word != "$end") all += (all.empty() ? "" : " ") + word;
    return all;
  };
  const auto plain = [](std::string digits) {
    if (digits[0] == 'x' || digits[0] == 'X') return std::string("x");
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return digits;
  };
  bool declared = false;
  while (in >> word) {
    if (word == "$scope") {
      in >> word >> word;
      scopes.push_back(word);
      skip_to_end();
    } else if (word == "$upscope") {
      if (scopes.empty()) throw std::runtime_error("an $upscope without its $scope");
      scopes.pop_back();
      skip_to_end();
    } else if (word == "$var") {
      std::string type, width, id, leaf, name;
      in >> type >> width >> id >> leaf;
      skip_to_end();
      for (const std::string& scope : scopes) name += scope + ".";
      // A range may stand at the name, without a blank; a number alone is part of it.
      const bool ranged = leaf.find(':') != std::string::npos;
      name += ranged ? leaf.substr(0, leaf.rfind('[')) : leaf;
      if (!names.emplace(id, name).second) throw std::runtime_error("an id twice");
      vcd.widths[name] = std::stoi(width);
      vcd.changes[name];
    } else if (word == "$timescale") {
      vcd.timescale = skip_to_end();
    } else if (word == "$enddefinitions") {
      if (!scopes.empty()) throw std::runtime_error("a $scope without its $upscope");
      declared = true;
      skip_to_end();
    } else if (word == "$dumpvars" || word == "$end") {
      // the values between them are changes like others
    } else if (word[0] == '$') {
      skip_to_end();
    } else if (!declared) {
      throw std::runtime_error("'" + word + "' among the declarations");
    } else if (word[0] == '#') {
      vcd.times.push_back(std::stoull(word.substr(1)));
    } else if (word[0] == 'b') {
      std::string id;
      in >> id;
      vcd.changes.at(names.at(id)).emplace_back(vcd.times.back(), plain(word.substr(1)));
    } else if (word[0] == '0' || word[0] == '1' || word[0] == 'x' || word[0] == 'X') {
      vcd.changes.at(names.at(word.substr(1))).emplace_back(vcd.times.back(), plain(word.substr(0, 1)));
    } else {
      throw std::runtime_error("'" + word + "' is no change");
    }
  }
  return vcd;
}

}  // namespace weft::traces
