// Arithmetic over figures and axes: "fabric.core.axons / 2" gives a number, "fabric.core.axons >= 2 *
// compress.layers[0].rank" holds or does not. A name is a dotted key, items of lists in brackets; a number is
// decimal; parentheses group; min(a, b), max(a, b), floor(a), ceil(a) and round(a) are functions.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/base/error.hpp"

namespace weft::sweep {

// The number behind a name, or nothing where there is none.
using Lookup = std::function<std::optional<double>(const std::string& name)>;

struct Name {
  std::string text;
  SourcePosition position;
};

struct Term;  // a node of what was parsed

// A sum of products.
class Formula {
 public:
  // `position` is that of the first character; an InputError says where in the text the fault is.
  Formula(const std::string& text, const SourcePosition& position);
  ~Formula();
  Formula(Formula&&) noexcept;
  Formula& operator=(Formula&&) noexcept;
  Formula(const Formula&) = delete;
  Formula& operator=(const Formula&) = delete;

  const std::string& text() const { return text_; }
  const std::vector<Name>& used() const { return used_; }  // in the order of the text
  // Nothing where a name has no number, or a division by zero leaves none.
  std::optional<double> value(const Lookup& lookup) const;

 private:
  std::string text_;
  std::vector<Name> used_;
  std::unique_ptr<Term> term_;
};

// Two sums of products with one of <= < >= > == != between them.
class Comparison {
 public:
  // The same.
  Comparison(const std::string& text, const SourcePosition& position);
  ~Comparison();
  Comparison(Comparison&&) noexcept;
  Comparison& operator=(Comparison&&) noexcept;
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;

  const std::string& text() const { return text_; }
  const std::vector<Name>& used() const { return used_; }           // in the order of the text
  const std::vector<std::string>& names() const { return names_; }  // their texts
  // False also where a side has no number.
  bool holds(const Lookup& lookup) const;
  // By how much it does not hold: 0 where it holds, else the distance of the sides in parts of the larger
  // one (at least a billionth); nothing where a side has no number.
  std::optional<double> violation(const Lookup& lookup) const;

 private:
  std::string text_;
  std::vector<Name> used_;
  std::vector<std::string> names_;
  std::string relation_;
  std::unique_ptr<Term> left_, right_;
};

}  // namespace weft::sweep
