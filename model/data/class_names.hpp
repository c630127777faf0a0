// What the classes of a data set are called.
#pragma once

#include <string>
#include <vector>

namespace weft {

// `classes` names for the data set: those that its makers gave (Fashion-MNIST: "T-shirt/top", ...), else the
// numbers "0", "1", ...
std::vector<std::string> class_names(const std::string& data, int classes);

}  // namespace weft
