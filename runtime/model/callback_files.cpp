// Callbacks that write files: checkpoints and a log.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/csv_text.hpp"
#include "timeloom/runtime/files/input_file.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/files/write_target.hpp"
#include "timeloom/runtime/model/callbacks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

namespace timeloom {

namespace {

/// The shortest text that reads back as the same number.
std::string shortest(double value) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

/// True if there is a file that can be read again, and something in it.
bool has_content(const std::filesystem::path& path) {
    return std::filesystem::is_regular_file(path) && std::filesystem::file_size(path) > 0;
}

std::string first_line_of(const std::filesystem::path& path) {
    constexpr detail::FileKind log{"log", "check its permissions", std::uint64_t{2} << 30};
    detail::InputFile file(path, log);
    constexpr std::uint64_t longest_header = 1 << 20;
    std::string text(static_cast<std::size_t>(std::min(file.size(), longest_header)), '\0');
    file.read(std::as_writable_bytes(std::span(text)));
    return text.substr(0, text.find_first_of("\r\n"));
}

} // namespace

ModelCheckpoint::ModelCheckpoint(const std::filesystem::path& path, const ModelCheckpointOptions& options)
    : path_(path), options_(options), monitor_("ModelCheckpoint", options.monitor, options.mode, 0) {}

void ModelCheckpoint::on_train_begin(Model& model, const FitOptions& options) {
    if (options_.save_best_only) {
        monitor_.require_measured(model, options);
    }
    if (model.rank() == 0) {
        require_writable(path_of(options.initial_epoch + 1));
    }
}

std::filesystem::path ModelCheckpoint::path_of(std::size_t epoch) const {
    std::string path = path_.string();
    const std::string placeholder = "{epoch}";
    if (const auto at = path.find(placeholder); at != std::string::npos) {
        path.replace(at, placeholder.size(), std::to_string(epoch));
    }
    return path;
}

void ModelCheckpoint::on_epoch_end(Model& model, const EpochResult& result) {
    if (options_.save_best_only) {
        const std::optional<double> current = monitor_.value(result);
        if (!current || !monitor_.improves(*current, best_)) {
            return;
        }
        best_ = current;
    }
    const std::filesystem::path path = path_of(result.epoch);
    if (options_.save_weights_only) {
        model.save_weights(path);
    } else {
        model.save_checkpoint(path);
    }
}

CSVLogger::CSVLogger(const std::filesystem::path& path, const CSVLoggerOptions& options)
    : path_(path), options_(options) {
    constexpr std::string_view in_cells = "\"\r\n_+-.0123456789"; // and letters
    const bool is_part_of_cells = std::ranges::any_of(options_.separator, [&](char c) {
        return in_cells.find(c) != std::string_view::npos || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    if (options_.separator.empty() || is_part_of_cells) {
        throw Error("CSVLogger's separator is '" + options_.separator +
                    "'; give a comma, a semicolon, a tab or the like");
    }
}

void CSVLogger::on_train_begin(Model& model, const FitOptions& options) try {
    file_.reset();
    if (model.rank() != 0) {
        return;
    }
    has_validation_ = options.validation_data.has_value();
    if (options_.append && has_content(path_)) {
        detail::find_write_target(path_); // the file must be writable, its folder need not be
    } else {
        require_writable(path_);
    }
} catch (...) {
    detail::rethrow_as_error(path_);
}

/// Both have their ends of line.
void CSVLogger::begin_log(const std::string& header, const std::string& line) {
    const bool goes_on = options_.append && has_content(path_);
    const std::string known = goes_on ? first_line_of(path_) : "";
    if (goes_on && known + '\n' != header) {
        throw Error("CSVLogger cannot append to '" + path_.string() + "': its columns are " +
                    (known.empty() ? "an empty line" : known) + ", but this training's are " +
                    header.substr(0, header.size() - 1) + "; give another file");
    }
    const bool is_stream = leads_to_stream(path_); // whose reader would see its end when it is closed
    if (!goes_on && !is_stream) {
        write_file_atomically(path_, header + line);
    }
    file_.emplace(path_);
    if (goes_on || is_stream) {
        file_->append(goes_on ? line : header + line);
    }
}

void CSVLogger::on_epoch_end(Model& model, const EpochResult& result) try {
    if (model.rank() != 0) {
        return;
    }
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
    if (file_) {
        file_->append(line_of(values));
    } else {
        begin_log(line_of(names), line_of(values));
    }
} catch (...) {
    detail::rethrow_as_error(path_);
}

void CSVLogger::on_train_end(Model&) {
    if (file_) {
        file_->close();
        file_.reset();
    }
}

std::string CSVLogger::line_of(const std::vector<std::string>& fields) const {
    std::string line;
    for (const std::string& field : fields) {
        line += (&field == fields.data() ? "" : options_.separator) + csv_cell(field, options_.separator);
    }
    return line + '\n';
}

} // namespace timeloom
