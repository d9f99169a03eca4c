// A declared model with its parameters: compile, fit, evaluate, predict, as in Keras.
#pragma once

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses/losses.hpp"
#include "timeloom/runtime/model/progress.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"
#include "timeloom/runtime/pass/call.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/tensors/inputs.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace timeloom {

class Communicator; // see runtime/distributed/communicator.hpp

struct ModelOptions {
    std::uint64_t seed = 0;  ///< of initial values, shuffling and dropout
    std::size_t threads = 0; ///< 0: one for each hardware thread
    /// Into how many parts a batch is divided, each computed by one thread of one rank. Their gradients,
    /// losses and metrics are summed in a fixed order, so that results have the same bits on any number of
    /// threads and ranks. At most 64. 0: as many as threads, or 8 where there is a communicator.
    std::size_t batch_parts = 0;
    /// The processes that train this model together: each computes its parts of every batch in fit(), with
    /// the same data and options. It must outlive the model. Null: this process is alone.
    Communicator* communicator = nullptr;
};

/// Loss and metrics by name, in the order of compile().
struct Evaluation {
    double loss = 0; ///< with the penalties of regularizers
    std::vector<std::pair<std::string, double>> metrics;

    /// Value of a metric; throws Error listing the names there are.
    double metric(const std::string& name) const;
};

/// References to data that fit() validates on, which must live until it returns, and their weights.
class ValidationData {
  public:
    ValidationData(const Inputs& x, const Tensor& y, const Tensor& sample_weight = Tensor())
        : x_(x), y_(&y), sample_weight_(sample_weight) {}
    const Inputs& x() const { return x_; }
    const Tensor& y() const { return *y_; }
    const Tensor& sample_weight() const { return sample_weight_; }

  private:
    Inputs x_;
    const Tensor* y_;
    Tensor sample_weight_;
};

class Callback; // see callbacks.hpp

struct FitOptions {
    std::size_t epochs = 1; ///< the number of the last epoch
    std::size_t batch_size = 32;
    bool shuffle = true;
    bool drop_remainder = false; ///< leave out the last batch of an epoch when it is not full
    std::optional<ValidationData> validation_data{};
    std::size_t validation_freq = 1; ///< validate after every so many epochs
    ProgressCallback progress{};
    std::vector<Callback*> callbacks{}; ///< called in this order; they stay the caller's
    /// Weights of the samples' losses, (batch), or of their time steps, (batch, timesteps); of the metrics
    /// only compile()'s weighted ones heed them. As in Keras the loss is divided by the number of losses, not
    /// by the sum of the weights.
    Tensor sample_weight{};
    std::map<int, double> class_weight{}; ///< by class, 1 for those left out; instead of sample_weight
    std::size_t initial_epoch = 0;        ///< epochs done before, so that epochs - initial_epoch are left
};

struct EpochResult {
    std::size_t epoch = 0; ///< from 1
    Evaluation training;
    std::optional<Evaluation> validation;
    double seconds = 0;
    double learning_rate = 0; ///< at the end of the epoch

    /// "loss", "val_loss" or a metric of either, as Keras's logs name them. Empty for a "val_…" of an epoch
    /// without validation; throws Error, listing the names there are, for others.
    std::optional<double> value(const std::string& name) const;
};
using History = std::vector<EpochResult>;

/// A loss and its gradients, in the shapes of what they are taken by.
struct Gradients {
    double loss = 0;
    std::map<std::string, Tensor> weights; ///< by the names of Model::weight_names()
    std::map<std::string, Tensor> watched; ///< by the names given to Call::watch()
};

/// Under which names Model::save_weights() writes parameters; only its own can be loaded again.
enum class WeightNames { timeloom, keras, pytorch };

/// Shapes are (batch, timesteps, features); what a model hands out is (batch, units), or (batch, timesteps,
/// units) where its last layer returns sequences. One thread at a time may use a model, which spreads the
/// work over threads of its own; a second one gets an Error, but for stop_training(). Callbacks may use it.
/// Same seed, build, machine, calls and number of threads, or of batch_parts: same bits. Every error is an
/// Error; wrong shapes, NaN in the input, targets that do not fit the loss and token ids out of range are
/// found before anything changes. Parameters are finite at all times: others are refused.
///
/// Every rank holds the whole model. Only fit() communicates: all must call it alike, and where
/// one fails, all get an Error. Other members work on each rank alone. Files are written by rank 0: save_…()
/// does nothing on the others; every rank loads for itself.
class Model {
  public:
    /// Makes a model of its plan, which <model>.timeloom.hpp defines: <model>_plan, or <model>_inference_plan
    /// for a program that only predicts and evaluates. The plan's data must outlive the model, as constexpr
    /// data does.
    explicit Model(const plan::Model& plan, const ModelOptions& options = {});
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;

    /// Makes every pass from now on by `call` instead of layer by layer as declared: the user's own loop over
    /// layers and cells, which fit() trains. An empty one goes back to the declaration.
    void set_call(CallFunction call);

