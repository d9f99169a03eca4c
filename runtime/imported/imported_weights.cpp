#include "timeloom/runtime/imported/imported_weights.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>

namespace timeloom {

namespace {

/// Kernels compute with 32-bit floats what the file's model computes.
constexpr double most_difference = 2e-5;

/// The inputs and the output of a replay.
class ReplayFile {
  public:
    explicit ReplayFile(const std::filesystem::path& path) : path_(path) {
        for (NamedTensor& t : load_weights(path).tensors) {
            if (t.name == "output")
                output_ = std::move(t.tensor);
            else
                add_input(t.name, std::move(t.tensor));
        }
        if (inputs_.empty() || output_.size() == 0)
            fail("has no input or no output");
    }

    Inputs inputs() const { return Inputs(inputs_); }

    double difference(const Tensor& predicted) const {
        if (predicted.size() != output_.size())
            fail("has an output of shape " + to_string(output_.shape()) + ", but the model's is " +
                 to_string(predicted.shape()));
        double largest = 0, scale = 1;
        for (std::size_t i = 0; i < output_.size(); ++i) {
            const double expected = output_.values()[i];
            largest = std::max(largest, std::abs(static_cast<double>(predicted.values()[i]) - expected));
            scale = std::max(scale, 1 + std::abs(expected));
        }
        return largest / scale;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw Error("load_imported_weights: the replay file " + path_.string() + " " + what +
                    "; import the trained file again, and build the model anew from what that writes");
    }

  private:
    /// "input/0" holds vectors, "tokens/0" token ids.
    void add_input(const std::string& name, Tensor values) {
        if (name.starts_with("tokens/") && values.rank() == 2) {
            TokenMatrix& tokens = tokens_.emplace_back(TokenMatrix{values.shape()[0], values.shape()[1], {}});
            for (const float token : values.values())
                tokens.values.push_back(token >= 0 && token < 2e9f ? static_cast<std::int32_t>(token) : -1);
            inputs_.push_back(Input(tokens));
        } else if (name.starts_with("input/")) {
            inputs_.push_back(Input(vectors_.emplace_back(std::move(values))));
        } else {
            fail("has a tensor '" + name + "', which is no input");
        }
    }

    std::filesystem::path path_;
    std::deque<Tensor> vectors_; // whose addresses the inputs keep
    std::deque<TokenMatrix> tokens_;
    std::vector<Input> inputs_;
    Tensor output_;
};

double replayed(Model& model, const ReplayFile& replay) {
    model.reset_states();
    const double difference = replay.difference(model.predict(replay.inputs()));
    model.reset_states();
    if (!(difference <= most_difference))
        replay.fail("has an output from which the model's differs by " + std::to_string(difference) +
                    " of its size, where " + std::to_string(most_difference) + " is allowed");
    return difference;
}

} // namespace

double load_imported_weights(Model& model, const std::filesystem::path& folder) {
    return as_error("load_imported_weights", [&] {
        const ReplayFile replay(folder / "replay.safetensors");
        const std::vector<Tensor> before = model.get_weights();
        try {
            model.load_weights(folder / "weights.safetensors");
            return replayed(model, replay);
        } catch (...) {
            model.set_weights(before);
            throw;
        }
    });
}

} // namespace timeloom
