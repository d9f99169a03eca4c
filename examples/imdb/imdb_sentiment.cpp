// Film reviews, positive or negative: two LSTM layers over word embeddings, on the Large Movie Review Dataset
// (Maas et al. 2011).
#include "../example_program.hpp"
#include "lstm_layer.timeloom.hpp"
#include "models.hpp"

#include <timeloom/runtime/labelled_text.hpp>
#include <timeloom/runtime/model.hpp>
#include <timeloom/runtime/pad_sequences.hpp>
#include <timeloom/runtime/tokenizer.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>

namespace {

struct Options {
    std::string model = "lstm_layer";
    std::string data = "../shared/data";
    std::size_t epochs = 4;
    std::size_t batch_size = 128;
    std::uint64_t seed = 1;
    std::size_t threads = 0;
    std::string save;
    std::string json;
};

struct Reviews {
    timeloom::TokenMatrix x;
    timeloom::Tensor y;
};

Reviews as_tokens(const timeloom::Tokenizer& tokenizer, const timeloom::LabelledTexts& reviews) {
    Reviews result;
    result.x = timeloom::pad_sequences(tokenizer.texts_to_sequences(reviews.texts),
                                       {.maxlen = static_cast<std::size_t>(imdb::tokens)});
    result.y = timeloom::Tensor({reviews.labels.size(), 1});
    for (std::size_t i = 0; i < reviews.labels.size(); ++i) {
        result.y.data()[i] = static_cast<float>(reviews.labels[i]);
    }
    return result;
}

/// Words by frequency, shifted as keras.datasets.imdb does: 0 padding, 1 start of a review, 2 words left out.
std::pair<Reviews, Reviews> load(const std::filesystem::path& data) {
    const timeloom::LabelledTexts train = timeloom::read_labelled_texts(data / "imdb" / "train.tsv");
    const timeloom::LabelledTexts test = timeloom::read_labelled_texts(data / "imdb" / "test.tsv");
    timeloom::TokenizerOptions options;
    options.num_words = imdb::words;
    options.reserved_indices = timeloom::ReservedIndices{};
    timeloom::Tokenizer tokenizer(options);
    tokenizer.fit_on_texts(train.texts);
    return {as_tokens(tokenizer, train), as_tokens(tokenizer, test)};
}

void run(const Options& options) {
    const auto [train, test] = load(options.data);
    timeloom::Model model(imdb::lstm_layer, lstm_layer_kernels, {options.seed, options.threads});
    std::printf("%s\n", model.summary().c_str());
    model.compile(timeloom::Adam{.learning_rate = 0.001}, timeloom::Loss::binary_crossentropy, {"accuracy"});

    timeloom::FitOptions fit;
    fit.epochs = options.epochs;
    fit.batch_size = options.batch_size;
    fit.drop_remainder = true;
    fit.validation_data = timeloom::ValidationData(test.x, test.y);
    fit.validation_freq = 2;
    fit.progress = timeloom::terminal_progress();
    const timeloom::History history = model.fit(train.x, train.y, fit);
    double seconds = 0;
    for (const timeloom::EpochResult& epoch : history) {
        seconds += epoch.seconds;
        std::printf("epoch %zu  loss %.4f  accuracy %.4f  %.1f s", epoch.epoch, epoch.training.loss,
                    epoch.training.metric("accuracy"), epoch.seconds);
        if (epoch.validation) {
            std::printf("  val_loss %.4f  val_accuracy %.4f", epoch.validation->loss,
                        epoch.validation->metric("accuracy"));
        }
        std::printf("\n");
    }
    const timeloom::Evaluation result = model.evaluate(test.x, test.y, options.batch_size);
    std::printf("\ntest accuracy %.2f %%, test loss %.4f (published: 83.40 %%, 0.3987)\n",
                100 * result.metric("accuracy"), result.loss);
    if (!options.save.empty()) {
        model.save_weights(options.save);
    }
    nlohmann::json results{{"model", options.model},
                           {"seed", options.seed},
                           {"epochs", options.epochs},
                           {"seconds", seconds},
                           {"test_accuracy", result.metric("accuracy")},
                           {"test_loss", result.loss}};
    if (!history.empty()) {
        results["train_accuracy"] = history.back().training.metric("accuracy");
        results["train_loss"] = history.back().training.loss;
    }
    write_results(options.json, results);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Trains a recurrent network to tell positive film reviews from negative ones");
    app.add_option("--model", options.model, "which model")
        ->check(CLI::IsMember({"lstm_layer"}))
        ->capture_default_str();
    app.add_option("--data", options.data, "folder that holds imdb/train.tsv and imdb/test.tsv")
        ->capture_default_str();
    app.add_option("--epochs", options.epochs, "training epochs")->capture_default_str();
    app.add_option("--batch-size", options.batch_size, "reviews in a batch")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--seed", options.seed, "seed of initial weights, shuffling and dropout")
        ->capture_default_str();
    app.add_option("--threads", options.threads, "threads, 0 for all cores")->capture_default_str();
    app.add_option("--save", options.save, "save the trained weights to this safetensors file");
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("imdb_sentiment", [&] { run(options); });
}
