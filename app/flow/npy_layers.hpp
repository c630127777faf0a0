// The declared order of imported layers as a text of the command line.
#pragma once

#include <string>
#include <vector>

#include "model/network/network_npy.hpp"

namespace weft::app {

// Words joined by commas. "ip1:relu" and "conv1:stride=2:pad=1": weights from the files of that stem, with an
// activation and a window's stride and padding; "maxpool=2", "avgpool=3:stride=2": a pooling, named "pool1",
// "pool2", ... in order, its stride the kernel unless said. Throws a Usage error.
std::vector<NpyLayer> parse_npy_layers(const std::string& text);
// "1x28x28". Throws a Usage error.
Shape parse_shape(const std::string& option, const std::string& text);

}  // namespace weft::app
