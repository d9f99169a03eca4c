// What fit() calls between epochs: Keras's callbacks, and the class to derive others from.
#pragma once

#include "timeloom/runtime/files/appended_file.hpp"
#include "timeloom/runtime/model/monitor.hpp"

#include <filesystem>
#include <functional>

namespace timeloom {

/// Epochs count from 1. A callback may read and change the model, also stop_training(), but neither fit() nor
/// compile() it; what it throws ends fit(). Of several ranks each has its own callbacks, which must change
/// the model alike; stop_training() on one stops all, and what one throws ends fit() on all.
class Callback {
  public:
    virtual ~Callback() = default;
    virtual void on_train_begin(Model&, const FitOptions&) {}
    virtual void on_epoch_begin(Model&, std::size_t /*epoch*/) {}
    virtual void on_epoch_end(Model&, const EpochResult&) {}
    virtual void on_train_end(Model&) {}
};

struct EarlyStoppingOptions {
    std::string monitor = "val_loss";
    double min_delta = 0;
    std::size_t patience = 0;
    MonitorMode mode = MonitorMode::automatic;
    std::optional<double> baseline{};
    bool restore_best_weights = false;
    std::size_t start_from_epoch = 0; ///< epochs at the start that do not count
};

/// Stops when the monitored value has not improved for `patience` epochs; epochs without validation do not
/// count. With a baseline, only improvements that also beat it restart the patience. Starts anew with every
/// fit(): what it remembers is not part of a checkpoint.
class EarlyStopping final : public Callback {
  public:
    explicit EarlyStopping(const EarlyStoppingOptions& options = {});
    void on_train_begin(Model& model, const FitOptions& options) override;
    void on_epoch_end(Model& model, const EpochResult& result) override;
    void on_train_end(Model& model) override;

    std::size_t stopped_epoch() const { return stopped_epoch_; } ///< 0 where training was not stopped
    std::size_t best_epoch() const { return best_epoch_; }

  private:
    EarlyStoppingOptions options_;
    Monitor monitor_;
    std::optional<double> best_;
    std::vector<Tensor> best_weights_;
    std::size_t wait_ = 0, stopped_epoch_ = 0, best_epoch_ = 0;
};

struct ModelCheckpointOptions {
    std::string monitor = "val_loss";
    MonitorMode mode = MonitorMode::automatic;
    bool save_best_only = false;
    bool save_weights_only = false; ///< save_weights() instead of save_checkpoint()
};

/// Saves the model after every epoch, or after those in which the monitored value is the best so far; that is
/// remembered from one fit() to the next. "{epoch}" in the path is replaced by the epoch's number. Put it
/// last in the list, so that it saves what the other callbacks have changed. Throws Error before the training
/// if the file cannot be written. Of several ranks, rank 0 writes.
class ModelCheckpoint final : public Callback {
  public:
    explicit ModelCheckpoint(const std::filesystem::path& path, const ModelCheckpointOptions& options = {});
    void on_train_begin(Model& model, const FitOptions& options) override;
    void on_epoch_end(Model& model, const EpochResult& result) override;

  private:
    std::filesystem::path path_of(std::size_t epoch) const;

    std::filesystem::path path_;
    ModelCheckpointOptions options_;
    Monitor monitor_;
    std::optional<double> best_;
};

/// Sets the learning rate of every epoch to schedule(epoch from 0 as in Keras, the rate so far).
class LearningRateScheduler final : public Callback {
  public:
    using Schedule = std::function<double(std::size_t, double)>;
    /// Throws Error for an empty function.
    explicit LearningRateScheduler(Schedule schedule);
    void on_epoch_begin(Model& model, std::size_t epoch) override;

  private:
    Schedule schedule_;
};

struct ReduceLROnPlateauOptions {
    std::string monitor = "val_loss";
    double factor = 0.1;
    std::size_t patience = 10;
    MonitorMode mode = MonitorMode::automatic;
    double min_delta = 1e-4;
    std::size_t cooldown = 0; ///< epochs after a reduction in which the patience does not run
    double min_lr = 0;
};

/// Multiplies the learning rate by `factor` when the monitored value has not improved for `patience` epochs.
/// Starts anew with every fit(); a checkpoint has the learning rate, but not the epochs waited.
class ReduceLROnPlateau final : public Callback {
  public:
    explicit ReduceLROnPlateau(const ReduceLROnPlateauOptions& options = {});
    void on_train_begin(Model& model, const FitOptions& options) override;
    void on_epoch_end(Model& model, const EpochResult& result) override;

  private:
    ReduceLROnPlateauOptions options_;
    Monitor monitor_;
    std::optional<double> best_;
    std::size_t wait_ = 0, cooldown_left_ = 0;
};

struct CSVLoggerOptions {
    std::string separator = ",";
    bool append = false; ///< to the file that is there, whose header is kept
};

/// Writes a line for every epoch: epoch, loss and metrics, those of the validation (NA without one), the
/// learning rate and seconds. The first line replaces an older log, atomically; each later one is added whole
/// or, where that fails, not at all. Throws Error if the file cannot be written, before the training where
/// that can be known, and if it is to be appended to a log with other columns. Of several ranks, rank 0
/// writes.
class CSVLogger final : public Callback {
  public:
    explicit CSVLogger(const std::filesystem::path& path, const CSVLoggerOptions& options = {});
    void on_train_begin(Model& model, const FitOptions& options) override;
    void on_epoch_end(Model& model, const EpochResult& result) override;
    void on_train_end(Model& model) override;

  private:
    std::string line_of(const std::vector<std::string>& fields) const;
    void begin_log(const std::string& header, const std::string& line);

    std::filesystem::path path_;
    CSVLoggerOptions options_;
    std::optional<detail::AppendedFile> file_;
    bool has_validation_ = false;
};

} // namespace timeloom
