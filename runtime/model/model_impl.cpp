#include "timeloom/runtime/model/model_impl.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/foreign/foreign_weights.hpp"
#include "timeloom/runtime/model/evaluation.hpp"
#include "timeloom/runtime/model/gradients.hpp"
#include "timeloom/runtime/parameters/finite_parameters.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <algorithm>

namespace timeloom {

using namespace detail;

namespace {

/// "mae", then "mae_1"; of a weighted metric "weighted_mae" where "mae" is taken: as in Keras.
std::string free_name(const std::vector<NamedMetric>& metrics, const std::string& name, bool is_weighted) {
    const auto is_taken = [&](const std::string& n) {
        return std::ranges::find(metrics, n, &NamedMetric::name) != metrics.end();
    };
    if (!is_taken(name)) {
        return name;
    }
    const std::string base = is_weighted ? "weighted_" + name : name;
    std::string result = is_weighted ? base : base + "_1";
    for (int number = is_weighted ? 1 : 2; is_taken(result); ++number) {
        result = base + "_" + std::to_string(number);
    }
    return result;
}

void require_batch(std::size_t batch_size) {
    if (batch_size == 0) {
        throw Error("batch_size is 0, but must be at least 1");
    }
}

const plan::Model& with_layers(const plan::Model& plan) {
    if (plan.layers.empty()) {
        throw Error("Model: the plan has no layers; hand over <model>_plan of <model>.timeloom.hpp");
    }
    return plan;
}

/// 0: as many as threads.
std::size_t fixed_parts(const ModelOptions& options) {
    const std::size_t ranks = options.communicator == nullptr ? 1 : options.communicator->size();
    const bool is_chosen = options.batch_parts != 0 || options.communicator == nullptr;
    const std::size_t parts = is_chosen ? options.batch_parts : parts_for_ranks;
    if (parts > most_parts) {
        throw Error("Model: a batch can have at most " + std::to_string(most_parts) +
                    " parts, but batch_parts is " + std::to_string(parts));
    }
    if (options.communicator != nullptr && parts < ranks) {
        throw Error(
            "Model: " + std::to_string(ranks) + " ranks cannot share the " + std::to_string(parts) +
            " parts of a batch; set batch_parts to at least the number of ranks, on any number of them");
    }
    return parts;
}

} // namespace

Model::Impl::Impl(const plan::Model& plan, const ModelOptions& options)
    : ranks_(options.communicator), plan_(with_layers(plan)), parameters_(plan_.parameters_size),
      batch_(plan_, options.threads, fixed_parts(options), parameters_.span()),
      update_(plan_, parameters_.span(), batch_),
      training_(batch_, update_, measures_, options.seed, options.communicator) {
    initialize_parameters(plan_, options.seed, parameters_.span());
    if (const plan::Parameter* const bad = find_not_finite(plan_, parameters_.span())) {
        throw Error("Model: the initializer of " + std::string(bad->name) +
                    " gives values that are not finite in float32");
    }
}

void Model::Impl::compile(const Optimizer& optimizer, const LossFunction& loss,
                          const std::vector<std::string>& metrics,
                          const std::vector<std::string>& weighted_metrics) {
    if (training_.is_fitting()) {
        throw Error("compile() was called within fit(); call it before or after");
    }
    to_string(loss.kind); // throws for a loss that does not exist
    if (loss.kind == Loss::huber) {
        static_cast<void>(LossFunction(Huber{loss.delta}));
    }
    Measures measures{loss, {}};
    const auto add = [&](const std::string& name, bool is_weighted) {
        measures.metrics.push_back({free_name(measures.metrics, name, is_weighted),
                                    metric_from_string(name, loss.kind), is_weighted});
    };
    std::ranges::for_each(metrics, [&](const std::string& name) { add(name, false); });
    std::ranges::for_each(weighted_metrics, [&](const std::string& name) { add(name, true); });
    update_.set_optimizer(optimizer); // throws before anything has changed
    measures_ = std::move(measures);
}

// ---- Passes ----

History Model::Impl::fit(Model& model, const Inputs& x, const Tensor& y, const FitOptions& options) {
    require_compiled();
    if (training_.is_fitting()) {
        throw Error("fit() was called within fit(), by a callback; call it after fit() has returned");
    }
    require_training_kernels();
    Examples examples = checked_examples(x, y, options.sample_weight);
    check_fit(x, options);
    std::vector<float> class_weights;
    if (!options.class_weight.empty()) {
        class_weights = checks().weights_of_classes(y, options.class_weight);
        examples.weights = class_weights;
        examples.weights_per_sample = class_weights.size() / x.rows();
    }
    std::optional<Examples> validation;
    if (options.validation_data) {
        const ValidationData& data = *options.validation_data;
        validation.emplace(checked_examples(data.x(), data.y(), data.sample_weight()));
    }
    return training_.fit(model, examples, validation, options);
}

Evaluation Model::Impl::evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size,
                                 const Tensor& sample_weight) {
    require_compiled();
    require_batch(batch_size);
    const Examples examples = checked_examples(x, y, sample_weight);
    check_batches(x.rows(), std::min(x.rows(), batch_size));
    Evaluation result = evaluate_all(batch_, examples, measures_, batch_size);
    result.loss += update_.penalty();
    return result;
}