    /// Metrics by the names of metric_from_string(): "accuracy", "mse", "mae", "rmse", "auc", … The weights
    /// of samples and classes count for `weighted_metrics` alone: Σ weight · metric / Σ weight. A name that
    /// is taken becomes "weighted_<name>", or "<name>_1", as in Keras.
    void compile(const Optimizer& optimizer, const LossFunction& loss,
                 const std::vector<std::string>& metrics = {},
                 const std::vector<std::string>& weighted_metrics = {});
    /// "loss", then the metrics of compile(), as Evaluation and EpochResult know them.
    std::vector<std::string> metric_names() const;

    /// Trains; a second call goes on where the first one stopped. Targets have the shape of the outputs,
    /// those of a sparse loss are numbers of classes, one for each row of outputs; a last axis of 1 may be
    /// left out. At steps that a mask leaves out, targets and weights may hold anything. Throws Error at the
    /// first step whose loss, gradient or update is not finite: parameters and optimizer are then those of
    /// the step before.
    History fit(const Inputs& x, const Tensor& y, const FitOptions& options);
    /// `sample_weight` as in FitOptions; without values every sample counts once.
    Evaluation evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size = 128,
                        const Tensor& sample_weight = Tensor());
    Tensor predict(const Inputs& x, std::size_t batch_size = 128);

    /// The loss over all samples as one batch in training (dropout included, penalties not), and its
    /// gradients. Changes nothing but the states of stateful layers.
    Gradients gradients(const Inputs& x, const Tensor& y, const Tensor& sample_weight = Tensor());

    /// Lets stateful layers begin their next batch with zeros again. Until then row b of a batch, in fit(),
    /// evaluate() and predict() alike, goes on where row b of the batch before ended; shuffling would mix the
    /// rows up, and all batches must have the same size.
    void reset_states();

    /// The learning rate of the next training step. Setting it throws Error where it follows a schedule.
    double learning_rate() const;
    void set_learning_rate(double learning_rate);
    /// Ends the fit() in progress after this epoch; for callbacks, and other threads too.
    void stop_training();
    /// The number of this process among those that train together; 0 where it is alone.
    std::size_t rank() const;
    /// Epochs that all calls of fit() completed, and those before the checkpoint that was loaded.
    std::size_t epochs_trained() const;

    /// Parameters under Keras's names and shapes, e.g. "lstm/recurrent_kernel" (units, 4 * units), in the
    /// order of the layers. Setting them throws Error, with name and position, for values that are not
    /// finite.
    std::vector<std::string> weight_names() const;
    /// Whose columns the weights of a cell are: gates("lstm/kernel") is {"i", "f", "c", "o"}, each with as
    /// many columns as the layer has units. Empty for other weights.
    std::vector<std::string> gates(const std::string& weight) const;
    Tensor get_weights(const std::string& name) const;
    void set_weights(const std::string& name, const Tensor& values);
    /// All of them, in the order of weight_names().
    std::vector<Tensor> get_weights() const;
    void set_weights(const std::vector<Tensor>& values);

    /// A safetensors file; weights can be loaded from a checkpoint too. Loading checks every name, shape and
    /// value, and the order of gates where the file tells it, before it changes anything.
    void save_weights(const std::string& path) const;
    /// The same for others to read: under the paths of Keras's variables and in their shapes, or under the
    /// names of a PyTorch state_dict, transposed and with its order of gates and two biases. Throws Error,
    /// naming the layer, for cells that the other one has not.
    void save_weights(const std::string& path, WeightNames names) const;
    void load_weights(const std::string& path);

    /// The state of a training in a safetensors file, replaced in one piece: weights, the optimizer's
    /// moments, steps and learning rate, the epochs trained, the seed, the states of stateful layers.
    /// Training goes on from it with the bits of a training that was never interrupted, given the same
    /// options, data and number of threads. The model must be compiled; other options of the optimizer than
    /// the learning rate stay as compile() set them. Throws Error for a damaged file and for one of another
    /// model or optimizer, and then changes nothing.
    void save_checkpoint(const std::string& path) const;
    void load_checkpoint(const std::string& path);

    /// The model with its weights as an ONNX file (opset 17, 32-bit floats, any batch): built-in layers as
    /// ONNX's own operators, other cells as Scan over their equations. Sequences have the declared number of
    /// steps. Of the library timeloom::onnx, which the program must link. Throws Error where the file cannot
    /// be written.
    void save_onnx(const std::string& path) const;

    std::size_t count_parameters() const;
    /// Layers, output shapes and parameters as a table, as Keras prints them, and the order of gates.
    std::string summary() const;

  private:
    friend class Stream;
    friend class StreamWeights;
    class Impl;
    Impl& require_impl(const char* member) const;
    template <class F>
    decltype(auto) inside(const char* name, F&& f) const;
    std::unique_ptr<Impl> impl_; ///< null after a move
};

} // namespace timeloom
