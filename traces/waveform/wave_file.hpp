// A waveform's file format: what the writer of waveforms needs of it. Times ascend strictly; a signal has one
// value at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/fabric/event.hpp"

namespace weft::traces {

class WaveFile {
 public:
  virtual ~WaveFile() = default;
  // Once, first. `timescale`: "10 ns". What cannot be written is an InputError here, in flush and in commit.
  virtual void declare(const std::vector<SignalInfo>& signals, const std::string& timescale) = 0;
  // The first values: of every signal, at the window's start.
  virtual void begin_values(std::uint64_t time) = 0;
  virtual void end_values() = 0;
  virtual void time(std::uint64_t time) = 0;
  // Of the declared signal with this number; empty: not known.
  virtual void value(std::size_t signal, std::optional<std::uint64_t> value) = 0;
  // What was written so far is of use by itself and stays, as "NAME.partial", if commit() is never reached.
  virtual void keep_so_far() = 0;
  virtual void commit() = 0;  // the file gets its name
};

std::unique_ptr<WaveFile> open_vcd(const std::filesystem::path& path);
// Throws InputError where the build has no FST.
std::unique_ptr<WaveFile> open_fst(const std::filesystem::path& path);

}  // namespace weft::traces
