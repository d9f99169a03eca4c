#include "timeloom/runtime/learning/checkpoint.hpp"

#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/learning/training_state.hpp"
#include "timeloom/runtime/parameters/finite_parameters.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

using Path = std::filesystem::path;

const std::string moment_prefix = "optimizer/";
const std::string state_prefix = "states/";

/// The file's tensors for the names that `prefix` and the model's parameters make, in their order.
std::vector<const Tensor*> find_tensors(const Path& path, const WeightsFile& file,
                                        std::span<const plan::Parameter> parameters,
                                        const std::string& prefix) {
    std::vector<const Tensor*> found;
    for (const plan::Parameter& p : parameters) {
        const std::string name = prefix + std::string(p.name);
        const auto at = std::ranges::find(file.tensors, name, &NamedTensor::name);
        if (at == file.tensors.end()) {
            throw Error(path.string() + ": holds no \"" + name + "\"; it was saved from another model" +
                        (file.model.empty() ? "" : " (" + file.model + ")"));
        }
        at->tensor.require_shape(shape_of(p), path.string() + ": " + name);
        require_finite(prefix.empty() ? path.string() : path.string() + ": " + prefix, p,
                       at->tensor.values());
        found.push_back(&at->tensor);
    }
    return found;
}

/// Means of squares, whose roots are taken.
void require_not_negative(const Path& path, const std::string& name,
                          const std::vector<const Tensor*>& moment) {
    for (const Tensor* const values : moment) {
        if (name == "velocity" && std::ranges::any_of(values->values(), [](float v) { return v < 0; })) {
            throw Error(path.string() + ": holds a negative " + moment_prefix + name +
                        ", which is a mean of squares; the file is damaged, so use an older checkpoint");
        }
    }
}

/// A layer's parameters, too, may begin with a prefix: the layer has its name then.
bool is_parameter(const std::string& name, std::span<const plan::Parameter> parameters) {
    return std::ranges::find(parameters, name, &plan::Parameter::name) != parameters.end();
}

/// The file's tensors for the states of stateful layers; none where the training had none yet.
std::vector<const Tensor*> find_states(const Path& path, const WeightsFile& file,
                                       std::span<const plan::Parameter> parameters,
                                       const KeptStates& states) {
    std::vector<const Tensor*> found;
    for (const NamedTensor& t : file.tensors) {
        if (!t.name.starts_with(state_prefix) || is_parameter(t.name, parameters)) {
            continue;
        }
        const std::size_t i = found.size();
        const Tensor& first = found.empty() ? t.tensor : *found.front();
        const std::size_t rows = first.rank() == 2 ? first.shape()[0] : 0;
        if (i == states.entries().size() || t.name != state_prefix + states.entries()[i].name) {
            throw Error(path.string() + ": holds \"" + t.name + "\", which the model has not");
        }
        t.tensor.require_shape(Shape{rows, static_cast<std::size_t>(states.entries()[i].units)},
                               path.string() + ": " + t.name);
        if (!all_finite(t.tensor.values())) {
            throw Error(path.string() + ": " + t.name + " holds a value that is not finite; use an older " +
                        "checkpoint");
        }
        found.push_back(&t.tensor);
    }
    if (!found.empty() && found.size() != states.entries().size()) {
        throw Error(path.string() + ": holds only some of the states of stateful layers");
    }
    return found;
}

void require_count(const Path& path, std::size_t found, std::size_t expected) {
    if (found != expected) {
        throw Error(path.string() + ": holds " + std::to_string(found) + " tensors, but the model has " +
                    std::to_string(expected) + "; it was saved from another model");
    }
}

void pack_all(std::span<const plan::Parameter> parameters, const std::vector<const Tensor*>& values,
              std::span<float> buffer) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        pack(parameters[i], values[i]->values(), buffer);
    }
}

/// Appends all parameters as they lie in `buffer`, under `prefix` and their names.
void unpack_all(std::span<const plan::Parameter> parameters, const std::string& prefix,
                std::span<const float> buffer, std::vector<NamedTensor>& tensors) {
    for (const plan::Parameter& p : parameters) {
        NamedTensor& unpacked =
            tensors.emplace_back(NamedTensor{prefix + std::string(p.name), Tensor(shape_of(p))});
        unpack(p, buffer, unpacked.tensor.values());
    }
}

/// "i, f, c, o"
std::string listed(std::span<const std::string_view> gates) {
    std::string text;
    for (const std::string_view gate : gates) {
        text += (text.empty() ? "" : ", ") + std::string(gate);
    }
    return text;
}

std::string gates_key(const plan::Parameter& p) { return "gates of " + std::string(p.name); }

/// Whose columns lie where in the parameters that have several gates.
void require_gates(const Path& path, const FileMetadata& metadata,
                   std::span<const plan::Parameter> parameters) {
    for (const plan::Parameter& p : parameters) {
        const auto found = metadata.find(gates_key(p));
        if (found != metadata.end() && found->second != listed(p.gates)) {
            throw Error(path.string() + ": the gates of " + std::string(p.name) + " are in the order " +
                        found->second + ", but in the model in the order " + listed(p.gates) +
                        "; declare the file's order in the cell with gates<...>");
        }
    }
}

