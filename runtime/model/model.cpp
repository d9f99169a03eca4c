#include "timeloom/runtime/model/model.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/parameters/finite_parameters.hpp"

namespace timeloom {

using namespace detail;

double Evaluation::metric(const std::string& name) const {
    std::string names;
    for (const auto& [known, value] : metrics) {
        if (known == name) {
            return value;
        }
        names += (names.empty() ? "" : ", ") + known;
    }
    throw Error("no metric \"" + name + "\" was measured; compile() named " +
                (names.empty() ? "none" : names));
}

std::optional<double> EpochResult::value(const std::string& name) const {
    const bool of_validation = name.starts_with("val_");
    if (of_validation && !validation) {
        return std::nullopt;
    }
    const Evaluation& evaluation = of_validation ? *validation : training;
    const std::string own_name = of_validation ? name.substr(4) : name;
    return own_name == "loss" ? evaluation.loss : evaluation.metric(own_name);
}

Model::Model(const plan::Model& plan, const ModelOptions& options)
    : impl_(as_error("Model", [&] { return std::make_unique<Impl>(plan, options); })) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

Model::Impl& Model::require_impl(const char* member) const {
    if (impl_ == nullptr) {
        throw Error(std::string(member) + ": this model was moved from; use the one it was moved to");
    }
    return *impl_;
}

void Model::set_call(CallFunction call) {
    inside("Model::set_call", [&](Impl& impl) { impl.set_call(std::move(call)); });
}

void Model::compile(const Optimizer& optimizer, const LossFunction& loss,
                    const std::vector<std::string>& metrics,
                    const std::vector<std::string>& weighted_metrics) {
    inside("Model::compile", [&](Impl& impl) { impl.compile(optimizer, loss, metrics, weighted_metrics); });
}

std::vector<std::string> Model::metric_names() const {
    return inside("Model::metric_names", [](const Impl& impl) { return impl.metric_names(); });
}

History Model::fit(const Inputs& x, const Tensor& y, const FitOptions& options) {
    return inside("Model::fit", [&](Impl& impl) { return impl.fit(*this, x, y, options); });
}

Evaluation Model::evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size,
                           const Tensor& sample_weight) {
    return inside("Model::evaluate",
                  [&](Impl& impl) { return impl.evaluate(x, y, batch_size, sample_weight); });
}

Gradients Model::gradients(const Inputs& x, const Tensor& y, const Tensor& sample_weight) {
    return inside("Model::gradients", [&](Impl& impl) { return impl.gradients(x, y, sample_weight); });
}

Tensor Model::predict(const Inputs& x, std::size_t batch_size) {
    return inside("Model::predict", [&](Impl& impl) { return impl.predict(x, batch_size); });
}

void Model::reset_states() {
    inside("Model::reset_states", [](Impl& impl) { impl.reset_states(); });
}

double Model::learning_rate() const {
    return inside("Model::learning_rate", [](const Impl& impl) { return impl.learning_rate(); });
}
void Model::set_learning_rate(double learning_rate) {
    inside("Model::set_learning_rate", [&](Impl& impl) { impl.set_learning_rate(learning_rate); });
}
void Model::stop_training() { require_impl("Model::stop_training").stop_training(); }
std::size_t Model::rank() const { return require_impl("Model::rank").rank(); }
std::size_t Model::epochs_trained() const {
    return inside("Model::epochs_trained", [](const Impl& impl) { return impl.epochs_trained(); });
}

// ---- Files ----

void Model::save_weights(const std::string& path) const {
    inside("Model::save_weights", [&](const Impl& impl) { impl.save_weights(path); });
}

void Model::save_weights(const std::string& path, WeightNames names) const {
    inside("Model::save_weights", [&](const Impl& impl) { impl.save_weights(path, names); });
}

void Model::load_weights(const std::string& path) {
    inside("Model::load_weights", [&](Impl& impl) { impl.load_weights(path); });
}

void Model::save_checkpoint(const std::string& path) const {
    inside("Model::save_checkpoint", [&](const Impl& impl) { impl.save_checkpoint(path); });
}

void Model::load_checkpoint(const std::string& path) {
    inside("Model::load_checkpoint", [&](Impl& impl) { impl.load_checkpoint(path); });
}

// ---- Parameters ----

std::vector<std::string> Model::weight_names() const {
    const plan::Model& plan = require_impl("Model::weight_names").plan();
    return as_error("Model::weight_names", [&] {
        std::vector<std::string> names;
        for (const plan::Parameter* p : declared_parameters(plan)) {
            names.emplace_back(p->name);
        }
        return names;
    });
}

std::vector<std::string> Model::gates(const std::string& weight) const {
    const plan::Model& plan = require_impl("Model::gates").plan();
    return as_error("Model::gates", [&] {
        const auto& gates = find_parameter(plan, weight).gates;
        return std::vector<std::string>(gates.begin(), gates.end());
    });
}

Tensor Model::get_weights(const std::string& name) const {
    return inside("Model::get_weights", [&](const Impl& impl) {
        const plan::Parameter& p = find_parameter(impl.plan(), name);
        Tensor values(shape_of(p));
        unpack(p, impl.parameters(), values.values());
        return values;
    });
}

void Model::set_weights(const std::string& name, const Tensor& values) {
    inside("Model::set_weights", [&](Impl& impl) {
        const plan::Parameter& p = find_parameter(impl.plan(), name);
        values.require_shape(shape_of(p), name);
        require_finite("set_weights", p, values.values());
        pack(p, values.values(), impl.parameters());
    });
}

std::vector<Tensor> Model::get_weights() const {
    return inside("Model::get_weights", [&](const Impl&) {
        std::vector<Tensor> values;
        for (const std::string& name : weight_names()) {
            values.push_back(get_weights(name));
        }
        return values;
    });
}

void Model::set_weights(const std::vector<Tensor>& values) {
    inside("Model::set_weights", [&](Impl& impl) {
        const std::vector<const plan::Parameter*> parameters = declared_parameters(impl.plan());
        if (values.size() != parameters.size()) {
            throw Error("set_weights was given " + std::to_string(values.size()) +
                        " tensors, but the model has " + std::to_string(parameters.size()) + " parameters");
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i].require_shape(shape_of(*parameters[i]), std::string(parameters[i]->name));
            require_finite("set_weights", *parameters[i], values[i].values());
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            pack(*parameters[i], values[i].values(), impl.parameters());
        }
    });
}

std::size_t Model::count_parameters() const {
    std::size_t count = 0;
    for (const plan::Parameter& p : require_impl("Model::count_parameters").plan().parameters) {
        count += p.size();
    }
    return count;
}

} // namespace timeloom
