// Two short recordings as an .evp file.
#pragma once

#include "model/base/files.hpp"

namespace weft {

// Labels 7 and 3; 3 events and 1.
inline Bytes evp_example() {
  return {'E', 'V', 'P', '1', 2,  0, 0, 0,  //
          15,  0,   0,   0,   7,  0, 0, 0,  //
          5,   0,   0,   0,   3,  0, 1, 0,  //
          1,   2,   0,   0,   10,           // x 1, y 2, polarity 0, 10 us
          33,  33,  128, 0,   20,           // polarity 1
          0,   0,   0,   1,   0,            // 256 us
          5,   5,   127, 255, 255};
}

}  // namespace weft
