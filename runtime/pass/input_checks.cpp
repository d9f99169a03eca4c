#include "timeloom/runtime/pass/input_checks.hpp"

#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

/// "input" where a model has only one, else which of them it is.
std::string name_of(const plan::Model& network, const plan::Input& input) {
    return network.inputs.size() == 1 ? "input" : "input \"" + std::string(input.name) + "\"";
}

void check_vectors(const plan::Input& input, const std::string& name, const Tensor& x) {
    const auto timesteps = static_cast<std::size_t>(input.timesteps);
    const auto features = static_cast<std::size_t>(input.features);
    const std::size_t rows = x.rank() == 0 ? 0 : x.shape()[0];
    x.require_shape(input.is_sequence ? Shape{rows, timesteps, features} : Shape{rows, features},
                    ("model " + name).c_str());
}

void check_tokens(const plan::Model& network, int input, const TokenMatrix& x) {
    const auto timesteps =
        static_cast<std::size_t>(network.inputs[static_cast<std::size_t>(input)].timesteps);
    if (x.columns != timesteps) {
        throw Error("the model reads " + std::to_string(timesteps) + " tokens a sample, but was given " +
                    std::to_string(x.columns) + "; use pad_sequences() with maxlen " +
                    std::to_string(timesteps));
    }
    if (x.values.size() % x.columns != 0 || x.values.size() / x.columns != x.rows) { // no overflow
        throw Error("a token matrix of " + std::to_string(x.rows) + " by " + std::to_string(x.columns) +
                    " holds " + std::to_string(x.values.size()) + " values");
    }
    const int vocabulary = vocabulary_of(network, input);
    for (std::size_t i = 0; i < x.values.size(); ++i) {
        if (x.values[i] < 0 || x.values[i] >= vocabulary) {
            throw Error("token id " + std::to_string(x.values[i]) + " in sample " +
                        std::to_string(i / timesteps) + " is outside the embedding's " +
                        std::to_string(vocabulary) + " rows");
        }
    }
}

void check_lengths(const plan::Input& input, const std::string& name, const Input& x) {
    if (x.has_lengths() != input.is_ragged) {
        throw Error(input.is_ragged ? "the " + name +
                                          " is ragged: hand it over with the length of every "
                                          "sample, as Input(x, lengths)"
                                    : "the " + name +
                                          " was given lengths, but is not declared as ragged: "
                                          "input<timesteps, features>(ragged)");
    }
    if (!x.has_lengths()) {
        return;
    }
    if (x.lengths().size() != x.rows()) {
        throw Error("the " + name + " has " + std::to_string(x.rows()) + " samples, but " +
                    std::to_string(x.lengths().size()) + " lengths");
    }
    const auto bad =
        std::ranges::find_if(x.lengths(), [&](int length) { return length < 0 || length > input.timesteps; });
    if (bad != x.lengths().end()) {
        throw Error("the " + name + " has length " + std::to_string(*bad) + " for sample " +
                    std::to_string(bad - x.lengths().begin()) + "; lengths lie between 0 and " +
                    std::to_string(input.timesteps));
    }
}

} // namespace

int vocabulary_of(const plan::Model& network, int input) {
    int smallest = 0;
    for (const plan::Layer& layer : network.layers) {
        if (layer.kind == plan::LayerKind::embedding && layer.reads[0].node == input) {
            smallest = smallest == 0 ? layer.features : std::min(smallest, layer.features);
        }
    }
    return smallest;
}

void check_values(const plan::Model& network, std::size_t number, const Inputs& x) {
    const auto values = x[number].vectors().values();
    if (!is_finite(elementwise().largest(values.size(), values.data()))) {
        const plan::Input& input = network.inputs[number];
        const auto sample =
            first_not_finite(values) / static_cast<std::size_t>(input.timesteps * input.features);
        throw Error("the " + name_of(network, input) + " holds a value that is not finite in sample " +
                    std::to_string(sample) + "; replace missing values before training or predicting");
    }
}

void check_inputs(const plan::Model& network, const Inputs& x, bool values) {
    if (x.size() != network.inputs.size()) {
        throw Error("the model has " + std::to_string(network.inputs.size()) + " inputs, but was given " +
                    std::to_string(x.size()));
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        const plan::Input& input = network.inputs[i];
        const std::string name = name_of(network, input);
        if (x[i].is_tokens() != (input.features == 0)) {
            throw Error(input.features == 0
                            ? "the model reads token ids, a TokenMatrix, but was given vectors"
                            : "the model reads vectors, a Tensor, but was given token ids");
        }
        if (x[i].is_tokens()) {
            check_tokens(network, static_cast<int>(i), x[i].tokens());
        } else {
            check_vectors(input, name, x[i].vectors());
            if (values) {
                check_values(network, i, x);
            }
        }
        check_lengths(input, name, x[i]);
        if (x[i].rows() != x.rows()) {
            throw Error("the " + name + " has " + std::to_string(x[i].rows()) +
                        " samples, but the first one " + std::to_string(x.rows()));
        }
    }
}

} // namespace timeloom::detail