void save(const Path& path, const plan::Model& plan, const std::vector<NamedTensor>& tensors,
          FileMetadata metadata) {
    for (const plan::Parameter& p : plan.parameters) {
        if (p.gates.size() > 1) {
            metadata[gates_key(p)] = listed(p.gates);
        }
    }
    std::vector<NamedValues> named;
    for (const NamedTensor& t : tensors) {
        named.push_back({t.name, t.tensor.shape(), t.tensor.values()});
    }
    save_weights(path, std::string(plan.name), named, metadata);
}

/// Part `i` of the optimizer's moments, of which each is as long as the parameters.
template <class Moments>
auto moment(Moments moments, std::size_t i, const plan::Model& plan) {
    return moments.subspan(i * plan.parameters_size, plan.parameters_size);
}

} // namespace

void save_parameters(const Path& path, const plan::Model& plan, std::span<const float> parameters) try {
    std::vector<NamedTensor> tensors;
    unpack_all(plan.parameters, "", parameters, tensors);
    save(path, plan, tensors, {});
} catch (...) {
    detail::rethrow_as_error(path);
}

void load_parameters(const Path& path, const plan::Model& plan, std::span<float> parameters) try {
    const WeightsFile file = load_weights(path);
    const std::vector<const Tensor*> found = find_tensors(path, file, plan.parameters, "");
    const auto others =
        static_cast<std::size_t>(std::ranges::count_if(file.tensors, [&](const NamedTensor& t) {
            return (t.name.starts_with(moment_prefix) || t.name.starts_with(state_prefix)) &&
                   !is_parameter(t.name, plan.parameters);
        }));
    require_count(path, file.tensors.size() - others, plan.parameters.size());
    require_gates(path, file.metadata, plan.parameters);
    pack_all(plan.parameters, found, parameters);
} catch (...) {
    detail::rethrow_as_error(path);
}

void save_checkpoint(const Path& path, const TrainingParts& training) try {
    const plan::Model& plan = training.plan;
    const OptimizerState& optimizer = training.optimizer;
    std::vector<NamedTensor> tensors;
    unpack_all(plan.parameters, "", training.parameters, tensors);
    const std::vector<std::string> names = optimizer.moment_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
        unpack_all(plan.parameters, moment_prefix + names[i] + "/", moment(optimizer.moments(), i, plan),
                   tensors);
    }
    for (const KeptStates::Entry& entry : training.states.entries()) {
        if (training.states.rows() > 0) {
            tensors.push_back({state_prefix + entry.name, training.states.values(entry)});
            if (!all_finite(tensors.back().tensor.values())) {
                throw Error("save_checkpoint: the kept state " + entry.name + " is not finite; call " +
                            "reset_states() first");
            }
        }
    }
    const TrainingCounters& counters = training.counters;
    TrainingState state{plan.fingerprint, counters.seed,     counters.steps,
                        counters.epochs,  optimizer.steps(), std::string(to_string(optimizer.optimizer()))};
    if (!optimizer.has_schedule()) {
        state.learning_rate = optimizer.learning_rate();
    }
    save(path, plan, tensors, to_metadata(state));
} catch (...) {
    detail::rethrow_as_error(path);
}

void load_checkpoint(const Path& path, TrainingParts& training) try {
    const plan::Model& plan = training.plan;
    std::span<const plan::Parameter> parameters = plan.parameters;
    OptimizerState& optimizer = training.optimizer;

    // 1. Whatever can be wrong.
    const WeightsFile file = load_weights(path);
    const TrainingState state = parse_training_state(path, file.metadata);
    if (state.fingerprint != plan.fingerprint) {
        throw Error(path.string() + ": is a checkpoint of another model (" + file.model + ")");
    }
    if (state.optimizer != to_string(optimizer.optimizer())) {
        throw Error(path.string() + ": is a checkpoint of a training with " + state.optimizer +
                    ", but the model was compiled with " + std::string(to_string(optimizer.optimizer())));
    }
    require_gates(path, file.metadata, parameters);
    const std::vector<const Tensor*> weights = find_tensors(path, file, parameters, "");
    const std::vector<std::string> names = optimizer.moment_names();
    std::vector<std::vector<const Tensor*>> moments;
    for (const std::string& name : names) {
        moments.push_back(find_tensors(path, file, parameters, moment_prefix + name + "/"));
        require_not_negative(path, name, moments.back());
    }
    const std::vector<const Tensor*> states = find_states(path, file, parameters, training.states);
    require_count(path, file.tensors.size() - states.size(), (1 + names.size()) * parameters.size());

    // 2. The change, of which only the states may need memory.
    training.states.restore(states);
    pack_all(parameters, weights, training.parameters);
    for (std::size_t i = 0; i < names.size(); ++i) {
        pack_all(parameters, moments[i], moment(optimizer.moments(), i, plan));
    }
    if (state.learning_rate && !optimizer.has_schedule()) {
        optimizer.set_learning_rate(*state.learning_rate);
    }
    optimizer.set_steps(state.optimizer_steps);
    training.counters = {state.seed, state.steps, state.epochs};
} catch (...) {
    detail::rethrow_as_error(path);
}

} // namespace timeloom::detail
