// Runs an expression that must throw an InputError, and gives its message.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "model/base/error.hpp"

namespace weft {

template <class Act>
std::string input_error_of(Act act) {
  try {
    act();
  } catch (const InputError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    return error.what();
  }
  ADD_FAILURE() << "no InputError was thrown";
  return {};
}

}  // namespace weft
