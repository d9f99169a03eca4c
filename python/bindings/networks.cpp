// Models whose kernels lie in a shared object that timeloom.load() built.
#include "parts.hpp"
#include "tensors.hpp"
#include "training.hpp"

#include <timeloom/runtime/base/halide_message.hpp>
#include <timeloom/runtime/model/model.hpp>
#include <timeloom/runtime/streams/stream.hpp>

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <dlfcn.h>

namespace timeloom_python {

namespace {

using namespace nb::literals;
using timeloom::Model;
using timeloom::Tensor;

/// The plan in a shared object, which stays loaded: models and streams refer to it as long as the process
/// lives.
const timeloom::plan::Model& plan_of(const std::filesystem::path& path) {
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        throw timeloom::Error(path.string() + " cannot be loaded: " + dlerror());
    }
    auto* const plan = reinterpret_cast<const timeloom::plan::Model* (*)()>(dlsym(library, "timeloom_plan"));
    if (!plan || !dlsym(library, "timeloom_on_error")) {
        throw timeloom::Error(path.string() + " holds no model of timeloom.load()");
    }
    // Its part of Halide's runtime is its own, which would end the process where a kernel refuses its
    // arguments.
    auto* const set_handler =
        reinterpret_cast<void (*)(void (*)(void*, const char*))>(dlsym(library, "timeloom_on_error"));
    set_handler(timeloom::remember_halide_message);
    return *plan();
}

/// An optimizer by Keras's name and options.
timeloom::Optimizer optimizer_of(const std::string& name, const std::map<std::string, double>& options) {
    std::map<std::string, double> left = options;
    const auto take = [&](const char* key, double& value) {
        if (const auto found = left.find(key); found != left.end()) {
            value = found->second;
            left.erase(found);
        }
    };
    const auto set_all = [&](auto optimizer, auto... fields) -> timeloom::Optimizer {
        double rate = std::get<double>(optimizer.learning_rate.schedule);
        take("learning_rate", rate);
        optimizer.learning_rate = rate;
        (take(fields.first, optimizer.*fields.second), ...);
        for (const auto& [key, clip] :
             {std::pair{"clipnorm", &optimizer.clipnorm}, std::pair{"clipvalue", &optimizer.clipvalue},
              std::pair{"global_clipnorm", &optimizer.global_clipnorm}}) {
            if (left.contains(key)) {
                take(key, clip->emplace());
            }
        }
        for (const auto* flag : {"nesterov", "centered"}) {
            double value = 0;
            take(flag, value);
            if constexpr (requires { optimizer.nesterov; }) {
                optimizer.nesterov = value != 0 || optimizer.nesterov;
            }
            if constexpr (requires { optimizer.centered; }) {
                optimizer.centered = value != 0 || optimizer.centered;
            }
        }
        if (!left.empty()) {
            throw timeloom::Error(name + " has no option '" + left.begin()->first + "'");
        }
        return optimizer;
    };
    using namespace timeloom;
    using std::pair;
    if (name == "adam") {
        return set_all(Adam{}, pair{"beta_1", &Adam::beta_1}, pair{"beta_2", &Adam::beta_2},
                       pair{"epsilon", &Adam::epsilon});
    }
    if (name == "adamw") {
        return set_all(AdamW{}, pair{"weight_decay", &AdamW::weight_decay}, pair{"beta_1", &AdamW::beta_1},
                       pair{"beta_2", &AdamW::beta_2}, pair{"epsilon", &AdamW::epsilon});
    }
    if (name == "rmsprop") {
        return set_all(RMSprop{}, pair{"rho", &RMSprop::rho}, pair{"momentum", &RMSprop::momentum},
                       pair{"epsilon", &RMSprop::epsilon});
    }
    if (name == "sgd") {
        return set_all(SGD{}, pair{"momentum", &SGD::momentum});
    }
    throw Error("the optimizer is '" + name + "', but must be 'adam', 'adamw', 'rmsprop' or 'sgd'");
}

/// What fit() reads, in the order of its arguments.
struct FitCall {
    std::size_t epochs, batch_size;
    bool shuffle;
    std::size_t validation_freq, initial_epoch;
    std::map<int, double> class_weight;
};

/// Logs of every epoch, and whether Ctrl-C ended the training.
nb::tuple fit(Model& model, const nb::list& x, const Floats& y, const nb::object& validation,
              const FitCall& call, const std::optional<Floats>& sample_weight, const nb::list& callbacks,
              const nb::object& progress) {
    const HeldInputs inputs(x);
    const Tensor targets = tensor_of(y);
    Training training(model, callbacks, progress);
    timeloom::FitOptions options{.epochs = call.epochs,
                                 .batch_size = call.batch_size,
                                 .shuffle = call.shuffle,
                                 .validation_freq = call.validation_freq,
                                 .progress = training.progress(),
                                 .callbacks = training.callbacks(),
                                 .sample_weight = sample_weight ? tensor_of(*sample_weight) : Tensor(),
                                 .class_weight = call.class_weight,
                                 .initial_epoch = call.initial_epoch};
    std::optional<HeldInputs> validation_inputs;
    Tensor validation_targets;
    if (!validation.is_none()) {
        validation_inputs.emplace(nb::cast<nb::list>(validation[0]));
        validation_targets = tensor_of(nb::cast<Floats>(validation[1]));
        options.validation_data.emplace(validation_inputs->inputs(), validation_targets);
    }
    timeloom::History history;
    try {
        history = without_lock([&] { return model.fit(inputs.inputs(), targets, options); });
    } catch (const timeloom::Error&) {
        training.rethrow();
        throw;
    }
    nb::list logs;
    for (const timeloom::EpochResult& epoch : history) {
        logs.append(logs_of(epoch));
    }
    return nb::make_tuple(logs, training.is_interrupted());
}

nb::dict gradients(Model& model, const nb::list& x, const Floats& y,
                   const std::optional<Floats>& sample_weight) {
    const HeldInputs inputs(x);
    const Tensor targets = tensor_of(y), weights = sample_weight ? tensor_of(*sample_weight) : Tensor();
    timeloom::Gradients g = without_lock([&] { return model.gradients(inputs.inputs(), targets, weights); });
    nb::dict by_name;
    for (auto& [name, tensor] : g.weights) {
        by_name[name.c_str()] = to_numpy(std::move(tensor));
    }
    return by_name;
}

/// A stream keeps its model alive; what it hands out is its own memory, until the next step.
class HeldStream {
  public:
    explicit HeldStream(const Model& model) : stream_(model) {}
    nb::object step(const Floats& features) {
        return copied(stream_.step(std::span<const float>(features.data(), features.size())));
    }
    nb::object step_token(std::int32_t token) { return copied(stream_.step(token)); }
    /// (steps, features) → (steps, units), one step after the other.
    nb::object steps(const Floats& features) {
        const Tensor all = tensor_of(features);
        std::vector<float> values;
        without_lock([&] {
            for (std::size_t t = 0; t < all.rows(); ++t) {
                const std::span<const float> out = stream_.step(all.row(t));
                values.insert(values.end(), out.begin(), out.end());
            }
            return 0;
        });
        const std::size_t width = all.rows() == 0 ? 0 : values.size() / all.rows();
        return timeloom_python::to_numpy(std::move(values), std::pair{all.rows(), width});
    }
    void reset() { stream_.reset_states(); }

