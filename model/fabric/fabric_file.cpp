// A fabric from YAML and to YAML, over the list of its fields. What is written reads back as the same fabric.
#include <algorithm>
#include <filesystem>

#include "model/base/config.hpp"
#include "model/base/files.hpp"
#include "model/fabric/fabric_config.hpp"
#include "model/fabric/fabric_fields.hpp"

namespace weft {
namespace {

struct ReadField {
  const ConfigSection& root;

  ConfigSection section(const FabricField& field) const {
    return *field.section == '\0' ? root : root.section(field.section);
  }
  template <class T>
  void operator()(const FabricField& field, T& value, T minimum, T maximum) const {
    if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(section(field).integer(field.key, minimum, maximum, value));
    } else {
      value = section(field).number(field.key, minimum, maximum, value);
    }
  }
  template <class Choice>
  void operator()(const FabricField& field, Choice& value) const {
    value = section(field).choice(field.key, fabric_choices<Choice>(), std::optional(value));
  }
  void operator()(const FabricField& field, bool& value) const {
    value = section(field).boolean(field.key, value);
  }
};

class WriteField {
 public:
  explicit WriteField(std::string& out) : out_(out) {}

  template <class T>
  void operator()(const FabricField& field, const T& value, T, T) {
    if constexpr (std::is_integral_v<T>) {
      line(field, std::to_string(value));
    } else {
      line(field, yaml_number(value));
    }
  }
  template <class Choice>
  void operator()(const FabricField& field, const Choice& value) {
    line(field, choice_name(value));
  }
  void operator()(const FabricField& field, const bool& value) { line(field, value ? "true" : "false"); }

 private:
  void line(const FabricField& field, const std::string& value) {
    const bool nested = *field.section != '\0';
    if (nested && section_ != field.section) out_ += std::string(field.section) + ":\n";
    section_ = field.section;
    std::string text = (nested ? "  " : "") + std::string(field.key) + ": " + value;
    if (*field.meaning != '\0') {
      text.resize(std::max<std::size_t>(text.size(), 36), ' ');
      text += std::string("  # ") + field.meaning;
    }
    out_ += text + "\n";
  }

  std::string& out_;
  std::string section_;
};

Fabric read_fields(const ConfigSection& section, const Fabric& start) {
  Fabric fabric = start;
  fabric.name = section.text("name", start.name);
  fabric.constants = section.text("constants", start.constants);
  visit_fabric_fields(fabric, ReadField{section});
  return fabric;
}

void refuse_violations(const ConfigSection& section, const Fabric& fabric) {
  for (const Violation& violation : validate(fabric)) {
    const std::size_t dot = violation.where.find('.');
    const SourcePosition position =
        dot == std::string::npos
            ? section.position(violation.where)
            : section.section(violation.where.substr(0, dot)).position(violation.where.substr(dot + 1));
    throw InputError(position, violation.where + ": " + violation.detail + " (rule " + violation.rule + ")");
  }
}

}  // namespace

Fabric fabric_from_section(const ConfigSection& section, const Fabric& start) {
  const Fabric fabric = read_fields(section, start);
  refuse_violations(section, fabric);
  return fabric;
}

Fabric parse_fabric(const std::string& yaml, const std::string& file,
                    const std::vector<std::string>& overrides) {
  const Config config = Config::parse(yaml, file, overrides);
  Fabric start;
  start.name = std::filesystem::path(file).stem().string();
  const Fabric fabric = read_fields(config.root(), start);
  config.finish();
  refuse_violations(config.root(), fabric);
  return fabric;
}

Fabric read_fabric(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  return parse_fabric(read_text_file(path), path.string(), overrides);
}

std::string format_fabric(const Fabric& fabric) {
  std::string out = "name: " + yaml_text(fabric.name) + "\n";
  if (!fabric.constants.empty()) out += "constants: " + yaml_text(fabric.constants) + "\n";
  visit_fabric_fields(fabric, WriteField(out));
  return out;
}

}  // namespace weft
