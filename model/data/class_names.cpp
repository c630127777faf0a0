// Fashion-MNIST is the only set here whose classes are no digits (Xiao, Rasul and Vollgraf, 2017).
#include "model/data/class_names.hpp"

namespace weft {

std::vector<std::string> class_names(const std::string& data, int classes) {
  const std::vector<std::string> fashion = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  if (data == "fashion-mnist" && classes == static_cast<int>(fashion.size())) return fashion;
  std::vector<std::string> names;
  for (int i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  return names;
}

}  // namespace weft
