// What fit() tells Python on its way: callbacks, progress and Ctrl-C.
#pragma once

#include <timeloom/runtime/model/callbacks.hpp>

#include <nanobind/nanobind.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace timeloom_python {

namespace nb = nanobind;

/// One fit(). An exception of a Python callback waits here while the library unwinds with an Error of its
/// own.
class Training {
  public:
    /// `callbacks` have Keras's methods (or are the library's own), `progress` is called with a tuple, or
    /// None.
    Training(timeloom::Model& model, const nb::list& callbacks, const nb::object& progress);

    std::vector<timeloom::Callback*> callbacks() const;
    timeloom::ProgressCallback progress();

    /// Calls into Python, with its lock held.
    template <class F>
    void call(F&& f);

    /// True if Ctrl-C was pressed; the training then ends after the epoch.
    bool is_interrupted() const { return interruptions_ > 0; }
    /// Raises what a callback raised, if one did.
    void rethrow();

  private:
    void look_for_signals();

    timeloom::Model& model_;
    nb::object progress_;
    std::vector<std::unique_ptr<timeloom::Callback>> owned_;
    std::vector<timeloom::Callback*> callbacks_;
    std::optional<nb::python_error> failure_;
    std::chrono::steady_clock::time_point looked_{};
    int interruptions_ = 0;
};

/// (epoch from 1, training, validation or None, seconds, learning rate); evaluations are dicts.
nb::dict logs_of(const timeloom::EpochResult& result);
nb::dict dict_of(const timeloom::Evaluation& evaluation, const char* prefix = "");

void add_callbacks(nb::module_& module);

} // namespace timeloom_python
