// The names of metrics that people type.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses/losses.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace timeloom {

namespace {

constexpr std::array<std::string_view, 15> metric_names{"binary_accuracy",
                                                        "binary_accuracy_from_logits",
                                                        "categorical_accuracy",
                                                        "sparse_categorical_accuracy",
                                                        "mean_squared_error",
                                                        "mean_absolute_error",
                                                        "mean_absolute_percentage_error",
                                                        "mean_squared_logarithmic_error",
                                                        "root_mean_squared_error",
                                                        "precision",
                                                        "precision_from_logits",
                                                        "recall",
                                                        "recall_from_logits",
                                                        "auc",
                                                        "auc_from_logits"};

struct Alias {
    std::string_view name, meaning;
};
constexpr std::array<Alias, 6> aliases{{{"acc", "accuracy"},
                                        {"mse", "mean_squared_error"},
                                        {"mae", "mean_absolute_error"},
                                        {"mape", "mean_absolute_percentage_error"},
                                        {"msle", "mean_squared_logarithmic_error"},
                                        {"rmse", "root_mean_squared_error"}}};

/// What an alias stands for; other names stand for themselves.
std::string meaning_of(std::string_view name) {
    std::string small(name);
    std::ranges::transform(small, small.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto alias = std::ranges::find(aliases, small, &Alias::name);
    if (alias != aliases.end())
        return std::string(alias->meaning);
    return small == "auc" ? small : std::string(name);
}

/// The accuracy that fits a loss.
Metric accuracy_for(Loss loss) {
    switch (loss) {
    case Loss::binary_crossentropy:
    case Loss::binary_crossentropy_from_logits:
        return Metric::binary_accuracy;
    case Loss::categorical_crossentropy:
    case Loss::categorical_crossentropy_from_logits:
        return Metric::categorical_accuracy;
    case Loss::sparse_categorical_crossentropy:
    case Loss::sparse_categorical_crossentropy_from_logits:
        return Metric::sparse_categorical_accuracy;
    default:
        throw Error("the metric 'accuracy' does not fit the loss '" + std::string(to_string(loss)) +
                    "'; use mean_absolute_error or mean_squared_error, or say binary_accuracy or "
                    "categorical_accuracy");
    }
}

/// The metric that reads the outputs of a model with this loss.
Metric for_outputs_of(Loss loss, Metric metric) {
    if (loss != Loss::binary_crossentropy_from_logits)
        return metric;
    switch (metric) {
    case Metric::binary_accuracy:
        return Metric::binary_accuracy_from_logits;
    case Metric::precision:
        return Metric::precision_from_logits;
    case Metric::recall:
        return Metric::recall_from_logits;
    case Metric::auc:
        return Metric::auc_from_logits;
    default:
        return metric;
    }
}

Metric named(std::string_view name, const std::string& meaning) {
    const auto found = std::ranges::find(metric_names, meaning);
    if (found != metric_names.end())
        return static_cast<Metric>(found - metric_names.begin());
    std::string known = "accuracy";
    for (const Alias& alias : aliases)
        known += ", " + std::string(alias.name);
    for (const std::string_view metric : metric_names)
        known += ", " + std::string(metric);
    throw Error("there is no metric '" + std::string(name) + "'; choose one of " + known);
}

} // namespace

Metric metric_from_string(std::string_view name, Loss loss) {
    const std::string meaning = meaning_of(name);
    const Metric metric = meaning == "accuracy" ? accuracy_for(loss) : named(name, meaning);
    if (has_class_targets(loss) != (metric == Metric::sparse_categorical_accuracy))
        throw Error("the metric '" + std::string(name) + "' cannot read the targets of the loss '" +
                    std::string(to_string(loss)) + "'; use accuracy");
    return for_outputs_of(loss, metric);
}

std::string_view to_string(Metric metric) {
    const auto number = static_cast<std::size_t>(metric);
    if (number >= metric_names.size())
        throw Error("metric number " + std::to_string(static_cast<int>(metric)) + " does not exist");
    return metric_names[number];
}

} // namespace timeloom
