// Value change dump: text, a line per change. Invariant: what is kept ends with a whole time.
#include "traces/waveform/vcd_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "traces/log/output_stream.hpp"
#include "traces/waveform/scopes.hpp"
#include "traces/waveform/wave_file.hpp"

namespace weft::traces {
namespace {

class VcdFile final : public WaveFile, private ScopeVisitor {
 public:
  explicit VcdFile(const std::filesystem::path& path) : out_(path) {}

  void declare(const std::vector<SignalInfo>& signals, const std::string& timescale) override {
    for (const SignalInfo& signal : signals) signals_.push_back({signal.width, vcd_id(signals_.size())});
    out_.write("$version weft $end\n$timescale " + timescale + " $end\n");
    visit_scopes(signals, *this);
    out_.write("$enddefinitions $end\n");
  }

  void begin_values(std::uint64_t first) override {
    time(first);
    out_.write("$dumpvars\n");
  }
  void end_values() override { out_.write("$end\n"); }
  void time(std::uint64_t time) override { out_.write("#" + std::to_string(time) + "\n"); }

  void value(std::size_t number, std::optional<std::uint64_t> value) override {
    const Signal& signal = signals_[number];
    std::array<char, 96> line;  // 1 + 64 digits, a space, an id of a few characters
    char* to = line.data();
    if (signal.width == 1) {
      *to++ = !value ? 'x' : *value != 0 ? '1' : '0';
    } else {
      *to++ = 'b';
      if (value) {
        for (int bit = *value == 0 ? 0 : 63 - __builtin_clzll(*value); bit >= 0; --bit)
          *to++ = static_cast<char>('0' + (*value >> bit & 1));
      } else {
        *to++ = 'x';
      }
      *to++ = ' ';
    }
    to = std::copy(signal.id.begin(), signal.id.end(), to);
    *to++ = '\n';
    out_.write(std::string_view(line.data(), static_cast<std::size_t>(to - line.data())));
  }

  void keep_so_far() override { out_.keep_so_far(); }
  void commit() override { out_.commit(); }

 private:
  struct Signal {
    int width = 1;
    std::string id;  // its short name in the file
  };

  void open(const std::string& scope) override { out_.write("$scope module " + scope + " $end\n"); }
  void close() override { out_.write("$upscope $end\n"); }
  void signal(std::size_t number, const std::string& name) override {
    const auto& [width, id] = signals_[number];
    out_.write("$var wire " + std::to_string(width) + " " + id + " " + name);
    if (width > 1) out_.write(" [" + std::to_string(width - 1) + ":0]");
    out_.write(" $end\n");
  }

  OutputStream out_;
  std::vector<Signal> signals_;
};

}  // namespace

std::string vcd_id(std::size_t number) {
  constexpr std::size_t first = 33, count = 94;  // '!' to '~'
  std::string id;
  for (++number; number > 0; number = (number - 1) / count) {
    id += static_cast<char>(first + (number - 1) % count);
  }
  return id;
}

std::unique_ptr<WaveFile> open_vcd(const std::filesystem::path& path) {
  return std::make_unique<VcdFile>(path);
}

}  // namespace weft::traces