Tensor Model::Impl::predict(const Inputs& x, std::size_t batch_size) {
    require_batch(batch_size);
    // States that are kept must not have seen half of what is then refused.
    const bool checks_first = std::ranges::any_of(plan_.layers, &plan::Layer::stateful);
    check_inputs(plan_, x, checks_first);
    check_batches(x.rows(), std::min(x.rows(), batch_size));
    update_.make_up_all_rows();
    return predict_all(plan_, batch_, x, batch_size, !checks_first);
}

Gradients Model::Impl::gradients(const Inputs& x, const Tensor& y, const Tensor& sample_weight) {
    require_compiled();
    require_training_kernels();
    const Examples examples = checked_examples(x, y, sample_weight);
    check_batches(x.rows(), x.rows());
    const TrainingCounters& counters = training_.counters();
    return gradients_of(plan_, batch_, update_, examples, measures_, {counters.seed, counters.steps});
}

// ---- Parameters ----

std::span<float> Model::Impl::parameters() {
    update_.make_up_all_rows();
    update_.forget_bound();
    return parameters_.span();
}

std::span<const float> Model::Impl::parameters() const {
    const_cast<Impl*>(this)->update_.make_up_all_rows();
    return parameters_.span();
}

OptimizerState& Model::Impl::optimizer() {
    require_compiled();
    update_.make_up_all_rows();
    update_.forget_bound();
    return update_.optimizer();
}

double Model::Impl::learning_rate() const {
    require_compiled();
    return const_cast<Impl*>(this)->update_.optimizer().learning_rate();
}

void Model::Impl::set_learning_rate(double learning_rate) {
    require_compiled();
    update_.optimizer().set_learning_rate(learning_rate);
}

void Model::Impl::set_call(CallFunction call) {
    update_.make_up_all_rows();
    batch_.set_call(std::move(call));
}

std::vector<std::string> Model::Impl::metric_names() const {
    std::vector<std::string> names{"loss"};
    for (const NamedMetric& m : measures_.metrics) {
        names.push_back(m.name);
    }
    return names;
}

// ---- Files ----

TrainingParts Model::Impl::training_parts() {
    OptimizerState& up_to_date = optimizer();
    return {plan_, parameters_.span(), up_to_date, batch_.states(), training_.counters()};
}

void Model::Impl::save_weights(const std::filesystem::path& path, WeightNames names) const try {
    if (rank() != 0) {
        return;
    }
    if (names == WeightNames::timeloom) {
        return save_parameters(path, plan_, parameters());
    }
    const std::vector<NamedTensor> tensors = names == WeightNames::keras
                                                 ? keras_weights(plan_, parameters())
                                                 : pytorch_weights(plan_, parameters());
    std::vector<NamedValues> named;
    for (const NamedTensor& t : tensors) {
        named.push_back({t.name, t.tensor.shape(), t.tensor.values()});
    }
    timeloom::save_weights(path, std::string(plan_.name), named);
} catch (...) {
    detail::rethrow_as_error(path);
}

