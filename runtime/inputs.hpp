// What a model reads: vectors or token ids, as the caller holds them.
#pragma once

#include "timeloom/runtime/tensor.hpp"
#include "timeloom/runtime/token_matrix.hpp"

namespace timeloom {

/// A reference to a tensor (batch, timesteps, features) or to a matrix of token ids (batch, timesteps). For
/// parameters only: it must not outlive what it refers to.
class Inputs {
  public:
    Inputs(const Tensor& vectors) : vectors_(&vectors) {}
    Inputs(const TokenMatrix& tokens) : tokens_(&tokens) {}

    bool is_tokens() const { return tokens_ != nullptr; }
    const Tensor& vectors() const { return *vectors_; }
    const TokenMatrix& tokens() const { return *tokens_; }
    std::size_t rows() const { return is_tokens() ? tokens_->rows : vectors_->shape()[0]; }

  private:
    const Tensor* vectors_ = nullptr;
    const TokenMatrix* tokens_ = nullptr;
};

} // namespace timeloom
