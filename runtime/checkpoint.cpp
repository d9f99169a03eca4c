// Weights and training state in files.
#include "timeloom/dsl/fingerprint.hpp"
#include "timeloom/runtime/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model_impl.hpp"
#include "timeloom/runtime/weights_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace timeloom {

namespace {

using nlohmann::json;
using Path = std::filesystem::path;

const std::string moment_prefix = "optimizer/";
const std::string state_prefix = "states/";
constexpr const char* state_key = "training_state";
constexpr const char* state_checksum_key = "training_state_crc32";

/// What a checkpoint holds beside tensors.
struct TrainingState {
    std::uint64_t fingerprint = 0;
    std::uint64_t seed = 0, steps = 0, epochs = 0, optimizer_steps = 0;
    std::string optimizer{};
    std::optional<double> learning_rate{}; ///< empty where it follows a schedule
};

std::string checksum_of(const std::string& text) {
    return std::to_string(crc32(std::as_bytes(std::span(text))));
}

std::string to_json(const TrainingState& state) {
    json result{{"fingerprint", state.fingerprint},
                {"seed", state.seed},
                {"steps", state.steps},
                {"epochs", state.epochs},
                {"optimizer", state.optimizer},
                {"optimizer_steps", state.optimizer_steps}};
    if (state.learning_rate) {
        result["learning_rate"] = *state.learning_rate;
    }
    return result.dump();
}

TrainingState training_state(const Path& path, const FileMetadata& metadata) {
    const auto text = metadata.find(state_key);
    const auto checksum = metadata.find(state_checksum_key);
    if (text == metadata.end()) {
        throw Error(path.string() + ": holds no state of a training; read it with load_weights()");
    }
    if (checksum == metadata.end() || checksum->second != checksum_of(text->second)) {
        throw Error(path.string() + ": the checksum of its training state is wrong; the file is damaged, " +
                    "so use an older checkpoint");
    }
    try {
        const json state = json::parse(text->second);
        const auto rate = state.find("learning_rate");
        TrainingState result{state.at("fingerprint"),     state.at("seed"),
                             state.at("steps"),           state.at("epochs"),
                             state.at("optimizer_steps"), state.at("optimizer")};
        if (rate != state.end()) {
            result.learning_rate = rate->get<double>();
            require_valid(LearningRate(*result.learning_rate));
        }
        return result;
    } catch (const std::exception& error) {
        throw Error(path.string() + ": its training state is none that this version of timeloom writes (" +
                    error.what() + ")");
    }
}

/// The file's tensors for the names that `prefix` and the model's parameters make, in their order.
std::vector<const Tensor*> find_tensors(const Path& path, const WeightsFile& file,
                                        const std::vector<Parameter>& parameters, const std::string& prefix) {
    std::vector<const Tensor*> found;
    for (const Parameter& p : parameters) {
        const std::string name = prefix + p.name;
        const auto at = std::ranges::find(file.tensors, name, &NamedTensor::name);
        if (at == file.tensors.end()) {
            throw Error(path.string() + ": holds no \"" + name + "\"; it was saved from another model" +
                        (file.model.empty() ? "" : " (" + file.model + ")"));
        }
        at->tensor.require_shape(p.shape(), path.string() + ": " + name);
        found.push_back(&at->tensor);
    }
    return found;
}

/// The file's tensors for the states of stateful layers; none where the training had none yet.
std::vector<const Tensor*> find_states(const Path& path, const WeightsFile& file, const KeptStates& states) {
    std::vector<const Tensor*> found;
    for (const NamedTensor& t : file.tensors) {
        if (!t.name.starts_with(state_prefix)) {
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

void pack_all(const std::vector<Parameter>& parameters, const std::vector<const Tensor*>& values,
              std::span<float> buffer) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        ParameterLayout::pack(parameters[i], values[i]->values(), buffer);
    }
}

/// Appends all parameters as they lie in `buffer`, under `prefix` and their names.
void unpack_all(const std::vector<Parameter>& parameters, const std::string& prefix,
                std::span<const float> buffer, std::vector<NamedTensor>& tensors) {
    for (const Parameter& p : parameters) {
        NamedTensor& unpacked = tensors.emplace_back(NamedTensor{prefix + p.name, Tensor(p.shape())});
        ParameterLayout::unpack(p, buffer, unpacked.tensor.values());
    }
}

void save(const Path& path, const ModelPlan& plan, const std::vector<NamedTensor>& tensors,
          const FileMetadata& metadata) {
    std::vector<NamedValues> named;
    for (const NamedTensor& t : tensors) {
        named.push_back({t.name, t.tensor.shape(), t.tensor.values()});
    }
    save_weights(path, std::string(plan.kernels->model), named, metadata);
}

/// Part `i` of the optimizer's moments, of which each is as long as the parameters.
template <class Moments>
auto moment(Moments moments, std::size_t i, const ModelPlan& plan) {
    return moments.subspan(i * plan.layout.size(), plan.layout.size());
}

} // namespace

void Model::save_weights(const Path& path) const {
    std::vector<NamedTensor> tensors;
    unpack_all(impl_->plan().layout.parameters(), "", std::as_const(*impl_).parameters(), tensors);
    save(path, impl_->plan(), tensors, {});
}

void Model::load_weights(const Path& path) {
    const std::vector<Parameter>& parameters = impl_->plan().layout.parameters();
    const WeightsFile file = timeloom::load_weights(path);
    const std::vector<const Tensor*> found = find_tensors(path, file, parameters, "");
    const auto others =
        static_cast<std::size_t>(std::ranges::count_if(file.tensors, [](const NamedTensor& t) {
            return t.name.starts_with(moment_prefix) || t.name.starts_with(state_prefix);
        }));
    require_count(path, file.tensors.size() - others, parameters.size());
    pack_all(parameters, found, impl_->parameters());
}

void Model::save_checkpoint(const Path& path) const {
    const ModelPlan& plan = impl_->plan();
    const OptimizerState& optimizer = std::as_const(*impl_).optimizer();
    std::vector<NamedTensor> tensors;
    unpack_all(plan.layout.parameters(), "", std::as_const(*impl_).parameters(), tensors);
    const std::vector<std::string> names = optimizer.moment_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
        unpack_all(plan.layout.parameters(), moment_prefix + names[i] + "/",
                   moment(optimizer.moments(), i, plan), tensors);
    }
    const KeptStates& states = std::as_const(*impl_).states();
    for (const KeptStates::Entry& entry : states.entries()) {
        if (states.rows() > 0) {
            tensors.push_back({state_prefix + entry.name, states.values(entry)});
        }
    }
    const Impl::Counters counters = impl_->counters();
    TrainingState state{dsl::fingerprint(plan.network),
                        counters.seed,
                        counters.steps,
                        counters.epochs,
                        optimizer.steps(),
                        std::string(to_string(optimizer.optimizer()))};
    if (!optimizer.has_schedule()) {
        state.learning_rate = optimizer.learning_rate();
    }
    const std::string text = to_json(state);
    save(path, plan, tensors, {{state_key, text}, {state_checksum_key, checksum_of(text)}});
}

