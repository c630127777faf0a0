// GTKWave's save file: which signals it shows at once, in which groups, and how far it zooms out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weft::traces {

struct SavedSignal {
  std::string name;  // dotted, as in the waveform
  int width = 1;     // one bit is shown as a line, more as a decimal number
  bool is_signed = false;
};

struct SavedView {
  std::string dump_file;    // the waveform's file name
  std::uint64_t start = 0;  // in the waveform's time unit
  double duration = 1;      // likewise; the zoom shows all of it
  std::vector<SavedSignal> signals;
};

// A group per tile that can be folded, a heading per unit in it ("router.east"), the signals in the given
// order.
std::string gtkwave_save(const SavedView& view);

}  // namespace weft::traces