  private:
    static nb::object copied(std::span<const float> out) {
        return timeloom_python::to_numpy(std::vector<float>(out.begin(), out.end()));
    }
    timeloom::Stream stream_;
};

void add_streams(nb::module_& module) {
    nb::class_<HeldStream>(module, "Stream", "One sequence without an end, run one time step at a time.")
        .def(nb::init<const Model&>(), "model"_a, nb::keep_alive<1, 2>())
        .def("step", &HeldStream::step, "features"_a)
        .def("step_token", &HeldStream::step_token, "token"_a)
        .def("steps", &HeldStream::steps, "features"_a)
        .def("reset_states", &HeldStream::reset);
}

void add_weights(nb::class_<Model>& c) {
    using Path = std::filesystem::path;
    c.def_prop_ro("weight_names", &Model::weight_names)
        .def("gates", &Model::gates, "weight"_a)
        .def(
            "get_weight",
            [](const Model& m, const std::string& name) { return to_numpy(m.get_weights(name)); }, "name"_a)
        .def(
            "set_weight",
            [](Model& m, const std::string& name, const Floats& values) {
                m.set_weights(name, tensor_of(values));
            },
            "name"_a, "values"_a)
        .def("save_weights",
             [](const Model& m, const Path& p) { without_lock([&] { return m.save_weights(p), 0; }); })
        .def("load_weights",
             [](Model& m, const Path& p) { without_lock([&] { return m.load_weights(p), 0; }); })
        .def("save_checkpoint",
             [](const Model& m, const Path& p) { without_lock([&] { return m.save_checkpoint(p), 0; }); })
        .def("load_checkpoint",
             [](Model& m, const Path& p) { without_lock([&] { return m.load_checkpoint(p), 0; }); });
}

timeloom::LossFunction loss_of(const std::string& name, const std::optional<double>& delta) {
    return name == "huber" && delta ? timeloom::LossFunction(timeloom::Huber{*delta})
                                    : timeloom::LossFunction(timeloom::loss_from_string(name));
}

void add_model(nb::module_& module) {
    nb::class_<FitCall>(module, "FitCall")
        .def(nb::init<>())
        .def_rw("epochs", &FitCall::epochs)
        .def_rw("batch_size", &FitCall::batch_size)
        .def_rw("shuffle", &FitCall::shuffle)
        .def_rw("validation_freq", &FitCall::validation_freq)
        .def_rw("initial_epoch", &FitCall::initial_epoch)
        .def_rw("class_weight", &FitCall::class_weight);
    nb::class_<Model> c(module, "Network", "A model and its parameters.");
    c.def(
         "__init__",
         [](Model* self, const std::filesystem::path& library, std::uint64_t seed, std::size_t threads) {
             new (self) Model(plan_of(library), {.seed = seed, .threads = threads});
         },
         "library"_a, "seed"_a, "threads"_a)
        .def(
            "compile",
            [](Model& m, const std::string& optimizer, const std::map<std::string, double>& options,
               const std::string& loss, const std::optional<double>& delta,
               const std::vector<std::string>& metrics, const std::vector<std::string>& weighted) {
                m.compile(optimizer_of(optimizer, options), loss_of(loss, delta), metrics, weighted);
            },
            "optimizer"_a, "options"_a, "loss"_a, "delta"_a.none(), "metrics"_a, "weighted_metrics"_a)
        .def("fit", &fit, "x"_a, "y"_a, "validation"_a.none(), "call"_a, "sample_weight"_a.none(),
             "callbacks"_a, "progress"_a.none())
        .def(
            "evaluate",
            [](Model& m, const nb::list& x, const Floats& y, std::size_t batch,
               const std::optional<Floats>& w) {
                const HeldInputs inputs(x);
                const Tensor targets = tensor_of(y), weights = w ? tensor_of(*w) : Tensor();
                return dict_of(
                    without_lock([&] { return m.evaluate(inputs.inputs(), targets, batch, weights); }));
            },
            "x"_a, "y"_a, "batch_size"_a, "sample_weight"_a.none())
        .def(
            "predict",
            [](Model& m, const nb::list& x, std::size_t batch) {
                const HeldInputs inputs(x);
                return to_numpy(without_lock([&] { return m.predict(inputs.inputs(), batch); }));
            },
            "x"_a, "batch_size"_a)
        .def("gradients", &gradients, "x"_a, "y"_a, "sample_weight"_a.none())
        .def("reset_states", &Model::reset_states)
        .def("stop_training", &Model::stop_training)
        .def_prop_rw("learning_rate", &Model::learning_rate, &Model::set_learning_rate)
        .def_prop_ro("metric_names", &Model::metric_names)
        .def_prop_ro("epochs_trained", &Model::epochs_trained)
        .def("count_parameters", &Model::count_parameters)
        .def("summary", &Model::summary);
    add_weights(c);
}

} // namespace

void add_networks(nb::module_& module) {
    add_callbacks(module);
    add_model(module);
    add_streams(module);
    module.def("input_kinds", [](const std::filesystem::path& library) {
        nb::list kinds; // (name, timesteps, features; 0: token ids, whether ragged)
        for (const timeloom::plan::Input& input : plan_of(library).inputs) {
            kinds.append(
                nb::make_tuple(std::string(input.name), input.timesteps, input.features, input.is_ragged));
        }
        return kinds;
    });
}

} // namespace timeloom_python
