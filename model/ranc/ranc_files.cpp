// Reads RANC's files. One cursor over the lines of a text knows where it is, so that every message does.
// Invariant: what is returned passed validate(); no size is believed before it was compared with the text.
#include "model/ranc/ranc_files.hpp"

#include <cstdio>

#include "model/base/files.hpp"

namespace weft {
namespace {

constexpr int kFixedBits =
    9 * kRancNumberBits + 1 + 2 * kRancNumberBits + 4;  // of a line, beside A and its log

int axon_bits(int axons) {
  int bits = 0;
  while ((1 << bits) < axons) ++bits;
  return bits;
}

struct Line {
  std::string_view text;
  SourcePosition at;
};

// The lines of a text without their ends; a final line without an end counts, an empty one does not.
std::vector<Line> lines_of(std::string_view text, const std::string& file) {
  std::vector<Line> lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() && !text.empty()) throw InputError({file, number, 1}, "an empty line", "a number");
    if (!line.empty()) lines.push_back({line, {file, number, 1}});
  }
  return lines;
}

std::string shown(char c) {
  return c >= ' ' && c <= '~' ? "'" + std::string(1, c) + "'"
                              : "byte " + std::to_string(static_cast<unsigned char>(c));
}

// Takes binary digits off a line, from the left.
class Bits {
 public:
  explicit Bits(const Line& line) : line_(line) {}

  bool bit() {
    const std::size_t at = next_++;
    const char c = line_.text[at];
    if (c != '0' && c != '1') {
      SourcePosition place = line_.at;
      place.column = static_cast<int>(at) + 1;
      throw InputError(place, shown(c), "a binary digit");
    }
    return c == '1';
  }
  int take(int bits) {
    int value = 0;
    for (int i = 0; i < bits; ++i) value = 2 * value + (bit() ? 1 : 0);
    return value;
  }
  std::int16_t take_signed() {
    const int value = take(kRancNumberBits), sign = 1 << (kRancNumberBits - 1);
    return static_cast<std::int16_t>((value ^ sign) - sign);
  }
  RancPacket packet(int axons) {
    RancPacket packet;
    packet.dx = take_signed();
    packet.dy = take_signed();
    packet.axon = static_cast<std::uint16_t>(take(axon_bits(axons)));
    packet.offset = static_cast<std::uint8_t>(take(4));
    return packet;
  }

 private:
  const Line& line_;
  std::size_t next_ = 0;
};

void expect_length(const Line& line, int bits, const std::string& of_what) {
  if (line.text.size() == static_cast<std::size_t>(bits)) return;
  throw InputError(line.at, std::to_string(line.text.size()) + " characters",
                   std::to_string(bits) + ", the bits of " + of_what);
}

// A of a line of so many bits: A + ceil(log2 A) + the fixed fields, which grows with A.
int axons_of(const Line& line) {
  const std::size_t length = line.text.size();
  for (int axons = 2; axons <= kRancMostAxons; ++axons) {
    if (static_cast<std::size_t>(axons + axon_bits(axons) + kFixedBits) == length) return axons;
  }
  throw InputError(line.at, std::to_string(length) + " characters",
                   "a neuron's bits: A + ceil(log2 A) + " + std::to_string(kFixedBits) +
                       " for some A from 2 to " + std::to_string(kRancMostAxons));
}

void expect_count(const std::vector<Line>& lines, int count, const std::string& file,
                  const std::string& of_what) {
  if (lines.size() == static_cast<std::size_t>(count)) return;
  throw InputError({file}, std::to_string(lines.size()) + " lines",
                   std::to_string(count) + ", one per " + of_what);
}

// Decimal numbers, one per line.
std::vector<int> counts_of(std::string_view text, const std::string& file) {
  std::vector<int> counts;
  for (const Line& line : lines_of(text, file)) {
    int value = 0;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      const char c = line.text[i];
      SourcePosition place = line.at;
      place.column = static_cast<int>(i) + 1;
      if (c < '0' || c > '9') throw InputError(place, shown(c), "a decimal digit");
      value = 10 * value + (c - '0');
      if (value > 1000000) throw InputError(place, "a count above 1000000", "packets of one tick");
    }
    counts.push_back(value);
  }
  return counts;
}

void expect_total(const std::vector<int>& counts, std::size_t lines, const std::string& counts_name,
                  const std::string& name) {
  std::size_t total = 0;
  for (const int count : counts) total += static_cast<std::size_t>(count);
  if (total == lines) return;
  throw InputError({name}, std::to_string(lines) + " packets",
                   std::to_string(total) + ", the sum of the counts in " + counts_name);
}

std::filesystem::path numbered(const std::filesystem::path& folder, const char* prefix, int number) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "%03d", number);
  return folder / (prefix + std::string(digits) + ".mem");
}

}  // namespace

