// Recursive descent, one function per level of precedence. What cannot be computed is no number, and a
// comparison with no number does not hold: a point whose figure is missing never passes for a good one.
#include "sweep/expression.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace weft::sweep {

struct Term {
  char kind = 'n';  // 'n' number, 'v' name, one of + - * /, or the kind of a function
  double number = 0;
  std::string name;
  std::unique_ptr<Term> left, right;
};

namespace {

using TermPointer = std::unique_ptr<Term>;
constexpr int kMostDepth = 64;

struct Function {
  const char* name;
  char kind;
  bool takes_two;
};
constexpr Function kFunctions[] = {{"min", 'm', true},
                                   {"max", 'M', true},
                                   {"floor", 'f', false},
                                   {"ceil", 'c', false},
                                   {"round", 'r', false}};

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '[' || c == ']';
}

class Parser {
 public:
  Parser(const std::string& text, const SourcePosition& position) : text_(text), position_(position) {}

  TermPointer sum() {
    TermPointer term = product();
    while (next_is("+-")) term = join(text_[at_++], std::move(term), &Parser::product);
    return term;
  }
  std::string relation() {
    skip_space();
    for (const char* word : {"<=", ">=", "==", "!=", "<", ">"}) {
      if (text_.compare(at_, std::string(word).size(), word) != 0) continue;
      at_ += std::string(word).size();
      return word;
    }
    fail("one of <= < >= > == !=");
  }
  void end() {
    skip_space();
    if (at_ != text_.size()) fail("the end");
  }
  std::vector<Name> used;

 private:
  TermPointer product() {
    TermPointer term = factor();
    while (next_is("*/")) term = join(text_[at_++], std::move(term), &Parser::factor);
    return term;
  }
  TermPointer factor() {
    if (++depth_ > kMostDepth) fail("a simpler expression");
    TermPointer term;
    if (next_is("(")) {
      ++at_;
      term = sum();
      if (!next_is(")")) fail("a closing parenthesis");
      ++at_;
    } else if (next_is("-")) {
      ++at_;
      term = std::make_unique<Term>();
      term->kind = '-';
      term->left = std::make_unique<Term>();
      term->right = factor();
    } else {
      term = word();
    }
    --depth_;
    return term;
  }
  TermPointer word() {
    skip_space();
    auto term = std::make_unique<Term>();
    const std::size_t first = at_;
    if (at_ < text_.size() && (std::isalpha(static_cast<unsigned char>(text_[at_])) != 0)) {
      while (at_ < text_.size() && is_name_character(text_[at_])) term->name += text_[at_++];
      if (next_is("(")) return function(std::move(term), first);
      term->kind = 'v';
      used.push_back({term->name, place(first)});
      return term;
    }
    const char* const begin = text_.data() + first;
    const auto [stop, error] = std::from_chars(begin, text_.data() + text_.size(), term->number);
    if (error != std::errc() || !std::isfinite(term->number)) fail("a name or a number");
    at_ += static_cast<std::size_t>(stop - begin);
    return term;
  }
  TermPointer function(TermPointer term, std::size_t first) {
    const auto* const known = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                           [&](const Function& f) { return term->name == f.name; });
    if (known == std::end(kFunctions)) {
      at_ = first;
      fail("one of the functions min, max, floor, ceil, round");
    }
    term->kind = known->kind;
    ++at_;
    term->left = sum();
    if (known->takes_two) {
      if (!next_is(",")) fail("a comma and a second number");
      ++at_;
      term->right = sum();
    }
    if (!next_is(")")) fail("a closing parenthesis");
    ++at_;
    return term;
  }
  TermPointer join(char kind, TermPointer left, TermPointer (Parser::*next)()) {
    auto term = std::make_unique<Term>();
    term->kind = kind;
    term->left = std::move(left);
    term->right = (this->*next)();
    if (++joined_ > kMostDepth) fail("a shorter expression");
    return term;
  }
  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool next_is(const std::string& characters) {
    skip_space();
    return at_ < text_.size() && characters.find(text_[at_]) != std::string::npos;
  }
  [[noreturn]] void fail(const std::string& expected) {
    skip_space();
    const std::string rest = at_ < text_.size() ? "\"" + text_.substr(at_, 20) + "\"" : "the end";
    throw InputError(place(at_), rest + " in \"" + text_ + "\"", expected);
  }
  SourcePosition place(std::size_t at) const {
    SourcePosition position = position_;
    if (position.column > 0) position.column += static_cast<int>(at);
    return position;
  }

  const std::string& text_;
  const SourcePosition& position_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int joined_ = 0;
};

double combine(char kind, double left, double right) {
  switch (kind) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case 'm':
      return std::min(left, right);
    case 'M':
      return std::max(left, right);
    case 'f':
      return std::floor(left);
    case 'c':
      return std::ceil(left);
    default:  // 'r'
      return std::round(left);
  }
}

std::optional<double> evaluate(const Term& term, const Lookup& lookup) {
  if (term.kind == 'n') return term.number;
  if (term.kind == 'v') return lookup(term.name);
  const std::optional<double> left = evaluate(*term.left, lookup);
  const std::optional<double> right = term.right ? evaluate(*term.right, lookup) : 0.0;
  if (!left || !right) return std::nullopt;
  const double value = combine(term.kind, *left, *right);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

Formula::Formula(const std::string& text, const SourcePosition& position) : text_(text) {
  Parser parser(text, position);
  term_ = parser.sum();
  parser.end();
  used_ = std::move(parser.used);
}

Formula::~Formula() = default;
Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(Formula&&) noexcept = default;

std::optional<double> Formula::value(const Lookup& lookup) const {
  return evaluate(*term_, lookup);
}

Comparison::Comparison(const std::string& text, const SourcePosition& position) : text_(text) {
  Parser parser(text, position);
  left_ = parser.sum();
  relation_ = parser.relation();
  right_ = parser.sum();
  parser.end();
  used_ = std::move(parser.used);
  for (const Name& name : used_) names_.push_back(name.text);
}

Comparison::~Comparison() = default;
Comparison::Comparison(Comparison&&) noexcept = default;
Comparison& Comparison::operator=(Comparison&&) noexcept = default;

bool Comparison::holds(const Lookup& lookup) const {
  return violation(lookup) == 0.0;
}

std::optional<double> Comparison::violation(const Lookup& lookup) const {
  const std::optional<double> left = evaluate(*left_, lookup), right = evaluate(*right_, lookup);
  if (!left || !right) return std::nullopt;
  const bool holds = relation_ == "<="   ? *left <= *right
                     : relation_ == "<"  ? *left < *right
                     : relation_ == ">=" ? *left >= *right
                     : relation_ == ">"  ? *left > *right
                                         : (*left == *right) == (relation_ == "==");
  if (holds) return 0.0;
  const double size = std::max(std::abs(*left), std::abs(*right));
  return std::max(size > 0 ? std::abs(*left - *right) / size : 0.0, 1e-9);
}

}  // namespace weft::sweep
