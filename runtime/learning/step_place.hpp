// Where a training stands, for messages.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <cstddef>
#include <string>

namespace timeloom::detail {

/// A training step, counted from 1.
struct StepPlace {
    std::size_t epoch, step;
};

/// Throws Error for a step that would make something that is not finite.
[[noreturn]] inline void stop_at(const StepPlace& place, const std::string& what) {
    throw Error(what + " is not finite in epoch " + std::to_string(place.epoch) + ", step " +
                std::to_string(place.step) +
                "; training stopped with the parameters of the step before: use a " +
                "smaller learning rate, or scale the data");
}

} // namespace timeloom::detail