RancCore parse_ranc_core(std::string_view csram, const std::string& csram_name, std::string_view types,
                         const std::string& types_name, int axons, int neurons) {
  const std::vector<Line> rows = lines_of(csram, csram_name);
  if (rows.empty()) throw InputError({csram_name}, "no lines", "a line per neuron");
  if (rows.size() > kRancMostAxons) {
    throw InputError({csram_name}, std::to_string(rows.size()) + " lines",
                     "at most " + std::to_string(kRancMostAxons) + " neurons");
  }
  if (axons == 0) axons = axons_of(rows[0]);
  if (neurons != 0) expect_count(rows, neurons, csram_name, "neuron, as in the first core");
  RancCore core;
  const std::size_t words = (static_cast<std::size_t>(axons) + 63) / 64;
  for (const Line& row : rows) {
    expect_length(row, axons + axon_bits(axons) + kFixedBits,
                  "a neuron with " + std::to_string(axons) + " axons");
    Bits bits(row);
    core.connections.resize(core.connections.size() + words);
    std::uint64_t* connections = core.connections.data() + core.connections.size() - words;
    for (int a = axons - 1; a >= 0; --a) connections[a / 64] |= std::uint64_t{bits.bit()} << (a % 64);
    RancNeuron neuron;
    neuron.potential = bits.take_signed();
    neuron.reset_potential = bits.take_signed();
    for (auto& weight : neuron.weights) weight = bits.take_signed();
    neuron.leak = bits.take_signed();
    neuron.positive_threshold = bits.take_signed();
    neuron.negative_threshold = bits.take_signed();
    neuron.linear_reset = bits.bit();
    neuron.destination = bits.packet(axons);
    core.neurons.push_back(neuron);
  }
  const std::vector<Line> type_lines = lines_of(types, types_name);
  expect_count(type_lines, axons, types_name, "axon");
  for (const Line& line : type_lines) {
    expect_length(line, 2, "an axon's type");
    core.axon_types.push_back(static_cast<std::uint8_t>(Bits(line).take(2)));
  }
  return core;
}

RancNetwork read_ranc_network(const std::filesystem::path& folder, const RancGrid& grid) {
  const auto of_grid = validate(grid);
  if (!of_grid.empty()) throw InputError({"RANC grid"}, "not possible:\n" + describe(of_grid));
  RancNetwork network;
  network.grid = grid;
  network.cores.resize(static_cast<std::size_t>(grid.tiles()));
  for (int t = 0; t < grid.tiles(); ++t) {
    if (t == grid.output_tile) continue;
    const auto csram = numbered(folder, "csram_", t), types = numbered(folder, "tc_", t);
    RancCore& core = network.cores[static_cast<std::size_t>(t)];
    const std::string rows = read_text_file(csram), type_lines = read_text_file(types);
    core = parse_ranc_core(rows, csram.string(), type_lines, types.string(), network.axons, network.neurons);
    network.axons = static_cast<int>(core.axon_types.size());
    network.neurons = static_cast<int>(core.neurons.size());
  }
  if (network.axons == 0) throw InputError({"RANC grid"}, "only an output bus", "a tile with a core");
  return network;
}

RancStimulus parse_ranc_stimulus(std::string_view counts, const std::string& counts_name,
                                 std::string_view packets, const std::string& packets_name, int axons) {
  const std::vector<int> per_tick = counts_of(counts, counts_name);
  const std::vector<Line> lines = lines_of(packets, packets_name);
  expect_total(per_tick, lines.size(), counts_name, packets_name);
  RancStimulus stimulus;
  std::size_t next = 0;
  for (const int count : per_tick) {
    std::vector<RancPacket>& tick = stimulus.ticks.emplace_back();
    for (int i = 0; i < count; ++i) {
      const Line& line = lines[next++];
      expect_length(line, 2 * kRancNumberBits + axon_bits(axons) + 4, "a packet");
      tick.push_back(Bits(line).packet(axons));
    }
  }
  return stimulus;
}

RancStimulus read_ranc_stimulus(const std::filesystem::path& folder, const RancNetwork& network) {
  const auto counts = folder / "tb_num_inputs.txt", packets = folder / "tb_input.txt";
  const std::string per_tick = read_text_file(counts), lines = read_text_file(packets);
  return parse_ranc_stimulus(per_tick, counts.string(), lines, packets.string(), network.axons);
}

std::vector<std::vector<int>> read_ranc_outputs(const std::filesystem::path& folder) {
  const auto counts = folder / "tb_num_outputs.txt", packets = folder / "tb_correct.txt";
  const std::vector<int> per_row = counts_of(read_text_file(counts), counts.string());
  const std::string text = read_text_file(packets);
  const std::vector<Line> lines = lines_of(text, packets.string());
  expect_total(per_row, lines.size(), counts.string(), packets.string());
  std::vector<std::vector<int>> rows;
  std::size_t next = 0;
  for (const int count : per_row) {
    std::vector<int>& row = rows.emplace_back();
    for (int i = 0; i < count; ++i) {
      const Line& line = lines[next++];
      expect_length(line, static_cast<int>(lines[0].text.size()), "the first line's number");
      if (line.text.size() > 16) throw InputError(line.at, "more than 16 digits", "an output's number");
      row.push_back(Bits(line).take(static_cast<int>(line.text.size())));
    }
  }
  return rows;
}

}  // namespace weft