void Model::load_checkpoint(const Path& path) {
    const ModelPlan& plan = impl_->plan();
    const std::vector<Parameter>& parameters = plan.layout.parameters();
    OptimizerState& optimizer = impl_->optimizer();

    // 1. Whatever can be wrong.
    const WeightsFile file = timeloom::load_weights(path);
    const TrainingState state = training_state(path, file.metadata);
    if (state.fingerprint != dsl::fingerprint(plan.network)) {
        throw Error(path.string() + ": is a checkpoint of another model (" + file.model + ")");
    }
    if (state.optimizer != to_string(optimizer.optimizer())) {
        throw Error(path.string() + ": is a checkpoint of a training with " + state.optimizer +
                    ", but the model was compiled with " + std::string(to_string(optimizer.optimizer())));
    }
    const std::vector<const Tensor*> weights = find_tensors(path, file, parameters, "");
    const std::vector<std::string> names = optimizer.moment_names();
    std::vector<std::vector<const Tensor*>> moments;
    for (const std::string& name : names) {
        moments.push_back(find_tensors(path, file, parameters, moment_prefix + name + "/"));
    }
    const std::vector<const Tensor*> states = find_states(path, file, impl_->states());
    require_count(path, file.tensors.size() - states.size(), (1 + names.size()) * parameters.size());

    // 2. The change, which cannot fail.
    pack_all(parameters, weights, impl_->parameters());
    for (std::size_t i = 0; i < names.size(); ++i) {
        pack_all(parameters, moments[i], moment(optimizer.moments(), i, plan));
    }
    if (state.learning_rate && !optimizer.has_schedule()) {
        optimizer.set_learning_rate(*state.learning_rate);
    }
    optimizer.set_steps(state.optimizer_steps);
    impl_->states().restore(states);
    impl_->set_counters({state.seed, state.steps, state.epochs});
}

} // namespace timeloom
