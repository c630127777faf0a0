// Declares the options of one command and parses them: a name, where the value goes, what it may be, one line
// of help. Boost.Program_options does the parsing; the conversions are here, so that every message says what
// was found and what was expected.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weft::app {

class OptionTable {
 public:
  // `usage` is what follows "weft", e.g. "map [options] NETWORK"; `summary` a sentence or two, wrapped here.
  OptionTable(std::string usage, std::string summary);

  // What is declared from here on stands in the help under this title; before, it is "Options".
  void section(const std::string& title);
  // `name` is "frames" or, with a short form, "output,o". Targets keep their value when an option is not
  // given.
  void flag(const std::string& name, bool& target, const std::string& help);
  void text(const std::string& name, std::string& target, const std::string& placeholder,
            const std::string& help);
  void texts(const std::string& name, std::vector<std::string>& target, const std::string& placeholder,
             const std::string& help);  // may be given several times
  void choice(const std::string& name, std::string& target, std::vector<std::string> choices,
              const std::string& help);
  // One of the choices or another word that `also` accepts; `what_else` says what that is, e.g. "DIR".
  void choice_or(const std::string& name, std::string& target, std::vector<std::string> choices,
                 const std::string& what_else, bool (*also)(const std::string&), const std::string& help);
  void integer(const std::string& name, std::int64_t& target, std::int64_t minimum, std::int64_t maximum,
               const std::string& help);
  void integer(const std::string& name, int& target, int minimum, int maximum, const std::string& help);
  void real(const std::string& name, double& target, double minimum, double maximum, const std::string& help);
  // A word without dashes; arguments are taken in the order of their declaration.
  void argument(const std::string& name, std::string& target, const std::string& help, bool required = true);

  // Throws a Usage error. Returns false when --help was asked for: nothing else was looked at then.
  bool parse(const std::vector<std::string>& words) const;
  // How many of the leading words are options with their values: where the first plain word is.
  std::size_t leading_options(const std::vector<std::string>& words) const;
  std::string help() const;
  // True if `name` (without dashes, long) is declared here.
  bool has(const std::string& name) const;

 private:
  struct Option {
    std::string section;
    std::string name;  // "output,o"
    std::string placeholder;
    std::string help;
    bool repeated = false;
    std::function<void(const std::string&)> set;
    bool is_flag() const { return placeholder.empty(); }
  };
  struct Argument {
    std::string name;
    std::string help;
    bool required = true;
    std::function<void(const std::string&)> set;
  };

  const Option* find(const std::string& word) const;

  std::string usage_;
  std::string summary_;
  std::string section_ = "Options";
  std::vector<Option> options_;
  std::vector<Argument> arguments_;
};

// Conversions with a range; they throw a Usage error "--frames: found "abc", expected ...".
std::int64_t to_integer(const std::string& what, const std::string& text, std::int64_t minimum,
                        std::int64_t maximum);
double to_real(const std::string& what, const std::string& text, double minimum, double maximum);

// Options that are global; a message about an unknown option names them when the word is one of them.
bool is_global_option(const std::string& name);

}  // namespace weft::app
