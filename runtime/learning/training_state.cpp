// What a checkpoint holds beside tensors.
#include "timeloom/runtime/learning/training_state.hpp"

#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/json_reader.hpp"
#include "timeloom/runtime/files/json_text.hpp"
#include "timeloom/runtime/optimizers/learning_rate.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace timeloom::detail {

namespace {

constexpr const char* state_key = "training_state";
constexpr const char* checksum_key = "training_state_crc32";

/// More steps or epochs than this make a checkpoint damaged: random_stream() has 40 bits for a step.
constexpr std::uint64_t largest_count = std::uint64_t{1} << 40;

using Number = std::uint64_t TrainingState::*;
constexpr std::array<std::pair<const char*, Number>, 5> numbers{{
    {"epochs", &TrainingState::epochs},
    {"fingerprint", &TrainingState::fingerprint},
    {"optimizer_steps", &TrainingState::optimizer_steps},
    {"seed", &TrainingState::seed},
    {"steps", &TrainingState::steps},
}};

std::string checksum_of(const std::string& text) {
    return std::to_string(crc32(std::as_bytes(std::span(text))));
}

/// Every member once; the learning rate may be missing.
TrainingState parse(std::string_view text) {
    TrainingState state;
    std::size_t known = 0;
    detail::JsonReader in(text);
    in.object([&](const std::string& name) {
        for (const auto& [key, number] : numbers) {
            if (name == key) {
                state.*number = in.integer<std::uint64_t>();
                ++known;
                return;
            }
        }
        if (name == "optimizer") {
            state.optimizer = in.string();
            ++known;
        } else if (name == "learning_rate") {
            state.learning_rate = in.number();
            require_valid(LearningRate(*state.learning_rate));
        } else {
            in.fail("'" + name + "' is unknown");
        }
    });
    in.end();
    if (std::max({state.epochs, state.steps, state.optimizer_steps}) > largest_count) {
        throw Error("epochs, steps or optimizer_steps are more than 2^40");
    }
    if (known != numbers.size() + 1) {
        throw Error("a member is missing");
    }
    return state;
}

} // namespace

FileMetadata to_metadata(const TrainingState& state) {
    std::string text = "{";
    for (const auto& [key, number] : numbers) {
        text += detail::json_string(key) + ':' + std::to_string(state.*number) + ',';
    }
    if (state.learning_rate) {
        text += "\"learning_rate\":" + detail::json_number(*state.learning_rate) + ',';
    }
    text += "\"optimizer\":" + detail::json_string(state.optimizer) + '}';
    return {{state_key, text}, {checksum_key, checksum_of(text)}};
}

TrainingState parse_training_state(const std::filesystem::path& path, const FileMetadata& metadata) {
    const auto text = metadata.find(state_key);
    const auto checksum = metadata.find(checksum_key);
    if (text == metadata.end()) {
        throw Error(path.string() + ": holds no state of a training; read it with load_weights()");
    }
    if (checksum == metadata.end() || checksum->second != checksum_of(text->second)) {
        throw Error(path.string() + ": the checksum of its training state is wrong; the file is damaged, " +
                    "so use an older checkpoint");
    }
    try {
        return parse(text->second);
    } catch (const Error& error) {
        throw Error(path.string() + ": its training state is none that this version of timeloom writes (" +
                    error.what() + ")");
    }
}

} // namespace timeloom::detail
