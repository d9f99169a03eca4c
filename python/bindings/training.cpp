#include "training.hpp"

#include <timeloom/runtime/error.hpp>

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

namespace timeloom_python {

using namespace nb::literals;
using timeloom::Callback;
using timeloom::EpochResult;
using timeloom::Model;

template <class F>
void Training::call(F&& f) {
    const nb::gil_scoped_acquire lock;
    try {
        f();
    } catch (nb::python_error& error) {
        if (error.matches(PyExc_KeyboardInterrupt) && interruptions_++ == 0) {
            model_.stop_training(); // after this epoch; pressed again, it ends at once
            return;
        }
        if (!failure_) {
            failure_.emplace(error);
        }
        throw timeloom::Error("a callback raised an exception");
    }
}

namespace {

/// Hands the calls on to a Python object. Epochs count from 0 there, as in Keras.
class PythonCallback final : public Callback {
  public:
    PythonCallback(Training& training, nb::object object) : training_(training), object_(std::move(object)) {}
    ~PythonCallback() override {
        const nb::gil_scoped_acquire lock;
        object_.reset();
    }
    void on_train_begin(Model&, const timeloom::FitOptions&) override { tell("on_train_begin"); }
    void on_epoch_begin(Model&, std::size_t epoch) override { tell("on_epoch_begin", epoch - 1); }
    void on_epoch_end(Model&, const EpochResult& result) override {
        training_.call([&] {
            if (nb::hasattr(object_, "on_epoch_end")) {
                object_.attr("on_epoch_end")(result.epoch - 1, logs_of(result));
            }
        });
    }
    void on_train_end(Model&) override { tell("on_train_end"); }

  private:
    template <class... Arguments>
    void tell(const char* method, Arguments... arguments) {
        training_.call([&] {
            if (nb::hasattr(object_, method)) {
                object_.attr(method)(arguments...);
            }
        });
    }

    Training& training_;
    nb::object object_;
};

constexpr auto between_looks = std::chrono::milliseconds(50);

nb::tuple tuple_of(const timeloom::Progress& p) {
    nb::dict metrics;
    for (const auto& [name, value] : p.metrics) {
        metrics[name.c_str()] = value;
    }
    return nb::make_tuple(p.kind == timeloom::Progress::Kind::epoch_end, p.epoch, p.epochs, p.step, p.steps,
                          p.loss, metrics, p.seconds, p.seconds_left);
}

} // namespace

Training::Training(Model& model, const nb::list& callbacks, const nb::object& progress)
    : model_(model), progress_(progress) {
    for (const nb::handle item : callbacks) {
        if (Callback* own = nullptr; nb::try_cast(item, own)) {
            callbacks_.push_back(own);
        } else {
            owned_.push_back(std::make_unique<PythonCallback>(*this, nb::borrow(item)));
            callbacks_.push_back(owned_.back().get());
        }
    }
}

std::vector<Callback*> Training::callbacks() const { return callbacks_; }

void Training::look_for_signals() {
    if (PyErr_CheckSignals() != 0) {
        nb::raise_python_error();
    }
}

timeloom::ProgressCallback Training::progress() {
    return [this](const timeloom::Progress& p) {
        const auto now = std::chrono::steady_clock::now();
        const bool is_end = p.kind == timeloom::Progress::Kind::epoch_end;
        if (!is_end && now - looked_ < between_looks) {
            return;
        }
        looked_ = now;
        call([&] {
            look_for_signals();
            if (!progress_.is_none()) {
                progress_(tuple_of(p));
            }
        });
    };
}

void Training::rethrow() {
    if (failure_) {
        nb::python_error failure = std::move(*failure_);
        failure_.reset();
        throw failure;
    }
}

nb::dict dict_of(const timeloom::Evaluation& evaluation, const char* prefix) {
    nb::dict values;
    values[(std::string(prefix) + "loss").c_str()] = evaluation.loss;
    for (const auto& [name, value] : evaluation.metrics) {
        values[(prefix + name).c_str()] = value;
    }
    return values;
}

nb::dict logs_of(const EpochResult& result) {
    nb::dict logs = dict_of(result.training);
    if (result.validation) {
        logs.update(dict_of(*result.validation, "val_"));
    }
    logs["learning_rate"] = result.learning_rate;
    logs["seconds"] = result.seconds;
    return logs;
}

namespace {

timeloom::MonitorMode mode_of(const std::string& name) {
    using enum timeloom::MonitorMode;
    if (name == "auto" || name == "min" || name == "max") {
        return name == "auto" ? automatic : name == "min" ? min : max;
    }
    throw timeloom::Error("mode is '" + name + "', but must be 'auto', 'min' or 'max'");
}

} // namespace

void add_callbacks(nb::module_& module) {
    using namespace timeloom;
    nb::class_<Callback>(module, "NativeCallback", "A callback of the library's own.");
    nb::class_<EarlyStopping, Callback>(
        module, "EarlyStopping", "Stops when the monitored value has not improved for `patience` epochs.")
        .def(
            "__init__",
            [](EarlyStopping* self, const std::string& monitor, double min_delta, std::size_t patience,
               const std::string& mode, std::optional<double> baseline, bool restore, std::size_t start) {
                new (self)
                    EarlyStopping({monitor, min_delta, patience, mode_of(mode), baseline, restore, start});
            },
            "monitor"_a = "val_loss", "min_delta"_a = 0.0, "patience"_a = 0, "mode"_a = "auto",
            "baseline"_a = nb::none(), "restore_best_weights"_a = false, "start_from_epoch"_a = 0)
        .def_prop_ro("stopped_epoch", &EarlyStopping::stopped_epoch)
        .def_prop_ro("best_epoch", &EarlyStopping::best_epoch);
    nb::class_<ModelCheckpoint, Callback>(
        module, "ModelCheckpoint",
        "Saves the model after every epoch, or where the monitored value is the best.")
        .def(
            "__init__",
            [](ModelCheckpoint* self, const std::filesystem::path& path, const std::string& monitor,
               const std::string& mode, bool best_only, bool weights_only) {
                new (self) ModelCheckpoint(path, {monitor, mode_of(mode), best_only, weights_only});
            },
            "filepath"_a, "monitor"_a = "val_loss", "mode"_a = "auto", "save_best_only"_a = false,
            "save_weights_only"_a = false);
    nb::class_<ReduceLROnPlateau, Callback>(
        module, "ReduceLROnPlateau",
        "Multiplies the learning rate by `factor` when the monitored value does not improve.")
        .def(
            "__init__",
            [](ReduceLROnPlateau* self, const std::string& monitor, double factor, std::size_t patience,
               const std::string& mode, double min_delta, std::size_t cooldown, double min_lr) {
                new (self) ReduceLROnPlateau(
                    {monitor, factor, patience, mode_of(mode), min_delta, cooldown, min_lr});
            },
            "monitor"_a = "val_loss", "factor"_a = 0.1, "patience"_a = 10, "mode"_a = "auto",
            "min_delta"_a = 1e-4, "cooldown"_a = 0, "min_lr"_a = 0.0);
    nb::class_<CSVLogger, Callback>(module, "CSVLogger", "Writes a line for every epoch.")
        .def(
            "__init__",
            [](CSVLogger* self, const std::filesystem::path& path, const std::string& separator,
               bool append) {
                new (self) CSVLogger(path, {separator, append});
            },
            "filename"_a, "separator"_a = ",", "append"_a = false);
}

} // namespace timeloom_python
