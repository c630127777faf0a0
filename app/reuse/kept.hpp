// A result of a stage that is here, or that is fetched when somebody asks for it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "model/base/digest.hpp"

namespace weft::app {

template <class T>
class Kept {
 public:
  Kept(T value, const Digest& digest) : state_(std::make_shared<State>()) {
    state_->digest = digest;
    state_->value = std::move(value);
  }
  // `fetch` gives the value of this digest; called once at most.
  Kept(const Digest& digest, std::function<T()> fetch) : state_(std::make_shared<State>()) {
    state_->digest = digest;
    state_->fetch = std::move(fetch);
  }

  const Digest& digest() const { return state_->digest; }
  const T& value() const {
    if (!state_->value) state_->value = state_->fetch();
    return *state_->value;
  }

 private:
  struct State {
    Digest digest;
    std::optional<T> value;
    std::function<T()> fetch;
  };
  std::shared_ptr<State> state_;
};

}  // namespace weft::app
