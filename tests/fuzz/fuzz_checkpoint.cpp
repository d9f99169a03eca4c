// Model::load_checkpoint().
#include "checksums.hpp"
#include "fuzz_target.hpp"

#include "timeloom/tests/keras/keras_training_models.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"
#include "timeloom/tests/support/training_data.hpp"

#include "keras_regression.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"

#include <bit>

namespace timeloom::fuzz {

namespace {

Model& model() {
    static Model made = [] {
        Model m(keras_regression_plan, {.seed = 1, .threads = 1});
        m.compile(Adam{}, Loss::mean_squared_error);
        return m;
    }();
    return made;
}

std::string load(const std::filesystem::path& path) {
    model().load_checkpoint(path);
    std::string text =
        std::to_string(model().epochs_trained()) + ' ' + std::to_string(model().learning_rate());
    for (const Tensor& weights : model().get_weights()) {
        for (const float value : weights.values()) {
            text += ' ' + std::to_string(std::bit_cast<std::uint32_t>(value));
        }
    }
    return text;
}

void save_again(const std::filesystem::path& from, const std::filesystem::path& to) {
    model().load_checkpoint(from);
    model().save_checkpoint(to);
}

/// Before and after training.
std::vector<std::string> more_files() {
    std::vector<std::string> files;
    const TemporaryFolder folder;
    for (int training = 0; training < 2; ++training) {
        model().save_checkpoint(folder.path() / "checkpoint");
        files.push_back(read_whole_file(folder.path() / "checkpoint"));
        model().fit(random_tensor({8, 6, 2}, 1), random_tensor({8, 1}, 2), {.epochs = 2});
    }
    return files;
}

} // namespace

const Target target{.load = load,
                    .save_again = save_again,
                    .repair = repair_weights,
                    .is_protected = has_weights_checksum,
                    .more_files = more_files};

} // namespace timeloom::fuzz
