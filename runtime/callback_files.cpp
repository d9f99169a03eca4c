// Callbacks that write files: checkpoints and a log.
#include "timeloom/runtime/callbacks.hpp"
#include "timeloom/runtime/error.hpp"

#include <array>
#include <charconv>
#include <system_error>

namespace timeloom {

namespace {

/// The shortest text that reads back as the same number.
std::string shortest(double value) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

} // namespace

ModelCheckpoint::ModelCheckpoint(const std::filesystem::path& path, const ModelCheckpointOptions& options)
    : path_(path), options_(options), monitor_("ModelCheckpoint", options.monitor, options.mode, 0) {}

void ModelCheckpoint::on_train_begin(Model&, const FitOptions& options) {
    if (options_.save_best_only) {
        monitor_.require_measured(options);
    }
}

void ModelCheckpoint::on_epoch_end(Model& model, const EpochResult& result) {
    if (options_.save_best_only) {
        const std::optional<double> current = monitor_.value(result);
        if (!current || !monitor_.improves(*current, best_)) {
            return;
        }
        best_ = current;
    }
    std::string path = path_.string();
    const std::string placeholder = "{epoch}";
    if (const auto at = path.find(placeholder); at != std::string::npos) {
        path.replace(at, placeholder.size(), std::to_string(result.epoch));
    }
    if (options_.save_weights_only) {
        model.save_weights(path);
    } else {
        model.save_checkpoint(path);
    }
}

CSVLogger::CSVLogger(const std::filesystem::path& path, const CSVLoggerOptions& options)
    : path_(path), options_(options) {}

void CSVLogger::on_train_begin(Model&, const FitOptions& options) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path_, missing);
    has_header_ = options_.append && !missing && size > 0;
    has_validation_ = options.validation_data.has_value();
    file_ = std::ofstream(path_, options_.append ? std::ios::app : std::ios::trunc);
    if (!file_) {
        throw Error("CSVLogger cannot write " + path_.string() + "; check its folder and permissions");
    }
}

void CSVLogger::on_epoch_end(Model&, const EpochResult& result) {
    std::vector<std::string> names{"epoch"}, values{std::to_string(result.epoch)};
    const auto add = [&](const std::string& name) {
        const std::optional<double> value = result.value(name);
        names.push_back(name);
        values.push_back(value ? shortest(*value) : "NA");
    };
    for (const std::string prefix : {"", "val_"}) {
        if (prefix.empty() || has_validation_) {
            add(prefix + "loss");
            for (const auto& [metric, value] : result.training.metrics) {
                add(prefix + metric);
            }
        }
    }
    names.insert(names.end(), {"learning_rate", "seconds"});
    values.insert(values.end(), {shortest(result.learning_rate), shortest(result.seconds)});
    if (!has_header_) {
        write_line(names);
        has_header_ = true;
    }
    write_line(values);
}

void CSVLogger::on_train_end(Model&) { file_.close(); }

void CSVLogger::write_line(const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        file_ << (i == 0 ? "" : options_.separator) << fields[i];
    }
    file_ << '\n' << std::flush;
    if (!file_) {
        throw Error("CSVLogger could not write to " + path_.string() + "; is the disk full?");
    }
}

} // namespace timeloom
