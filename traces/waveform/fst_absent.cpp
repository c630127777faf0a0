// Where the build found no fstapi: a waveform in its format is refused, with what would help.
#include "model/base/error.hpp"
#include "traces/waveform/wave_file.hpp"

namespace weft::traces {

std::unique_ptr<WaveFile> open_fst(const std::filesystem::path& path) {
  throw InputError(
      {path.string()},
      "this build writes no FST: take a name that ends in .vcd, or install the package verilator, which "
      "has GTKWave's fstapi, and build again");
}

}  // namespace weft::traces
