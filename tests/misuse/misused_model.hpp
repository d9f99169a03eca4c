// A model whose forward pass is the user's own.
#pragma once

#include "misuse.hpp"

#include "timeloom/runtime/model/model.hpp"

#include <algorithm>

namespace timeloom::tests {

/// A model whose passes are misused: each refused call must leave it as it was.
class Misused {
  public:
    Misused(const plan::Model& plan, const Inputs& x)
        : model_(plan, {.seed = 3, .threads = 2}), x_(x), before_(model_.predict(x)) {
        targets_ = Tensor(before_.shape());
        model_.compile(SGD{}, Loss::mean_squared_error);
    }

    /// Predicting, and in training.
    void refuses_call(const std::string& what, const std::string& part, const CallFunction& call) {
        model_.set_call(call);
        refuses(what + ", predicting", part, [&] { model_.predict(x_); });
        refuses(what + ", in training", part, [&] { model_.gradients(x_, targets_); });
        model_.set_call({});
        const Tensor after = model_.predict(x_);
        CHECK(std::ranges::equal(after.values(), before_.values()));
    }

    Model& model() { return model_; }

  private:
    Model model_;
    Inputs x_;
    Tensor before_, targets_;
};

} // namespace timeloom::tests
