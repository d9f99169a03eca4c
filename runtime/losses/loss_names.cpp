// The names of losses that people type.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses/losses.hpp"

#include <array>
#include <string>
#include <utility>

namespace timeloom {

namespace {

constexpr std::array<std::string_view, 9> loss_names{"mean_squared_error",
                                                     "mean_absolute_error",
                                                     "huber",
                                                     "binary_crossentropy",
                                                     "binary_crossentropy_from_logits",
                                                     "categorical_crossentropy",
                                                     "categorical_crossentropy_from_logits",
                                                     "sparse_categorical_crossentropy",
                                                     "sparse_categorical_crossentropy_from_logits"};

} // namespace

std::string_view to_string(Loss loss) {
    const auto number = static_cast<std::size_t>(loss);
    if (number >= loss_names.size())
        throw Error("loss number " + std::to_string(static_cast<int>(loss)) + " does not exist");
    return loss_names[number];
}

Loss loss_from_string(std::string_view name) {
    constexpr std::pair<std::string_view, Loss> shorter[] = {
        {"mse", Loss::mean_squared_error},  {"MSE", Loss::mean_squared_error},
        {"mae", Loss::mean_absolute_error}, {"MAE", Loss::mean_absolute_error},
        {"bce", Loss::binary_crossentropy}, {"BCE", Loss::binary_crossentropy}};
    for (const auto& [word, loss] : shorter)
        if (word == name)
            return loss;
    std::string known;
    for (std::size_t i = 0; i < loss_names.size(); ++i) {
        if (loss_names[i] == name)
            return static_cast<Loss>(i);
        known += (i == 0 ? "" : ", ") + std::string(loss_names[i]);
    }
    throw Error("there is no loss '" + std::string(name) + "'; choose one of " + known);
}

} // namespace timeloom
