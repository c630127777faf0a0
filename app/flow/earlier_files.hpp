// What a run must not overwrite: files that may be part of an earlier one.
#pragma once

#include <filesystem>

namespace weft::app {

// Throws InputError unless a checkpoint can be written there: no earlier one is there but `resume`, that
// which the run goes on from, and the directory, made where needed, can be written.
void protect_earlier_checkpoint(const std::filesystem::path& file, const std::filesystem::path& resume);

// Throws InputError where a record of the cycles before the checkpoint may lie: a run that goes on records
// those after it.
void protect_earlier_record(const std::filesystem::path& file);

}  // namespace weft::app
