// The one place where the wording of an input error is decided: position first, then found and expected.
#include "model/base/error.hpp"

namespace weft {
namespace {

std::string prefix(const SourcePosition& position) {
  std::string text = position.file;
  if (position.line > 0) text += ":" + std::to_string(position.line);
  if (position.line > 0 && position.column > 0) text += ":" + std::to_string(position.column);
  return text.empty() ? text : text + ": ";
}

}  // namespace

InputError::InputError(const SourcePosition& position, const std::string& message)
    : Error(ErrorKind::BadInput, prefix(position) + message) {}

InputError::InputError(const SourcePosition& position, const std::string& found, const std::string& expected)
    : Error(ErrorKind::BadInput, prefix(position) + "found " + found + ", expected " + expected) {}

void internal_error(const std::string& message) {
  throw Error(ErrorKind::Internal, "internal error: " + message);
}

std::string describe(const std::vector<Violation>& violations, std::size_t limit) {
  std::string text;
  for (std::size_t i = 0; i < violations.size() && i < limit; ++i) {
    text += violations[i].rule + " at " + violations[i].where + ": " + violations[i].detail + "\n";
  }
  if (violations.size() > limit) text += "and " + std::to_string(violations.size() - limit) + " more\n";
  return text;
}

}  // namespace weft
