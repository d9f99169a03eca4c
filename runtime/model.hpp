// A declared model with its parameters: compile, fit, evaluate, predict, as in Keras.
#pragma once

#include "timeloom/dsl/sequential.hpp"
#include "timeloom/runtime/inputs.hpp"
#include "timeloom/runtime/kernel_table.hpp"
#include "timeloom/runtime/losses.hpp"
#include "timeloom/runtime/optimizers.hpp"
#include "timeloom/runtime/progress.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace timeloom {

struct ModelOptions {
    std::uint64_t seed = 0;  ///< of initial values, shuffling and dropout
    std::size_t threads = 0; ///< 0: one for each hardware thread
};

/// Loss and metrics by name, in the order of compile().
struct Evaluation {
    double loss = 0;
    std::vector<std::pair<std::string, double>> metrics;

    /// Value of a metric; throws Error listing the names there are.
    double metric(const std::string& name) const;
};

/// References to data that fit() validates on; both must live until it returns.
class ValidationData {
  public:
    ValidationData(const Inputs& x, const Tensor& y) : x_(x), y_(&y) {}
    const Inputs& x() const { return x_; }
    const Tensor& y() const { return *y_; }

  private:
    Inputs x_;
    const Tensor* y_;
};

struct FitOptions {
    std::size_t epochs = 1;
    std::size_t batch_size = 32;
    bool shuffle = true;
    bool drop_remainder = false; ///< leave out the last batch of an epoch when it is not full
    std::optional<ValidationData> validation_data{};
    std::size_t validation_freq = 1; ///< validate after every so many epochs
    ProgressCallback progress{};
};

struct EpochResult {
    std::size_t epoch = 0; ///< from 1
    Evaluation training;
    std::optional<Evaluation> validation;
    double seconds = 0;
};
using History = std::vector<EpochResult>;

/// Shapes are (batch, timesteps, features); what a model hands out is (batch, units), or (batch, timesteps,
/// units) where its last layer returns sequences. One thread at a time may use a model, which spreads the
/// work over threads of its own. Same seed, build, machine and number of threads: same bits. Every error is
/// an Error; wrong shapes, NaN in the input and token ids out of range are found before any kernel runs.
class Model {
  public:
    template <class Layers, class Shapes>
    Model(const dsl::model<Layers, Shapes>& declaration, const KernelTable& kernels,
          const ModelOptions& options = {})
        : Model(dsl::describe(declaration), kernels, options) {}
    /// `kernels` must outlive the model.
    Model(dsl::network network, const KernelTable& kernels, const ModelOptions& options = {});
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;

    /// Metrics by Keras's names: "accuracy", "mean_squared_error", "mean_absolute_error", …
    void compile(const Optimizer& optimizer, Loss loss, const std::vector<std::string>& metrics = {});

    /// Trains; a second call goes on where the first one stopped. Throws Error at the first loss that is not
    /// finite, before it reaches the parameters.
    History fit(const Inputs& x, const Tensor& y, const FitOptions& options);
    Evaluation evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size = 128);
    Tensor predict(const Inputs& x, std::size_t batch_size = 128);

    /// Parameters under Keras's names and shapes, e.g. "lstm/recurrent_kernel" (units, 4 * units).
    std::vector<std::string> weight_names() const;
    Tensor get_weights(const std::string& name) const;
    void set_weights(const std::string& name, const Tensor& values);

    /// A safetensors file. Loading checks every name and shape before it changes anything.
    void save_weights(const std::filesystem::path& path) const;
    void load_weights(const std::filesystem::path& path);

    std::size_t count_parameters() const;
    /// Layers, output shapes and parameters as a table, as Keras prints them.
    std::string summary() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timeloom
