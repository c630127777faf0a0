// Digests of everything that a stage reads. What they are made of is written nowhere twice: the settings go
// in as the text that repeats a flow, so that a key added there is part of the digest at once.
#pragma once

#include <string>

#include "app/flow/flow_config.hpp"
#include "model/base/digest.hpp"
#include "model/data/dataset.hpp"

namespace weft::app {

// What a section of the flow says, in the text that repeats it; "" where the flow has none.
std::string section_text(const FlowConfig& config, const std::string& name);

// Of this program and of what its floating-point results depend on beside their inputs.
Digest program_digest();

struct DataDigests {
  Digest train, test;  // of the samples as the stages get them
};

// The network before any training: of its file, or of what it is made from.
Digest start_key(const FlowConfig& config, const DataSplits& data);

Digest train_key(const Digest& program, const FlowConfig& config, const Digest& start,
                 const DataDigests& data);
Digest compress_key(const Digest& program, const FlowConfig& config, const Digest& network,
                    const DataDigests& data);
Digest quantize_key(const Digest& program, const FlowConfig& config, const Digest& network,
                    const DataDigests& data);
Digest map_key(const Digest& program, const FlowConfig& config, const Digest& fixed, const DataDigests& data);
// The accuracy of a network on the test samples.
Digest accuracy_key(const Digest& program, const Digest& network, const DataDigests& data);

// The fabric with everything at its default that no mapping looks at: clock, timing, buffers, energy, area.
Fabric mapped_part(const Fabric& fabric);

}  // namespace weft::app
