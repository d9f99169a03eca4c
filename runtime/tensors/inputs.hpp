// What a model reads: vectors or token ids, as the caller holds them.
#pragma once

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/tensors/pad_sequences.hpp"
#include "timeloom/runtime/tensors/tensor.hpp"
#include "timeloom/runtime/tensors/token_matrix.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace timeloom {

/// A reference to one input's data: a tensor (batch, timesteps, features) or (batch, features), or a matrix
/// of token ids (batch, timesteps). A ragged input comes with the length of every sample; steps of padding
/// may hold anything finite.
class Input {
  public:
    Input(const Tensor& vectors) : vectors_(&vectors) {}
    Input(const TokenMatrix& tokens) : tokens_(&tokens) {}
    Input(const Tensor& vectors, std::span<const int> lengths, SequenceEnd padding = SequenceEnd::post)
        : vectors_(&vectors), lengths_(lengths), padding_(padding), has_lengths_(true) {}
    Input(const TokenMatrix& tokens, std::span<const int> lengths, SequenceEnd padding = SequenceEnd::post)
        : tokens_(&tokens), lengths_(lengths), padding_(padding), has_lengths_(true) {}

    bool is_tokens() const { return tokens_ != nullptr; }
    /// Throw Error for an input of the other kind.
    const Tensor& vectors() const {
        if (is_tokens()) {
            throw Error("Input::vectors: the input holds token ids; read tokens()");
        }
        return *vectors_;
    }
    const TokenMatrix& tokens() const {
        if (!is_tokens()) {
            throw Error("Input::tokens: the input holds vectors; read vectors()");
        }
        return *tokens_;
    }
    bool has_lengths() const { return has_lengths_; }
    std::span<const int> lengths() const { return lengths_; }
    std::size_t rows() const {
        return is_tokens() ? tokens_->rows : vectors_->rank() == 0 ? 0 : vectors_->shape()[0];
    }

    /// True if a step of a sample lies within its length; without lengths every step does.
    bool counts(std::size_t sample, std::size_t step, std::size_t timesteps) const {
        if (!has_lengths_) {
            return true;
        }
        if (sample >= lengths_.size()) {
            throw Error("Input::counts: there are lengths of " + std::to_string(lengths_.size()) +
                        " samples, so that there is no sample " + std::to_string(sample));
        }
        const auto length = static_cast<std::size_t>(lengths_[sample]);
        return padding_ == SequenceEnd::post ? step < length : step >= timesteps - length;
    }

  private:
    const Tensor* vectors_ = nullptr;
    const TokenMatrix* tokens_ = nullptr;
    std::span<const int> lengths_;
    SequenceEnd padding_ = SequenceEnd::post; ///< where the steps beyond the length stand
    bool has_lengths_ = false;
};

/// All inputs of a model, in the order of its declaration. For parameters only: it must not outlive what it
/// refers to.
class Inputs {
  public:
    Inputs(const Tensor& only) : Inputs({Input(only)}) {}
    Inputs(const TokenMatrix& only) : Inputs({Input(only)}) {}
    Inputs(const Input& only) : Inputs({only}) {}
    Inputs(std::initializer_list<Input> inputs)
        : inputs_(as_error("Inputs", [&] { return std::vector<Input>(inputs); })) {}
    explicit Inputs(std::vector<Input> inputs) : inputs_(std::move(inputs)) {}

    std::size_t size() const { return inputs_.size(); }
    const Input& operator[](std::size_t i) const {
        if (i >= inputs_.size()) {
            throw Error("Inputs: there is no input " + std::to_string(i) + ", but " +
                        std::to_string(inputs_.size()));
        }
        return inputs_[i];
    }
    /// Samples of the first input; 0 where there is none.
    std::size_t rows() const { return inputs_.empty() ? 0 : inputs_[0].rows(); }

  private:
    std::vector<Input> inputs_;
};

} // namespace timeloom
