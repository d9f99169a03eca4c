// Film reviews, positive or negative: recurrent networks over word embeddings on the Large Movie Review
// Dataset (Maas et al. 2011), each beside the figures published for it.
#include "../example_program.hpp"
#include "report.hpp"

#include <timeloom/runtime/files/atomic_write.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>

namespace {

struct Options {
    std::string model = "lstm_layer";
    std::string data = "../shared/data";
    std::size_t epochs = 4;
    std::size_t batch_size = 128;
    std::size_t validation_freq = 2;
    std::uint64_t seed = 1;
    std::size_t seeds = 1;
    std::size_t threads = 0;
    std::string save;
    std::string json;
    std::string table;
    std::string plot;
};

std::vector<std::string> model_names() {
    std::vector<std::string> names{"all"};
    for (const imdb::ModelRow& row : imdb::model_table()) {
        names.push_back(row.name);
    }
    return names;
}

std::vector<const imdb::ModelRow*> chosen_models(const Options& options) {
    std::vector<const imdb::ModelRow*> models;
    for (const imdb::ModelRow& row : imdb::model_table()) {
        if (options.model == "all" || options.model == row.name) {
            models.push_back(&row);
        }
    }
    return models;
}

/// Before the training, not after it.
void check(const Options& options) {
    if (!options.save.empty() && (options.model == "all" || options.seeds > 1)) {
        throw timeloom::Error("--save keeps the weights of one training; name one --model, and one seed");
    }
    if (!options.table.empty() && std::filesystem::path(options.table).extension() != ".svg") {
        throw timeloom::Error("--table writes an .svg picture, and an .md file beside it, not " +
                              options.table);
    }
    const std::string plot = std::filesystem::path(options.plot).extension().string();
    if (!options.plot.empty() && plot != ".svg" && plot != ".png") {
        throw timeloom::Error("--plot draws an .svg or a .png picture, not " + options.plot);
    }
    require_writable({options.save, options.json, options.table, options.plot});
}

std::vector<imdb::Run> train(const std::vector<const imdb::ModelRow*>& models, const Options& options) {
    const imdb::ReviewTexts texts(options.data);
    std::map<std::size_t, imdb::ReviewSplit> reviews; // by tokens
    std::vector<imdb::Run> runs;
    const std::size_t trainings = models.size() * options.seeds;
    for (const imdb::ModelRow* model : models) {
        if (!reviews.contains(model->tokens)) {
            reviews.emplace(model->tokens, texts.last_tokens(model->tokens));
        }
        for (std::uint64_t seed = options.seed; seed < options.seed + options.seeds; ++seed) {
            if (trainings > 1 && isatty(fileno(stderr)) == 1) {
                std::fprintf(stderr, "%s, seed %llu (%zu of %zu)\n", model->name.c_str(),
                             static_cast<unsigned long long>(seed), runs.size() + 1, trainings);
            }
            imdb::Task task{.reviews = reviews.at(model->tokens), .options = {seed, options.threads}};
            task.epochs = options.epochs;
            task.batch_size = options.batch_size;
            task.validation_freq = options.validation_freq;
            task.drop_remainder = model->drop_remainder;
            task.print_summary = models.size() == 1 && seed == options.seed;
            task.save = options.save;
            runs.push_back({model, seed, model->train(task)});
        }
    }
    return runs;
}

void print_epochs(const timeloom::History& history) {
    for (const timeloom::EpochResult& epoch : history) {
        std::printf("epoch %zu  loss %.4f  accuracy %.4f  %.1f s", epoch.epoch, epoch.training.loss,
                    epoch.training.metric("accuracy"), epoch.seconds);
        if (epoch.validation) {
            std::printf("  val_loss %.4f  val_accuracy %.4f", epoch.validation->loss,
                        epoch.validation->metric("accuracy"));
        }
        std::printf("\n");
    }
    std::printf("\n");
}

void run(const Options& options) {
    check(options);
    const std::vector<imdb::Run> runs = train(chosen_models(options), options);
    if (runs.size() == 1) {
        print_epochs(runs.front().training.history);
    }
    const Table table = imdb::result_table(runs);
    std::printf("%s", as_text(table).c_str());

    nlohmann::json results = imdb::as_json(runs);
    write_results(options.json, runs.size() == 1 ? results.front() : nlohmann::json{{"runs", results}});
    if (!options.table.empty()) {
        std::filesystem::path file = options.table;
        timeloom::write_file_atomically(file, as_svg(table));
        timeloom::write_file_atomically(file.replace_extension(".md"), as_markdown(table));
    }
    if (!options.plot.empty()) {
        imdb::draw_curves(options.plot, runs);
    }
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Trains recurrent networks to tell positive film reviews from negative ones");
    const auto add = [&](const char* name, auto& value, const char* what) {
        return app.add_option(name, value, what);
    };
    add("--model", options.model, "which model, or all of them for the whole table")
        ->check(CLI::IsMember(model_names()))
        ->capture_default_str();
    add("--data", options.data, "folder that holds imdb/train.tsv and imdb/test.tsv")->capture_default_str();
    add("--epochs", options.epochs, "training epochs")->check(CLI::PositiveNumber)->capture_default_str();
    add("--batch-size", options.batch_size, "reviews in a batch")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add("--validation-freq", options.validation_freq, "validate after every so many epochs")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add("--seed", options.seed, "seed of initial weights, shuffling and dropout")->capture_default_str();
    add("--seeds", options.seeds, "train with so many seeds, from --seed on, and tell median and range")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add("--threads", options.threads, "threads, 0 for all cores")->capture_default_str();
    add("--save", options.save, "save the trained weights to this safetensors file");
    add("--json", options.json, "write the results to this file, too");
    add("--table", options.table, "draw the table to this .svg file, and write it to an .md file beside it");
    add("--plot", options.plot, "draw the learning curves to this file, .svg or .png");
    CLI11_PARSE(app, argc, argv);
    return run_program("imdb_sentiment", [&] { run(options); });
}
