// Value change dump: text, a line per change. Invariant: what is kept ends with a whole time.
#include "traces/waveform/vcd_file.hpp"

#include <algorithm>
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
    if (signal.width == 1) {
      out_.write((!value ? "x" : *value ? "1" : "0") + signal.id + "\n");
      return;
    }
    std::string digits;
    if (!value) {
      digits = "x";
    } else {
      for (std::uint64_t rest = *value; rest > 0; rest >>= 1) digits += rest & 1 ? '1' : '0';
      if (digits.empty()) digits = "0";
      std::reverse(digits.begin(), digits.end());
    }
    out_.write("b" + digits + " " + signal.id + "\n");
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
