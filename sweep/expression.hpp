// Comparisons of figures and axes: "fabric.core.axons >= 2 * compress.layers[0].rank", "accuracy.fabric >=
// 0.85".
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

// Two sums of products with one of <= < >= > == != between them. A name is a dotted key, items of lists in
// brackets; a number is decimal; parentheses group.
class Comparison {
 public:
  // Throws an InputError at `position` that says where in the text the fault is.
  Comparison(const std::string& text, const SourcePosition& position);
  ~Comparison();
  Comparison(Comparison&&) noexcept;
  Comparison& operator=(Comparison&&) noexcept;
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;

  const std::string& text() const { return text_; }
  const std::vector<std::string>& names() const { return names_; }  // in the order of the text
  // False also where a name has no number, or a division by zero leaves none.
  bool holds(const Lookup& lookup) const;

  struct Term;

 private:
  std::string text_;
  std::vector<std::string> names_;
  std::string relation_;
  std::unique_ptr<Term> left_, right_;
};

}  // namespace weft::sweep
