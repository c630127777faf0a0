// The option parser: the table is turned into a Boost.Program_options description with every value a plain
// string; the strings are converted in the order of the command line. Guessing of abbreviations is off, since
// a new option would change the meaning of old command lines.
#include "app/cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "app/cli/help_text.hpp"
#include "model/base/error.hpp"
#include "model/base/nearest.hpp"

namespace weft::app {
namespace {

namespace po = boost::program_options;

[[noreturn]] void usage_error(const std::string& message) {
  throw Error(ErrorKind::Usage, message);
}

std::string long_name(const std::string& name) {
  return name.substr(0, name.find(','));
}

std::string short_name(const std::string& name) {
  const auto comma = name.find(',');
  return comma == std::string::npos ? "" : name.substr(comma + 1);
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

}  // namespace

std::int64_t to_integer(const std::string& what, const std::string& text, std::int64_t minimum,
                        std::int64_t maximum) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || code != std::errc() || stop != end || value < minimum || value > maximum) {
    const std::string range = maximum == std::numeric_limits<std::int64_t>::max()
                                  ? fmt::format("{} or more", minimum)
                                  : fmt::format("from {} to {}", minimum, maximum);
    usage_error(fmt::format("{}: found \"{}\", expected a whole number {}", what, text, range));
  }
  return value;
}

double to_real(const std::string& what, const std::string& text, double minimum, double maximum) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || code != std::errc() || stop != end || !std::isfinite(value) || value < minimum ||
      value > maximum)
    usage_error(
        fmt::format("{}: found \"{}\", expected a number from {} to {}", what, text, minimum, maximum));
  return value;
}

bool is_global_option(const std::string& name) {
  static const char* const names[] = {"json", "quiet", "no-color", "version", "data", "threads", "seed"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

OptionTable::OptionTable(std::string usage, std::string summary)
    : usage_(std::move(usage)), summary_(std::move(summary)) {}

void OptionTable::section(const std::string& title) {
  section_ = title;
}

void OptionTable::flag(const std::string& name, bool& target, const std::string& help) {
  options_.push_back({section_, name, "", help, false, [&target](const std::string&) { target = true; }});
}

void OptionTable::text(const std::string& name, std::string& target, const std::string& placeholder,
                       const std::string& help) {
  const std::string what = "--" + long_name(name);
  options_.push_back({section_, name, placeholder, help, false, [&target, what](const std::string& word) {
                        if (word.empty()) usage_error(what + ": found an empty value");
                        target = word;
                      }});
}

void OptionTable::texts(const std::string& name, std::vector<std::string>& target,
                        const std::string& placeholder, const std::string& help) {
  options_.push_back({section_, name, placeholder, help, true,
                      [&target](const std::string& word) { target.push_back(word); }});
}

void OptionTable::choice(const std::string& name, std::string& target, std::vector<std::string> choices,
                         const std::string& help) {
  choice_or(name, target, std::move(choices), "", nullptr, help);
}

void OptionTable::choice_or(const std::string& name, std::string& target, std::vector<std::string> choices,
                            const std::string& what_else, bool (*also)(const std::string&),
                            const std::string& help) {
  const std::string what = "--" + long_name(name);
  const std::string all = joined(choices, "|") + (also ? "|" + what_else : "");
  const std::string expected = joined(choices, ", ") + (also ? ", " + what_else : "");
  options_.push_back(
      {section_, name, all, help, false, [&target, what, expected, also, choices](const std::string& word) {
         if (std::find(choices.begin(), choices.end(), word) == choices.end() && !(also && also(word)))
           usage_error(fmt::format("{}: found \"{}\", expected {}{}", what, word, expected,
                                   did_you_mean(word, choices)));
         target = word;
       }});
}

void OptionTable::integer(const std::string& name, std::int64_t& target, std::int64_t minimum,
                          std::int64_t maximum, const std::string& help) {
  const std::string what = "--" + long_name(name);
  options_.push_back(
      {section_, name, "N", help, false, [&target, what, minimum, maximum](const std::string& word) {
         target = to_integer(what, word, minimum, maximum);
       }});
}

void OptionTable::integer(const std::string& name, int& target, int minimum, int maximum,
                          const std::string& help) {
  const std::string what = "--" + long_name(name);
  options_.push_back(
      {section_, name, "N", help, false, [&target, what, minimum, maximum](const std::string& word) {
         target = static_cast<int>(to_integer(what, word, minimum, maximum));
       }});
}

void OptionTable::real(const std::string& name, double& target, double minimum, double maximum,
                       const std::string& help) {
  const std::string what = "--" + long_name(name);
  options_.push_back(
      {section_, name, "X", help, false, [&target, what, minimum, maximum](const std::string& word) {
         target = to_real(what, word, minimum, maximum);
       }});
}

void OptionTable::argument(const std::string& name, std::string& target, const std::string& help,
                           bool required) {
  arguments_.push_back({name, help, required, [&target](const std::string& word) { target = word; }});
}

bool OptionTable::has(const std::string& name) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const Option& option) { return long_name(option.name) == name; });
}