void Model::Impl::load_weights(const std::filesystem::path& path) {
    load_parameters(path, plan_, parameters());
}

void Model::Impl::save_checkpoint(const std::filesystem::path& path) const {
    if (rank() == 0) {
        timeloom::save_checkpoint(path, const_cast<Impl*>(this)->training_parts());
    }
}

void Model::Impl::load_checkpoint(const std::filesystem::path& path) {
    TrainingParts parts = training_parts();
    timeloom::load_checkpoint(path, parts);
    training_.set_counters(parts.counters);
    update_.restart_rows();
}

// ---- Checks ----

Examples Model::Impl::checked_examples(const Inputs& x, const Tensor& y, const Tensor& sample_weight) {
    update_.make_up_all_rows();
    return checks().checked(x, y, sample_weight);
}

void Model::Impl::require_compiled() const {
    if (!update_.has_optimizer()) {
        throw Error("the model has no loss yet: call compile() before fit() or evaluate()");
    }
}

/// A pass that a call of the user's own makes has the shards.
void Model::Impl::require_no_pass(const char* member) const {
    if (batch_.pool().is_running()) {
        throw Error(std::string(member) +
                    ": the model is making a pass, from within which it cannot be used; " +
                    "read what the call needs before");
    }
}

void Model::Impl::require_training_kernels() const {
    const auto is_for_inference = [](const plan::Kernel& k) { return plan::is_for_inference(k.kind); };
    if (!plan_.kernels.empty() && std::ranges::all_of(plan_.kernels, is_for_inference)) {
        const std::string name(plan_.name);
        throw Error("the plan of " + name + " at hand only predicts and evaluates: give the Model " + name +
                    "_plan instead of " + name + "_inference_plan to train it");
    }
}

/// Stateful layers go on row by row, so that every batch must have the rows of the one before.
void Model::Impl::check_batches(std::size_t rows, std::size_t batch) const {
    if (batch_.states().empty() || rows == 0) {
        return;
    }
    if (rows % batch != 0) {
        throw Error(std::to_string(rows) + " samples make no whole number of batches of " +
                    std::to_string(batch) +
                    ", which stateful layers need; choose a batch_size that divides them");
    }
    batch_.states().require_rows(batch);
}

void Model::Impl::check_fit(const Inputs& x, const FitOptions& options) const {
    if (options.batch_size == 0 || options.validation_freq == 0) {
        throw Error("fit: batch_size and validation_freq must be at least 1");
    }
    if (x.rows() == 0 || (options.drop_remainder && x.rows() < options.batch_size)) {
        throw Error("fit: " + std::to_string(x.rows()) + " samples make no full batch of " +
                    std::to_string(options.batch_size) + "; use a smaller batch or keep the remainder");
    }
    const std::size_t batch = std::min(x.rows(), options.batch_size);
    check_batches(options.drop_remainder ? x.rows() / batch * batch : x.rows(), batch);
    if (options.validation_data) {
        check_inputs(plan_, options.validation_data->x(), false);
        if (options.validation_data->x().rows() == 0) {
            throw Error("fit: validation_data holds no samples; leave it out, or hand some over");
        }
        check_batches(options.validation_data->x().rows(), batch);
    }
    if (ranks_ != nullptr && ranks_->size() > 1 && !batch_.states().empty()) {
        throw Error(
            "fit: layers are stateful, and what rows go on from is not shared by ranks; train this model in "
            "one process");
    }
    if (options.sample_weight.size() != 0 && !options.class_weight.empty()) {
        throw Error("fit: class_weight and sample_weight cannot be used together; multiply them yourself");
    }
    if (std::ranges::count(options.callbacks, nullptr) != 0) {
        throw Error("fit: one of the callbacks is a null pointer; leave it out");
    }
}

} // namespace timeloom
