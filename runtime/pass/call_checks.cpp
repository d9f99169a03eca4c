#include "timeloom/runtime/pass/call_checks.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"

#include <algorithm>
#include <string>

namespace timeloom::detail {

namespace {

std::string numbers(int got, const char* of, int needed) {
    return std::to_string(needed) + " " + of + ", but was given " + std::to_string(got);
}

/// A value must be of the kind and the shape that the layer was declared for.
void check_value(const plan::Layer& called, const SequenceView& value) {
    const std::string reads = "call: " + std::string(called.name) + " reads ";
    const bool reads_tokens = called.kind == plan::LayerKind::embedding;
    if (reads_tokens != (value.tokens != nullptr)) {
        throw Error(reads +
                    (reads_tokens ? "token ids, but was given vectors" : "vectors, but was given token ids"));
    }
    if (!reads_tokens && called.kind != plan::LayerKind::join && value.width != called.features) {
        throw Error(reads + numbers(value.width, "features", called.features));
    }
    const bool is_one_step = called.kind == plan::LayerKind::repeat;
    const int timesteps = is_one_step ? 1 : called.units / std::max(1, called.features);
    if ((is_one_step || called.kind == plan::LayerKind::flatten) && value.timesteps != timesteps) {
        throw Error(reads + numbers(value.timesteps, "time steps", timesteps));
    }
    if (called.kind == plan::LayerKind::pooling && !called.pooled.same_padding &&
        value.timesteps < called.pooled.size) {
        throw Error(reads + "windows of " + numbers(value.timesteps, "time steps", called.pooled.size));
    }
    if (value.mask != nullptr && !called.cell.states.empty() && !called.cell.has_step_mask) {
        throw Error(reads + "values with masked time steps, but is declared to read some without");
    }
}

/// The values that a join reads must go together.
void check_joined(const plan::Layer& called, std::span<const SequenceView> values) {
    const bool side_by_side = called.merge == plan::MergeMode::concat;
    int width = 0;
    for (const SequenceView& v : values) {
        width = side_by_side ? width + v.width : v.width;
        if (called.merge != plan::MergeMode::concat_time && v.timesteps != values[0].timesteps) {
            throw Error("call: " + std::string(called.name) +
                        " reads values of one number of time steps, but was given " +
                        std::to_string(values[0].timesteps) + " and " + std::to_string(v.timesteps));
        }
        if (!side_by_side && v.width != called.units) {
            throw Error("call: " + std::string(called.name) + " reads " +
                        numbers(v.width, "features", called.units));
        }
    }
    if (width != called.units) {
        throw Error("call: " + std::string(called.name) + " reads " +
                    numbers(width, "features in all", called.units));
    }
    if (called.merge == plan::MergeMode::sub && values.size() != 2) {
        throw Error("call: " + std::string(called.name) + " reads 2 values, but was given " +
                    std::to_string(values.size()));
    }
}

} // namespace

void check_values(const plan::Layer& called, std::span<const SequenceView> values) {
    for (const SequenceView& value : values) {
        check_value(called, value);
    }
    if (called.kind == plan::LayerKind::join) {
        check_joined(called, values);
    }
}

void check_vocabulary(const plan::Model& network, const plan::Layer& embedding, int input) {
    const int vocabulary = vocabulary_of(network, input);
    if (embedding.features < vocabulary) {
        throw Error("call: " + std::string(embedding.name) + " has " + std::to_string(embedding.features) +
                    " rows, but its input may hold token ids up to " + std::to_string(vocabulary - 1) +
                    "; declare it with " + std::to_string(vocabulary) + " rows, or call it on another input");
    }
}

} // namespace timeloom::detail
