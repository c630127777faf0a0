// The addresses of sim/TLM.md, for software that talks to chip.host. No SystemC in here.
#pragma once

#include <cstdint>

namespace weft::sim::host {

// Registers, 32 bits each, little-endian; of a pair the low half comes first.
enum Register : std::uint64_t {
  kId = 0x00,             // read: kIdValue
  kVersion = 0x04,        // read: of this map, 1
  kCommand = 0x08,        // write: a Command
  kStatus = 0x0c,         // read: StatusBits
  kImageBytes = 0x10,     // read, write: length of the image file in its window
  kFrames = 0x14,         // read, write: of the stimulus
  kIntervalSteps = 0x18,  // read, write: 1 at reset
  kFrameSteps = 0x1c,     // read, write: 1 at reset
  kSteps = 0x20,          // read, write: for Command::Step; 0: to the end
  kTiles = 0x24,          // read
  kInputs = 0x28,         // read: of the image
  kOutputs = 0x2c,        // read: of the image
  kDepthSteps = 0x30,     // read: of the image
  kFramesDone = 0x34,     // read
  kStepsDone = 0x38,      // read, a pair
  kCycles = 0x40,         // read, a pair: of the steps done
  kErrorBytes = 0x48,     // read: length of the text in its window
  kRegistersEnd = 0x4c
};
constexpr std::uint32_t kIdValue = 0x54464557;  // "WEFT"
constexpr std::uint32_t kMapVersion = 1;

enum Command : std::uint32_t {
  kLoad = 1,   // take the image from its window
  kStart = 2,  // a run of it with the stimulus, from its first step
  kStep = 3    // without `clk`: run kSteps steps of it
};

enum StatusBits : std::uint32_t {
  kLoaded = 1,   // an image is there
  kStarted = 2,  // a run is
  kFinished = 4  // its last step is done
};

// Windows: bytes at any address of theirs that holds something.
constexpr std::uint64_t kErrorText = 0x0000'1000;  // read
constexpr std::uint64_t kCounters = 0x0100'0000;   // read: kCounterBytes per tile
constexpr std::uint64_t kLatencies = 0x0200'0000;  // read: 64 bits per frame done, cycles
constexpr std::uint64_t kImage = 0x1000'0000;      // write: an image file (.npz)
constexpr std::uint64_t kStimulus = 0x2000'0000;   // write: 32 bits, signed, per frame and input
constexpr std::uint64_t kResults = 0x4000'0000;    // read: 32 bits, signed, per frame done and output
constexpr std::uint64_t kEnd = 0x8000'0000;

// Of a tile, 64 bits each: the TileCounters in the order of outcome.hpp with flits as six, then zeros.
constexpr std::uint64_t kCounterBytes = 128;

}  // namespace weft::sim::host