const OptionTable::Option* OptionTable::find(const std::string& word) const {
  const std::string name = word.substr(0, word.find('='));
  for (const Option& option : options_)
    if (name == "--" + long_name(option.name) ||
        (!short_name(option.name).empty() && name == "-" + short_name(option.name)))
      return &option;
  return nullptr;
}

std::size_t OptionTable::leading_options(const std::vector<std::string>& words) const {
  std::size_t i = 0;
  while (i < words.size() && words[i].size() > 1 && words[i][0] == '-') {
    const Option* option = find(words[i]);
    const bool value_follows =
        option && !option->is_flag() && words[i].find('=') == std::string::npos && i + 1 < words.size();
    i += value_follows ? 2 : 1;
  }
  return i;
}

bool OptionTable::parse(const std::vector<std::string>& words) const {
  if (std::any_of(words.begin(), words.end(),
                  [](const std::string& w) { return w == "--help" || w == "-h"; }))
    return false;

  po::options_description description;
  for (const Option& option : options_) {
    if (option.is_flag())
      description.add_options()(option.name.c_str(), "");
    else
      description.add_options()(option.name.c_str(), po::value<std::string>(), "");
  }
  po::positional_options_description positional;
  for (const Argument& argument : arguments_) {
    description.add_options()(argument.name.c_str(), po::value<std::string>(), "");
    positional.add(argument.name.c_str(), 1);
  }

  po::parsed_options parsed(&description);
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  const std::string see = fmt::format("\nSee \"weft {} --help\".", usage_.substr(0, usage_.find(' ')));
  try {
    parsed = po::command_line_parser(words).options(description).positional(positional).style(style).run();
  } catch (const po::unknown_option& error) {
    std::string name = error.get_option_name();
    name.erase(0, name.find_first_not_of('-'));
    if (is_global_option(name))
      usage_error(
          fmt::format("--{} is a global option: write it before the command, \"weft --{} ...\"", name, name));
    std::vector<std::string> known;
    for (const Option& option : options_) known.push_back("--" + long_name(option.name));
    usage_error(fmt::format("unknown option --{}{}{}", name, did_you_mean("--" + name, known), see));
  } catch (const po::too_many_positional_options_error&) {
    std::vector<std::string> names;
    for (const Argument& argument : arguments_) names.push_back(argument.name);
    usage_error(fmt::format("too many words, expected {}{}",
                            names.empty() ? "options only" : joined(names, " "), see));
  } catch (const po::error& error) {
    usage_error(fmt::format("{}{}", error.what(), see));
  }

  std::vector<std::string> seen;
  for (const po::option& given : parsed.options) {
    const std::string value = given.value.empty() ? "" : given.value.front();
    const auto is_it = [&](const auto& entry) { return long_name(entry.name) == given.string_key; };
    const auto argument = std::find_if(arguments_.begin(), arguments_.end(), is_it);
    if (argument != arguments_.end()) {
      argument->set(value);
      seen.push_back(given.string_key);
      continue;
    }
    const auto option = std::find_if(options_.begin(), options_.end(), is_it);
    if (option == options_.end()) internal_error("an option that is not in the table: " + given.string_key);
    if (!option->repeated && std::find(seen.begin(), seen.end(), given.string_key) != seen.end())
      usage_error(fmt::format("--{} is given twice", given.string_key));
    seen.push_back(given.string_key);
    option->set(value);
  }
  for (const Argument& argument : arguments_)
    if (argument.required && std::find(seen.begin(), seen.end(), argument.name) == seen.end())
      usage_error(fmt::format("{} is missing{}", argument.name, see));
  return true;
}

std::string OptionTable::help() const {
  using Rows = std::vector<std::pair<std::string, std::string>>;
  std::vector<std::pair<std::string, Rows>> parts = {{"Arguments", {}}};
  for (const Argument& argument : arguments_) parts[0].second.push_back({argument.name, argument.help});
  for (const Option& option : options_) {
    if (parts.back().first != option.section) parts.push_back({option.section, {}});
    const std::string brief = short_name(option.name);
    parts.back().second.push_back(
        {fmt::format("{}--{}{}{}", brief.empty() ? "    " : "-" + brief + ", ", long_name(option.name),
                     option.is_flag() ? "" : " ", option.placeholder),
         option.help});
  }
  const std::string last = options_.empty() ? "" : options_.back().section;
  if (last != "Options" && last != "Output") parts.push_back({"Help", {}});
  parts.back().second.push_back({"-h, --help", "show this help"});

  std::size_t width = 0;
  for (const auto& part : parts)
    for (const auto& row : part.second) width = std::max(width, std::min<std::size_t>(row.first.size(), 30));
  std::string text = fmt::format("Usage: weft {}\n\n{}\n", usage_, wrapped(summary_, 0, kHelpColumns));
  for (const auto& [title, rows] : parts)
    if (!rows.empty()) text += fmt::format("\n{}:\n{}", title, two_columns(rows, width));
  return text;
}

}  // namespace weft::app
