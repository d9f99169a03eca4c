// load_weights().
#include "checksums.hpp"
#include "fuzz_target.hpp"

#include "timeloom/runtime/weights/weights_file.hpp"

#include <bit>
#include <vector>

namespace timeloom::fuzz {

namespace {

std::string load(const std::filesystem::path& path) {
    const WeightsFile file = load_weights(path);
    std::string text = "model " + file.model;
    for (const NamedTensor& t : file.tensors) {
        text += "\n" + t.name + to_string(t.tensor.shape());
        for (const float value : t.tensor.values()) {
            text += ' ' + std::to_string(std::bit_cast<std::uint32_t>(value));
        }
    }
    for (const auto& [key, value] : file.metadata) {
        text += "\n" + key + '=' + value;
    }
    return text;
}

void save_again(const std::filesystem::path& from, const std::filesystem::path& to) {
    const WeightsFile file = load_weights(from);
    std::vector<NamedValues> tensors;
    for (const NamedTensor& t : file.tensors) {
        tensors.push_back({t.name, t.tensor.shape(), t.tensor.values()});
    }
    save_weights(to, file.model, tensors, file.metadata);
}

} // namespace

const Target target{load, save_again, repair_weights, has_weights_checksum};

} // namespace timeloom::fuzz
