// Every kind of file that the library writes or reads, with two contents each.
#include "file_cases.hpp"
#include "injected_faults.hpp"

#include "timeloom/tests/keras/keras_training_models.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"
#include "timeloom/tests/support/training_data.hpp"

#include "airline.timeloom.hpp"
#include "keras_regression.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/csv/csv.hpp"
#include "timeloom/runtime/csv/wide_csv.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/plots/plot.hpp"
#include "timeloom/runtime/text/labelled_text.hpp"
#include "timeloom/runtime/text/tokenizer.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <cmath>

namespace timeloom::tests {

namespace {

using Path = std::filesystem::path;

template <class Values>
std::string as_text(const Values& values) {
    const UnharmedAllocations own;
    std::string text;
    for (const auto value : values) {
        text += std::to_string(value) + ' ';
    }
    return text;
}

Model& trained_model(int version) {
    static const auto make = [](int v) {
        Model model(keras_regression_plan, {.seed = 5, .threads = 1});
        model.compile(Adam{}, Loss::mean_squared_error);
        model.fit(random_tensor({8, 6, 2}, 1), random_tensor({8, 1}, 2),
                  {.epochs = static_cast<std::size_t>(v + 1)});
        return model;
    };
    static Model models[2]{make(0), make(1)};
    return models[version];
}

/// Of another seed, to load into.
Model& other_model() {
    static Model model = [] {
        Model made(keras_regression_plan, {.seed = 6, .threads = 1});
        made.compile(Adam{}, Loss::mean_squared_error);
        return made;
    }();
    return model;
}

std::string model_state() {
    const UnharmedAllocations own;
    return as_text(all_weights(other_model())) + std::to_string(other_model().epochs_trained());
}

const ArimaResults& results(int version) {
    static const auto make = [](int v) {
        std::vector<double> y;
        for (int t = 0; t < 60; ++t) {
            y.push_back(t + 5 * std::sin(t * (1 + v)) + t % 12);
        }
        return Arima(airline_plan).fit(y);
    };
    static const ArimaResults both[2]{make(0), make(1)};
    return both[version];
}

const Tokenizer& tokenizer(int version) {
    static const auto fitted = [](const std::vector<std::string>& texts) {
        Tokenizer result;
        result.fit_on_texts(texts);
        return result;
    };
    static const Tokenizer both[2]{fitted({"one two", "two"}), fitted({"three \xC3\xA9t\xC3\xA9", "three"})};
    return both[version];
}

void save_weights_of(const Path& path, int version) {
    static const std::vector<float> values[2]{{0, 2, 3}, {1, 2, 3}};
    static const auto named = [](const std::vector<float>& v) {
        return std::vector<NamedValues>{{"a", Shape{3}, v}, {"b/\"\n", Shape{1, 2}, std::span(v).first(2)}};
    };
    static const std::vector<NamedValues> tensors[2]{named(values[0]), named(values[1])};
    static const std::string model = "a model with a name that is not short";
    static const FileMetadata metadata{{"note", "kept"}};
    save_weights(path, model, tensors[version], metadata);
}

std::string load_weights_of(const Path& path) {
    const WeightsFile file = load_weights(path);
    const UnharmedAllocations own;
    std::string text = file.model;
    for (const NamedTensor& t : file.tensors) {
        text += t.name + to_string(t.tensor.shape()) + as_text(t.tensor.values());
    }
    for (const auto& [key, value] : file.metadata) {
        text += key + '=' + value + ' ';
    }
    return text;
}

std::string load_tokenizer(const Path& path) {
    const Tokenizer loaded = Tokenizer::load(path);
    const UnharmedAllocations own;
    std::string text;
    for (std::int32_t i = 1; loaded.index_word(i); ++i) {
        const std::string word(*loaded.index_word(i));
        text += word + ' ' + std::to_string(loaded.word_counts(word)) + ' ';
    }
    return text;
}

std::string load_results(const Path& path) {
    const ArimaResults loaded = ArimaResults::load(path, airline_plan);
    const UnharmedAllocations own;
    return as_text(loaded.params()) + as_text(loaded.forecast(3).predicted_mean);
}

std::string load_text(const Path& path) {
    const UnharmedAllocations own;
    return read_whole_file(path);
}

/// Two epochs of a training; the version is in their losses.
void save_log(const Path& path, int version) {
    static const FitOptions options;
    std::optional<CSVLogger> logger;
    EpochResult result;
    {
        const UnharmedAllocations own;
        logger.emplace(path);
        result.training.loss = version + 0.5;
    }
    logger->on_train_begin(other_model(), options);
    for (result.epoch = 1; result.epoch <= 2; ++result.epoch) {
        logger->on_epoch_end(other_model(), result);
    }
    logger->on_train_end(other_model());
}

void save_picture(const Path& path, int version) {
    static const auto series = [](double last) {
        return std::vector<PlotSeries>{{"a series with a name", {0, 1, 2}, {0, 1, last}}};
    };
    static const std::vector<PlotSeries> both[2]{series(0), series(1)};
    static const std::string titles[2]{"a picture of version 0", "a picture of version 1"}, x = "x", y = "y";
    plot_lines(path, titles[version], x, y, both[version]);
}

std::string load_picture(const Path& path) {
    const UnharmedAllocations own;
    const std::string text = read_whole_file(path);
    const bool whole = text.find("</svg>") != std::string::npos;
    const std::size_t title = text.find("version ");
    return whole && title != std::string::npos ? text.substr(title, 9) : "cut";
}

} // namespace

const std::vector<SavedFile>& saved_files() {
    static const std::vector<SavedFile> files{
        {"text", [](const Path& p, int v) { write_file_atomically(p, v == 0 ? "version 0" : "version 1"); },
         load_text},
        {"weights", save_weights_of, load_weights_of},
        {"model_weights", [](const Path& p, int v) { trained_model(v).save_weights(p.native()); },
         [](const Path& p) {
             other_model().load_weights(p.native());
             return model_state();
         },
         model_state},
        {"checkpoint", [](const Path& p, int v) { trained_model(v).save_checkpoint(p.native()); },
         [](const Path& p) {
             other_model().load_checkpoint(p.native());
             return model_state();
         },
         model_state},
        {"tokenizer", [](const Path& p, int v) { tokenizer(v).save(p); }, load_tokenizer},
        {"results", [](const Path& p, int v) { results(v).save(p); }, load_results},
        {"log.csv", save_log, [](const Path& p) { return as_text(read_csv(p).column("loss")); }},
        {"picture.svg", save_picture, load_picture},
    };
    // What they are made of is made now, and not where a test lets something fail.
    static const bool made = [] {
        for (const int version : {0, 1}) {
            trained_model(version), results(version), tokenizer(version);
        }
        other_model();
        return true;
    }();
    static_cast<void>(made);
    return files;
}

const std::vector<ReadFile>& read_files() {
    static const std::vector<ReadFile> files{
        {"csv", "a,\"b\"\"c\"\n1,2\n3,\"4\"\n",
         [](const Path& p) { return as_text(read_csv(p).column("b\"c")); }},
        {"wide_csv", "id,v1\nA,1,2\nB,3\n",
         [](const Path& p) { return as_text(read_wide_csv(p).at(1).values); }},
        {"labelled_text", "id\tlabel\ttext\na\t1\tfine\n",
         [](const Path& p) { return std::move(read_labelled_texts(p).texts.at(0)); }},
    };
    return files;
}

} // namespace timeloom::tests
